//! Any bytes at all as an input.
//!
//! Input: a byte of which the lowest bit asks for mended checksums, the archive.

use super::support::{held, mend};

/// Holds the archive in `data` against itself.
pub fn run(data: &[u8]) {
    let Some((options, archive)) = data.split_first() else { return };
    held::against_itself(&mend::tar_if(options & 1 != 0, archive));
}
