//! The file system that a stack of layers makes (`layer.md#applying-changesets`).
//!
//! Paths are taken literally: a name below a symbolic link stays below it, so nothing an archive
//! says can lead out of the tree.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;

use super::Entry;
use super::path_hash::PathHasher;
use super::whiteout::Whiteout;
use crate::digest::Sha256Bytes;
use crate::report::EntryKind;

/// Paths relative to the root of the image, and what stands there.
#[derive(Clone, Debug, Default)]
pub struct RootFs<'a> {
    nodes: BTreeMap<&'a [u8], Node<'a>>,
    buried: BTreeMap<Vec<u8>, Buried>,
    inodes: u64,
    obstacles: Obstacles,
}

/// Hashes of the paths at which something stands or stood that is no directory: hardly a path leads
/// through one of them.
#[derive(Clone, Debug, Default)]
struct Obstacles {
    hasher: PathHasher,
    hashes: HashSet<u64>,
}

impl Obstacles {
    fn insert(&mut self, path: &[u8]) {
        self.hashes.insert(self.hasher.of(path));
    }

    /// The directories `path` lies in that may be something else, outermost first.
    fn above<'p>(&self, path: &'p [u8]) -> Vec<&'p [u8]> {
        let above = self.hasher.along(path).filter(|(above, _)| above.len() < path.len());
        above.filter(|(_, hash)| self.hashes.contains(hash)).map(|(above, _)| above).collect()
    }
}

/// What lower layers carry at a path without anybody seeing it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buried {
    /// Layers whose entry at the path was replaced or deleted, in order from the bottom.
    pub layers: Vec<usize>,
    /// The layer that deleted the path, if nothing stands there any more.
    pub deleted_by: Option<usize>,
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
    /// replaced or removed, some of them several times, and in no order.
    ///
    /// Whiteouts hide what lies below this layer, wherever in it they stand.
    pub fn apply(
        &mut self,
        layer: usize,
        entries: impl IntoIterator<Item = &'a Entry> + Clone,
    ) -> Vec<&'a [u8]> {
        let mut top = Top { tree: self, layer, touched: Vec::new() };
        for entry in entries.clone() {
            match Whiteout::of(&entry.path) {
                Some(Whiteout::Explicit(path)) => top.remove_all(&path),
                Some(Whiteout::Opaque(path)) => top.remove_below(&path),
                Some(Whiteout::Meta) | None => {}
            }
        }
        for entry in entries {
            if Whiteout::of(&entry.path).is_none() {
                top.insert(entry);
            }
        }
        top.touched
    }

    /// What stands at `path`.
    pub fn get(&self, path: &[u8]) -> Option<&Node<'a>> {
        self.nodes.get(path)
    }

    /// What lies unseen below `path`.
    pub fn buried(&self, path: &[u8]) -> Option<&Buried> {
        self.buried.get(path)
    }

    /// Whether anything stands at `path` or below it.
    pub fn holds(&self, path: &[u8]) -> bool {
        self.nodes.contains_key(path) || self.range_below(path).next().is_some()
    }

    /// Everything, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], &Node<'a>)> {
        self.nodes.iter().map(|(path, node)| (*path, node))
    }

    /// Whether what follows `path` begins as it does: almost always the answer is no, and has taken
    /// no range of its own.
    fn may_hold_below(&self, path: &[u8]) -> bool {
        let after = (Bound::Excluded(path), Bound::Unbounded);
        let next = self.nodes.range::<[u8], _>(after).next();
        next.is_some_and(|(next, _)| next.starts_with(path))
    }

    /// Every path below `directory`.
    fn below(&self, directory: &[u8]) -> Vec<&'a [u8]> {
        self.range_below(directory).collect()
    }

    fn range_below(&self, directory: &[u8]) -> impl Iterator<Item = &'a [u8]> {
        // Below `a` lies what begins with `a/`; the first name after all of that begins with the
        // byte that follows the slash.
        let (from, to) = if directory.is_empty() {
            (Vec::new(), Bound::Unbounded)
        } else {
            (join_byte(directory, b'/'), Bound::Excluded(join_byte(directory, b'/' + 1)))
        };
        let range = (Bound::Included(from.as_slice()), to.as_ref().map(Vec::as_slice));
        let paths = self.nodes.range::<[u8], _>(range).map(|(path, _)| *path);
        paths.filter(|path| !path.is_empty())
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
}

/// A layer on its way onto the tree.
struct Top<'t, 'a> {
    tree: &'t mut RootFs<'a>,
    layer: usize,
    touched: Vec<&'a [u8]>,
}

impl<'a> Top<'_, 'a> {
    fn insert(&mut self, entry: &'a Entry) {
        self.clear_way(&entry.path);
        if entry.kind != EntryKind::Directory && self.tree.may_hold_below(&entry.path) {
            self.remove_below(&entry.path);
        }
        let node = self.node(entry);
        if !matches!(entry.kind, EntryKind::Directory | EntryKind::Symlink) {
            self.tree.obstacles.insert(&entry.path);
        }
        if let Some(old) = self.tree.nodes.insert(&entry.path, node) {
            self.bury(&entry.path, old.layer, None);
        } else if let Some(buried) = self.tree.buried.get_mut(&*entry.path) {
            buried.deleted_by = None;
        }
        self.touched.push(&entry.path);
    }

    fn node(&mut self, entry: &'a Entry) -> Node<'a> {
        let layer = self.layer;
        let target = entry.hardlink_target().and_then(|path| self.tree.nodes.get(path)).copied();
        match target.map(|target| (target.kind(), target)) {
            Some((EntryKind::File, target)) => return Node { layer, entry, ..target },
            // Another name of a symbolic link or a device is one as well.
            Some((kind, target)) if kind != EntryKind::Directory => {
                return Node { layer, ..target };
            }
            _ => {}
        }
        self.tree.inodes = self.tree.inodes.saturating_add(1);
        let inode = self.tree.inodes;
        Node { layer, entry, content: entry.content, size: entry.size, inode }
    }

    /// A file cannot stay where a directory must be.
    fn clear_way(&mut self, path: &[u8]) {
        for ancestor in self.tree.obstacles.above(path) {
            let blocks = self.tree.nodes.get(ancestor).is_some_and(|node| {
                !matches!(node.entry.kind, EntryKind::Directory | EntryKind::Symlink)
            });
            if blocks {
                self.remove(ancestor);
            }
        }
    }

    fn remove_all(&mut self, path: &[u8]) {
        self.remove_below(path);
        self.remove(path);
    }

    fn remove(&mut self, path: &[u8]) {
        if let Some((path, old)) = self.tree.nodes.remove_entry(path) {
            self.bury(path, old.layer, Some(self.layer));
            self.touched.push(path);
        }
    }

    /// What this layer itself brought is not carried unseen: it was seen for a moment only.
    fn bury(&mut self, path: &[u8], old: usize, deleted_by: Option<usize>) {
        let buried = self.tree.buried.entry(path.to_vec()).or_default();
        if old != self.layer && buried.layers.last() != Some(&old) {
            buried.layers.push(old);
        }
        buried.deleted_by = deleted_by;
    }

    fn remove_below(&mut self, directory: &[u8]) {
        for path in self.tree.below(directory) {
            self.remove(path);
        }
    }
}

fn join_byte(path: &[u8], byte: u8) -> Vec<u8> {
    [path, &[byte]].concat()
}
