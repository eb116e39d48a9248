//! The digest of a whole tar stream, beside those of the contents in it.

use crate::digest::{Algorithm, Digest, Hasher, Sha256};

/// Who takes in the stream that contents are parts of.
pub(super) trait Stream {
    /// The next content begins at `offset` of the stream.
    fn content_at(&mut self, offset: u64);

    /// Takes the next part of a content, out of `chunk`, into the `digest` of that.
    fn take(&mut self, chunk: &[u8], content: &[u8], digest: &mut Sha256);

    /// All contents in `chunk` have been taken.
    fn finish_chunk(&mut self, chunk: &[u8]);
}

/// Somebody else does.
pub(super) struct Elsewhere;

impl Stream for Elsewhere {
    fn content_at(&mut self, _: u64) {}

    fn take(&mut self, _: &[u8], content: &[u8], digest: &mut Sha256) {
        digest.update(content);
    }

    fn finish_chunk(&mut self, _: &[u8]) {}
}

/// The contents go into the stream's digest as they go into their own.
pub(super) struct Here {
    hasher: Hasher,
    /// Offset of the current chunk.
    base: u64,
    /// Bytes of it that are taken in.
    taken: usize,
    /// Offset of the next bytes of content.
    content_at: u64,
}

impl Here {
    pub(super) fn new(algorithm: Algorithm) -> Self {
        Self { hasher: Hasher::new(algorithm), base: 0, taken: 0, content_at: 0 }
    }

    /// The digest of the stream.
    pub(super) fn finish(self) -> Digest {
        self.hasher.finish()
    }
}

impl Stream for Here {
    fn content_at(&mut self, offset: u64) {
        self.content_at = offset;
    }

    /// Takes in also what stands before `content`, unless this is not where it should be; then the
    /// chunk is taken in later, as a whole.
    fn take(&mut self, chunk: &[u8], content: &[u8], digest: &mut Sha256) {
        let start =
            usize::try_from(self.content_at.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.content_at = self.content_at.saturating_add(content.len() as u64);
        let end = start.saturating_add(content.len());
        match (chunk.get(self.taken..start), chunk.get(start..end)) {
            (Some(before), Some(same)) if std::ptr::eq(same, content) => {
                self.hasher.update(before);
                self.hasher.update_both(digest, content);
                self.taken = end;
            }
            _ => digest.update(content),
        }
    }

    fn finish_chunk(&mut self, chunk: &[u8]) {
        self.hasher.update(chunk.get(self.taken..).unwrap_or_default());
        self.base = self.base.saturating_add(chunk.len() as u64);
        self.taken = 0;
    }
}
