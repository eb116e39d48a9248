//! One finding, as the catalogue of causes asks about it.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::surroundings::{Merged, Surroundings, layer_key, parent};
use crate::report::{Change, EntryKind, EntryPath, Finding, Scope, Value};

/// A finding and what surrounds it, as the catalogue asks about it.
pub(super) struct Case<'a> {
    pub(super) finding: &'a Finding,
    pub(super) surroundings: &'a Surroundings<'a>,
}

impl<'a> Case<'a> {
    pub(super) fn field(&self) -> &'a str {
        &self.finding.field
    }

    pub(super) const fn scope(&self) -> Scope {
        self.finding.scope
    }

    pub(super) const fn kind(&self) -> Option<EntryKind> {
        self.finding.kind
    }

    /// Whether a look inside gave this cause to all of it.
    pub(super) fn is_of(&self, cause: &str) -> bool {
        self.finding.aspect == Some(cause)
    }

    /// Whether it is about one of `fields` of something inside a file.
    pub(super) fn is_part(&self, fields: &[&str]) -> bool {
        !self.finding.at.within.is_empty() && fields.contains(&self.field())
    }

    /// Whether it belongs to a package that came, went or has another version.
    pub(super) fn is_of_changed_package(&self) -> bool {
        self.finding.package.is_some()
    }

    /// Whether the field is one of `names` or lies below one.
    pub(super) fn field_begins(&self, names: &[&str]) -> bool {
        names.iter().any(|name| {
            self.field()
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    pub(super) fn field_ends(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.field().ends_with(ending))
    }

    pub(super) fn field_contains(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.field().contains(part))
    }

    pub(super) fn text_left(&self) -> Option<&'a str> {
        text(self.finding.left.as_ref())
    }

    pub(super) fn text_right(&self) -> Option<&'a str> {
        text(self.finding.right.as_ref())
    }

    /// The absolute path; empty when there is none or it is not UTF-8.
    pub(super) fn path(&self) -> &'a str {
        self.finding.at.path.as_ref().and_then(EntryPath::as_str).unwrap_or_default()
    }

    pub(super) fn file_name(&self) -> &'a str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    pub(super) fn is_whiteout(&self) -> bool {
        self.file_name().starts_with(".wh.")
    }

    pub(super) const fn is_one_sided(&self) -> bool {
        matches!(self.finding.change, Change::Added | Change::Removed)
    }

    /// Index or manifest: how the image is packed, and what travels with it.
    pub(super) const fn is_of_packaging(&self) -> bool {
        matches!(self.finding.scope, Scope::Index | Scope::Manifest)
    }

    /// Index, manifest or configuration, not files.
    pub(super) const fn is_of_documents(&self) -> bool {
        matches!(self.finding.scope, Scope::Index | Scope::Manifest | Scope::Config)
    }

    pub(super) const fn is_layer_descriptor(&self) -> bool {
        matches!(self.finding.scope, Scope::Manifest) && self.finding.at.layer.is_some()
    }

    /// What a file holds or that it is there at all, in contrast to its times and formats.
    pub(super) fn is_about_content(&self) -> bool {
        matches!(self.field(), "content" | "size" | "entry" | "linkname" | "type" | "sparse")
    }

    /// An empty file, or a directory, that only one side has.
    pub(super) fn is_empty_entry(&self) -> bool {
        let value = self.finding.left.as_ref().or(self.finding.right.as_ref());
        matches!(value, Some(Value::Entry(entry)) if entry.size == 0
            && matches!(entry.kind, EntryKind::File | EntryKind::Directory))
    }

    /// One value is absent and the other is what absence means. Of sets and maps that users name
    /// the members of, being there is what counts, whatever the value.
    pub(super) fn is_spelt_default(&self) -> bool {
        const NAMED: [&str; 7] = [
            "env.",
            "labels.",
            "config.Volumes.",
            "config.ExposedPorts.",
            "container_config.",
            "history",
            // Zero kills at once; when absent, the runtime waits.
            "config.StopTimeout",
        ];
        if NAMED.iter().any(|prefix| self.field().starts_with(prefix)) {
            return false;
        }
        match (&self.finding.left, &self.finding.right) {
            (None, Some(Value::Json(value))) | (Some(Value::Json(value)), None) => {
                is_default(value)
            }
            (Some(Value::Json(left)), Some(Value::Json(right))) => {
                is_default(left) && is_default(right)
            }
            _ => false,
        }
    }

    pub(super) const fn lacks_a_value(&self) -> bool {
        self.finding.left.is_none() || self.finding.right.is_none()
    }

    pub(super) fn is_rounded(&self) -> bool {
        let (Some(Value::Time(left)), Some(Value::Time(right))) =
            (&self.finding.left, &self.finding.right)
        else {
            return false;
        };
        let whole = left.nanoseconds == 0 || right.nanoseconds == 0;
        let (early, late) = (left.min(right), left.max(right));
        let seconds = late.seconds.saturating_sub(early.seconds);
        whole && (seconds == 0 || seconds == 1 && late.nanoseconds < early.nanoseconds)
    }

    pub(super) fn also_differs(&self, field: &str) -> bool {
        let fields = self.surroundings.owners.get(&self.finding.at);
        fields.is_some_and(|fields| fields.contains(&field))
    }

    /// Whether something in this directory differs too.
    pub(super) fn holds_changes(&self) -> bool {
        self.surroundings.holders.contains(&(self.finding.at.image_key(), self.path().as_bytes()))
    }

    pub(super) fn layer_is_lazy(&self) -> bool {
        let Some(layer) = self.finding.at.layer else { return false };
        let lazy = self.surroundings.lazy.as_ref().zip(layer);
        let is_lazy = |(lazy, layer): (&BTreeSet<_>, Option<usize>)| {
            layer.is_some_and(|layer| lazy.contains(&(self.finding.at.image_key(), layer)))
        };
        is_lazy(lazy.left) || is_lazy(lazy.right)
    }

    pub(super) fn is_in_drifted_base(&self) -> bool {
        self.surroundings.drifted.contains(&layer_key(&self.finding.at))
    }

    /// Whether it is known that the merged file systems do not differ at this path but in noise,
    /// or that nothing comes or goes at and below what a whiteout hides.
    pub(super) fn changes_nothing(&self) -> bool {
        let (Some(merged), Some(path)) = (&self.surroundings.merged, &self.finding.at.path) else {
            return false;
        };
        let images = self.finding.at.image_key();
        if !self.is_whiteout() {
            return !merged.differ.contains(&(images, path.as_bytes()));
        }
        let Some((target, inclusive)) = affected(path.as_bytes()) else { return false };
        let itself = inclusive && merged.come_or_go.contains(&(images, &*target));
        !itself && !merged.changes_below(images, &target)
    }

    /// Whether it is a directory that takes nothing away: no other thing stood at its path, and
    /// nothing below comes or goes.
    pub(super) fn is_harmless_directory(&self) -> bool {
        let Some(path) = &self.finding.at.path else { return false };
        let images = self.finding.at.image_key();
        let harms = |merged: &Merged<'_>| {
            merged.replaced.contains(&(images, path.as_bytes()))
                || merged.changes_below(images, path.as_bytes())
        };
        self.kind() == Some(EntryKind::Directory)
            && !self.surroundings.merged.as_ref().is_some_and(harms)
    }

    /// Whether the image is for Windows.
    pub(super) fn is_for_windows(&self) -> bool {
        self.finding.at.platform.as_deref().is_some_and(|it| it.starts_with("windows/"))
    }
}

/// The path an entry acts on, and whether on itself too: a whiteout acts on what it hides, an
/// opaque one only on what lies below. Nobody can tell of a whiteout of nothing, of `.` or of `..`:
/// docker joins the name to the directory and removes what that is, containerd refuses it.
fn affected(path: &[u8]) -> Option<(Vec<u8>, bool)> {
    let directory = parent(path).unwrap_or_default();
    let slash = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at.saturating_add(1));
    let name = path.get(slash..).unwrap_or_default();
    match name.strip_prefix(b".wh.") {
        Some(b"" | b"." | b"..") => None,
        Some(b".wh..opq") => Some((directory.to_vec(), false)),
        Some(hidden) => {
            let directory = path.get(..slash).unwrap_or_default();
            Some(([directory, hidden].concat(), true))
        }
        None => Some((path.to_vec(), true)),
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    match value? {
        Value::Text(text) | Value::Json(Json::String(text)) => Some(text),
        _ => None,
    }
}

fn is_default(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Bool(true) => false,
        Json::String(text) => text.is_empty() || text == "0001-01-01T00:00:00Z",
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::Array(list) => list.is_empty(),
        Json::Object(object) => object.values().all(is_default),
    }
}
