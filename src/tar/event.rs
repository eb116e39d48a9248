//! What a walk tells: while it goes, and at its end.

use super::fault::Fault;
use super::member::Member;
use super::oddity::Oddity;
use crate::digest::Sha256Bytes;

/// Something that goes by.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A member begins.
    Entry(&'a Member),
    /// Stored content of the current member, in pieces as they come.
    Data(&'a [u8]),
    /// The current member is complete. One for every entry, unless the stream breaks inside it.
    End,
    /// Something odd that was let pass.
    Oddity {
        /// Header block it concerns.
        offset: u64,
        /// What it is.
        oddity: Oddity,
    },
}

/// How a stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Members begun.
    pub entries: u64,
    /// What marked the end.
    pub end_of_archive: EndOfArchive,
    /// Offset behind the end blocks, or behind the last complete member when there are none.
    pub end_offset: u64,
    /// Bytes that follow the end of the archive.
    pub trailing: u64,
    /// Whether any of them is not zero.
    pub trailing_nonzero: bool,
    /// SHA-256 of them from the first that is not zero.
    pub trailing_digest: Option<Sha256Bytes>,
    /// Why parsing stopped, if it did.
    pub fault: Option<Fault>,
    /// PAX records of global headers, in order. They were not applied to any member.
    pub global: Vec<(Vec<u8>, Vec<u8>)>,
}

/// What marks the end of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndOfArchive {
    /// Two zero blocks, as POSIX wants.
    Full,
    /// One zero block.
    Single,
    /// Nothing: the stream just ends.
    Missing,
}

impl Ending {
    /// How a stream ends in which nothing has been read yet.
    pub(super) const fn at_start() -> Self {
        Self {
            entries: 0,
            end_of_archive: EndOfArchive::Missing,
            end_offset: 0,
            trailing: 0,
            trailing_nonzero: false,
            trailing_digest: None,
            fault: None,
            global: Vec::new(),
        }
    }
}
