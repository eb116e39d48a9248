//! Printable text in binary contents: what of it differs, and whether that only tells where and
//! when something was built.

use std::fmt::Write as _;

use crate::report::Value;
use crate::sides::Sides;

/// Fewer printable characters in a row are no text, as for strings(1).
const SHORTEST: usize = 4;
/// Pairs of strings that are shown.
const SHOWN: usize = 5;
/// Characters of each that are shown.
const LONGEST: usize = 200;
/// Longer strings are neither paths nor times.
const LONGEST_JUDGED: usize = 4096;

/// The strings in which two contents differ, when nothing else does.
#[derive(Debug)]
pub(super) struct Differing<'a> {
    pub(super) count: usize,
    /// Whether all of them look like paths or times.
    pub(super) circumstantial: bool,
    /// The first of them.
    shown: Vec<Sides<&'a [u8]>>,
    /// Whether the last string has another length, so that less or more padding is due behind it.
    is_shifted: bool,
}

impl Differing<'_> {
    /// A few of them, as a diff.
    pub(super) fn unified(&self) -> String {
        let mut out = String::new();
        for pair in &self.shown {
            let Sides { left, right } = pair.map(text);
            write!(out, "-{left}\n+{right}\n").ok();
        }
        out
    }

    /// The first of them.
    pub(super) fn values(&self) -> Sides<Option<Value>> {
        let first = self.shown.first().map(|pair| pair.map(text));
        first.map_or(Sides::new(None, None), |pair| pair.map(|text| Some(Value::Text(text))))
    }

    pub(super) fn note(&self) -> String {
        match (self.count, self.circumstantial) {
            (1, true) => "1 string differs, which looks like a path or a time".into(),
            (1, false) => "1 string differs".into(),
            (count, true) => {
                format!("{count} strings differ, all of which look like paths or times")
            }
            (count, false) => format!("{count} strings differ"),
        }
    }
}

fn text(bytes: &[u8]) -> String {
    let shown = bytes.get(..LONGEST).unwrap_or(bytes);
    let rest = if bytes.len() > LONGEST { "…" } else { "" };
    format!("{}{rest}", String::from_utf8_lossy(shown))
}

/// Compares two unequal contents as strings with something between them. `None` when that which is
/// between differs too.
pub(super) fn differing<'a>(bytes: Sides<&'a [u8]>) -> Option<Differing<'a>> {
    let mut found =
        Differing { count: 0, circumstantial: true, shown: Vec::new(), is_shifted: false };
    let mut runs = bytes.map(Runs);
    loop {
        match (runs.left.next(), runs.right.next()) {
            (None, None) => return (found.count > 0).then_some(found),
            (left, right) => found.take(Sides::new(left?, right?))?,
        }
    }
}

impl<'a> Differing<'a> {
    fn take(&mut self, runs: Sides<Run<'a>>) -> Option<()> {
        let pair = runs.map(|run| run.bytes);
        let Sides { left, right } = pair;
        match (runs.left.printable, runs.right.printable) {
            (true, true) => {
                self.is_shifted = left.len() != right.len();
                if left != right {
                    self.add(pair);
                }
                Some(())
            }
            (false, false) => {
                let is_padding = left.iter().chain(right).all(|&byte| byte == 0);
                (left == right || (self.is_shifted && is_padding)).then_some(())
            }
            _ => None,
        }
    }

    fn add(&mut self, pair: Sides<&'a [u8]>) {
        self.count = self.count.saturating_add(1);
        self.circumstantial = self.circumstantial && is_circumstantial(pair);
        if self.shown.len() < SHOWN {
            self.shown.push(pair);
        }
    }
}

#[derive(Clone, Copy)]
struct Run<'a> {
    printable: bool,
    bytes: &'a [u8],
}

/// Strings and what lies between them, in turn.
struct Runs<'a>(&'a [u8]);

impl<'a> Iterator for Runs<'a> {
    type Item = Run<'a>;

    fn next(&mut self) -> Option<Run<'a>> {
        if self.0.is_empty() {
            return None;
        }
        let length = printable(self.0);
        let (printable, length) = match length {
            SHORTEST.. => (true, length),
            _ => (false, length_of_gap(self.0)),
        };
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Run { printable, bytes })
    }
}

/// Printable bytes at the start of `bytes`.
fn printable(bytes: &[u8]) -> usize {
    let is_not = |byte: &u8| !matches!(byte, b'\t' | b' '..=b'~');
    bytes.iter().position(is_not).unwrap_or(bytes.len())
}

/// Bytes before the next string.
fn length_of_gap(bytes: &[u8]) -> usize {
    let mut length = 0_usize;
    while let Some(rest) = bytes.get(length..).filter(|rest| !rest.is_empty()) {
        match printable(rest) {
            0 => length = length.saturating_add(1),
            SHORTEST.. => return length,
            short => length = length.saturating_add(short),
        }
    }
    bytes.len()
}

/// Whether the words in which two strings differ are paths or times.
fn is_circumstantial(pair: Sides<&[u8]>) -> bool {
    if pair.left.len().max(pair.right.len()) > LONGEST_JUDGED {
        return false;
    }
    let words = |bytes| -> Vec<&[u8]> {
        let words = <[u8]>::split(bytes, |byte| *byte == b' ');
        words.filter(|word| !word.is_empty()).collect()
    };
    let Sides { left, right } = pair.map(words);
    let dated = [&left, &right].iter().all(|words| words.iter().any(|word| is_month(trim(word))));
    let alike = |(left, right): (&&[u8], &&[u8])| {
        left == right
            || are_paths(left, right)
            || [left, right].iter().all(|word| is_time(trim(word), dated))
    };
    left.len() == right.len() && left.iter().zip(&right).all(alike)
}

/// `/a/b`, or the same with an equal option in front of it, as in `-I/a/b` and `--prefix=/a/b`.
fn are_paths(left: &[u8], right: &[u8]) -> bool {
    let split = |word: &[u8]| {
        let slash = word.iter().position(|&byte| byte == b'/')?;
        let (front, path) = word.split_at_checked(slash)?;
        Some((front.to_vec(), path.get(1..)?.contains(&b'/') && !path.starts_with(b"//")))
    };
    let (Some((left, one)), Some((right, other))) = (split(left), split(right)) else {
        return false;
    };
    let may_precede = left.last().is_none_or(|byte| !byte.is_ascii_alphanumeric());
    one && other && left == right && (may_precede || left.starts_with(b"-"))
}

fn trim(word: &[u8]) -> &[u8] {
    let start = word.iter().position(u8::is_ascii_alphanumeric).unwrap_or(word.len());
    let end = word.iter().rposition(u8::is_ascii_alphanumeric);
    let end = end.map_or(start, |at| at.saturating_add(1));
    word.get(start..end).unwrap_or_default()
}

/// A month in English, as `__DATE__` and `date` write it.
fn is_month(word: &[u8]) -> bool {
    begins_with_one_of(word, b"JanFebMarAprMayJunJulAugSepOctNovDec")
}

fn begins_with_one_of(word: &[u8], names: &[u8]) -> bool {
    let known = names.chunks(3).any(|name| word.starts_with(name));
    known && word.len() <= 9 && word.iter().all(u8::is_ascii_alphabetic)
}

/// A part of a date or a time of day. Bare numbers are one only where a month is `dated`.
fn is_time(word: &[u8], dated: bool) -> bool {
    let shape: Vec<u8> =
        word.iter().map(|byte| if byte.is_ascii_digit() { b'0' } else { *byte }).collect();
    let clock = shape.strip_prefix(b"00:00").or_else(|| shape.strip_prefix(b"0:00"));
    let day = shape.strip_prefix(b"0000-00-00").or_else(|| shape.strip_prefix(b"0000/00/00"));
    let is_rest = |rest: &[u8]| rest.iter().all(|byte| b"0:.-+TZ".contains(byte));
    clock.or(day).is_some_and(is_rest)
        || is_month(word)
        || begins_with_one_of(word, b"MonTueWedThuFriSatSun")
        || (dated && matches!(shape.as_slice(), b"0" | b"00"))
        || (dated && shape == b"0000" && [b"19", b"20"].iter().any(|it| word.starts_with(*it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circumstantial(left: &str, right: &str) -> Option<bool> {
        differing(Sides::new(left.as_bytes(), right.as_bytes())).map(|it| it.circumstantial)
    }

    #[test]
    fn paths_and_times_are_told_from_text() {
        for (left, right) in [
            ("\0/build/a/x.c\0\0", "\0/tmp/b/x.c\0"),
            ("gcc -I/build/a -O2", "gcc -I/tmp/b -O2"),
            ("built Jan  1 2024 at 10:11:12", "built Feb 11 2025 at 00:00:00"),
            ("2024-01-02T03:04:05Z", "2025-11-12T13:14:15Z"),
            ("(Mon Mar  4 10:00:00 UTC 2024)", "(Tue Apr 15 10:00:00 UTC 2025)"),
        ] {
            assert_eq!(circumstantial(left, right), Some(true), "{left} {right}");
        }
        for (left, right) in [
            ("version 1.2.3", "version 1.2.4"),
            ("https://example.com/a", "https://example.com/b"),
            ("text/plain/x", "text/html/x"),
            ("port 80", "port 81"),
            ("/build/a/x.c", "not a path"),
            ("Jan is 12 today", "Jan is twelve today"),
        ] {
            assert_eq!(circumstantial(left, right), Some(false), "{left} {right}");
        }
    }

    #[test]
    fn what_lies_between_strings_must_be_equal() {
        let differ = |left: &[u8], right: &[u8]| differing(Sides::new(left, right)).is_some();
        assert!(differ(b"\x01\x02path\0", b"\x01\x02Path\0"));
        assert!(!differ(b"\x01\x02path\0", b"\x01\x03Path\0"));
        assert!(!differ(b"\x01same\0", b"\x02same\0"));
        assert!(!differ(b"same\0", b"same\0\0"));
        assert!(differ(b"other\0\0more", b"others\0more"));
        assert!(!differ(b"", b"text"));
    }

    #[test]
    fn a_few_are_shown() {
        let left: String = (0..9).map(|n| format!("left{n}\0")).collect();
        let right: String = (0..9).map(|n| format!("right{n}\0")).collect();
        let found = differing(Sides::new(left.as_bytes(), right.as_bytes()));
        let lines = found.as_ref().map(|found| found.unified().lines().count());
        assert_eq!(lines, Some(2 * SHOWN));
        assert_eq!(found.as_ref().map(Differing::note), Some("9 strings differ".into()));
        let first = found.and_then(|found| found.values().left);
        assert_eq!(first, Some(Value::Text("left0".into())));
    }
}
