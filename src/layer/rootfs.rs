//! The file system that a stack of layers makes (`layer.md#applying-changesets`).
//!
//! Paths are taken literally: a name below a symbolic link stays below it, so nothing an archive
//! says can lead out of the tree.

use std::collections::{BTreeMap, BTreeSet};

use super::Entry;
use super::whiteout::Whiteout;
use crate::digest::Sha256Bytes;
use crate::report::EntryKind;

/// Paths relative to the root of the image, and what stands there.
#[derive(Clone, Debug, Default)]
pub struct RootFs<'a> {
    nodes: BTreeMap<&'a [u8], Node<'a>>,
    inodes: u64,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// The layer it comes from, counted from the bottom.
    pub layer: usize,
    /// The entry that made it.
    pub entry: &'a Entry,
    /// SHA-256 of the content, of the target for a hard link.
    pub content: Option<Sha256Bytes>,
    /// Bytes of content, of the target for a hard link.
    pub size: u64,
    /// Equal for the names of one file.
    pub inode: u64,
}

impl Node<'_> {
    /// What it is; a hard link is a file like any other.
    pub const fn kind(&self) -> EntryKind {
        match self.entry.kind {
            EntryKind::Hardlink => EntryKind::File,
            kind => kind,
        }
    }
}

impl<'a> RootFs<'a> {
    /// Puts `entries` of layer number `layer` on top. Returns every path whose node was made,
    /// replaced or removed.
    ///
    /// Whiteouts hide what lies below this layer, wherever in it they stand.
    pub fn apply(&mut self, layer: usize, entries: &'a [Entry]) -> BTreeSet<Vec<u8>> {
        let mut touched = BTreeSet::new();
        for entry in entries {
            match Whiteout::of(&entry.path) {
                Some(Whiteout::Explicit(path)) => self.remove(&path, &mut touched),
                Some(Whiteout::Opaque(path)) => self.remove_below(&path, &mut touched),
                Some(Whiteout::Meta) | None => {}
            }
        }
        for entry in entries {
            if Whiteout::of(&entry.path).is_none() {
                self.insert(layer, entry, &mut touched);
            }
        }
        touched
    }

    /// What stands at `path`.
    pub fn get(&self, path: &[u8]) -> Option<&Node<'a>> {
        self.nodes.get(path)
    }

    /// Everything, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], &Node<'a>)> {
        self.nodes.iter().map(|(path, node)| (*path, node))
    }

    /// For each file with several names, the first of them.
    pub fn first_names(&self) -> BTreeMap<u64, &'a [u8]> {
        let mut first: BTreeMap<u64, &'a [u8]> = BTreeMap::new();
        let mut several = BTreeSet::new();
        for (path, node) in &self.nodes {
            if node.kind() == EntryKind::File && first.contains_key(&node.inode) {
                several.insert(node.inode);
            } else {
                first.insert(node.inode, path);
            }
        }
        first.retain(|inode, _| several.contains(inode));
        first
    }

    fn insert(&mut self, layer: usize, entry: &'a Entry, touched: &mut BTreeSet<Vec<u8>>) {
        self.clear_way(&entry.path, touched);
        if entry.kind != EntryKind::Directory {
            self.remove_below(&entry.path, touched);
        }
        let node = self.node(layer, entry);
        self.nodes.insert(&entry.path, node);
        touched.insert(entry.path.to_vec());
    }

    fn node(&mut self, layer: usize, entry: &'a Entry) -> Node<'a> {
        let target = entry.hardlink_target().and_then(|path| self.nodes.get(path)).copied();
        if let Some(target) = target.filter(|target| target.kind() == EntryKind::File) {
            return Node { layer, entry, ..target };
        }
        self.inodes = self.inodes.saturating_add(1);
        Node { layer, entry, content: entry.content, size: entry.size, inode: self.inodes }
    }

    /// A file cannot stay where a directory must be.
    fn clear_way(&mut self, path: &[u8], touched: &mut BTreeSet<Vec<u8>>) {
        for (at, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            let Some(ancestor) = path.get(..at) else { continue };
            let blocks = self.nodes.get(ancestor).is_some_and(|node| {
                !matches!(node.entry.kind, EntryKind::Directory | EntryKind::Symlink)
            });
            if blocks {
                self.nodes.remove(ancestor);
                touched.insert(ancestor.to_vec());
            }
        }
    }

    fn remove(&mut self, path: &[u8], touched: &mut BTreeSet<Vec<u8>>) {
        self.remove_below(path, touched);
        if self.nodes.remove(path).is_some() {
            touched.insert(path.to_vec());
        }
    }

    fn remove_below(&mut self, directory: &[u8], touched: &mut BTreeSet<Vec<u8>>) {
        // Below `a` lies what begins with `a/`; the first name after all of that begins with the
        // byte that follows the slash.
        let (from, to) = if directory.is_empty() {
            (Vec::new(), None)
        } else {
            (join_byte(directory, b'/'), Some(join_byte(directory, b'/' + 1)))
        };
        let below: Vec<&[u8]> = self
            .nodes
            .range::<[u8], _>((
                std::ops::Bound::Included(from.as_slice()),
                to.as_deref().map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded),
            ))
            .map(|(path, _)| *path)
            .filter(|path| !path.is_empty())
            .collect();
        for path in below {
            self.nodes.remove(path);
            touched.insert(path.to_vec());
        }
    }
}

fn join_byte(path: &[u8], byte: u8) -> Vec<u8> {
    let mut joined = path.to_vec();
    joined.push(byte);
    joined
}
