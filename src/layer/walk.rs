//! Reading a layer once more, from its blob to the events of its tar stream.

use super::chunk::Chunk;
use crate::compress::{Compression, Decoder};
use crate::limits::Limits;
use crate::tar::{Event, Walker};

/// A layer that is being read. A stream that breaks ends there: what is wrong with it was said
/// when it was [scanned](super::scan).
pub struct Walk<'a> {
    bytes: &'a [u8],
    /// Where it is unpacked; nowhere when it lies in memory as it is.
    buffer: Option<Chunk>,
    decoder: Option<Decoder<'a>>,
    walker: Walker,
}

impl<'a> Walk<'a> {
    /// Begins to read the blob in `bytes`.
    pub fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        let compression = Compression::detect(bytes);
        Self {
            bytes,
            buffer: (compression != Compression::Plain).then(Chunk::new),
            decoder: Decoder::new(compression, bytes, limits).ok(),
            walker: Walker::new(limits, limits.entries),
        }
    }

    /// The whole tar stream, when it needs no unpacking.
    pub fn mapped(&self) -> Option<&'a [u8]> {
        self.buffer.is_none().then_some(self.bytes)
    }

    /// Reads on; false at the end. A plain layer is read at once.
    pub fn step(&mut self, on: &mut impl FnMut(Event<'_>)) -> bool {
        let Some(decoder) = &mut self.decoder else { return false };
        let Some(buffer) = &mut self.buffer else {
            self.walker.push(self.bytes, on);
            self.decoder = None;
            return true;
        };
        match decoder.next(buffer) {
            Ok(Some(chunk)) => self.walker.push(chunk, on),
            Ok(None) | Err(_) => self.decoder = None,
        }
        true
    }
}
