//! A whole input, held against itself in every way there is.

use std::io::Write as _;

use ocidiff::progress::Silent;
use ocidiff::render::{Brief, Checksums, Json, Renderer, Text, escape};
use ocidiff::report::{Report, Verdict, Verification, Verified};
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
    harmless(&written(|out| Checksums.render(&verification, out)));
    let text = Text { all: true, ..Text::default() };
    harmless(&written(|out| text.render(&verification, out)));
    parses(&written(|out| Json.render(&verification, out)));
}

fn print(report: &Report) {
    let text = Text { all: true, ..Text::default() };
    harmless(&written(|out| text.render(report, out)));
    harmless(&written(|out| Brief::default().render(report, out)));
    parses(&written(|out| Json.render(report, out)));
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
