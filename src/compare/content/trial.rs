//! What the tests of containers share, beside [`super::testing`].

use super::*;
use crate::report::Value;

/// Compares as the program does, with a budget that is soon spent.
pub(super) fn inspect<T>(look: impl FnOnce(&Inspector<'_>) -> T) -> T {
    let budget = Budget::of(64 << 20, 1);
    let limits = Limits::default();
    look(&Inspector { depth: 4, budget: &budget, limits: &limits })
}

/// What `format` says of two contents called `name`.
pub(super) fn compare(
    format: &dyn Comparator,
    name: &str,
    left: &[u8],
    right: &[u8],
) -> Result<Inside, Broken> {
    let files = Sides::new(left, right).map(|bytes| File { name: name.as_bytes(), bytes });
    inspect(|inspector| format.compare(files, inspector))
}

/// Parts as `member/member field: left -> right`.
pub(super) fn told(inside: &Inside) -> Vec<String> {
    let value = |value: &Option<Value>| match value {
        None => "-".to_owned(),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Bytes(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Mode(mode)) => format!("{mode:04o}"),
        Some(Value::Time(time)) => time.to_string(),
        Some(Value::Sha256(_)) => "#".to_owned(),
        Some(other) => format!("{other:?}"),
    };
    let line = |part: &Part| {
        let within: Vec<_> = part.within.iter().map(EntryPath::escaped).collect();
        let values = part.values.as_ref().map(value);
        format!("{} {}: {} -> {}", within.join("/"), part.field, values.left, values.right)
    };
    inside.parts.iter().map(line).collect()
}

/// A file of the corpus that a program nobody here wrote has made.
pub(super) fn corpus(path: &str) -> Vec<u8> {
    let file = format!("{}/corpus/formats/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(file).unwrap_or_default()
}

/// Offsets of `good` at which another byte is taken for a time, or for the order of members.
pub(super) fn fleeting(format: &dyn Comparator, good: &[u8], other: u8) -> Vec<usize> {
    let taken = |at: &usize| {
        let mut bad = good.to_vec();
        if let Some(byte) = bad.get_mut(*at) {
            *byte = other;
        }
        compare(format, "file", good, &bad).is_ok_and(|it| it.aspect == Some(found::TIMES))
    };
    (0..good.len()).filter(taken).collect()
}
