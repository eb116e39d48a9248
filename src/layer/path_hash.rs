//! Hashes of paths and of the directories they lie in.
//!
//! A path may have ten thousand parts: looking up each directory above it by its name would take
//! hours that hashing them all in one go does not. Keyed anew each time, so that nobody can prepare
//! paths with equal hashes; who must be sure compares what is found.

use std::hash::{BuildHasher as _, DefaultHasher, Hasher as _, RandomState};

/// A key to hash paths under. The root has the empty path.
#[derive(Clone, Debug, Default)]
pub struct PathHasher(RandomState);

impl PathHasher {
    /// The hash of `path`.
    pub(super) fn of(&self, path: &[u8]) -> u64 {
        self.begin(path).finish()
    }

    /// The paths that `path` begins with, outermost first and at last itself, with their hashes;
    /// without the root.
    pub(super) fn along<'p>(&self, path: &'p [u8]) -> impl Iterator<Item = (&'p [u8], u64)> {
        let mut hasher = self.0.build_hasher();
        let mut end = 0_usize;
        parts(path).filter_map(move |part| {
            write(&mut hasher, part);
            let to = end.saturating_add(part.len());
            end = to.saturating_add(1);
            Some((path.get(..to)?, hasher.finish()))
        })
    }

    /// Hashes the names in one directory after another.
    pub(super) fn within<'p>(&self) -> Within<'_, 'p> {
        Within { hasher: self, directory: &[], begun: self.begin(&[]) }
    }

    fn begin(&self, path: &[u8]) -> DefaultHasher {
        let mut hasher = self.0.build_hasher();
        parts(path).for_each(|part| write(&mut hasher, part));
        hasher
    }
}

/// Paths of which neighbours mostly lie in one directory, which is hashed once for them all.
pub(super) struct Within<'h, 'p> {
    hasher: &'h PathHasher,
    directory: &'p [u8],
    begun: DefaultHasher,
}

impl<'p> Within<'_, 'p> {
    /// The hash of what is called `name` in `directory`, and whether that is another one than
    /// before; the first before all is the root.
    pub(super) fn of(&mut self, directory: &'p [u8], name: &[u8]) -> (u64, bool) {
        let other = directory != self.directory;
        if other {
            *self = Self { directory, begun: self.hasher.begin(directory), ..*self };
        }
        let mut hasher = self.begun.clone();
        if !name.is_empty() {
            write(&mut hasher, name);
        }
        (hasher.finish(), other)
    }
}

fn parts(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|_| !path.is_empty())
}

fn write(hasher: &mut DefaultHasher, part: &[u8]) {
    hasher.write(part);
    hasher.write_u8(b'/');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::path::split;
    use super::*;

    proptest! {
        #[test]
        fn one_path_has_one_hash(paths in prop::collection::vec("([ab]{1,2}(/[ab]{1,2}){0,3})?", 0..6)) {
            let hasher = PathHasher::default();
            let paths: Vec<&[u8]> = paths.iter().map(String::as_bytes).collect();
            let mut within = hasher.within();
            for path in &paths {
                let (directory, name) = split(path);
                let (hash, _) = within.of(directory, name);
                prop_assert_eq!(hasher.of(path), hash);
                for (above, hash) in hasher.along(path) {
                    prop_assert!(path.starts_with(above));
                    prop_assert_eq!(hasher.of(above), hash);
                }
                let last = hasher.along(path).last().map(|(last, _)| last);
                prop_assert_eq!(last.unwrap_or_default(), *path);
            }
        }
    }
}
