//! Digests.

use sha2::{Digest, Sha256, Sha512};

/// The algorithm of all digests of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// `sha256:` and 64 digits.
    #[default]
    Sha256,
    /// `sha512:` and 128 digits.
    Sha512,
}

impl Algorithm {
    /// The name before the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// The digest of `bytes` as lower-case hexadecimal digits.
    pub fn hex(self, bytes: &[u8]) -> String {
        let digits = |sum: &[u8]| sum.iter().map(|b| format!("{b:02x}")).collect();
        match self {
            Self::Sha256 => digits(&Sha256::digest(bytes)),
            Self::Sha512 => digits(&Sha512::digest(bytes)),
        }
    }

    /// The digest of `bytes`, `NAME:DIGITS`.
    pub fn digest(self, bytes: &[u8]) -> String {
        format!("{}:{}", self.name(), self.hex(bytes))
    }
}

/// The digits of a digest.
pub(crate) fn hex(digest: &str) -> &str {
    digest.split_once(':').map_or(digest, |(_, hex)| hex)
}
