//! What a container does that can be followed but that an honest writer has no reason for.

use std::fmt;

use crate::report::EntryKind;
use crate::tar::{Ending, Oddity};

/// Something odd about the container itself, with the member it concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// Two members have one name; the later counts, for some readers the earlier.
    Repeated {
        /// The name.
        name: String,
        /// Both hold the same bytes.
        equal: bool,
    },
    /// The name is absolute.
    Absolute {
        /// As written.
        name: String,
    },
    /// The name leads out of the container by `..`, so the member cannot be reached.
    Outside {
        /// As written.
        name: String,
    },
    /// A link leads out of the container.
    LinkOutside {
        /// The link.
        name: String,
        /// Where to.
        target: String,
    },
    /// Neither a file nor a directory nor a link.
    Special {
        /// The member.
        name: String,
        /// What it is.
        kind: EntryKind,
    },
    /// What the tar stream does that readers may take differently.
    Oddity {
        /// Offset of the header it concerns.
        offset: u64,
        /// What it is.
        oddity: Oddity,
    },
    /// Bytes that are not zero follow the end of the archive.
    Trailing {
        /// Where.
        offset: u64,
        /// How many, zeros among them included.
        bytes: u64,
    },
    /// Bytes follow the compressed stream the archive is packed in.
    PackedTrailing {
        /// How many.
        bytes: u64,
    },
    /// The archive does not end in two zero blocks.
    NoEnd,
    /// Global headers, which docker ignores and others do not.
    GlobalHeaders {
        /// How many records they hold.
        records: usize,
    },
    /// More of these than are kept.
    More {
        /// How many.
        count: usize,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repeated { name, equal: true } => {
                write!(out, "{name}: member given twice, with the same bytes")
            }
            Self::Repeated { name, equal: false } => {
                write!(out, "{name}: member given twice, with different bytes; the later counts")
            }
            Self::Absolute { name } => write!(out, "{name}: absolute member name"),
            Self::Outside { name } => write!(out, "{name}: member name leads out of the archive"),
            Self::LinkOutside { name, target } => {
                write!(out, "{name}: link to {target} leads out of the archive")
            }
            Self::Special { name, kind } => write!(out, "{name}: {kind} where files should be"),
            Self::Oddity { offset, oddity } => write!(out, "{oddity} at byte {offset}"),
            Self::Trailing { offset, bytes } => {
                write!(
                    out,
                    "{bytes} bytes, not all zero, follow the end of the archive at {offset}"
                )
            }
            Self::PackedTrailing { bytes } => {
                write!(out, "{bytes} bytes follow the compressed stream of the archive")
            }
            Self::NoEnd => out.write_str("the archive does not end in two zero blocks"),
            Self::GlobalHeaders { records } => {
                write!(out, "global headers with {records} records, which not all readers apply")
            }
            Self::More { count } => write!(out, "{count} more oddities of the archive"),
        }
    }
}

/// Remarks, as many as anybody will read.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    kept: Vec<Remark>,
    more: usize,
}

impl Remarks {
    /// A hostile archive has one for each member.
    const MOST: usize = 1000;

    pub(super) fn push(&mut self, remark: Remark) {
        if self.kept.len() < Self::MOST {
            self.kept.push(remark);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// What the end of a tar stream is remarkable for.
    pub(super) fn end(&mut self, ending: &Ending) {
        use crate::tar::EndOfArchive::Full;
        if ending.fault.is_none() && ending.end_of_archive != Full {
            self.push(Remark::NoEnd);
        }
        if ending.trailing_nonzero {
            let (offset, bytes) = (ending.end_offset, ending.trailing);
            self.push(Remark::Trailing { offset, bytes });
        }
        if !ending.global.is_empty() {
            self.push(Remark::GlobalHeaders { records: ending.global.len() });
        }
    }

    pub(super) fn finish(mut self) -> Vec<Remark> {
        if self.more > 0 {
            self.kept.push(Remark::More { count: self.more });
        }
        self.kept
    }
}
