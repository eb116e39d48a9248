//! A look at the text of a JSON document before it is parsed: how deep it nests, how much it holds
//! and which keys it repeats (RFC 8259 section 4: what a repeated key means, readers decide).

use std::borrow::Cow;
use std::collections::HashSet;

use crate::limits::{Limits, SCALE};

/// Repeated keys of one document that are named.
const NAMED: usize = 20;

/// Keys that decide what is read. Go finds them in any case, so `Layers` repeats `layers`.
const DECISIVE: [&[u8]; 12] = [
    b"config",
    b"data",
    b"diff_ids",
    b"digest",
    b"history",
    b"layers",
    b"manifests",
    b"mediatype",
    b"repotags",
    b"rootfs",
    b"schemaversion",
    b"size",
];

/// Whether `key`, as written, is one of those.
pub(super) fn is_decisive(key: &str) -> bool {
    DECISIVE.contains(&&*meaning(key.as_bytes()))
}

/// What the text of a document shows. It need not be well-formed: whatever the parser will accept
/// is seen rightly, and the parser refuses the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct JsonText {
    /// Upper bound on the values in it.
    pub(super) values: u64,
    /// Keys that one object has twice, as written, each once.
    pub(super) repeated: Vec<String>,
}

impl JsonText {
    /// Looks at `text`.
    ///
    /// # Errors
    /// A lower-case fragment when it nests deeper or holds more than `limits` allow.
    pub(super) fn of(text: &[u8], limits: &Limits) -> Result<Self, String> {
        let mut look = Look { text, at: 0, limits, open: Vec::new(), found: Self::default() };
        while look.step()? {}
        Ok(look.found)
    }
}

struct Look<'a> {
    text: &'a [u8],
    at: usize,
    limits: &'a Limits,
    /// For every object that is open its keys, for every array nothing.
    open: Vec<Option<HashSet<Cow<'a, [u8]>>>>,
    found: JsonText,
}

impl<'a> Look<'a> {
    /// Goes past one token; false at the end.
    fn step(&mut self) -> Result<bool, String> {
        let Some(&byte) = self.text.get(self.at) else { return Ok(false) };
        match byte {
            b'"' => return Ok(self.string()),
            b'{' => self.descend(Some(HashSet::new()))?,
            b'[' => self.descend(None)?,
            b'}' | b']' => drop(self.open.pop()),
            b',' => self.count()?,
            _ => {}
        }
        self.at = self.at.saturating_add(1);
        Ok(true)
    }

    fn descend(&mut self, keys: Option<HashSet<Cow<'a, [u8]>>>) -> Result<(), String> {
        let limit = self.limits.json_depth;
        if self.open.len() >= limit {
            return Err(format!("JSON nested deeper than {limit} levels{SCALE}"));
        }
        self.open.push(keys);
        self.count()
    }

    /// Every value but the first is behind an opening bracket or a comma.
    fn count(&mut self) -> Result<(), String> {
        let limit = self.limits.json_values;
        self.found.values = self.found.values.saturating_add(1);
        if self.found.values > limit {
            return Err(format!("more than {limit} JSON values in one document{SCALE}"));
        }
        Ok(())
    }

    /// Goes past a string, which is a key when a colon follows.
    fn string(&mut self) -> bool {
        let start = self.at.saturating_add(1);
        let Some(end) = end_of_string(self.text, start) else { return false };
        self.at = end.saturating_add(1);
        let rest = self.text.get(self.at..).unwrap_or_default();
        let colon = rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
        if let (true, Some(key)) = (colon, self.text.get(start..end)) {
            self.key(key);
        }
        true
    }

    fn key(&mut self, key: &'a [u8]) {
        let Some(Some(keys)) = self.open.last_mut() else { return };
        let name = String::from_utf8_lossy(key);
        if !keys.insert(meaning(key))
            && self.found.repeated.len() < NAMED
            && !self.found.repeated.iter().any(|known| *known == name)
        {
            self.found.repeated.push(name.into_owned());
        }
    }
}

fn quoted(text: &[u8]) -> Vec<u8> {
    [b"\"", text, b"\""].concat()
}

/// What readers take `key` for.
fn meaning(key: &[u8]) -> Cow<'_, [u8]> {
    let mut key = Cow::Borrowed(key);
    if key.contains(&b'\\')
        && let Ok(plain) = serde_json::from_slice::<String>(&quoted(&key))
    {
        key = Cow::Owned(plain.into_bytes());
    }
    let lower = key.to_ascii_lowercase();
    if DECISIVE.contains(&&*lower) { Cow::Owned(lower) } else { key }
}

/// Where the quote is that ends the string whose text begins at `start`.
fn end_of_string(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at = at.saturating_add(2),
            _ => at = at.saturating_add(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(text: &str) -> Result<JsonText, String> {
        JsonText::of(text.as_bytes(), &Limits::default())
    }

    fn repeated(text: &str) -> Vec<String> {
        look(text).map(|it| it.repeated).unwrap_or_default()
    }

    #[test]
    fn keys_are_repeated_only_within_one_object() {
        assert_eq!(repeated(r#"{"a":1,"b":{"a":2},"c":[{"a":1},{"a":2}]}"#), Vec::<String>::new());
        assert_eq!(repeated(r#"{"a":1,"b":[{"c":1,"c" :2}],"a":3,"a":4}"#), ["c", "a"]);
    }

    #[test]
    fn keys_are_repeated_in_every_guise() {
        assert_eq!(repeated(r#"{"a":1,"\u0061":2}"#), [r"\u0061"]);
        assert_eq!(repeated(r#"{"layers":1,"Layers":2,"x":1,"X":1}"#), ["Layers"]);
    }

    #[test]
    fn strings_that_look_like_structure_are_none() {
        assert_eq!(repeated(r#"{"a":"\",\"a\":","b":"{[\\","c":"a"}"#), Vec::<String>::new());
        assert!(look(&format!(r#""{}""#, "[".repeat(1000))).is_ok());
    }

    #[test]
    fn depth_and_number_of_values_are_bounded() {
        let deep = look(&"[".repeat(100_000));
        assert!(deep.is_err_and(|error| error.starts_with("JSON nested deeper than 120 levels")));
        let limits = Limits { json_values: 10, ..Limits::default() };
        let many = JsonText::of(b"[0,0,0,0,0,0,0,0,0,0,0]", &limits);
        assert!(many.is_err_and(|error| error.starts_with("more than 10 JSON values")));
    }

    #[test]
    fn text_that_breaks_off_ends_the_look() {
        for text in ["", "\"", "\"a\\", "{\"a\":", "]]]"] {
            assert!(look(text).is_ok(), "{text}");
        }
    }
}
