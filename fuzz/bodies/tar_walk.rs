//! A tar stream gives the same events whatever pieces it comes in.
//!
//! Input: a byte of which the lowest bit asks for mended checksums, three sizes of pieces, the
//! stream.

use super::support::{limits, mend, walked};

/// Walks over the stream in `data`.
pub fn run(data: &[u8]) {
    let Some((&[options, sizes @ ..], stream)) = data.split_first_chunk::<4>() else { return };
    let stream = mend::tar_if(options & 1 != 0, stream);
    walked::in_any_chunks(&limits::quick(), &stream, sizes);
    walked::in_any_chunks(&limits::tight(), &stream, sizes);
}
