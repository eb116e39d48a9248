//! Which entries of a stack of layers have to do with one another at all.

use super::Entry;
use super::path::split;
use super::path_hash::PathHasher;
use super::whiteout::Whiteout;
use crate::report::EntryKind;

/// Length of the paths that count as one entry; longer ones count as several.
const SHORT: usize = 128;

/// The entries of a layer, and what has to be known of them to tell who else they concern.
#[derive(Clone, Debug)]
pub struct Hashed<'a> {
    entries: &'a [Entry],
    /// What they count as together.
    weight: usize,
    /// Of the path of each entry.
    hashes: Vec<u64>,
    /// Of hard links and what they link to, of whiteouts and what they hide.
    knots: Vec<u64>,
    /// Of what is no directory, in order.
    files: Vec<u64>,
    /// Of directories, in order.
    directories: Vec<u64>,
    /// What entries lie in; it may be deep, so its hashes are not kept.
    above: Vec<&'a [u8]>,
}

impl<'a> Hashed<'a> {
    /// `entries`, to be held against others of the same `hasher`.
    pub fn new(entries: &'a [Entry], hasher: &PathHasher) -> Self {
        let mut hashes = Vec::with_capacity(entries.len());
        let mut weight = 0_usize;
        let (mut knots, mut files, mut directories) = (Vec::new(), Vec::new(), Vec::new());
        let mut above: Vec<&[u8]> = Vec::new();
        let mut within = hasher.within();
        for entry in entries {
            weight = weight.saturating_add(entry.path.len().div_ceil(SHORT).max(1));
            let (directory, name) = split(&entry.path);
            let (hash, other) = within.of(directory, name);
            hashes.push(hash);
            above.extend(other.then_some(directory));
            let hidden = hidden(directory, name).map(|path| hasher.of(&path));
            let linked = entry.hardlink_target().map(|path| hasher.of(path));
            knots.extend(hidden.into_iter().chain(linked).flat_map(|path| [path, hash]));
            match entry.kind {
                EntryKind::Directory => directories.push(hash),
                _ => files.push(hash),
            }
        }
        files.sort_unstable();
        directories.sort_unstable();
        for list in [&mut knots, &mut files, &mut directories] {
            list.shrink_to_fit();
        }
        Self { entries, weight, hashes, knots, files, directories, above }
    }

    /// How many entries of short paths take as long: each part of a path is looked at.
    pub const fn weight(&self) -> usize {
        self.weight
    }

    /// Whether two of the entries may have one path. When it says no, none do.
    pub fn may_repeat(&self) -> bool {
        let repeats = |hashes: &[u64]| {
            hashes.windows(2).any(|pair| matches!(pair, [one, next] if one == next))
        };
        let in_files = |hash: &u64| self.files.binary_search(hash).is_ok();
        repeats(&self.files) || repeats(&self.directories) || self.directories.iter().any(in_files)
    }
}

/// The path that the entry called `name` in `directory` hides, or hides what is in.
fn hidden(directory: &[u8], name: &[u8]) -> Option<Box<[u8]>> {
    match Whiteout::named(directory, name)? {
        Whiteout::Explicit(path) | Whiteout::Opaque(path) => Some(path),
        Whiteout::Meta => None,
    }
}

/// Of each layer of `stack`, bottom first, the entries that may hide others, be hidden, link or be
/// linked to, in their order. A [`super::RootFs`] of these buries, finds and misses what one of all
/// entries does.
///
/// Most layers only add files, and a hash for each of them says so in a tenth of the time that a
/// tree of them takes. All of `stack` is hashed by `hasher`.
pub fn entangled<'a>(stack: &[&Hashed<'a>], hasher: &PathHasher) -> Vec<Vec<&'a Entry>> {
    let knots = Knots::new(stack, hasher);
    stack.iter().map(|layer| knots.choose(layer)).collect()
}

/// Hashes of the paths at which, and below which, entries have to do with one another.
struct Knots<'h> {
    hashes: Vec<u64>,
    hasher: &'h PathHasher,
}

impl<'h> Knots<'h> {
    fn new(stack: &[&Hashed<'_>], hasher: &'h PathHasher) -> Self {
        let mut hashes: Vec<u64> = stack.iter().flat_map(|layer| &layer.knots).copied().collect();
        let mut files: Vec<u64> = stack.iter().flat_map(|layer| &layer.files).copied().collect();
        // Runs that are in order are joined, which a sort that begins anew would not see.
        files.sort();
        // Two that stand at one path, and what stands where others have a directory.
        hashes.extend(files.windows(2).filter_map(|pair| match pair {
            [one, other] if one == other => Some(one),
            _ => None,
        }));
        let root = [hasher.of(&[])];
        let directories = stack.iter().flat_map(|layer| &layer.directories).chain(&root).copied();
        let above = stack.iter().flat_map(|layer| &layer.above);
        let above = above.flat_map(|path| hasher.along(path)).map(|(_, hash)| hash);
        hashes.extend(directories.chain(above).filter(|hash| files.binary_search(hash).is_ok()));
        hashes.sort_unstable();
        hashes.dedup();
        Self { hashes, hasher }
    }

    fn has(&self, hash: u64) -> bool {
        self.hashes.binary_search(&hash).is_ok()
    }

    fn choose<'a>(&self, layer: &Hashed<'a>) -> Vec<&'a Entry> {
        if self.hashes.is_empty() {
            return Vec::new();
        }
        let everywhere = self.has(self.hasher.of(&[]));
        let mut within: (&[u8], bool) = (&[], everywhere);
        let all = layer.entries.iter().zip(&layer.hashes);
        let chosen = all.filter(|(entry, hash)| {
            let (directory, _) = split(&entry.path);
            if directory != within.0 {
                let below = self.hasher.along(directory).any(|(_, hash)| self.has(hash));
                within = (directory, everywhere || below);
            }
            within.1 || self.has(**hash)
        });
        chosen.map(|(entry, _)| entry).collect()
    }
}
