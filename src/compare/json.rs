//! Raw JSON values, field by field.

use serde_json::{Map, Value};

use crate::report::{Finding, Location, Scope, Value as Found};
use crate::sides::Sides;

/// Takes in the differences of one document.
pub(super) struct Differences<'a> {
    pub(super) scope: Scope,
    pub(super) at: &'a Location,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Differences<'a> {
    pub(super) const fn new(scope: Scope, at: &'a Location) -> Self {
        Self { scope, at, findings: Vec::new() }
    }

    /// Compares what `field` is on both sides: objects key by key, everything else as a whole.
    /// Lists of objects of equal length are compared object by object.
    pub(super) fn value(&mut self, field: &str, values: Sides<Option<&Value>>) {
        match (values.left, values.right) {
            (left, right) if left == right => {}
            (Some(Value::Object(left)), Some(Value::Object(right))) => {
                self.objects(field, Sides::new(left, right));
            }
            (Some(Value::Object(left)), None | Some(Value::Null)) if !left.is_empty() => {
                self.objects(field, Sides::new(left, &Map::new()));
            }
            (None | Some(Value::Null), Some(Value::Object(right))) if !right.is_empty() => {
                self.objects(field, Sides::new(&Map::new(), right));
            }
            (Some(Value::Array(left)), Some(Value::Array(right)))
                if left.len() == right.len() && left.iter().chain(right).all(Value::is_object) =>
            {
                for (at, (left, right)) in left.iter().zip(right).enumerate() {
                    self.value(&format!("{field}[{at}]"), Sides::new(Some(left), Some(right)));
                }
            }
            _ => self.whole(field, values),
        }
    }

    /// Compares two objects key by key; the keys are named `field.KEY`.
    pub(super) fn objects(&mut self, field: &str, objects: Sides<&Map<String, Value>>) {
        for key in keys(objects) {
            let values = objects.map(|object| object.get(key));
            let name = if field.is_empty() { key.clone() } else { format!("{field}.{key}") };
            self.value(&name, values);
        }
    }

    /// Reports `field` without looking inside, if it differs.
    pub(super) fn whole(&mut self, field: &str, values: Sides<Option<&Value>>) {
        if values.left != values.right {
            let values = values.map(|value| value.cloned().map(Found::Json));
            self.push(Finding::new(self.scope, self.at.clone(), field.to_owned(), values));
        }
    }

    /// Reports `field`, which is computed from other parts of the image, if it differs.
    pub(super) fn derived(&mut self, field: &str, values: Sides<Option<&Value>>) {
        let before = self.findings.len();
        self.whole(field, values);
        for finding in self.findings.iter_mut().skip(before) {
            finding.derived = true;
        }
    }

    /// Compares two descriptors; digest and size follow from what they lead to.
    pub(super) fn descriptors(&mut self, field: &str, values: Sides<Option<&Value>>) {
        let empty = Map::new();
        let objects = values.map(|value| value.and_then(Value::as_object).unwrap_or(&empty));
        for key in keys(objects) {
            let values = objects.map(|object| object.get(key));
            let name = if field.is_empty() { key.clone() } else { format!("{field}.{key}") };
            match key.as_str() {
                "digest" | "size" | "data" => self.derived(&name, values),
                _ => self.value(&name, values),
            }
        }
    }

    pub(super) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}

/// The keys of both objects, each once, sorted.
pub(super) fn keys(objects: Sides<&Map<String, Value>>) -> Vec<&String> {
    let mut keys: Vec<&String> = objects.left.keys().chain(objects.right.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
