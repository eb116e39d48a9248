//! Image configurations (`config.md`): every field, known or not.

use serde_json::{Map, Value};

use super::history;
use super::json::{Differences, keys};
use super::layers::Alignment;
use crate::image::Document;
use crate::report::{Finding, Location, Scope};
use crate::sides::Sides;

/// What differs between two configurations. `alignment` tells which history entries made layers
/// that stand for one another.
pub(super) fn compare(
    configs: Sides<&Document>,
    at: &Location,
    alignment: &Alignment,
) -> Vec<Finding> {
    let mut differences = Differences::new(Scope::Config, at);
    let empty = Map::new();
    let objects = configs.map(|config| config.value.as_object().unwrap_or(&empty));
    for key in keys(objects) {
        let values = objects.map(|object| object.get(key));
        match key.as_str() {
            "config" => run_config("config", Names::SHORT, values, &mut differences),
            "container_config" => run_config(key, Names::LONG, values, &mut differences),
            "history" => history::compare(values, alignment, &mut differences),
            "rootfs" => rootfs(values, &mut differences),
            _ => differences.value(key, values),
        }
    }
    differences.findings
}

/// DiffIDs follow from the layers.
fn rootfs(values: Sides<Option<&Value>>, differences: &mut Differences<'_>) {
    let empty = Map::new();
    let objects = values.map(|value| value.and_then(Value::as_object).unwrap_or(&empty));
    for key in keys(objects) {
        let values = objects.map(|object| object.get(key));
        let field = format!("rootfs.{key}");
        match key.as_str() {
            "diff_ids" => differences.derived(&field, values),
            _ => differences.value(&field, values),
        }
    }
}

/// What the variables and labels of an execution configuration are called.
#[derive(Clone, Copy)]
struct Names {
    env: &'static str,
    labels: &'static str,
}

impl Names {
    const SHORT: Self = Self { env: "env", labels: "labels" };
    const LONG: Self = Self { env: "container_config.Env", labels: "container_config.Labels" };
}

fn run_config(
    field: &str,
    names: Names,
    values: Sides<Option<&Value>>,
    differences: &mut Differences<'_>,
) {
    let empty = Map::new();
    let (Some(left), Some(right)) = (
        values.left.map_or(Some(&empty), Value::as_object),
        values.right.map_or(Some(&empty), Value::as_object),
    ) else {
        return differences.whole(field, values);
    };
    let objects = Sides::new(left, right);
    if values.left.is_none() != values.right.is_none() && left.is_empty() && right.is_empty() {
        return differences.whole(field, values);
    }
    for key in keys(objects) {
        let values = objects.map(|object| object.get(key));
        match key.as_str() {
            "Env" => env(names.env, values, differences),
            "Labels" => differences.value(names.labels, values),
            _ => differences.value(&format!("{field}.{key}"), values),
        }
    }
}

/// Variables one by one; the list as a whole only when its order, doubles or odd members differ.
fn env(field: &str, values: Sides<Option<&Value>>, differences: &mut Differences<'_>) {
    if values.left == values.right {
        return;
    }
    let variables = values.map(|value| value.map_or(Some(Map::new()), variables));
    let (Some(left), Some(right)) = (variables.left, variables.right) else {
        return differences.whole(field, values);
    };
    let before = differences.findings.len();
    differences.objects(field, Sides::new(&left, &right));
    if differences.findings.len() == before {
        differences.whole(field, values);
    }
}

/// `["K=V", …]` as an object; `None` when it is anything else.
fn variables(list: &Value) -> Option<Map<String, Value>> {
    let mut map = Map::new();
    for variable in list.as_array()? {
        let text = variable.as_str()?;
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        map.insert(name.to_owned(), Value::String(value.to_owned())).is_none().then_some(())?;
    }
    Some(map)
}
