//! A digest over what a database says of a package.

use sha2::{Digest as _, Sha256};

/// A running fingerprint. Every part is hashed with its length, so that no two lists of parts
/// hash alike.
#[derive(Clone, Default)]
pub(super) struct Fingerprint(Sha256);

impl Fingerprint {
    /// Takes in the next part.
    pub(super) fn add(&mut self, part: &[u8]) {
        self.0.update((part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// The digest of all parts.
    pub(super) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }

    /// The digest of `parts`.
    pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
        let mut all = Self::default();
        parts.into_iter().for_each(|part| all.add(part));
        all.finish()
    }
}
