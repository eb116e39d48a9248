//! The digest of a whole tar stream, beside those of the contents in it.

use crate::digest::{Hasher, Sha256};

/// How much of a stream is taken in, and where the contents lie that are parts of it. They go into
/// its digest as they go into their own.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// Offset of the current chunk.
    base: u64,
    /// Bytes of it that are taken in.
    taken: usize,
    /// Offset of the next bytes of content.
    content_at: u64,
}

impl Stream {
    /// The next content begins at `offset` of the stream.
    pub(super) const fn content_at(&mut self, offset: u64) {
        self.content_at = offset;
    }

    /// Takes the next part of a content, out of `chunk`, into the `digest` of that and the one of
    /// the `whole` stream.
    ///
    /// Takes in also what stands before `content`, unless this is not where it should be; then the
    /// chunk is taken in later, as a whole.
    pub(super) fn take(
        &mut self,
        chunk: &[u8],
        content: &[u8],
        digest: &mut Sha256,
        whole: &mut Hasher,
    ) {
        let start =
            usize::try_from(self.content_at.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.content_at = self.content_at.saturating_add(content.len() as u64);
        let end = start.saturating_add(content.len());
        match (chunk.get(self.taken..start), chunk.get(start..end)) {
            (Some(before), Some(same)) if std::ptr::eq(same, content) => {
                whole.update(before);
                whole.update_both(digest, content);
                self.taken = end;
            }
            _ => digest.update(content),
        }
    }

    /// All contents in `chunk` have been taken; the rest of it goes into the digest of the `whole`
    /// stream, if that is taken here.
    pub(super) fn finish_chunk(&mut self, chunk: &[u8], whole: Option<&mut Hasher>) {
        if let Some(whole) = whole {
            whole.update(chunk.get(self.taken..).unwrap_or_default());
        }
        self.base = self.base.saturating_add(chunk.len() as u64);
        self.taken = 0;
    }
}
