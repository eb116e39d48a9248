//! One member of an archive, as its headers together describe it.

use crate::report::{EntryKind, Timestamp};

/// Everything the headers of a member say. The buffers are used again for the next member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Path, raw bytes as archived, after PAX and GNU headers have had their say.
    pub path: Vec<u8>,
    /// Target of a link, likewise.
    pub linkname: Vec<u8>,
    /// What the type flag means.
    pub kind: EntryKind,
    /// Type flag as stored.
    pub type_flag: u8,
    /// Mode as stored, with the type bits if the writer put them there.
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Owner's name.
    pub uname: Vec<u8>,
    /// Group's name.
    pub gname: Vec<u8>,
    /// Stored bytes that follow, without a sparse map; 0 for types that have no content.
    pub size: u64,
    /// Modification time.
    pub mtime: Timestamp,
    /// Access time.
    pub atime: Option<Timestamp>,
    /// Status change time.
    pub ctime: Option<Timestamp>,
    /// Major and minor number, for devices only.
    pub device: Option<(u64, u64)>,
    /// Extended attributes, sorted by name.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// PAX records that are none of the above, sorted by key.
    pub pax: Vec<(Vec<u8>, Vec<u8>)>,
    /// Dialect of the headers.
    pub dialect: Dialect,
    /// Where the stored bytes go, if they are not simply the content.
    pub sparse: Option<SparseMap>,
    /// Offset of the member's own header block; its extended headers stand before.
    pub header_offset: u64,
    /// Offset of the first of the `size` stored bytes.
    pub data_offset: u64,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            path: Vec::new(),
            linkname: Vec::new(),
            kind: EntryKind::File,
            type_flag: b'0',
            mode: 0,
            uid: 0,
            gid: 0,
            uname: Vec::new(),
            gname: Vec::new(),
            size: 0,
            mtime: Timestamp::default(),
            atime: None,
            ctime: None,
            device: None,
            xattrs: Vec::new(),
            pax: Vec::new(),
            dialect: Dialect::V7,
            sparse: None,
            header_offset: 0,
            data_offset: 0,
        }
    }
}

/// Dialect of a member's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// No magic: Unix V7, or a magic nobody knows.
    V7,
    /// POSIX ustar; also star, which shares its magic.
    Ustar,
    /// GNU.
    Gnu,
    /// A PAX extended header goes before the member.
    Pax,
}

/// Which parts of a sparse file are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SparseMap {
    /// Bytes of the file with its holes.
    pub real_size: u64,
    /// Offset and length of each stored region, in order, without overlap.
    pub regions: Vec<(u64, u64)>,
}

/// What a type flag means (POSIX.1-2017, `pax`, "ustar Interchange Format", `typeflag`).
///
/// A `path` that ends in a slash makes a directory of the V7 flag, which knew no other way to say
/// it. PAX headers and long names never get here.
pub(super) fn kind(type_flag: u8, path: &[u8]) -> EntryKind {
    match type_flag {
        0 if path.ends_with(b"/") => EntryKind::Directory,
        0 | b'0' | b'7' | b'S' => EntryKind::File,
        b'1' => EntryKind::Hardlink,
        b'2' => EntryKind::Symlink,
        b'3' => EntryKind::CharDevice,
        b'4' => EntryKind::BlockDevice,
        b'5' => EntryKind::Directory,
        b'6' => EntryKind::Fifo,
        other => EntryKind::Unknown(other),
    }
}

/// Whether content follows a header of this kind. Links never carry any here, whatever size they
/// claim: POSIX lets a hard link repeat the content, Go does not.
pub(super) const fn has_content(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::File | EntryKind::Unknown(_))
}
