//! Why a tar stream could not be followed to its end.

use std::fmt;

use crate::report::EntryPath;

/// A break in the stream. Nothing after it is parsed, for the next header cannot be found again
/// without guessing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {offset}{}", kind.amount())]
pub struct Fault {
    /// Byte of the stream the fault was found at: the block or record that is wrong, or the end.
    pub offset: u64,
    /// What is wrong.
    pub kind: FaultKind,
}

impl Fault {
    /// Whether it is one of our own bounds that stopped the walk.
    pub const fn is_limit(&self) -> bool {
        matches!(self.kind, FaultKind::Limit { .. })
    }
}

/// What is wrong with the stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// The sum over the header is not what the header says.
    #[error("header checksum mismatch")]
    Checksum,
    /// A header field holds something else than a number in the range it must have.
    #[error("{0} field of the header is not a valid number")]
    Number(Field),
    /// A PAX extended header that is not a sequence of well-formed records.
    #[error("PAX extended header: {0}")]
    Pax(PaxError),
    /// A sparse file whose map cannot be right.
    #[error("sparse file: {0}")]
    Sparse(SparseError),
    /// One zero block and then something else: GNU tar stops there, others read on.
    #[error("lone zero block")]
    LoneZeroBlock,
    /// An extended header that no member follows.
    #[error("extended header without a member")]
    Dangling,
    /// More than a bound of [`Limits`](crate::limits::Limits) allows.
    #[error("more than {limit} {what}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// The stream ends too early.
    #[error("stream ends inside {inside}")]
    Truncated {
        /// What it ends inside.
        inside: Inside,
        /// How many bytes of that are missing.
        missing: u64,
    },
}

impl FaultKind {
    /// What the message says after the place.
    fn amount(&self) -> String {
        match self {
            Self::Truncated { missing: 1, .. } => " (1 byte missing)".to_owned(),
            Self::Truncated { missing, .. } => format!(" ({missing} bytes missing)"),
            _ => String::new(),
        }
    }

    pub(super) const fn at(self, offset: u64) -> Fault {
        Fault { offset, kind: self }
    }
}

/// A numeric field of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `mode`
    Mode,
    /// `uid`
    Uid,
    /// `gid`
    Gid,
    /// `size`
    Size,
    /// `mtime`
    Mtime,
    /// `atime`, in the header of star
    Atime,
    /// `ctime`, in the header of star
    Ctime,
    /// `devmajor`
    DeviceMajor,
    /// `devminor`
    DeviceMinor,
}

impl fmt::Display for Field {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Mode => "mode",
            Self::Uid => "uid",
            Self::Gid => "gid",
            Self::Size => "size",
            Self::Mtime => "mtime",
            Self::Atime => "atime",
            Self::Ctime => "ctime",
            Self::DeviceMajor => "devmajor",
            Self::DeviceMinor => "devminor",
        })
    }
}

/// What is wrong with a PAX extended header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PaxError {
    /// The record does not begin with a length that lies within the header.
    #[error("record length is wrong")]
    Length,
    /// No newline stands where the record ends.
    #[error("record does not end in a newline")]
    Newline,
    /// No `=` in the record.
    #[error("record without an equals sign")]
    Equals,
    /// Nothing before the `=`.
    #[error("record without a key")]
    Key,
    /// A NUL where there must be none: in a key, a path, a link target or an owner's name.
    #[error("NUL in a record")]
    Nul,
    /// A value that is not what its key asks for.
    #[error("invalid {0}")]
    Value(&'static str),
}

/// What is wrong with a sparse file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SparseError {
    /// Type `S` under a header that is not GNU's: star has one too, laid out differently.
    #[error("header is not of the GNU dialect")]
    Dialect,
    /// A type that carries no content.
    #[error("type without content")]
    Kind,
    /// Something in the map, or the size of the file, is not a number.
    #[error("invalid number in the map")]
    Number,
    /// Fewer or more regions than announced.
    #[error("wrong number of regions")]
    Count,
    /// The map goes on past the content it is part of.
    #[error("map is longer than the content")]
    Cut,
    /// Regions overlap, are out of order or lie beyond the end of the file.
    #[error("regions overlap or lie outside the file")]
    Regions,
    /// The regions do not add up to the bytes that are stored.
    #[error("regions do not add up to the stored bytes")]
    Sum,
}

/// What a stream can end inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inside {
    /// A header block, or the second block of an end of archive.
    Header,
    /// A PAX extended header or a GNU long name.
    Extension,
    /// The content or the sparse map of the member with this path.
    Member(Vec<u8>),
}

impl fmt::Display for Inside {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => out.write_str("a header"),
            Self::Extension => out.write_str("an extended header"),
            Self::Member(path) => write_name(path, out),
        }
    }
}

/// A name without the power to move a terminal's cursor.
fn write_name(path: &[u8], out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for letter in EntryPath::new(path).escaped().chars() {
        match letter {
            control if control.is_control() => write!(out, "{}", control.escape_default())?,
            plain => write!(out, "{plain}")?,
        }
    }
    Ok(())
}
