//! Other ways to look at a comparison: a line for each path, and contents line by line.

use imagekit::{Entry, Image, Index, Layer};

use crate::support::{Pair, image};

fn lines(pair: &Pair, flags: &[&str]) -> Vec<String> {
    let run = pair.run(&[&["--brief"], flags].concat());
    run.stdout.lines().map(str::to_owned).collect()
}

fn changes() -> Pair {
    let left = vec![
        Entry::file("changed", "1"),
        Entry::file("gone", "g"),
        Entry::file("old", "moved"),
        Entry::file("same", "s"),
        Entry::file("touched", "t").mtime(1),
    ];
    let right = vec![
        Entry::file("changed", "2").mode(0o600),
        Entry::file("new", "moved"),
        Entry::file("same", "s"),
        Entry::file("touched", "t").mtime(2),
        Entry::file("\x1b[31mred", "r"),
    ];
    Pair::new(&image([left]).env("A", "1"), &image([right]).env("A", "2"))
}

#[test]
fn brief_has_a_line_for_each_path_that_counts() {
    let run = changes().run(&["--brief"]);
    assert_eq!(run.code, 1);
    let expected = [
        "~ config env.A",
        "+ /\\x1b[31mred",
        "~ /changed  content, mode",
        "- /gone",
        "> /new  from /old",
        "~ /touched  mtime",
        "verdict: different",
    ];
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), expected);
    let semantic = lines(&changes(), &["--semantic"]);
    assert!(!semantic.iter().any(|line| line.contains("touched")), "{semantic:?}");
    let excluded = lines(&changes(), &["--exclude=/changed"]);
    assert!(!excluded.iter().any(|line| line.contains("changed")), "{excluded:?}");
}

#[test]
fn brief_says_little_of_equal_images() {
    let of = || vec![Entry::file("a", "1")];
    assert_eq!(lines(&Pair::of_entries(of(), of()), &[]), ["verdict: identical-bytes"]);
}

#[test]
fn brief_compares_merged_file_systems() {
    let pair = Pair::of_layers(
        [vec![Entry::file("a", "1"), Entry::file("b", "1")], vec![Entry::whiteout("b")]],
        [vec![Entry::file("a", "2"), Entry::file("c", "1")]],
    );
    let mut lines = lines(&pair, &["--rootfs"]);
    assert_eq!(lines.pop().as_deref(), Some("verdict: different"));
    lines.sort();
    assert_eq!(lines, ["+ /c", "~ /a  content"]);
}

/// Neighbours in the report are of one line only when they are of one layer.
#[test]
fn brief_keeps_layers_apart() {
    let of = |one: &str, other: &str| [vec![Entry::file("a", one)], vec![Entry::file("a", other)]];
    let lines = lines(&Pair::of_layers(of("1", "1"), of("2", "2")), &[]);
    assert!(!lines.iter().any(|line| line.contains("content, content")), "{lines:?}");
}

#[test]
fn brief_names_the_platform_where_there_are_several() {
    let index = |content: &str| {
        let of = |arch| {
            let layer = Layer::new().with(Entry::file("a", content));
            Image::new().platform("linux", arch, None).layer(layer)
        };
        imagekit::oci_archive(Index::new().image(of("amd64")).image(of("arm64")))
    };
    let expected = ["~ linux/amd64 /a  content", "~ linux/arm64 /a  content", "verdict: different"];
    assert_eq!(lines(&Pair::of_bytes(&index("1"), &index("2")), &[]), expected);
}

#[test]
fn brief_lines_are_coloured_when_asked() {
    let run = changes().run(&["--brief", "--color=always"]);
    assert!(run.stdout.contains("\x1b[32m+\x1b[0m /\\x1b[31mred"), "{}", run.stdout);
    assert!(run.stdout.contains("\x1b[31m-\x1b[0m /gone"), "{}", run.stdout);
}

/// The unified diff of a finding with these flags.
fn unified(pair: &Pair, finding: &str, flags: &[&str]) -> Option<String> {
    let report = pair.report(flags);
    report.finding(finding)["unified"].as_str().map(str::to_owned)
}

fn contents(left: impl Into<Vec<u8>>, right: impl Into<Vec<u8>>) -> Pair {
    Pair::of_entries(vec![Entry::file("etc/a", left)], vec![Entry::file("etc/a", right)])
}

const DEEP: &[&str] = &["--deep", "/etc"];

#[test]
fn deep_shows_texts_line_by_line() {
    let pair = contents("one\ntwo\nthree\n", "one\n2\nthree\n");
    let text = unified(&pair, "/etc/a content", DEEP).unwrap();
    let expected = "--- left/etc/a\n+++ right/etc/a\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n";
    assert_eq!(text, expected);
    assert_eq!(unified(&pair, "/etc/a content", &[]).unwrap(), expected);
    assert_eq!(unified(&pair, "/etc/a content", &["--no-content"]), None);
    let text = unified(&contents("a", "a\n"), "/etc/a content", DEEP).unwrap();
    assert!(text.contains("\\ No newline at end of file"), "{text}");
}

#[test]
fn deep_reaches_what_lies_at_and_below_the_path() {
    let pair = contents("1\n", "2\n");
    for path in ["/", "", "/etc", "etc", "/etc/", "/etc/a", "etc/a"] {
        let text = unified(&pair, "/etc/a content", &["--no-content", "--deep", path]);
        assert!(text.is_some(), "{path:?}");
    }
    for path in ["/et", "/etc/a/b", "/usr", "/etc/ab"] {
        let text = unified(&pair, "/etc/a content", &["--no-content", "--deep", path]);
        assert!(text.is_none(), "{path:?}");
    }
    let several = ["--no-content", "--deep=/usr", "--deep=/etc"];
    assert!(unified(&pair, "/etc/a content", &several).is_some());
}

#[test]
fn what_is_no_text_is_shown_as_bytes() {
    let pair = contents(*b"\0one", *b"\0three");
    let text = unified(&pair, "/etc/a content", &[]).unwrap();
    assert!(text.starts_with("-00000000  00 6f 6e 65  "), "{text}");
    assert!(text.contains("\n+00000000  00 74 68 72 65 65  "), "{text}");
    let removed = Pair::of_entries(vec![Entry::file("etc/a", *b"\0one")], vec![]);
    let text = unified(&removed, "/etc/a entry", DEEP);
    assert_eq!(text.as_deref(), Some("binary content, 4 bytes"));
}

#[test]
fn deep_shows_files_of_one_side() {
    let file = || vec![Entry::file("etc/a", "one\n")];
    let text = unified(&Pair::of_entries(vec![], file()), "/etc/a entry", DEEP);
    let expected = "--- /dev/null\n+++ right/etc/a\n@@ -0,0 +1 @@\n+one\n";
    assert_eq!(text.as_deref(), Some(expected));
    let text = unified(&Pair::of_entries(file(), vec![]), "/etc/a entry", DEEP);
    let expected = "--- left/etc/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n";
    assert_eq!(text.as_deref(), Some(expected));
}

#[test]
fn deep_knows_empty_files() {
    let text = unified(&contents("", "one\n"), "/etc/a content", DEEP).unwrap();
    assert!(text.ends_with("+one\n"), "{text}");
    let empty = || vec![Entry::file("etc/a", "")];
    let text = unified(&Pair::of_entries(vec![], empty()), "/etc/a entry", DEEP);
    assert!(text.is_none_or(|text| !text.contains("longer")));
}

#[test]
fn deep_leaves_long_contents_alone() {
    let long = "0123456789abcde\n".repeat(70_000);
    let text = unified(&contents("short\n", long), "/etc/a content", DEEP).unwrap();
    assert!(text.len() < 100_000 && text.contains("more bytes of the diff are cut"), "{text}");
    let lines = |word: &str| format!("{word}\n").repeat(30_000);
    let text = unified(&contents(lines("a"), lines("b")), "/etc/a content", DEEP).unwrap();
    assert!(text.len() < 1000, "{}", text.len());
}

#[test]
fn deep_finds_contents_in_any_layer() {
    let left = [vec![Entry::file("etc/a", "one\n")], vec![Entry::file("x", "x")]];
    let right = [
        vec![Entry::file("x", "x")],
        vec![Entry::file("etc/a", "two\n")],
        vec![Entry::hardlink("etc/b", "etc/a")],
    ];
    let pair = Pair::of_layers(left, right);
    let text = unified(&pair, "/etc/a content", &["--rootfs", "--deep=/"]).unwrap();
    assert!(text.ends_with("-one\n+two\n"), "{text}");
}

#[test]
fn deep_diffs_are_printed_harmlessly() {
    let pair = contents("one\n", "\x1b[2Jtwo\n");
    let run = pair.run(&["--deep=/etc"]);
    assert!(run.stdout.contains("-one"), "{}", run.stdout);
    assert!(!run.stdout.contains('\x1b'), "{}", run.stdout);
}
