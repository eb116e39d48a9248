//! Whole archives, compressed.

use crate::compression::Compression;

/// `archive.tar.gz` and the like.
pub fn compress(tar: impl AsRef<[u8]>, compression: Compression) -> Vec<u8> {
    compression.compress(tar.as_ref())
}
