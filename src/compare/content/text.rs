//! Text: a unified diff, and whether it is only the order of lines, their ends, or times in them
//! that differ.

use similar::TextDiff;

use super::encoding::{Text, decode};
use super::times::masked;
use super::{Broken, Comparator, File, Inside, Inspector};
use crate::sides::Sides;

/// Bytes of a text that one side has, and of a diff, that are shown.
const MOST_SHOWN: usize = 64 << 10;

/// Bytes of a text that are looked at for times.
const MOST_MASKED: usize = 4 << 20;

pub(super) struct Plain;

impl Comparator for Plain {
    fn name(&self) -> &'static str {
        "text"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        decode(file.bytes).is_some()
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let texts = files.try_map(|file| decode(file.bytes).ok_or("no text"));
        let texts = texts.map_err(Broken::new)?;
        Ok(compare(files.left.name, texts, inspector.budget.steps()))
    }
}

/// The whole of a text of which one side has nothing.
pub(in crate::compare) fn lone(name: &[u8], contents: Sides<Option<&[u8]>>) -> String {
    let bytes = contents.left.or(contents.right);
    let Some(bytes) = bytes else { return "content too long to be shown".to_owned() };
    match decode(bytes) {
        Some(text) => {
            let none = Text { text: "".into(), encoding: "UTF-8" };
            let texts = match contents.left {
                Some(_) => Sides::new(text, none),
                None => Sides::new(none, text),
            };
            header(name, contents.map(|bytes| bytes.is_some())) + &unified(&texts, u64::MAX)
        }
        None => format!("binary content, {} bytes", bytes.len()),
    }
}

fn compare(name: &[u8], texts: Sides<Text<'_>>, steps: u64) -> Inside {
    let mut inside = Inside::default();
    if texts.left.text == texts.right.text {
        let Sides { left, right } = texts;
        return Inside::noted(format!("the same text as {} and {}", left.encoding, right.encoding));
    }
    let lines = texts.as_ref().map(|text| text.text.lines().collect::<Vec<_>>());
    if lines.left == lines.right {
        inside.note = Some("only the ends of lines differ".to_owned());
    } else if is_reordered(&lines) {
        inside.note = Some("the same lines in another order".to_owned());
        inside.aspect = Some("line-order");
    } else if is_same_but_times(&lines) {
        inside.note = Some("the same lines but for dates and times".to_owned());
        inside.aspect = is_log(name).then_some("log-times");
    }
    inside.unified = Some(header(name, Sides::new(true, true)) + &unified(&texts, steps));
    inside
}

fn header(name: &[u8], exists: Sides<bool>) -> String {
    let name = crate::report::EntryPath::new(name);
    let name = name.escaped();
    let slash = if name.starts_with('/') { "" } else { "/" };
    let of = |side: &str, exists| {
        if exists { format!("{side}{slash}{name}") } else { "/dev/null".to_owned() }
    };
    format!("--- {}\n+++ {}\n", of("left", exists.left), of("right", exists.right))
}

/// Hunks of the difference, as many as are shown.
fn unified(texts: &Sides<Text<'_>>, steps: u64) -> String {
    let (left, right) = (&*texts.left.text, &*texts.right.text);
    let changed = changed_lines(left, right);
    if (changed.left as u64).saturating_mul(changed.right as u64) > steps {
        let Sides { left, right } = changed;
        return format!("{left} lines differ from {right} lines, too many to be compared\n");
    }
    let mut text = TextDiff::from_lines(left, right).unified_diff().to_string();
    if text.len() > MOST_SHOWN {
        let end = (0..=MOST_SHOWN).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = text.get(..end).and_then(|kept| kept.rfind('\n')).unwrap_or(end);
        let cut = text.len().saturating_sub(end);
        text.truncate(end);
        text.push_str(&format!("\n… {cut} more bytes of the diff are cut\n"));
    }
    text
}

/// Lines of each side between what both begin with and what both end with.
fn changed_lines(left: &str, right: &str) -> Sides<usize> {
    let (left, right): (Vec<_>, Vec<_>) = (left.lines().collect(), right.lines().collect());
    let same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let before = left.iter().zip(&right).take_while(same).count();
    let rest = Sides::new(left.get(before..), right.get(before..)).map(Option::unwrap_or_default);
    let after = rest.left.iter().rev().zip(rest.right.iter().rev()).take_while(same).count();
    rest.map(|lines| lines.len().saturating_sub(after))
}

fn is_reordered(lines: &Sides<Vec<&str>>) -> bool {
    let sorted = lines.as_ref().map(|lines| {
        let mut lines = lines.clone();
        lines.sort_unstable();
        lines
    });
    sorted.left == sorted.right
}

/// Only of logs is it known that nobody reads times out of them.
fn is_log(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name);
    let (directory, file) = name.rsplit_once('/').unwrap_or(("", &name));
    let numbered = file.trim_end_matches(|char: char| char.is_ascii_digit()).trim_end_matches('.');
    numbered.ends_with(".log")
        || directory.split('/').any(|part| matches!(part, "log" | "logs" | "_logs"))
}

fn is_same_but_times(lines: &Sides<Vec<&str>>) -> bool {
    let length = |lines: &[&str]| lines.iter().map(|line| line.len()).sum::<usize>();
    lines.left.len() == lines.right.len()
        && length(&lines.left).max(length(&lines.right)) <= MOST_MASKED
        && lines
            .left
            .iter()
            .zip(&lines.right)
            .all(|(left, right)| left == right || masked(left) == masked(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(left: &str, right: &str) -> Inside {
        named("/etc/a", left, right)
    }

    fn named(name: &str, left: &str, right: &str) -> Inside {
        let text = |text: &str| Text { text: text.to_owned().into(), encoding: "UTF-8" };
        compare(name.as_bytes(), Sides::new(text(left), text(right)), 25_000_000)
    }

    fn aspect(left: &str, right: &str) -> Option<&'static str> {
        texts(left, right).aspect
    }

    #[test]
    fn hunks_show_what_differs() {
        let inside = texts("a\nb\nc\n", "a\nB\nc\n");
        let expected = "--- left/etc/a\n+++ right/etc/a\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n";
        assert_eq!(inside.unified.as_deref(), Some(expected));
        assert_eq!((inside.note, inside.aspect), (None, None));
    }

    #[test]
    fn order_and_ends_of_lines_are_told() {
        assert_eq!(aspect("a\nb\n", "b\na\n"), Some("line-order"));
        assert_eq!(aspect("a\nb\n", "b\na\na\n"), None);
        let ends = texts("a\nb\n", "a\r\nb\r\n");
        assert_eq!(ends.note.as_deref(), Some("only the ends of lines differ"));
    }

    #[test]
    fn times_in_logs_are_times() {
        for (left, right) in [
            ("2023-11-14 22:13:20 install curl 1\n", "2023-11-15 01:02:03 install curl 1\n"),
            ("Log started: 2023-11-14  22:13:20", "Log started: 2023-11-15  02:13:20"),
            ("at 2023-11-14T22:13:20.5Z ok", "at 2024-01-02T00:00:00.25Z ok"),
            ("Nov 14 22:13:20 host x", "Dec  5 02:00:00 host x"),
            ("Date: Tue, 14 Nov 2023 22:13:20 +0000", "Date: Wed, 15 Nov 2023 02:13:20 +0000"),
            ("built Tue Nov 14 22:13:20 UTC 2023", "built Wed Nov 15 22:13:21 UTC 2023"),
        ] {
            let inside = named("/var/log/dpkg.log", left, right);
            assert_eq!(inside.aspect, Some("log-times"), "{left}");
            assert_eq!(aspect(left, right), None, "{left}");
        }
    }

    #[test]
    fn versions_and_numbers_are_no_times() {
        for (left, right) in [
            ("curl 7.88.1-10+deb12u5", "curl 7.88.1-10+deb12u6"),
            ("2023-11-14 install a 1.0", "2023-11-15 install a 1.1"),
            ("port=8080", "port=8081"),
            ("may 5 be", "may 6 be"),
            ("address 10.0.0.1:80", "address 10.0.0.1:81"),
            ("mac 00:11:22:33:44:55", "mac 00:11:22:33:44:56"),
        ] {
            assert_eq!(named("x.log", left, right).aspect, None, "{left}");
        }
    }

    #[test]
    fn logs_are_known_by_their_place_or_name() {
        for name in ["/var/log/apt/history", "build.log", "/x/y.log.1", "/root/.npm/_logs/a"] {
            assert!(is_log(name.as_bytes()), "{name}");
        }
        for name in ["/etc/login", "/etc/logs", "/usr/bin/dialog", "catalog"] {
            assert!(!is_log(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn texts_that_have_little_in_common_are_bounded() {
        let lines = |word: &str| (0..20_000).map(|at| format!("{word}{at}\n")).collect::<String>();
        let unified = texts(&lines("a"), &lines("b")).unified.unwrap_or_default();
        assert!(
            unified.ends_with("20000 lines differ from 20000 lines, too many to be compared\n")
        );
        let unified = texts(&lines("a")[..20_000], "").unified.unwrap_or_default();
        assert!(unified.len() < MOST_SHOWN + 200);
    }

    #[test]
    fn a_text_of_one_side_is_shown_whole() {
        let text = lone(b"/etc/a", Sides::new(None, Some(b"x\n")));
        assert_eq!(text, "--- /dev/null\n+++ right/etc/a\n@@ -0,0 +1 @@\n+x\n");
        assert_eq!(lone(b"a", Sides::new(Some(&[0, 1]), None)), "binary content, 2 bytes");
    }
}
