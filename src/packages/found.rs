//! What the readers have found so far, and what it may cost.

use std::ops::Bound;

use super::paths::{BYTES, Paths, pay};
use super::{Files, Installed, Package};

/// What a package takes beside its texts.
const SIZE: usize = size_of::<Package>();

/// Collects packages and problems over all readers.
pub(super) struct Found {
    packages: Vec<Package>,
    problems: Vec<String>,
    /// Bytes that packages and their paths may still take.
    left: usize,
}

impl Default for Found {
    fn default() -> Self {
        Self { packages: Vec::new(), problems: Vec::new(), left: BYTES }
    }
}

impl Found {
    /// Takes in a package, as long as there is room. Its files have been counted before.
    pub(super) fn push(&mut self, package: Package) {
        let texts = [package.name.len(), package.version.len(), package.source.len()];
        let directories = package.directories.iter().map(|it| it.len());
        let bytes = texts.into_iter().chain(directories).fold(SIZE, usize::saturating_add);
        if pay(&mut self.left, bytes) {
            self.packages.push(package);
        }
    }

    /// Notes why something in the file at `path` could not be read. A file is named once: what is
    /// damaged in one place tends to be damaged in many.
    pub(super) fn problem(&mut self, path: &[u8], reason: &str) {
        let path = String::from_utf8_lossy(path);
        let known = |it: &String| it.strip_prefix(&*path).is_some_and(|it| it.starts_with(": "));
        if !self.problems.last().is_some_and(known) {
            self.problems.push(format!("{path}: {reason}"));
        }
    }

    /// Begins a list of paths, whose bytes count towards the bound.
    pub(super) fn paths(&mut self) -> Paths<'_> {
        Paths::new(&mut self.left)
    }

    /// Everything, in order.
    pub(super) fn finish(mut self) -> Installed {
        if self.left == 0 {
            self.problems
                .push(format!("packages: more than {BYTES} bytes of names and paths; cut short"));
        }
        self.problems.sort();
        self.problems.dedup();
        self.packages.sort_by(|left, right| key(left).cmp(&key(right)));
        Installed { packages: self.packages, problems: self.problems }
    }
}

fn key(package: &Package) -> impl Ord + '_ {
    let Package { manager, name, architecture, version, source, fingerprint, .. } = package;
    (*manager, name, architecture, version, source, fingerprint)
}

/// Files whose path begins with `prefix`, in order.
pub(super) fn below<'a>(
    files: &'a Files,
    prefix: &'a [u8],
) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    files
        .range::<[u8], _>((Bound::Included(prefix), Bound::Unbounded))
        .take_while(move |(path, _)| path.starts_with(prefix))
        .map(|(path, content)| (&**path, content.as_slice()))
}

/// The content at `path`, empty where there is no such file.
pub(super) fn content<'a>(files: &'a Files, path: &[u8]) -> &'a [u8] {
    files.get(path).map(Vec::as_slice).unwrap_or_default()
}
