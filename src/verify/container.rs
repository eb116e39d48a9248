//! The container itself: the layout version, the index, and what is odd about the archive.

use super::Case;
use super::grade;
use super::ledger::Ledger;
use crate::digest::Algorithm;
use crate::image::Document;
use crate::media_type::{Kind, kind};
use crate::report::{Location, Scope, Severity};

/// The only version there is (`image-layout.md#oci-layout-file`).
const VERSION: &str = "1.0.0";

pub(super) fn check(case: &Case<'_>, ledger: &mut Ledger) {
    let at = Location::default();
    for fault in &case.bundle.faults {
        ledger.lie(Scope::Archive, &at, "archive", fault.clone());
    }
    for remark in &case.bundle.remarks {
        let (severity, field) = (grade::remark(remark), grade::remark_field(remark));
        ledger.say(severity, Scope::Archive, &at, field, remark.to_string());
    }
    if case.bundle.images.is_empty() {
        let message = "there is no image in it".to_owned();
        ledger.say(Severity::Warning, Scope::Archive, &at, "empty", message);
    }
    if case.is_layout() {
        if let Some(problem) = layout_version(case) {
            ledger.lie(Scope::Archive, &at, "layout-version", problem);
        }
        check_index(case, ledger);
    }
}

fn layout_version(case: &Case<'_>) -> Option<String> {
    let document = match named(case, "oci-layout") {
        Ok(Some(document)) => document,
        Ok(None) => return Some("oci-layout is missing".into()),
        Err(reason) => return Some(format!("oci-layout: {reason}")),
    };
    match document.text("imageLayoutVersion") {
        Some(VERSION) => None,
        Some(other) => Some(format!("oci-layout: imageLayoutVersion is {other:?}, not {VERSION}")),
        None => Some("oci-layout: no imageLayoutVersion".into()),
    }
}

fn check_index(case: &Case<'_>, ledger: &mut Ledger) {
    let Ok(Some(index)) = named(case, "index.json") else { return };
    let at = Location::default();
    let mut lie = |kind, message: String| {
        ledger.lie(Scope::Index, &at, kind, format!("index.json: {message}"));
    };
    if index.value.get("manifests").is_none_or(|list| !list.is_array()) {
        lie("document", "no list of manifests".into());
    }
    if index.value.get("schemaVersion").and_then(serde_json::Value::as_u64) != Some(2) {
        lie("schema-version", "schemaVersion is not 2".into());
    }
    if let Some(said) = index.text("mediaType").filter(|said| kind(said) != Kind::Index) {
        lie("media-type", format!("media type {said} is not that of an index"));
    }
    if index.value.get("layers").is_some() || index.value.get("config").is_some() {
        lie("ambiguous", "is both an index and a manifest".into());
    }
}

/// A document that lies at the top of the input under a fixed name.
pub(super) fn named(case: &Case<'_>, name: &str) -> Result<Option<Document>, String> {
    match case.bundle.source.get(name) {
        Ok(Some(blob)) => {
            Document::parse(blob.bytes(), Algorithm::Sha256, case.means.limits).map(Some)
        }
        Ok(None) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Says which keys `document`, called `name`, has twice.
pub(super) fn repeated_keys(document: &Document, name: &str, at: &Location, ledger: &mut Ledger) {
    for key in &document.repeated {
        let message = format!("{name}: key {key:?} is given twice in one object");
        ledger.say(Severity::Warning, Scope::Archive, at, "repeated-key", message);
    }
}
