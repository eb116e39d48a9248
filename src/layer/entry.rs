//! One entry of a layer, small enough that a million of them fit in memory.

use std::sync::Arc;

use super::name::Name;
use super::path::{PathForm, meaning};
use crate::digest::Sha256Bytes;
use crate::report::{EntryKind, EntryPath, EntrySummary, Timestamp};
use crate::tar::{Dialect, Member, SparseMap};

/// One entry: everything its headers say, and the digest of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the path as written means, relative to the root of the image; empty for the root.
    pub path: Name,
    /// How the path was written.
    pub form: PathForm,
    /// What it is.
    pub kind: EntryKind,
    /// As stored: permission bits, and type bits if the writer put them there.
    pub mode: u32,
    /// Whose it is.
    pub owner: Arc<Owner>,
    /// Stored bytes of content.
    pub size: u64,
    /// Modification time.
    pub mtime: Timestamp,
    /// Dialect of the headers.
    pub dialect: Dialect,
    /// SHA-256 of the stored content; absent for what has none, for what the stream broke off, and
    /// where nobody wants to know.
    pub content: Option<Sha256Bytes>,
    /// Target of a link: of a symbolic one as written, of a hard one relative to the root of the
    /// image.
    pub linkname: Option<Box<[u8]>>,
    /// What few entries have.
    pub extra: Option<Box<Extra>>,
}

/// An owner and a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    // To compare an empty box takes a processor longer than all else of an owner.
    uname: Option<Box<[u8]>>,
    gname: Option<Box<[u8]>>,
}

/// What few entries have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra {
    /// The path as written, when [`PathForm`] cannot say it.
    pub raw_path: Option<Box<[u8]>>,
    /// The target of a hard link as written, when that is not how [`Entry::linkname`] has it.
    pub raw_linkname: Option<Box<[u8]>>,
    /// Access time.
    pub atime: Option<Timestamp>,
    /// Status change time.
    pub ctime: Option<Timestamp>,
    /// Major and minor number of a device.
    pub device: Option<(u64, u64)>,
    /// Extended attributes, sorted by name.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// PAX records that are none of the above, sorted by key.
    pub pax: Vec<(Vec<u8>, Vec<u8>)>,
    /// Where the stored bytes of a sparse file go.
    pub sparse: Option<SparseMap>,
}

/// Permission, set-id and sticky bits; the rest of a mode repeats the type.
pub const PERMISSIONS: u32 = 0o7777;

impl Entry {
    /// What `member` is by the name `path`, which was written as `form`.
    pub(super) fn of(member: &Member, path: Name, form: PathForm, owner: Arc<Owner>) -> Self {
        let linkname: Option<Box<[u8]>> = match member.kind {
            EntryKind::Hardlink => Some(meaning(&member.linkname)),
            EntryKind::Symlink => Some(member.linkname.as_slice().into()),
            _ => None,
        };
        Self {
            extra: Extra::of(member, form.unusual, linkname.as_deref()).map(Box::new),
            path,
            form,
            kind: member.kind,
            mode: member.mode,
            owner,
            size: member.size,
            mtime: member.mtime,
            dialect: member.dialect,
            content: None,
            linkname,
        }
    }

    /// The path as the container sees it.
    pub fn absolute_path(&self) -> EntryPath {
        EntryPath::absolute(&self.path)
    }

    /// The path as the archive writes it.
    pub fn raw_path(&self) -> Vec<u8> {
        match self.extra.as_ref().and_then(|extra| extra.raw_path.as_ref()) {
            Some(raw) => raw.to_vec(),
            None => self.form.write(&self.path),
        }
    }

    /// What a hard link is another name of, relative to the root of the image.
    pub fn hardlink_target(&self) -> Option<&[u8]> {
        self.linkname.as_deref().filter(|_| self.kind == EntryKind::Hardlink)
    }

    /// What matters of it when only one side has it.
    pub fn summary(&self) -> EntrySummary {
        EntrySummary {
            kind: self.kind,
            mode: self.mode & PERMISSIONS,
            uid: self.owner.uid,
            gid: self.owner.gid,
            size: self.size,
            mtime: self.mtime,
            linkname: self.linkname.clone(),
            device: self.extra.as_ref().and_then(|extra| extra.device),
            xattrs: self.extra.as_ref().map(|extra| extra.xattrs.clone()).unwrap_or_default(),
            content: self.content,
        }
    }
}

impl Extra {
    fn of(member: &Member, unusual_path: bool, linkname: Option<&[u8]>) -> Option<Self> {
        let unusual_link = linkname.is_some_and(|linkname| linkname != member.linkname);
        let plain = !unusual_path
            && !unusual_link
            && member.atime.is_none()
            && member.ctime.is_none()
            && member.device.is_none()
            && member.xattrs.is_empty()
            && member.pax.is_empty()
            && member.sparse.is_none();
        if plain {
            return None;
        }
        Some(Self {
            raw_path: unusual_path.then(|| member.path.as_slice().into()),
            raw_linkname: unusual_link.then(|| member.linkname.as_slice().into()),
            atime: member.atime,
            ctime: member.ctime,
            device: member.device,
            xattrs: member.xattrs.clone(),
            pax: member.pax.clone(),
            sparse: member.sparse.clone(),
        })
    }
}

impl Owner {
    /// Owner's name; empty where there is none.
    pub fn uname(&self) -> &[u8] {
        self.uname.as_deref().unwrap_or_default()
    }

    /// Group's name; empty where there is none.
    pub fn gname(&self) -> &[u8] {
        self.gname.as_deref().unwrap_or_default()
    }

    fn of(member: &Member) -> Self {
        let name = |name: &[u8]| (!name.is_empty()).then(|| name.into());
        Self {
            uid: member.uid,
            gid: member.gid,
            uname: name(&member.uname),
            gname: name(&member.gname),
        }
    }

    fn owns(&self, member: &Member) -> bool {
        let same = |name: &Option<Box<[u8]>>, other: &[u8]| match name {
            Some(name) => **name == *other,
            None => other.is_empty(),
        };
        (self.uid, self.gid) == (member.uid, member.gid)
            && same(&self.uname, &member.uname)
            && same(&self.gname, &member.gname)
    }
}

/// Owners, each kept once: a layer has two or three of them a hundred thousand times.
#[derive(Default)]
pub(super) struct Owners(Vec<Arc<Owner>>);

impl Owners {
    /// Beyond this many the list would be slower than the copies it saves.
    const MANY: usize = 64;

    /// The owner of `member`, and how many bytes it takes to keep it.
    pub(super) fn of(&mut self, member: &Member) -> (Arc<Owner>, usize) {
        if let Some(known) = self.0.iter().find(|known| known.owns(member)) {
            return (Arc::clone(known), 0);
        }
        let new = Arc::new(Owner::of(member));
        if self.0.len() < Self::MANY {
            self.0.push(Arc::clone(&new));
        }
        let names = member.uname.len().saturating_add(member.gname.len());
        (new, names.saturating_add(size_of::<Owner>()))
    }
}
