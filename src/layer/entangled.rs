//! Which entries of a stack of layers have to do with one another at all.

use super::Entry;
use super::path::split;
use super::path_hash::PathHasher;
use super::whiteout::Whiteout;
use crate::report::EntryKind;

/// The entries of a layer, and hashes of their paths.
#[derive(Clone, Debug)]
pub struct Hashed<'a> {
    entries: &'a [Entry],
    hashes: Vec<u64>,
}

impl<'a> Hashed<'a> {
    /// `entries` and hashes of their paths, which can be held against others of the same `hasher`.
    pub fn new(entries: &'a [Entry], hasher: &PathHasher) -> Self {
        Self { entries, hashes: hasher.all(entries.iter().map(|entry| &*entry.path)) }
    }

    fn iter(&self) -> impl Iterator<Item = (&'a Entry, u64)> + Clone {
        self.entries.iter().zip(self.hashes.iter().copied())
    }
}

/// Of each layer of `stack`, bottom first, the entries that may hide others, be hidden, link or be
/// linked to, in their order. A [`super::RootFs`] of these buries, finds and misses what one of all
/// entries does.
///
/// Most layers only add files, and a hash for each of them says so in a tenth of the time that a
/// tree of them takes. All of `stack` is hashed by `hasher`.
pub fn entangled<'a>(stack: &[Hashed<'a>], hasher: &PathHasher) -> Vec<Vec<&'a Entry>> {
    let entries = || stack.iter().flat_map(Hashed::iter);
    let mut knots = links_and_marks(entries(), hasher);
    knots.extend(shared(entries(), hasher));
    let knots = Knots::new(knots, hasher);
    stack.iter().map(|layer| knots.choose(layer)).collect()
}

/// Hashes of hard links and what they link to, of whiteouts and what they hide.
fn links_and_marks<'a>(
    entries: impl Iterator<Item = (&'a Entry, u64)>,
    hasher: &PathHasher,
) -> Vec<u64> {
    let mut knots = Vec::new();
    for (entry, hash) in entries {
        let hidden = match Whiteout::of(&entry.path) {
            Some(Whiteout::Explicit(path) | Whiteout::Opaque(path)) => Some(hasher.of(&path)),
            Some(Whiteout::Meta) | None => None,
        };
        let other = hidden.or_else(|| entry.hardlink_target().map(|target| hasher.of(target)));
        knots.extend(other.into_iter().flat_map(|other| [other, hash]));
    }
    knots
}

/// Hashes of paths that two entries want, unless both are directories: by standing there, or by
/// having it above them.
fn shared<'a>(
    entries: impl Iterator<Item = (&'a Entry, u64)> + Clone,
    hasher: &PathHasher,
) -> Vec<u64> {
    let is_directory = |entry: &Entry| entry.kind == EntryKind::Directory;
    let (directories, files): (Vec<_>, Vec<_>) =
        entries.clone().partition(|(entry, _)| is_directory(entry));
    let mut files: Vec<u64> = files.into_iter().map(|(_, hash)| hash).collect();
    files.sort_unstable();
    let twice = files.windows(2).filter(|pair| matches!(pair, [a, b] if a == b)).flatten().copied();
    let mut knots: Vec<u64> = twice.collect();
    let is_file = |hash: &u64| files.binary_search(hash).is_ok();
    knots.extend(directories.into_iter().map(|(_, hash)| hash).filter(is_file));
    let mut last: &[u8] = &[];
    for (entry, _) in entries {
        let (directory, _) = split(&entry.path);
        if directory != last {
            knots.extend(hasher.along(directory).map(|(_, hash)| hash).filter(is_file));
            last = directory;
        }
    }
    knots.extend(Some(hasher.of(&[])).filter(is_file));
    knots
}

/// Hashes of the paths at which, and below which, entries have to do with one another.
struct Knots<'h> {
    hashes: Vec<u64>,
    hasher: &'h PathHasher,
}

impl<'h> Knots<'h> {
    fn new(mut hashes: Vec<u64>, hasher: &'h PathHasher) -> Self {
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
        let chosen = layer.iter().filter(|(entry, hash)| {
            let (directory, _) = split(&entry.path);
            if directory != within.0 {
                let below = self.hasher.along(directory).any(|(_, hash)| self.has(hash));
                within = (directory, everywhere || below);
            }
            within.1 || self.has(*hash)
        });
        chosen.map(|(entry, _)| entry).collect()
    }
}
