//! Paths of entries, many in one piece of memory.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::Entry;

/// Bytes of paths that are kept together.
const TOGETHER: usize = 64 << 10;

/// A path that shares its memory with those of the entries around it: to ask for memory for each
/// of a million paths, and to give it back, takes longer than to read them.
#[derive(Clone, Default)]
pub struct Name {
    /// Absent as long as [`Names`] has it.
    text: Option<Arc<Vec<u8>>>,
    start: u32,
    length: u32,
}

impl Deref for Name {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let text = self.text.as_deref().map(Vec::as_slice).unwrap_or_default();
        let bytes = |count: u32| usize::try_from(count).ok();
        let rest = bytes(self.start).and_then(|start| text.get(start..));
        rest.zip(bytes(self.length))
            .and_then(|(rest, length)| rest.get(..length))
            .unwrap_or_default()
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Name {}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Names of entries as these come.
#[derive(Default)]
pub(super) struct Names {
    /// Names of the entries from `since` on.
    text: Vec<u8>,
    since: usize,
}

impl Names {
    /// The name `path` of the entry that comes after `entries`.
    pub(super) fn add(&mut self, path: &[u8], entries: &mut [Entry]) -> Name {
        if self.text.len().saturating_add(path.len()) > TOGETHER {
            self.hand_out(entries);
        }
        // No scale of the limits lets a path be longer than a gibibyte.
        let count = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let (start, length) = (count(self.text.len()), count(path.len()));
        self.text.extend_from_slice(path);
        Name { text: None, start, length }
    }

    /// Gives `entries`, which are all there were, the names that they do not have yet.
    pub(super) fn hand_out(&mut self, entries: &mut [Entry]) {
        let next = Vec::with_capacity(self.text.len());
        let text = Arc::new(std::mem::replace(&mut self.text, next));
        for entry in entries.iter_mut().skip(self.since) {
            entry.path.text = Some(Arc::clone(&text));
        }
        self.since = entries.len();
    }
}
