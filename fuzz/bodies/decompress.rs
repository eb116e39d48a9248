//! A compressed stream unpacks to the same bytes whatever buffer it is unpacked into, and never to
//! more than the limit.
//!
//! Input: the stream.

use ocidiff::compress::{Compression, DecodeError, Decoder};
use ocidiff::limits::Limits;

use super::support::limits;

const LIMIT: usize = 16 << 10;

/// Unpacks `data`.
pub fn run(data: &[u8]) {
    let mut limits = limits::quick();
    limits.decompressed_bytes = LIMIT as u64;
    let compression = Compression::detect(data);
    let (large, small) =
        (unpack(data, compression, &limits, 2 * LIMIT), unpack(data, compression, &limits, 1));
    if compression == Compression::Plain {
        assert_eq!(large.bytes, data);
    } else {
        assert!(large.bytes.len() <= LIMIT && small.bytes.len() <= LIMIT);
    }
    agree(&large, &small);
}

struct Unpacked {
    bytes: Vec<u8>,
    error: Option<DecodeError>,
    /// What follows the stream.
    rest: usize,
}

fn unpack(data: &[u8], compression: Compression, limits: &Limits, buffer: usize) -> Unpacked {
    let mut bytes = Vec::new();
    let mut decoder = match Decoder::new(compression, data, limits) {
        Ok(decoder) => decoder,
        Err(error) => return Unpacked { bytes, error: Some(error), rest: 0 },
    };
    let mut buffer = vec![0; buffer];
    let error = loop {
        match decoder.next(&mut buffer) {
            Ok(Some(chunk)) => bytes.extend_from_slice(chunk),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
        assert!(decoder.consumed() <= data.len() as u64);
    };
    assert_eq!(decoder.consumed(), (data.len() - decoder.rest().len()) as u64);
    Unpacked { bytes, error, rest: decoder.rest().len() }
}

/// A small buffer may get further before an error is met, but not elsewhere.
fn agree(large: &Unpacked, small: &Unpacked) {
    assert_eq!(large.error.is_some(), small.error.is_some(), "{:?} {:?}", large.error, small.error);
    let limited =
        [large, small].iter().any(|it| matches!(it.error, Some(DecodeError::Limit { .. })));
    if !limited {
        assert_eq!(large.error, small.error);
    }
    assert!(small.bytes.starts_with(&large.bytes));
    if large.error.is_none() {
        assert_eq!((large.bytes.len(), large.rest), (small.bytes.len(), small.rest));
    }
}
