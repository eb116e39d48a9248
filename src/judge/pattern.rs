//! Patterns over field names and paths, as users write them in rules.

use globset::{GlobBuilder, GlobSet};

use crate::report::EntryPath;

/// A dotted field name; it also means every field below it. `*` stands for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldPattern(String);

impl FieldPattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether `field` is meant: `xattr` means `xattr.user.note`, `history` means
    /// `history[3].created`.
    pub(super) fn matches(&self, field: &str) -> bool {
        let ends = field.match_indices(['.', '[']).map(|(at, _)| at);
        ends.chain([field.len()])
            .any(|end| wildcard(self.0.as_bytes(), field.as_bytes().get(..end).unwrap_or_default()))
    }
}

/// Whether all of `text` matches `pattern`, in which `*` stands for any bytes. Backs up to the
/// last star only, which is enough, so it takes at most the product of the lengths.
fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0_usize, 0_usize);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(from) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at = at.saturating_add(1);
            }
            Some(expected) if expected == byte => {
                at = at.saturating_add(1);
                from = from.saturating_add(1);
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                at = star_at.saturating_add(1);
                from = taken.saturating_add(1);
                star = Some((star_at, from));
            }
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

/// A glob over absolute paths.
#[derive(Clone, Debug)]
pub(super) struct PathPattern(GlobSet);

impl PathPattern {
    /// Understands `text`: `*` stays within one name, `**` does not. Without a slash it matches
    /// the last name of a path, as in `.gitignore`. What it matches it matches with all below.
    ///
    /// # Errors
    /// What is wrong with the glob.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let body = text.strip_prefix('/').unwrap_or(text);
        let body = body.strip_suffix('/').unwrap_or(body);
        let anchor = if text.contains('/') { "" } else { "**/" };
        let mut set = GlobSet::builder();
        for glob in [format!("{anchor}{body}"), format!("{anchor}{body}/**")] {
            let glob = GlobBuilder::new(&glob).literal_separator(true).build();
            set.add(glob.map_err(|error| error.kind().to_string())?);
        }
        set.build().map(Self).map_err(|error| error.kind().to_string())
    }

    pub(super) fn matches(&self, path: &EntryPath) -> bool {
        self.0.is_match(path.escaped().trim_start_matches('/'))
    }
}
