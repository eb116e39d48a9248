//! The package managers, and what they are called.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Who installed a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manager {
    /// Debian and its descendants: `dpkg` and `apt`.
    Apt,
    /// Alpine and Wolfi.
    Apk,
    /// Fedora, SUSE and their descendants.
    Rpm,
    /// Arch.
    Pacman,
    /// Python distributions, whoever installed them.
    Pip,
    /// Packages below `node_modules`.
    Npm,
    /// Ruby.
    Gem,
    /// Modules that a Go binary was built of.
    Go,
    /// Crates that a Rust binary was built of.
    Cargo,
}

/// Every manager with its name and whatever else it is called.
const NAMES: [(Manager, &str, &[&str]); 9] = [
    (Manager::Apt, "apt", &["dpkg", "deb"]),
    (Manager::Apk, "apk", &[]),
    (Manager::Rpm, "rpm", &[]),
    (Manager::Pacman, "pacman", &[]),
    (Manager::Pip, "pip", &["python"]),
    (Manager::Npm, "npm", &["node"]),
    (Manager::Gem, "gem", &["ruby"]),
    (Manager::Go, "go", &[]),
    (Manager::Cargo, "cargo", &[]),
];

impl Manager {
    /// Every manager, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(manager, ..)| *manager)
    }

    /// The name under which it is told and asked for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Apt => "apt",
            Self::Apk => "apk",
            Self::Rpm => "rpm",
            Self::Pacman => "pacman",
            Self::Pip => "pip",
            Self::Npm => "npm",
            Self::Gem => "gem",
            Self::Go => "go",
            Self::Cargo => "cargo",
        }
    }
}

/// A word that names no package manager.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown package manager {0:?} (apt, apk, rpm, pacman, pip, npm, gem, go or cargo)")]
pub struct UnknownManager(String);

impl FromStr for Manager {
    type Err = UnknownManager;

    fn from_str(text: &str) -> Result<Self, UnknownManager> {
        NAMES
            .iter()
            .find(|(_, name, aliases)| *name == text || aliases.contains(&text))
            .map(|(manager, ..)| *manager)
            .ok_or_else(|| UnknownManager(text.to_owned()))
    }
}

impl fmt::Display for Manager {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

impl Serialize for Manager {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_alias_is_understood() {
        for (manager, name, aliases) in NAMES {
            assert_eq!(manager.name(), name);
            assert_eq!(manager.to_string(), name);
            for word in aliases.iter().chain([&name]) {
                assert_eq!(word.parse(), Ok(manager));
            }
        }
        assert_eq!("APT".parse::<Manager>(), Err(UnknownManager("APT".to_owned())));
    }

    #[test]
    fn the_list_is_whole_and_in_order() {
        let all: Vec<Manager> = Manager::all().collect();
        assert_eq!(all.len(), 9);
        assert!(all.is_sorted());
    }
}
