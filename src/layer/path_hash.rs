//! Hashes of paths and of the directories they lie in.
//!
//! A path may have ten thousand parts: looking up each directory above it by its name would take
//! hours that hashing them all in one go does not. Keyed anew each time, so that nobody can prepare
//! paths with equal hashes; who must be sure compares what is found.

use std::hash::{BuildHasher as _, DefaultHasher, Hasher as _, RandomState};

use super::path::split;

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

    /// The hashes of `paths`, in their order. Neighbours mostly lie in one directory, which is
    /// hashed once for them all.
    pub(super) fn all<'p>(&self, paths: impl Iterator<Item = &'p [u8]>) -> Vec<u64> {
        let mut within: (&[u8], DefaultHasher) = (&[], self.begin(&[]));
        let hash = |path| {
            let (directory, name) = split(path);
            if directory != within.0 {
                within = (directory, self.begin(directory));
            }
            let mut hasher = within.1.clone();
            parts(name).for_each(|name| write(&mut hasher, name));
            hasher.finish()
        };
        paths.map(hash).collect()
    }

    fn begin(&self, path: &[u8]) -> DefaultHasher {
        let mut hasher = self.0.build_hasher();
        parts(path).for_each(|part| write(&mut hasher, part));
        hasher
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

    use super::*;

    proptest! {
        #[test]
        fn one_path_has_one_hash(paths in prop::collection::vec("([ab]{1,2}(/[ab]{1,2}){0,3})?", 0..6)) {
            let hasher = PathHasher::default();
            let paths: Vec<&[u8]> = paths.iter().map(String::as_bytes).collect();
            let all = hasher.all(paths.iter().copied());
            for (path, hash) in paths.iter().zip(all) {
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
