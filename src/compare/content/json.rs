//! JSON: what differs, key by key, and whether it is only how it is written down.

use serde_json::Value as Json;

use super::{Broken, Comparator, File, Inside, Inspector, Part, text};
use crate::digest::Algorithm;
use crate::image::Document;
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// Differences that are listed one by one.
const MOST: usize = 200;

pub(super) struct JsonText;

impl Comparator for JsonText {
    fn name(&self) -> &'static str {
        "JSON"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        let start = file.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        let by_name = file.base_name().ends_with(".json");
        matches!(start, Some(b'{' | b'['))
            && (by_name || super::encoding::decode(file.bytes).is_some())
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let parse =
            |file: File<'_>| Document::parse(file.bytes, Algorithm::Sha256, inspector.limits);
        // What is no JSON after all is text.
        let Ok(documents) = files.try_map(parse) else {
            return text::Plain.compare(files, inspector);
        };
        let lines = text::Plain.compare(files, inspector).unwrap_or_default();
        let Sides { left, right } = documents.as_ref().map(|document| &document.value);
        if left == right {
            let note = "the same JSON value, written in another way".to_owned();
            let inside = Inside { note: Some(note), unified: lines.unified, ..Inside::default() };
            return Ok(inside.because("json-formatting"));
        }
        let mut parts = Vec::new();
        differences(Sides::new(left, right), &mut String::new(), &mut parts);
        if let Some(more) = parts.len().checked_sub(MOST).filter(|more| *more > 0) {
            parts.truncate(MOST);
            let note = format!("{more} more values differ");
            return Ok(Inside { note: Some(note), unified: lines.unified, aspect: None, parts });
        }
        Ok(Inside { unified: lines.unified, ..Inside::of(parts) })
    }
}

/// Adds what differs between two values at `pointer` (RFC 6901). Depth was bounded when they were
/// parsed.
fn differences(values: Sides<&Json>, pointer: &mut String, parts: &mut Vec<Part>) {
    match (values.left, values.right) {
        (left, right) if left == right => {}
        (Json::Object(left), Json::Object(right)) => {
            let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let escaped = key.replace('~', "~0").replace('/', "~1");
                step(Sides::new(left.get(key), right.get(key)), &escaped, pointer, parts);
            }
        }
        (Json::Array(left), Json::Array(right)) => {
            for at in 0..left.len().max(right.len()) {
                step(Sides::new(left.get(at), right.get(at)), &at.to_string(), pointer, parts);
            }
        }
        _ => parts.push(part(Sides::new(Some(values.left), Some(values.right)), pointer)),
    }
}

fn step(values: Sides<Option<&Json>>, name: &str, pointer: &mut String, parts: &mut Vec<Part>) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(name);
    match values {
        Sides { left: Some(left), right: Some(right) } => {
            differences(Sides::new(left, right), pointer, parts);
        }
        _ => parts.push(part(values, pointer)),
    }
    pointer.truncate(length);
}

fn part(values: Sides<Option<&Json>>, pointer: &str) -> Part {
    let values = values.map(|value| value.cloned().map(Value::Json));
    Part::new("value", values).inside_of(EntryPath::new(pointer.as_bytes()))
}
