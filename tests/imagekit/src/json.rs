//! JSON pointers that also write.

use serde_json::{Map, Value};

/// Sets what `pointer` (RFC 6901, `-` appends to an array) names, making objects on the way.
///
/// # Panics
///
/// Panics if the pointer does not start with `/`, or leads through a string or past an array.
pub(crate) fn set(root: &mut Value, pointer: &str, value: Value) {
    *slot(root, pointer) = value;
}

/// Removes what `pointer` names.
///
/// # Panics
///
/// Panics if there is nothing.
pub(crate) fn remove(root: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').expect("a JSON pointer starts with a slash");
    let key = unescape(key);
    let gone = match root.pointer_mut(parent) {
        Some(Value::Object(map)) => map.remove(&key).is_some(),
        Some(Value::Array(list)) => match key.parse::<usize>() {
            Ok(i) if i < list.len() => {
                list.remove(i);
                true
            }
            _ => false,
        },
        _ => false,
    };
    assert!(gone, "nothing to remove at {pointer:?}");
}

fn unescape(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}

fn slot<'a>(root: &'a mut Value, pointer: &str) -> &'a mut Value {
    if pointer.is_empty() {
        return root;
    }
    let rest = pointer.strip_prefix('/').expect("a JSON pointer starts with a slash");
    let mut at = root;
    for key in rest.split('/').map(unescape) {
        if at.is_null() {
            *at = Value::Object(Map::new());
        }
        at = match at {
            Value::Object(map) => map.entry(key).or_insert(Value::Null),
            Value::Array(list) => {
                let i = if key == "-" { list.len() } else { key.parse().expect("an array index") };
                if i == list.len() {
                    list.push(Value::Null);
                }
                &mut list[i]
            }
            _ => panic!("{pointer:?} leads through a plain value"),
        };
    }
    at
}

/// Compact JSON.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}
