//! An image archive as a list of members, to be bent before it is written.

use std::fs;
use std::path::Path;

use crate::entry::Entry;

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A regular file.
    File(Vec<u8>),
    /// A directory; member names have no `/` at the end.
    Dir,
    /// A symbolic link.
    Symlink(String),
    /// A hard link to another member.
    Hardlink(String),
}

/// Members in order. All methods take and give the archive by value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    members: Vec<(String, Content)>,
}

/// Where a member lies in [`Archive::to_tar`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The member's name.
    pub name: String,
    /// Offset of its first header block.
    pub header: usize,
    /// Offset of its content.
    pub start: usize,
    /// Offset after its content, before the padding.
    pub end: usize,
}

impl Archive {
    /// No members.
    pub fn new() -> Self {
        Self::default()
    }

    /// The members.
    pub fn members(&self) -> &[(String, Content)] {
        &self.members
    }

    /// The names of the members.
    pub fn names(&self) -> Vec<&str> {
        self.members.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn position(&self, name: &str) -> usize {
        let found = self.members.iter().position(|(n, _)| n == name);
        found.unwrap_or_else(|| panic!("no member {name:?} among {:?}", self.names()))
    }

    /// The content of the file `name`.
    ///
    /// # Panics
    ///
    /// Panics if there is no such file.
    pub fn file(&self, name: &str) -> &[u8] {
        match &self.members[self.position(name)].1 {
            Content::File(bytes) => bytes,
            other => panic!("{name:?} is no file but {other:?}"),
        }
    }

    /// Whether there is a member `name`.
    pub fn contains(&self, name: &str) -> bool {
        self.members.iter().any(|(n, _)| n == name)
    }

    /// Takes out every member `name`.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    #[must_use]
    pub fn remove(mut self, name: &str) -> Self {
        self.position(name);
        self.members.retain(|(n, _)| n != name);
        self
    }

    /// Makes the member `name` a file with these bytes.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    #[must_use]
    pub fn replace(self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.replace_with(name, Content::File(bytes.into()))
    }

    /// Gives the member `name` another content.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    #[must_use]
    pub fn replace_with(mut self, name: &str, content: Content) -> Self {
        let at = self.position(name);
        self.members[at].1 = content;
        self
    }

    /// Gives the member `name` another name.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    #[must_use]
    pub fn rename(mut self, name: &str, to: impl Into<String>) -> Self {
        let at = self.position(name);
        self.members[at].0 = to.into();
        self
    }

    /// Adds the member `name` once more at the end.
    ///
    /// # Panics
    ///
    /// Panics if there is none.
    #[must_use]
    pub fn duplicate(mut self, name: &str) -> Self {
        let copy = self.members[self.position(name)].clone();
        self.members.push(copy);
        self
    }

    /// Adds a member at the end, whether or not there is one of that name.
    #[must_use]
    pub fn insert(mut self, name: impl Into<String>, content: Content) -> Self {
        self.members.push((name.into(), content));
        self
    }

    /// Adds a member before the one at `position`.
    ///
    /// # Panics
    ///
    /// Panics if there are fewer members.
    #[must_use]
    pub fn insert_at(mut self, position: usize, name: impl Into<String>, content: Content) -> Self {
        self.members.insert(position, (name.into(), content));
        self
    }

    /// Adds a file at the end.
    #[must_use]
    pub fn insert_file(self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.insert(name, Content::File(bytes.into()))
    }

    /// Turns the order round.
    #[must_use]
    pub fn reverse(mut self) -> Self {
        self.members.reverse();
        self
    }

    /// Puts `prefix` (`"./"`, `"image/"`) before every name and hard link target; one that ends
    /// in a slash becomes a directory member too, the first.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        for (name, content) in &mut self.members {
            name.insert_str(0, prefix);
            if let Content::Hardlink(target) = content {
                target.insert_str(0, prefix);
            }
        }
        match prefix.strip_suffix('/') {
            Some(dir) => self.insert_at(0, dir, Content::Dir),
            None => self,
        }
    }

    /// The archive as a tar: ustar headers, owner 0:0, time 0, two zero blocks.
    pub fn to_tar(&self) -> Vec<u8> {
        self.tar_and_spans().0
    }

    /// Where the content of every member starts and ends in [`Archive::to_tar`].
    pub fn member_offsets(&self) -> Vec<(String, usize, usize)> {
        self.spans().into_iter().map(|span| (span.name, span.start, span.end)).collect()
    }

    /// Where every member lies in [`Archive::to_tar`], its header too.
    pub fn spans(&self) -> Vec<Span> {
        self.tar_and_spans().1
    }

    fn tar_and_spans(&self) -> (Vec<u8>, Vec<Span>) {
        let mut out = Vec::new();
        let mut spans = Vec::new();
        for (name, content) in &self.members {
            let path = name.as_str();
            let (entry, bytes): (Entry, &[u8]) = match content {
                Content::File(bytes) => (Entry::file(path, "").lie_size(bytes.len() as u64), bytes),
                Content::Dir => (Entry::dir(path), b""),
                Content::Symlink(target) => (Entry::symlink(path, target.as_str()), b""),
                Content::Hardlink(target) => (Entry::hardlink(path, target.as_str()), b""),
            };
            let header = out.len();
            entry.mtime(0).write(&mut out, true);
            let start = out.len();
            out.extend_from_slice(bytes);
            spans.push(Span { name: name.clone(), header, start, end: out.len() });
            crate::header::pad(&mut out, start, crate::header::BLOCK);
        }
        out.resize(out.len() + 2 * crate::header::BLOCK, 0);
        (out, spans)
    }

    /// Writes the members as files below `path`, made if missing. Of two members with one name
    /// the last stays.
    ///
    /// # Panics
    ///
    /// Panics if the file system refuses, or (but for symbolic links) on anything but Unix.
    pub fn write_dir(&self, path: impl AsRef<Path>) {
        let root = path.as_ref();
        fs::create_dir_all(root).expect("the directory can be made");
        for (name, content) in &self.members {
            let at = root.join(name);
            if let Some(parent) = at.parent() {
                fs::create_dir_all(parent).expect("the directory can be made");
            }
            if !matches!(content, Content::Dir) && at.symlink_metadata().is_ok() {
                fs::remove_file(&at).expect("an earlier member can be removed");
            }
            match content {
                Content::File(bytes) => fs::write(&at, bytes),
                Content::Dir => fs::create_dir_all(&at),
                Content::Symlink(target) => symlink(target, &at),
                Content::Hardlink(target) => fs::hard_link(root.join(target), &at),
            }
            .unwrap_or_else(|error| panic!("{}: {error}", at.display()));
        }
    }
}

#[cfg(unix)]
fn symlink(target: &str, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(not(unix))]
fn symlink(_: &str, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
