//! Makes checksums right, so that a fuzzer gets past them.

use std::ops::Range;

const BLOCK: usize = 512;
const CHECKSUM: Range<usize> = 148..156;
const MAGIC: Range<usize> = 257..262;

/// `bytes` with the right checksum in every block that looks like a header of tar. Contents are
/// left alone, unless they are tar archives themselves, as plain layers are.
pub(crate) fn tar(bytes: &[u8]) -> Vec<u8> {
    let mut mended = bytes.to_vec();
    for block in mended.chunks_exact_mut(BLOCK).filter(|block| block[MAGIC] == *b"ustar") {
        seal(block);
    }
    mended
}

/// Makes the checksum of one header right.
pub(crate) fn seal(block: &mut [u8]) {
    block[CHECKSUM].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// Mended if `wanted`, else as they are.
pub(crate) fn tar_if(wanted: bool, bytes: &[u8]) -> Vec<u8> {
    if wanted { tar(bytes) } else { bytes.to_vec() }
}
