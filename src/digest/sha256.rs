//! A running SHA-256 (FIPS 180-4) that takes in bytes for another one on the way.
//!
//! The content of a file is hashed twice, for the file and for the layer it lies in, and both
//! begin a block at the same byte. See [`super::pair`] for what that saves.

use sha2::block_api::compress256;

use super::Sha256Bytes;
use super::pair::{Block, Soon, State, compress_each, compress_same};

/// FIPS 180-4, 5.3.3.
const INITIAL: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

const BLOCK: usize = size_of::<Block>();

/// Where the length stands in the last block.
const LENGTH: usize = BLOCK - size_of::<u64>();

/// SHA-256 of the bytes taken in so far.
#[derive(Clone, Debug)]
pub struct Sha256 {
    state: State,
    /// The block that is not complete.
    open: Block,
    filled: usize,
    length: u64,
}

impl Default for Sha256 {
    fn default() -> Self {
        Self { state: INITIAL, open: [0; BLOCK], filled: 0, length: 0 }
    }
}

impl Sha256 {
    /// Takes in the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let rest = self.fill(bytes);
        self.take(rest);
    }

    /// Takes in the next bytes, which are those of `other` as well.
    pub fn update_both(&mut self, other: &mut Self, bytes: &[u8]) {
        let (rest, others) = (self.fill(bytes), other.fill(bytes));
        if rest.len() == others.len() {
            let (blocks, tail) = rest.as_chunks();
            compress_same(&mut self.state, &mut other.state, blocks);
            self.keep(tail);
            other.keep(tail);
        } else {
            self.take(rest);
            other.take(others);
        }
    }

    /// Takes in the next bytes, while `other` takes in its own, and meanwhile has the cache fetch as
    /// much of each of `soon`.
    pub fn update_beside(&mut self, bytes: &[u8], other: &mut Self, others: &[u8], soon: Soon<'_>) {
        let (rest, others) = (self.fill(bytes), other.fill(others));
        let ((blocks, _), (other_blocks, _)) = (rest.as_chunks(), others.as_chunks());
        compress_each((&mut self.state, blocks), (&mut other.state, other_blocks), soon);
        let done = blocks.len().min(other_blocks.len()) * BLOCK;
        self.take(&rest[done..]);
        other.take(&others[done..]);
    }

    /// The digest of all bytes taken in.
    pub fn finish(mut self) -> Sha256Bytes {
        self.finish_reset()
    }

    /// The digest of all bytes taken in (FIPS 180-4, 5.1.1), which are forgotten.
    pub fn finish_reset(&mut self) -> Sha256Bytes {
        let bits = self.length.wrapping_mul(8);
        self.open[self.filled] = 0x80;
        self.open[self.filled + 1..].fill(0);
        if self.filled >= LENGTH {
            compress256(&mut self.state, &[self.open]);
            self.open = [0; BLOCK];
        }
        self.open[LENGTH..].copy_from_slice(&bits.to_be_bytes());
        compress256(&mut self.state, &[self.open]);
        let mut digest = Sha256Bytes::default();
        for (bytes, word) in digest.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        (self.state, self.filled, self.length) = (INITIAL, 0, 0);
        digest
    }

    /// Completes the open block, if there is one; the bytes that are left over.
    fn fill<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        if self.filled == 0 {
            return bytes;
        }
        let (now, rest) = bytes.split_at(bytes.len().min(BLOCK - self.filled));
        self.keep(now);
        if self.filled == BLOCK {
            compress256(&mut self.state, &[self.open]);
            self.filled = 0;
        }
        rest
    }

    fn take(&mut self, bytes: &[u8]) {
        let (blocks, tail) = bytes.as_chunks();
        compress256(&mut self.state, blocks);
        self.keep(tail);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let end = self.filled + bytes.len();
        self.open[self.filled..end].copy_from_slice(bytes);
        self.filled = end;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::Digest as _;

    use super::*;

    fn expected(bytes: &[u8]) -> Sha256Bytes {
        sha2::Sha256::digest(bytes).into()
    }

    #[test]
    fn every_length_of_the_last_block() {
        let bytes: Vec<u8> = (0..=255).cycle().take(300).collect();
        for end in 0..=bytes.len() {
            let mut hash = Sha256::default();
            hash.update(&bytes[..end]);
            assert_eq!(hash.finish(), expected(&bytes[..end]), "{end} bytes");
        }
    }

    proptest! {
        /// Whatever is taken in by one, by the other, by both and side by side, in pieces of any
        /// length.
        #[test]
        fn two_at_once_are_two(pieces in prop::collection::vec((0..4u8, prop::collection::vec(any::<u8>(), 0..300)), 0..40)) {
            let mut hashes = [Sha256::default(), Sha256::default()];
            let mut bytes = [Vec::new(), Vec::new()];
            for (who, piece) in pieces {
                let [one, two] = &mut hashes;
                let (mut first, mut second) = (&*piece, &*piece);
                match who {
                    0 => { one.update(first); second = &[]; }
                    1 => { two.update(second); first = &[]; }
                    2 => one.update_both(two, &piece),
                    _ => {
                        (first, second) = piece.split_at(piece.len() / 3);
                        one.update_beside(first, two, second, [&piece, &[], second, first]);
                    }
                }
                bytes[0].extend(first);
                bytes[1].extend(second);
            }
            for (hash, bytes) in hashes.iter_mut().zip(&bytes) {
                prop_assert_eq!(hash.finish_reset(), expected(bytes));
                hash.update(b"again");
            }
            prop_assert_eq!(hashes.map(Sha256::finish), [expected(b"again"); 2]);
        }
    }
}
