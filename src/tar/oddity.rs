//! What a stream does that can be followed but that no honest writer needs.

use std::fmt;

/// Something odd that readers may take differently. Each stands with the offset of the header
/// block it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Oddity {
    /// A size on a type that has no content; passed over, as Go does.
    SizeOnHeaderOnly {
        /// The size claimed.
        size: u64,
    },
    /// A second extended header of the same kind before one member; only the later counts.
    RepeatedExtension(Extension),
    /// A global header between an extended header and its member. Go forgets the extended header;
    /// so does this parser.
    ForgottenExtension,
    /// Both a PAX record and a GNU header give the name; the latter counts, as in Go.
    TwoNames(Extension),
    /// A member without a name.
    EmptyPath,
    /// A regular file (type `0`) whose name ends in a slash; GNU tar makes a directory of it.
    SlashAfterFile,
    /// A GNU header in which a path prefix stands over the access time, as Go before 1.8 wrote it.
    PrefixInGnuHeader,
    /// `SCHILY.xattr` and `LIBARCHIVE.xattr` records give one attribute two values; the former
    /// counts.
    ConflictingXattr,
    /// The bytes that fill up the last block of a member are not all zero. Nobody reads them.
    DirtyPadding,
    /// The stream ends before the last block of the last member is full.
    MissingPadding,
}

/// Extended headers that go before a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extension {
    /// PAX records, type `x`.
    Pax,
    /// A GNU long name, type `L`.
    LongName,
    /// A GNU long link target, type `K`.
    LongLink,
}

impl fmt::Display for Extension {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Pax => "PAX extended header",
            Self::LongName => "GNU long name",
            Self::LongLink => "GNU long link target",
        })
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SizeOnHeaderOnly { size } => {
                write!(out, "size {size} on a type that has no content")
            }
            Self::RepeatedExtension(extension) => write!(out, "second {extension} for one member"),
            Self::ForgottenExtension => {
                out.write_str("extended header cut off from its member by a global header")
            }
            Self::TwoNames(Extension::LongLink) => {
                out.write_str("link target given by both PAX and GNU headers")
            }
            Self::TwoNames(_) => out.write_str("path given by both PAX and GNU headers"),
            Self::EmptyPath => out.write_str("member without a name"),
            Self::SlashAfterFile => out.write_str("slash after the name of a regular file"),
            Self::PrefixInGnuHeader => out.write_str("path prefix in a GNU header"),
            Self::ConflictingXattr => {
                out.write_str("extended attribute given twice, with different values")
            }
            Self::DirtyPadding => out.write_str("padding of a member is not all zero"),
            Self::MissingPadding => out.write_str("last member is not padded to a full block"),
        }
    }
}
