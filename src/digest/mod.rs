//! Content digests, as written in descriptors (OCI image spec, `descriptor.md#digests`), and the
//! distinct roles a digest can play.
//!
//! The syntax is checked when a [`Digest`] is made, so that no path is ever built from text that
//! only pretends to be one (CVE-2024-3727).

mod pair;
mod sha256;

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha512};

pub use self::sha256::Sha256;

/// A SHA-256 value over bytes this program has read itself.
pub type Sha256Bytes = [u8; 32];

/// Hash algorithms registered by the OCI image spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// `sha256`, 32 bytes.
    Sha256,
    /// `sha512`, 64 bytes.
    Sha512,
}

impl Algorithm {
    /// The name used in `algorithm:encoded`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
}

/// `algorithm:encoded`, well-formed and lower-case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digest {
    /// A SHA-256 digest.
    Sha256(Sha256Bytes),
    /// A SHA-512 digest, boxed because it is rare and twice as large.
    Sha512(Box<[u8; 64]>),
}

/// Why a string is not a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// There is no `:` in the string.
    #[error("no algorithm before a colon")]
    NoAlgorithm,
    /// The algorithm is neither `sha256` nor `sha512`.
    #[error("unknown algorithm")]
    UnknownAlgorithm,
    /// The encoded part is not lower-case hexadecimal of the right length.
    #[error("not lower-case hexadecimal of the algorithm's length")]
    BadHex,
}

impl Digest {
    /// The digest of `bytes` under `algorithm`.
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(sha2::Sha256::digest(bytes).into()),
            Algorithm::Sha512 => Self::Sha512(Box::new(Sha512::digest(bytes).into())),
        }
    }

    /// The algorithm of this digest.
    pub const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sha256(_) => Algorithm::Sha256,
            Self::Sha512(_) => Algorithm::Sha512,
        }
    }

    /// The raw hash value, 32 or 64 bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Sha256(bytes) => bytes,
            Self::Sha512(bytes) => &bytes[..],
        }
    }

    /// The encoded part alone, lower-case hexadecimal: the file name of a blob in an image layout.
    pub fn hex(&self) -> String {
        hex(self.bytes())
    }

    /// The first twelve hexadecimal digits, as people quote digests.
    pub fn short(&self) -> String {
        hex(self.bytes().get(..6).unwrap_or_default())
    }

    /// A SHA-256 digest from 64 hexadecimal digits, as docker archives name their members.
    ///
    /// # Errors
    /// [`DigestError::BadHex`] when `text` is anything else.
    pub fn from_sha256_hex(text: &str) -> Result<Self, DigestError> {
        unhex(text).map(Self::Sha256)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (algorithm, encoded) = text.split_once(':').ok_or(DigestError::NoAlgorithm)?;
        match algorithm {
            "sha256" => unhex(encoded).map(Self::Sha256),
            "sha512" => unhex(encoded).map(|bytes| Self::Sha512(Box::new(bytes))),
            _ => Err(DigestError::UnknownAlgorithm),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.algorithm().name(), self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Lower-case hexadecimal of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(nibble)]));
        }
    }
    text
}

fn unhex<const N: usize>(text: &str) -> Result<[u8; N], DigestError> {
    let mut bytes = [0; N];
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return Err(DigestError::BadHex);
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = match pair {
            [high, low] => nibble(*high)? << 4 | nibble(*low)?,
            _ => return Err(DigestError::BadHex),
        };
    }
    Ok(bytes)
}

const fn nibble(digit: u8) -> Result<u8, DigestError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(DigestError::BadHex),
    }
}

macro_rules! role {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(pub Digest);

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, out)
            }
        }
    };
}

role!(
    /// Digest of a layer's uncompressed tar stream (`config.md#layer-diffid`).
    DiffId
);
role!(
    /// Digest that names a stack of layers (`config.md#layer-chainid`).
    ChainId
);
role!(
    /// Digest of an image's configuration (`config.md#imageid`).
    ImageId
);

/// A running hash under either algorithm.
#[derive(Clone)]
pub enum Hasher {
    /// Running SHA-256.
    Sha256(Sha256),
    /// Running SHA-512, boxed because it is rare and twice as large.
    Sha512(Box<Sha512>),
}

impl Hasher {
    /// Begins a hash.
    pub fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(Sha256::default()),
            Algorithm::Sha512 => Self::Sha512(Box::default()),
        }
    }

    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// Takes in the next bytes, which are those of `other` as well.
    pub fn update_both(&mut self, other: &mut Sha256, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update_both(other, bytes),
            Self::Sha512(hasher) => {
                hasher.update(bytes);
                other.update(bytes);
            }
        }
    }

    /// Takes in the next bytes, while `other` takes in its own: of SHA-256, two at once take hardly
    /// longer than one. Meanwhile the cache may be asked for as much of what is read next, `soon`:
    /// hashing leaves the memory idle.
    pub fn update_beside(
        &mut self,
        bytes: &[u8],
        other: &mut Self,
        others: &[u8],
        soon: [&[u8]; 4],
    ) {
        match (self, other) {
            (Self::Sha256(one), Self::Sha256(two)) => one.update_beside(bytes, two, others, soon),
            (one, two) => {
                one.update(bytes);
                two.update(others);
            }
        }
    }

    /// The digest of all bytes taken in.
    pub fn finish(self) -> Digest {
        match self {
            Self::Sha256(hasher) => Digest::Sha256(hasher.finish()),
            Self::Sha512(hasher) => Digest::Sha512(Box::new(hasher.finalize().into())),
        }
    }
}
