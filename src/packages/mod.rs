//! Which packages a file system says are installed, and what changed between two such sets.
//!
//! Pure: the contents of database files go in, packages come out; no file is opened here. One
//! short file for each package manager, each with two entry points: `is_part`, whether a path
//! belongs to its database, and `read`, which takes every such file at once, because most managers
//! spread a package over several. Binaries that carry a list of what they were built of (Go,
//! Cargo) are read by `binary` instead.
//!
//! Nothing here is an error: what cannot be read becomes a line in [`Installed::problems`], and
//! what can be read is still told.

mod apk;
mod binary;
mod compare;
mod dpkg;
mod fields;
mod fingerprint;
mod found;
mod gem;
mod manager;
mod npm;
mod pacman;
mod paths;
mod pip;
mod rpm;
#[cfg(test)]
mod tests;
pub mod versions;

use std::collections::BTreeMap;

pub use self::binary::may_be_built_of_packages;
pub use self::compare::{Changed, PackageChange, compare};
use self::found::Found;
pub use self::manager::{Manager, UnknownManager};
pub use self::rpm::rpm_differs_only_in_install_time;

/// Contents by path, relative to the root, without a leading slash.
pub type Files = BTreeMap<Box<[u8]>, Vec<u8>>;

/// One installed package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Who installed it.
    pub manager: Manager,
    /// What it is called.
    pub name: String,
    /// In the manager's own form, with epoch and revision.
    pub version: String,
    /// What it runs on, where the manager tells.
    pub architecture: Option<String>,
    /// Paths it owns, relative to the root, no leading slash, sorted. Directories may be among
    /// them, and several packages may own one. May be empty.
    pub files: Vec<Box<[u8]>>,
    /// Directories all of whose content belongs to it, in the same form. Where they lie inside one
    /// another, the inner one is the owner.
    pub directories: Vec<Box<[u8]>>,
    /// SHA-256 of what the database says of it beside name and version, less what only tells of the
    /// installation.
    pub fingerprint: [u8; 32],
    /// The file it was read from.
    pub source: Box<[u8]>,
}

/// All packages of one file system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// Sorted by manager, name, architecture, version and source.
    pub packages: Vec<Package>,
    /// What could not be read: lower-case fragments that begin with the path.
    pub problems: Vec<String>,
}

/// One package manager's files.
struct Reader {
    /// Whether a path is one of them.
    is_part: fn(&[u8]) -> bool,
    /// Takes what they tell.
    read: fn(&Files, &mut Found),
}

const READERS: &[Reader] = &[
    Reader { is_part: dpkg::is_part, read: dpkg::read },
    Reader { is_part: apk::is_part, read: apk::read },
    Reader { is_part: rpm::is_part, read: rpm::read },
    Reader { is_part: pacman::is_part, read: pacman::read },
    Reader { is_part: pip::is_part, read: pip::read },
    Reader { is_part: npm::is_part, read: npm::read },
    Reader { is_part: gem::is_part, read: gem::read },
];

/// Whether the file at `path` (relative to the root, no leading slash) tells of packages.
pub fn is_database(path: &[u8]) -> bool {
    READERS.iter().any(|reader| (reader.is_part)(path))
}

/// All packages that `files` tell of: every file that [`is_database`], and any binaries.
pub fn read(files: &Files) -> Installed {
    let mut found = Found::default();
    for reader in READERS {
        (reader.read)(files, &mut found);
    }
    for (path, content) in files.iter().filter(|(path, _)| !is_database(path)) {
        binary::read(path, content, &mut found);
    }
    found.finish()
}
