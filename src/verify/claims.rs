//! Claims that were checked on the way: by navigation, and while layers were read.

use serde_json::Value;

use super::Case;
use super::ledger::Ledger;
use crate::compare::claims;
use crate::report::{Location, Scope, Severity};

pub(super) fn check(case: &Case<'_>, ledger: &mut Ledger) {
    for image in &case.images {
        for damage in &image.image.damage {
            ledger.damage(&image.at, damage.clone());
        }
        for note in &image.image.notes {
            ledger.say(Severity::Note, Scope::Index, &image.at, "absent", note.clone());
        }
    }
    for (manifest, at) in case.manifests() {
        for (position, layer) in manifest.layers.iter().enumerate() {
            for damage in claims::damage(layer, position, &case.blobs) {
                ledger.damage(at, damage);
            }
            if let Some(raw) = &layer.descriptor {
                check_elsewhere(raw, &layer.name, at, ledger);
            }
        }
    }
}

/// A descriptor with `urls` asks readers to fetch the blob from a place nobody here has seen.
fn check_elsewhere(raw: &Value, name: &str, at: &Location, ledger: &mut Ledger) {
    if let Some(Value::Array(urls)) = raw.get("urls").filter(|urls| **urls != Value::Null)
        && !urls.is_empty()
    {
        let list: Vec<&str> = urls.iter().filter_map(Value::as_str).collect();
        let message = format!("{name}: also to be fetched from {}", list.join(", "));
        ledger.say(Severity::Note, Scope::Manifest, at, "urls", message);
    }
}
