//! The buffer a stream is unpacked into, chunk by chunk.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};

/// Bytes of a stream that are unpacked and looked at in one go. From 128 KiB to 1 MiB all are equal
/// in one thread; between two threads 64 KiB cost a fifth (`benches/choices.rs`).
pub(super) const CHUNK: usize = 256 << 10;

thread_local! {
    /// To make a buffer takes longer than a small layer, and the next one in this thread can have
    /// it.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A buffer of [`CHUNK`] bytes of any content.
pub(super) struct Chunk(Vec<u8>);

impl Chunk {
    pub(super) fn new() -> Self {
        let spare = SPARE.take();
        Self(if spare.len() == CHUNK { spare } else { vec![0; CHUNK] })
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        SPARE.set(std::mem::take(&mut self.0));
    }
}

impl Deref for Chunk {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for Chunk {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}
