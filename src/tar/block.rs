//! The 512-byte blocks a tar stream is made of, and how one is put together from pieces.

/// Bytes of a block (POSIX.1-2017, `pax`, "ustar Interchange Format").
pub(super) const BLOCK: usize = 512;

/// [`BLOCK`] as a length in the stream.
pub(super) const BLOCK_BYTES: u64 = BLOCK as u64;

/// One block.
pub(super) type Block = [u8; BLOCK];

/// Bytes between content of `size` bytes and the next block.
pub(super) const fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK_BYTES
}

/// Whether `block` is one of the two that end an archive. All but them begin with a name.
pub(super) fn is_zero(block: &Block) -> bool {
    block.first() == Some(&0) && !any_set(block)
}

/// Whether any byte is not zero. Reads at memory speed: what follows an archive can be long.
pub(super) fn any_set(bytes: &[u8]) -> bool {
    const STRIDE: usize = 4096;
    bytes.chunks(STRIDE).any(|piece| piece.iter().fold(0, |all, byte| all | byte) != 0)
}

/// The prefix of `bytes` that is at most `wanted` long, and the rest.
pub(super) fn split(bytes: &[u8], wanted: u64) -> (&[u8], &[u8]) {
    let at = usize::try_from(wanted).map_or(bytes.len(), |wanted| wanted.min(bytes.len()));
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}

/// A block that a chunk has cut.
pub(super) struct Assembly {
    bytes: Block,
    filled: usize,
}

impl Assembly {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; BLOCK], filled: 0 }
    }

    /// Whether no piece of a block is waiting for the rest.
    pub(super) const fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Bytes that the block still wants.
    pub(super) fn missing(&self) -> u64 {
        BLOCK_BYTES.saturating_sub(self.filled as u64)
    }

    /// Adds `piece`, which is no longer than what is missing, and gives the block if it is whole
    /// now; then the next piece begins another.
    pub(super) fn fill(&mut self, piece: &[u8]) -> Option<Block> {
        for (to, from) in self.bytes.iter_mut().skip(self.filled).zip(piece) {
            *to = *from;
        }
        self.filled = self.filled.saturating_add(piece.len());
        if self.filled < BLOCK {
            return None;
        }
        self.filled = 0;
        Some(self.bytes)
    }
}
