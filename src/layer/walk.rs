//! Reading a layer once more, from its blob to the events of its tar stream.

use crate::compress::{Compression, Decoder};
use crate::limits::Limits;
use crate::tar::{Event, Walker};

const CHUNK: usize = 256 << 10;

/// A layer that is being read. A stream that breaks ends there: what is wrong with it was said
/// when it was [scanned](super::scan).
pub struct Walk<'a> {
    bytes: &'a [u8],
    /// The layer lies in memory as it is.
    plain: bool,
    decoder: Option<Decoder<'a>>,
    walker: Walker,
    buffer: Vec<u8>,
}

impl<'a> Walk<'a> {
    /// Begins to read the blob in `bytes`.
    pub fn new(bytes: &'a [u8], limits: &Limits) -> Self {
        let compression = Compression::detect(bytes);
        let plain = compression == Compression::Plain;
        Self {
            bytes,
            plain,
            decoder: Decoder::new(compression, bytes, limits).ok(),
            walker: Walker::new(limits, limits.entries),
            buffer: vec![0; if plain { 0 } else { CHUNK }],
        }
    }

    /// The whole tar stream, when it needs no unpacking.
    pub fn mapped(&self) -> Option<&'a [u8]> {
        self.plain.then_some(self.bytes)
    }

    /// Reads on; false at the end. A plain layer is read at once.
    pub fn step(&mut self, on: &mut impl FnMut(Event<'_>)) -> bool {
        let Some(decoder) = &mut self.decoder else { return false };
        if self.plain {
            self.walker.push(self.bytes, on);
            self.decoder = None;
            return true;
        }
        match decoder.next(&mut self.buffer) {
            Ok(Some(chunk)) => self.walker.push(chunk, on),
            Ok(None) | Err(_) => self.decoder = None,
        }
        true
    }
}
