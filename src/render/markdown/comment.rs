//! Text that may not become too long.

use std::io;

/// GitHub takes 65,536 characters. Bytes are counted, of which no character has less than one.
const MOST: usize = 60_000;

/// Kept free for what closes a block and says what was cut.
const RESERVE: usize = 2_000;

/// What has been written so far.
#[derive(Default)]
pub(super) struct Comment {
    text: String,
}

impl Comment {
    /// Adds a block as a whole, or nothing when it is too long; whether it was added.
    pub(super) fn push(&mut self, block: &str) -> bool {
        let fits = self.text.len().saturating_add(block.len()) <= MOST - RESERVE;
        if fits {
            self.text.push_str(block);
        }
        fits
    }

    /// Adds a few words that close something; there is always room for them.
    pub(super) fn close(&mut self, words: &str) {
        self.text.push_str(words);
    }

    /// Adds as many of `blocks` as fit, and no more than `most`; how many were left out.
    pub(super) fn push_some(
        &mut self,
        blocks: impl ExactSizeIterator<Item = String>,
        most: usize,
    ) -> usize {
        let count = blocks.len();
        let shown = blocks.take(most).take_while(|block| self.push(block)).count();
        count.saturating_sub(shown)
    }

    pub(super) fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.text.as_bytes())
    }
}
