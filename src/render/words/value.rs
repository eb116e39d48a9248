//! One value, or the two values of a change, as people read them.

use serde_json::Value as Json;

use super::Safe;
use super::size;
use crate::digest::{Digest, hex};
use crate::report::{EntryKind, EntrySummary, Value};
use crate::sides::Sides;

/// How much of a value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::render) enum Form {
    /// Digests by their first digits.
    Short,
    /// Everything.
    Whole,
    /// Everything, and sizes as plain numbers, for programs.
    Plain,
}

/// The value of a thing that only one side has.
pub(in crate::render) fn single(field: &str, value: &Value, form: Form) -> Safe {
    let size = number(value).filter(|_| is_size(field) && form != Form::Plain);
    size.map_or_else(|| show(value, form, is_text(value)), |bytes| sized(bytes, form))
}

/// Both values of a change. However short the form, they look different.
pub(in crate::render) fn pair(field: &str, values: Sides<&Value>, form: Form) -> Sides<Safe> {
    let shown = match sizes(&values, form).filter(|_| is_size(field) && form != Form::Plain) {
        Some(sizes) => sizes,
        None => texts(values, form),
    };
    if shown.left != shown.right {
        return shown;
    }
    // Two digests may share their first digits, and the text `1` looks like the number 1.
    let whole = texts(values, Form::Whole);
    if whole.left == whole.right { values.map(exact) } else { whole }
}

fn texts(values: Sides<&Value>, form: Form) -> Sides<Safe> {
    let bare = is_text(values.left) && is_text(values.right);
    values.map(|value| show(value, form, bare))
}

fn exact(value: &Value) -> Safe {
    Safe::escaped(&serde_json::to_string(value).unwrap_or_default())
}

fn show(value: &Value, form: Form, bare: bool) -> Safe {
    match value {
        Value::Text(text) | Value::Json(Json::String(text)) => string(text, form, bare),
        Value::Bytes(bytes) => blob(bytes, form),
        Value::Number(number) => Safe::escaped(&number.to_string()),
        Value::Mode(mode) => Safe::escaped(&format!("{mode:04o}")),
        Value::Time(time) => Safe::escaped(&time.to_string()),
        Value::Sha256(digest) => Safe::escaped(digits(&hex(digest), form)),
        Value::Json(json) => Safe::escaped(&json.to_string()),
        Value::Entry(entry) => summary(entry, form),
    }
}

fn is_text(value: &Value) -> bool {
    !matches!(value, Value::Json(json) if !json.is_string())
}

/// Text stands without quotes where that can mean nothing else.
fn string(text: &str, form: Form, bare: bool) -> Safe {
    if let (Form::Short, Ok(digest)) = (form, text.parse()) {
        return short(&digest);
    }
    if bare && !text.is_empty() && text.trim() == text {
        return Safe::escaped(text);
    }
    Safe::from("\"").then(Safe::escaped(text)).then("\"")
}

/// Binary values, such as file capabilities, are clearer as digits than as escapes.
fn blob(bytes: &[u8], form: Form) -> Safe {
    match std::str::from_utf8(bytes) {
        Ok(text) if !bytes.contains(&0) => string(text, form, true),
        Err(_) if !bytes.contains(&0) => Safe::escaped(bytes),
        _ => Safe::escaped(&format!("0x{}", hex(bytes))),
    }
}

fn digits(hex: &str, form: Form) -> &str {
    match form {
        Form::Short => hex.get(..12).unwrap_or(hex),
        Form::Whole | Form::Plain => hex,
    }
}

/// A digest as people quote it; what is none, as it is.
pub(in crate::render) fn digest(text: &str) -> Safe {
    text.parse().map_or_else(|_| Safe::escaped(text), |digest| short(&digest))
}

fn short(digest: &Digest) -> Safe {
    Safe::escaped(&format!("{}:{}", digest.algorithm().name(), digest.short()))
}

/// What an entry is, for one that only one side has.
fn summary(entry: &EntrySummary, form: Form) -> Safe {
    let owner = format!("{} {:04o} {}:{}", entry.kind, entry.mode, entry.uid, entry.gid);
    let text = Safe::escaped(&owner);
    let text = match (&entry.linkname, entry.kind) {
        (Some(target), _) => text.then(" to ").then(Safe::escaped(target)),
        (None, EntryKind::File) => text.then(" ").then(sized(entry.size, form)),
        _ => text,
    };
    if form == Form::Short { text } else { text.then(origin(entry)) }
}

fn origin(entry: &EntrySummary) -> Safe {
    let content = entry.content.map(|digest| format!(" {}", hex(&digest)));
    Safe::escaped(&format!(" {}{}", entry.mtime, content.unwrap_or_default()))
}

fn is_size(field: &str) -> bool {
    field == "size" || field.ends_with(".size")
}

fn sized(bytes: u64, form: Form) -> Safe {
    match form {
        Form::Short => size::human(bytes),
        Form::Whole | Form::Plain if bytes < 1024 => size::human(bytes),
        Form::Whole | Form::Plain => {
            size::human(bytes).then(" (").then(Safe::escaped(&format!("{bytes} B)")))
        }
    }
}

fn sizes(values: &Sides<&Value>, form: Form) -> Option<Sides<Safe>> {
    let (left, right) = (number(values.left)?, number(values.right)?);
    if left.max(right) < 1024 {
        return Some(Sides::new(left, right).map(|bytes| Safe::escaped(&bytes.to_string())));
    }
    let step = Safe::from(" (").then(size::delta(left, right)).then(")");
    Some(Sides::new(sized(left, form), sized(right, form).then(step)))
}

fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Json(json) => json.as_u64(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(field: &str, left: Value, right: Value) -> String {
        let shown = pair(field, Sides::new(&left, &right), Form::Short);
        format!("{} → {}", shown.left.as_str(), shown.right.as_str())
    }

    #[test]
    fn different_values_never_look_alike() {
        let mut digests = [[7; 32], [7; 32]];
        digests[1][31] = 8;
        let shown = text("content", Value::Sha256(digests[0]), Value::Sha256(digests[1]));
        assert!(shown.ends_with("0708"), "{shown}");
        assert_eq!(text("x", Value::Text("1".into()), Value::Number(1)), "\"1\" → 1");
        assert_eq!(text("x", Value::Json(json!("1")), Value::Json(json!(1))), "\"1\" → 1");
        let shown = text("x", Value::Bytes(Box::new([0])), Value::Text("0x00".into()));
        assert_ne!(shown, "0x00 → 0x00");
    }

    #[test]
    fn blanks_at_the_ends_are_quoted() {
        assert_eq!(
            text("x", Value::Text(String::new()), Value::Text("a ".into())),
            "\"\" → \"a \""
        );
    }

    #[test]
    fn sizes_are_exact_while_they_are_small() {
        assert_eq!(text("size", Value::Number(12), Value::Number(14)), "12 → 14");
        assert_eq!(
            text("layers[0].size", Value::Json(json!(3 << 20)), Value::Json(json!((3 << 20) + 1))),
            "3.0 MiB → 3.0 MiB (+1 B)"
        );
    }

    #[test]
    fn binary_values_are_digits_and_text_is_text() {
        let (binary, plain) =
            (Value::Bytes(Box::new([1, 0, 255])), Value::Bytes(Box::new(*b"one")));
        assert_eq!(text("xattr.user.x", binary, plain), "0x0100ff → one");
    }
}
