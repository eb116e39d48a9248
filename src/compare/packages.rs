//! Which packages changed, and which of the findings are about files of theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::Means;
use super::arrival::Wanted;
use super::blobs::Blobs;
use crate::digest::Sha256Bytes;
use crate::image::Layer;
use crate::layer::{Content, Whiteout};
use crate::packages::{
    self, Changed, Files, Installed, Package, is_database, may_be_built_of_packages,
};
use crate::report::{Change, EntryKind, EntryPath, Finding, Location, Note, PackageDiff, Scope};
use crate::sides::{Side, Sides};

/// The database of dpkg, and where the lists of files lie that go with it.
const DPKG_STATUS: &[u8] = b"var/lib/dpkg/status";
const DPKG_INFO: &[u8] = b"var/lib/dpkg/info/";

/// Where apt keeps `NAME_VERSION_ARCHITECTURE.deb`.
const APT_CACHE: &[u8] = b"var/cache/apt/archives/";

/// What is left of a path when every layer is applied, by path.
type Databases = BTreeMap<Box<[u8]>, Sha256Bytes>;

/// Files that tell of packages, as far as layers were unpacked: what lies in layers that are equal
/// on both sides does not differ.
pub(super) struct Plan {
    databases: Sides<Databases>,
}

impl Plan {
    pub(super) fn of(stacks: Sides<&[Layer]>, blobs: &Blobs<'_>) -> Self {
        let mut databases = stacks.map(|layers| databases(layers, blobs));
        let status = databases.as_ref().map(|it| it.get(DPKG_STATUS).copied());
        let Sides { left, right } = databases.clone();
        // The list of an upgraded package may be the same.
        let is_needed = |path: &[u8]| {
            left.get(path) != right.get(path)
                || path.starts_with(DPKG_INFO) && status.left != status.right
        };
        databases.left.retain(|path, _| is_needed(path));
        databases.right.retain(|path, _| is_needed(path));
        Self { databases }
    }

    /// Adds what has to be read.
    pub(super) fn add_to(&self, wanted: &mut Wanted) {
        wanted.lone.left.extend(self.databases.left.values());
        wanted.lone.right.extend(self.databases.right.values());
    }

    /// The packages of both sides, out of what was read.
    pub(super) fn read(
        &self,
        contents: Sides<&BTreeMap<Sha256Bytes, Vec<u8>>>,
    ) -> Sides<Installed> {
        self.databases.as_ref().zip(contents).map(|(databases, contents)| {
            let files: Files = databases
                .iter()
                .filter_map(|(path, digest)| Some((path.clone(), contents.get(digest)?.clone())))
                .collect();
            let mut installed = packages::read(&files);
            for path in databases.keys().filter(|path| !files.contains_key(*path)) {
                let path = String::from_utf8_lossy(path);
                installed.problems.push(format!("{path}: too long to be read"));
            }
            installed
        })
    }
}

fn databases(layers: &[Layer], blobs: &Blobs<'_>) -> Databases {
    let mut databases = Databases::new();
    for scan in layers.iter().filter_map(|layer| blobs.scan(layer)) {
        for entry in &scan.entries {
            match Whiteout::of(&entry.path) {
                Some(Whiteout::Explicit(path)) => remove(&mut databases, &path, true),
                Some(Whiteout::Opaque(path)) => remove(&mut databases, &path, false),
                Some(Whiteout::Meta) | None => {}
            }
        }
        for entry in scan.entries.iter().filter(|entry| is_database(&entry.path)) {
            match entry.content {
                Some(digest) => drop(databases.insert((*entry.path).into(), digest)),
                None => drop(databases.remove(&*entry.path)),
            }
        }
    }
    databases
}

/// Takes away what lies below `path`, and the path itself when `whole`.
fn remove(databases: &mut Databases, path: &[u8], whole: bool) {
    if path.is_empty() {
        return databases.clear();
    }
    if whole {
        databases.remove(path);
    }
    let below = [path, b"/"].concat();
    let range = databases.range::<[u8], _>((Bound::Included(&*below), Bound::Unbounded));
    let hidden: Vec<Box<[u8]>> =
        range.take_while(|(it, _)| it.starts_with(&below)).map(|(it, _)| it.clone()).collect();
    for path in hidden {
        databases.remove(&path);
    }
}

/// What two binaries called `name` say they were built of.
pub(super) fn built_of(
    name: &[u8],
    contents: Sides<&Content<'_>>,
    means: Means<'_>,
) -> Sides<Vec<Package>> {
    let name = name.strip_prefix(b"/").unwrap_or(name);
    contents.map(|content| match content {
        Content::Whole(bytes) if means.look.all && may_be_built_of_packages(bytes) => {
            packages::read(&Files::from([(name.into(), bytes.to_vec())])).packages
        }
        _ => Vec::new(),
    })
}

/// Which package each path belongs to, of those that changed.
pub(super) struct Owners<'a> {
    files: BTreeMap<&'a [u8], usize>,
    directories: BTreeMap<&'a [u8], usize>,
    sources: BTreeSet<&'a [u8]>,
    /// `var/lib/dpkg/info/NAME`, without what follows a dot or colon.
    names: BTreeMap<&'a str, usize>,
}

impl<'a> Owners<'a> {
    /// `changed` by their place there.
    pub(super) fn of(changed: &[Changed], installed: Sides<&'a [Package]>) -> Self {
        let mut owners = Self {
            files: BTreeMap::new(),
            directories: BTreeMap::new(),
            sources: BTreeSet::new(),
            names: BTreeMap::new(),
        };
        let mut places: BTreeMap<_, usize> = BTreeMap::new();
        for (at, it) in changed.iter().enumerate() {
            for (side, version) in [(Side::Left, &it.left), (Side::Right, &it.right)] {
                if let Some(version) = version {
                    places.insert((it.manager, it.name.as_str(), side, version.as_str()), at);
                }
            }
        }
        for (side, packages) in [(Side::Left, installed.left), (Side::Right, installed.right)] {
            for package in packages {
                let key = (package.manager, package.name.as_str(), side, package.version.as_str());
                if let Some(at) = places.get(&key) {
                    owners.add(package, *at);
                }
            }
        }
        owners
    }

    fn add(&mut self, package: &'a Package, at: usize) {
        self.files.extend(package.files.iter().map(|path| (&**path, at)));
        self.directories.extend(package.directories.iter().map(|path| (&**path, at)));
        self.sources.insert(&package.source);
        if &*package.source == DPKG_STATUS {
            self.names.insert(&package.name, at);
        }
    }

    /// The package of `path`, or of the source it was compiled from.
    fn owner(&self, path: &[u8]) -> Option<usize> {
        self.own(path).or_else(|| self.own(&python_source(path)?))
    }

    fn own(&self, path: &[u8]) -> Option<usize> {
        if let Some(at) = self.files.get(path) {
            return Some(*at);
        }
        if let Some(rest) = path.strip_prefix(APT_CACHE) {
            let name = rest.split(|byte| *byte == b'_').next()?;
            return self.names.get(std::str::from_utf8(name).ok()?).copied();
        }
        if let Some(rest) = path.strip_prefix(DPKG_INFO) {
            let name = rest.split(|byte| b".:".contains(byte)).next()?;
            let name = std::str::from_utf8(name).ok()?;
            // A name may hold dots: `libc6.1`, `python3.11`.
            let whole = std::str::from_utf8(rest).ok()?;
            let dots = whole.match_indices(['.', ':']).filter_map(|(at, _)| whole.get(..at));
            return dots.rev().chain([name]).find_map(|name| self.names.get(name)).copied();
        }
        let parents = path.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/');
        parents
            .filter_map(|(at, _)| path.get(..at))
            .chain([path])
            .find_map(|directory| self.directories.get(directory))
            .copied()
    }

    /// Says of each finding which package it is about, and of what tells of packages that it does.
    pub(super) fn mark(&self, findings: &mut [Finding]) {
        let of_files = |it: &&mut Finding| matches!(it.scope, Scope::Layer | Scope::Rootfs);
        for finding in findings.iter_mut().filter(of_files) {
            let path = finding.at.path.as_ref().map(EntryPath::as_bytes).unwrap_or_default();
            let path = path.strip_prefix(b"/").unwrap_or(path);
            // Many packages have files in one directory.
            let shared = finding.kind == Some(EntryKind::Directory)
                && !matches!(finding.change, Change::Added | Change::Removed);
            if finding.aspect.is_none() && finding.field == "content" && self.sources.contains(path)
            {
                finding.aspect = Some("package-upgrade");
            }
            if !shared {
                finding.package = self.owner(path);
            }
        }
    }
}

/// `x/a.py` for `x/__pycache__/a.cpython-311.pyc` (PEP 3147), which package managers do not know.
fn python_source(path: &[u8]) -> Option<Vec<u8>> {
    const CACHE: &[u8] = b"/__pycache__/";
    let at = path.windows(CACHE.len()).rposition(|part| part == CACHE)?;
    let name = path.get(at.checked_add(CACHE.len())?..)?;
    let stem = name.split(|&byte| byte == b'.').next()?;
    name.ends_with(b".pyc")
        .then(|| [path.get(..at).unwrap_or_default(), b"/", stem, b".py"].concat())
}

/// The rows of the table.
pub(super) fn rows(changed: Vec<Changed>, at: &Location) -> Vec<PackageDiff> {
    let row = |it: Changed| PackageDiff {
        image: at.image.as_deref().map(str::to_owned),
        platform: at.platform.as_deref().map(str::to_owned),
        manager: it.manager.name(),
        name: it.name,
        architecture: it.architecture,
        left: it.left,
        right: it.right,
        change: it.change,
        findings: 0,
    };
    changed.into_iter().map(row).collect()
}

/// What could not be read.
pub(super) fn notes(installed: &Sides<Installed>) -> Vec<Note> {
    let of = |side: Side, installed: &Installed| -> Vec<Note> {
        let note =
            |problem: &String| Note { side: Some(side), message: format!("packages: {problem}") };
        installed.problems.iter().map(note).collect()
    };
    [of(Side::Left, &installed.left), of(Side::Right, &installed.right)].concat()
}
