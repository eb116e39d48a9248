//! What one side has, or the two values of a change.

use serde_json::Value as Json;

use super::page::Page;
use super::size::human;
use crate::digest::{Digest, hex};
use crate::report::{EntryKind, EntrySummary, Value};
use crate::sides::Sides;

/// Characters of a value that are shown before it is opened.
const FOLD: usize = 400;

/// Hexadecimal digits that people tell digests apart by.
const DIGITS: usize = 12;

/// A value as text, and where the part ends that is enough to recognise it.
#[derive(Debug, PartialEq)]
struct Shown {
    text: String,
    enough: usize,
}

/// Writes what `values` are, those of the left side before those of the right.
pub(super) fn write(field: &str, values: Sides<Option<&Value>>, page: &mut Page<'_>) {
    let shown = show(field, values);
    if let Some(left) = &shown.left {
        page.html(" <del>");
        write_one(left, page);
        page.html("</del>");
    }
    if let Some(right) = &shown.right {
        page.html(" <ins>");
        write_one(right, page);
        page.html("</ins>");
    }
}

/// Long values open on demand; the end of a digest is there for whoever wants it.
fn write_one(shown: &Shown, page: &mut Page<'_>) {
    let Shown { text, enough } = shown;
    if let Some((head, _)) = text.char_indices().nth(FOLD).map(|(at, _)| text.split_at(at)) {
        page.element("<details><summary>", head, "…</summary>");
        page.element("<code>", text, "</code></details>");
        return;
    }
    let (head, tail) = text.split_at_checked(*enough).unwrap_or((text, ""));
    page.text(head);
    if !tail.is_empty() {
        page.element("<var>", tail, "</var>");
    }
}

/// Values that differ never look alike, however little of them is shown.
fn show(field: &str, values: Sides<Option<&Value>>) -> Sides<Option<Shown>> {
    let shown = values.map(|value| value.map(|value| Shown::of(field, value)));
    let (Some(left), Some(right)) = (&shown.left, &shown.right) else { return shown };
    if left.text == right.text {
        return values.map(|value| value.map(Shown::exact));
    }
    if left.head() == right.head() {
        return shown.map(|one| one.map(|one| Shown::whole(one.text)));
    }
    shown
}

impl Shown {
    const fn whole(text: String) -> Self {
        Self { enough: text.len(), text }
    }

    fn exact(value: &Value) -> Self {
        Self::whole(serde_json::to_string(value).unwrap_or_default())
    }

    fn head(&self) -> &str {
        self.text.get(..self.enough).unwrap_or(&self.text)
    }

    fn of(field: &str, value: &Value) -> Self {
        let is_size = field == "size" || field.ends_with(".size");
        match (value, number(value).filter(|_| is_size)) {
            (_, Some(bytes)) => Self::whole(sized(bytes)),
            (Value::Text(text) | Value::Json(Json::String(text)), _) => Self::string(text),
            (Value::Bytes(bytes), _) => Self::bytes(bytes),
            (Value::Sha256(digest), _) => Self { text: hex(digest), enough: DIGITS },
            (Value::Number(number), _) => Self::whole(number.to_string()),
            (Value::Mode(mode), _) => Self::whole(format!("{mode:04o}")),
            (Value::Time(time), _) => Self::whole(time.to_string()),
            (Value::Json(json), _) => Self::whole(json.to_string()),
            (Value::Entry(entry), _) => Self::entry(entry),
        }
    }

    /// Blanks at the ends would not be seen without quotes.
    fn string(text: &str) -> Self {
        if let Ok(digest) = text.parse::<Digest>() {
            let enough = digest.algorithm().name().len() + ":".len() + DIGITS;
            return Self { text: text.to_owned(), enough };
        }
        let is_plain = !text.is_empty() && text.trim() == text;
        Self::whole(if is_plain { text.to_owned() } else { format!("\"{text}\"") })
    }

    /// Binary values, such as file capabilities, are clearer as digits.
    fn bytes(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) if !bytes.contains(&0) => Self::string(text),
            _ => Self::whole(format!("0x{}", hex(bytes))),
        }
    }

    fn entry(entry: &EntrySummary) -> Self {
        let mut text = format!("{} {:04o} {}:{}", entry.kind, entry.mode, entry.uid, entry.gid);
        match &entry.linkname {
            Some(target) => text.push_str(&format!(" to {}", String::from_utf8_lossy(target))),
            None if entry.kind == EntryKind::File => {
                text.push_str(&format!(" {}", human(entry.size)))
            }
            None => {}
        }
        let enough = text.len();
        text.push_str(&format!(" {}", entry.mtime));
        if let Some(content) = entry.content {
            text.push_str(&format!(" {}", hex(&content)));
        }
        Self { text, enough }
    }
}

fn sized(bytes: u64) -> String {
    if bytes < 1024 { format!("{bytes} B") } else { format!("{} ({bytes} B)", human(bytes)) }
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

    fn heads(left: &Value, right: &Value) -> [String; 2] {
        let shown = show("x", Sides::new(Some(left), Some(right)));
        [shown.left, shown.right]
            .map(|one| one.map(|one| one.head().to_owned()).unwrap_or_default())
    }

    #[test]
    fn different_values_never_look_alike() {
        let text = Value::Text("1".into());
        let number = Value::Json(json!(1));
        assert_eq!(heads(&text, &number), ["\"1\"", "1"]);
        let mut digests = [[7; 32], [7; 32]];
        assert_eq!(heads(&Value::Sha256([7; 32]), &Value::Sha256([8; 32]))[0].len(), DIGITS);
        digests[1][31] = 8;
        let [left, right] = heads(&Value::Sha256(digests[0]), &Value::Sha256(digests[1]));
        assert_ne!(left, right);
    }

    #[test]
    fn blanks_at_the_ends_are_quoted() {
        assert_eq!(Shown::string(" a").text, "\" a\"");
        assert_eq!(Shown::string("").text, "\"\"");
    }
}
