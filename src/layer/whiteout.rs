//! Whiteouts: how a layer says that something below it is gone (`layer.md#whiteouts`).

use super::path::split;

const PREFIX: &[u8] = b".wh.";
const META_PREFIX: &[u8] = b".wh..wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// What an entry hides in the layers below its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whiteout {
    /// The path, and all below it.
    Explicit(Box<[u8]>),
    /// All below the directory, which itself stays.
    Opaque(Box<[u8]>),
    /// Nothing: a leftover of AUFS's own bookkeeping.
    Meta,
}

impl Whiteout {
    /// What the entry at `path` hides, if its name makes it a whiteout.
    pub fn of(path: &[u8]) -> Option<Self> {
        let (directory, name) = split(path);
        Self::named(directory, name)
    }

    /// The same, of the entry called `name` in `directory`.
    pub(super) fn named(directory: &[u8], name: &[u8]) -> Option<Self> {
        if !name.starts_with(PREFIX) {
            return None;
        }
        if name == OPAQUE {
            return Some(Self::Opaque(directory.into()));
        }
        if name.starts_with(META_PREFIX) {
            return Some(Self::Meta);
        }
        let hidden = name.get(PREFIX.len()..).unwrap_or_default();
        if hidden.is_empty() {
            return Some(Self::Meta);
        }
        Some(Self::Explicit(join(directory, hidden)))
    }
}

fn join(directory: &[u8], name: &[u8]) -> Box<[u8]> {
    if directory.is_empty() {
        return name.into();
    }
    [directory, b"/", name].concat().into()
}
