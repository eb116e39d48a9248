//! A layer: entries, and how its tar ends.

use crate::digest::Algorithm;
use crate::entry::Entry;
use crate::header::{BLOCK, Dialect, pad, pax_record, special};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Entry(Box<Entry>),
    Global(Vec<u8>),
    Raw(Vec<u8>),
}

/// A layer tar: entries in order, then two zero blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    pub(crate) items: Vec<Item>,
    no_end: bool,
    no_padding: bool,
    trailing: Vec<u8>,
    record: Option<usize>,
}

impl Layer {
    /// No entries: two zero blocks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry.
    #[must_use]
    pub fn with(mut self, entry: Entry) -> Self {
        self.items.push(Item::Entry(Box::new(entry)));
        self
    }

    /// Adds entries.
    #[must_use]
    pub fn with_all(mut self, entries: impl IntoIterator<Item = Entry>) -> Self {
        self.items.extend(entries.into_iter().map(|entry| Item::Entry(Box::new(entry))));
        self
    }

    /// Leaves out the two zero blocks at the end.
    #[must_use]
    pub fn no_end(mut self) -> Self {
        self.no_end = true;
        self
    }

    /// Stops right after the last byte of the last entry's content: neither padding nor zero
    /// blocks.
    #[must_use]
    pub fn no_padding(mut self) -> Self {
        self.no_padding = true;
        self
    }

    /// Adds bytes after everything else.
    #[must_use]
    pub fn trailing(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.trailing.extend(bytes.into());
        self
    }

    /// Fills up with zeros to a multiple of `n` bytes (GNU tar: 10240), before trailing bytes.
    ///
    /// # Panics
    ///
    /// [`Layer::tar`] panics if `n` is 0.
    #[must_use]
    pub fn record_padding(mut self, n: usize) -> Self {
        self.record = Some(n);
        self
    }

    /// A global PAX record (flag `g`), valid from here on; calls in a row share a header.
    #[must_use]
    pub fn global_pax(mut self, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let record = pax_record(key, value);
        match self.items.last_mut() {
            Some(Item::Global(records)) => records.extend(record),
            _ => self.items.push(Item::Global(record)),
        }
        self
    }

    /// Bytes put into the tar at this point, as they are.
    #[must_use]
    pub fn raw(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.items.push(Item::Raw(bytes.into()));
        self
    }

    /// The entries.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.items.iter().filter_map(|item| match item {
            Item::Entry(entry) => Some(&**entry),
            _ => None,
        })
    }

    /// The uncompressed tar.
    pub fn tar(&self) -> Vec<u8> {
        let content: usize = self.entries().map(|e| e.content.len() + 3 * BLOCK).sum();
        let mut out = Vec::with_capacity(content + 2 * BLOCK + self.trailing.len());
        for (i, item) in self.items.iter().enumerate() {
            let padded = !self.no_padding || i + 1 < self.items.len();
            match item {
                Item::Entry(entry) => entry.write(&mut out, padded),
                Item::Global(records) => {
                    out.extend(special(Dialect::Ustar, b"pax_global_header", b'g', records));
                }
                Item::Raw(bytes) => out.extend_from_slice(bytes),
            }
        }
        if !self.no_end && !self.no_padding {
            out.extend_from_slice(&[0; 2 * BLOCK]);
        }
        if let Some(n) = self.record {
            pad(&mut out, 0, n);
        }
        out.extend_from_slice(&self.trailing);
        out
    }

    /// The digest of the uncompressed tar, `sha256:…`.
    pub fn diff_id(&self) -> String {
        Algorithm::Sha256.digest(&self.tar())
    }
}

impl FromIterator<Entry> for Layer {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Self::new().with_all(entries)
    }
}
