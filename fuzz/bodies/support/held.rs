//! A whole input, held against itself in every way there is.

use std::io::Write as _;

use ocidiff::progress::Silent;
use ocidiff::render::{
    Brief, Checksums, Diffoscope, Html, Json, Junit, Markdown, Ndjson, Readme, Renderer, Sarif,
    Stat, Table, Text, escape,
};
use ocidiff::report::{Extraction, Report, Verdict, Verification, Verified};
use ocidiff::sides::Sides;
use ocidiff::{Merge, Options, VerifyOptions};
use tempfile::NamedTempFile;

use super::limits;

/// `bytes` as an input: the library maps files, so it takes one.
pub(crate) fn file(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room for a temporary file");
    file
}

/// Verifies the archive and compares it with itself. Anything may be wrong with it, but whatever
/// is said of it can be printed.
pub(crate) fn against_itself(archive: &[u8]) {
    let file = file(archive);
    verify(&file);
    equal(&file, Merge::Always);
}

/// An image does not differ from itself, whatever is wrong with it.
pub(crate) fn equal(file: &NamedTempFile, merge: Merge) {
    let Some(report) = compare(Sides::new(file, file), merge) else { return };
    let odd = report.findings.iter().find(|it| !it.is_damage());
    assert!(odd.is_none(), "differs from itself: {odd:#?}");
    let identical = report.verdict == Verdict::IdenticalBytes;
    assert!(identical || !report.findings.is_empty(), "{:?}", report.verdict);
}

fn verify(file: &NamedTempFile) {
    let options = VerifyOptions {
        deleted: true,
        threads: 1,
        limits: limits::quick(),
        ..VerifyOptions::default()
    };
    match ocidiff::verify(file.path().as_os_str(), &options, &Silent) {
        Ok(verified) => print_verified(verified),
        Err(error) => drop(error.to_string()),
    }
}

/// Compares two inputs; `None` when one of them is no image.
pub(crate) fn compare(files: Sides<&NamedTempFile>, merge: Merge) -> Option<Report> {
    compare_with(files, &options(merge))
}

/// The same, with these options.
pub(crate) fn compare_with(files: Sides<&NamedTempFile>, options: &Options) -> Option<Report> {
    let paths = files.map(|file| file.path().as_os_str());
    let report = ocidiff::diff(paths, options, &Silent).ok()?;
    let empty = report.findings.iter().find(|it| it.left.is_none() && it.right.is_none());
    assert!(empty.is_none(), "a difference between nothing and nothing: {empty:#?}");
    print(&report);
    Some(report)
}

/// Options that make a run quick.
pub(crate) fn options(merge: Merge) -> Options {
    Options { threads: 1, merge, limits: limits::quick(), ..Options::default() }
}

fn print_verified(verified: Verified) {
    let verification = Verification::of(vec![verified]);
    let all = Text { all: true, ..Text::default() };
    let plain: [&dyn Renderer<Verification>; 5] =
        [&Checksums, &Text::default(), &all, &Markdown, &Junit];
    plain.into_iter().for_each(|it| harmless(&written(|out| it.render(&verification, out))));
    let documents: [&dyn Renderer<Verification>; 2] = [&Json, &Sarif];
    documents.into_iter().for_each(|it| parses(&written(|out| it.render(&verification, out))));
    lines_parse(&written(|out| Ndjson.render(&verification, out)));
    marked_up(&written(|out| Html.render(&verification, out)));
    bounded(&written(|out| Markdown.render(&verification, out)));
    is_xml(&written(|out| Junit.render(&verification, out)));
}

fn print(report: &Report) {
    let all = Text { all: true, ..Text::default() };
    let extraction = Extraction::default();
    let readme = Readme { extraction: &extraction };
    let brief = Brief::default();
    let stat = Stat::default();
    let plain: [&dyn Renderer; 8] =
        [&Text::default(), &all, &brief, &stat, &Table, &Markdown, &Junit, &readme];
    plain.into_iter().for_each(|it| harmless(&written(|out| it.render(report, out))));
    let documents: [&dyn Renderer; 3] = [&Json, &Sarif, &Diffoscope];
    documents.into_iter().for_each(|it| parses(&written(|out| it.render(report, out))));
    lines_parse(&written(|out| Ndjson.render(report, out)));
    marked_up(&written(|out| Html.render(report, out)));
    bounded(&written(|out| Markdown.render(report, out)));
    is_xml(&written(|out| Junit.render(report, out)));
}

/// A forge takes no longer comment.
fn bounded(comment: &[u8]) {
    assert!(comment.len() <= 65_536, "{} bytes", comment.len());
}

/// A page has the scripts it is made with, whatever names are like.
fn marked_up(page: &[u8]) {
    harmless(page);
    let page = String::from_utf8_lossy(page);
    let (open, closed) = (page.matches("<script").count(), page.matches("</script").count());
    assert!(open == closed && (1..=2).contains(&open), "{open} scripts, {closed} ends");
    assert!(page.matches("<noscript").count() <= 1 && page.ends_with("</html>\n"));
}

/// Nothing in it is markup but the elements of a list of tests, all of which are closed.
fn is_xml(tests: &[u8]) {
    const ELEMENTS: [&str; 7] =
        ["testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"];
    let tests = String::from_utf8_lossy(tests);
    let mut open: Vec<&str> = Vec::new();
    for tag in tests.split('<').skip(2) {
        let (tag, text) = tag.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "a tag that ends twice: {tag}");
        let name = tag.split([' ', '/']).find(|it| !it.is_empty()).unwrap_or_default();
        assert!(ELEMENTS.contains(&name), "{name}");
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) => assert_eq!(open.pop(), Some(name)),
            (false, false) => open.push(name),
            (false, true) => {}
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out).expect("a vector takes all");
    out
}

/// No line of text can drive a terminal. A backslash is what escapes begin with.
fn harmless(text: &[u8]) {
    let text = std::str::from_utf8(text).expect("UTF-8").replace('\\', "/");
    for line in text.lines() {
        assert_eq!(escape(line), line);
    }
}

/// Any reader can read what is written for programs, and no terminal obeys it.
fn parses(json: &[u8]) {
    serde_json::from_slice::<serde_json::Value>(json).expect("JSON");
    harmless(json);
}

/// The same, of each line.
fn lines_parse(lines: &[u8]) {
    lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).for_each(parses);
}
