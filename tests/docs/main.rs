//! Every command in the documents is run, and prints what they say it prints.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

mod block;
mod desk;

use std::path::{Path, PathBuf};

use block::{Block, Kind, blocks};
use desk::Desk;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The page at `name`, each block of it.
fn check(name: &str) {
    let text = std::fs::read_to_string(root().join(name)).expect("a page");
    let desk = Desk::new(&text);
    let mut ran = 0;
    for block in blocks(&text) {
        match block.kind {
            Kind::Console => console(name, &desk, &block),
            Kind::Script => script(name, &desk, &block),
            Kind::Other => continue,
        }
        ran += 1;
    }
    assert!(ran > 0, "{name} has no example");
}

/// A command and what it prints.
fn console(name: &str, desk: &Desk, block: &Block) {
    for (command, expected) in block.commands() {
        let run = desk.run(&command);
        assert!(run.code < 2, "{name}: {command}\n{}{}", run.stdout, run.stderr);
        if let Err(line) = matches(&expected, &run.stdout) {
            panic!("{name}: {command}\nhas no line {line:?} where it is said to:\n{}", run.stdout);
        }
    }
}

/// Commands of which nothing is said but that they work.
fn script(name: &str, desk: &Desk, block: &Block) {
    if block.text.contains("jq ") && desk.run("command -v jq").code != 0 {
        eprintln!("skipped, for there is no jq here: {}", block.text);
        return;
    }
    let run = desk.run(&block.text);
    let fine = run.code < 2 && !run.stderr.contains("error:");
    assert!(fine, "{name}: {}\n{}{}", block.text, run.stdout, run.stderr);
}

/// Whether `output` has the lines of `expected`, where `…` alone on a line is any number of them.
fn matches<'a>(expected: &[&'a str], output: &str) -> Result<(), &'a str> {
    let mut lines = output.lines().map(str::trim_end);
    let mut anywhere = false;
    for &line in expected {
        if line == "…" {
            anywhere = true;
            continue;
        }
        let found =
            if anywhere { lines.by_ref().any(|it| it == line) } else { lines.next() == Some(line) };
        if !found {
            return Err(line);
        }
        anywhere = false;
    }
    if anywhere || lines.next().is_none() { Ok(()) } else { Err("(the end)") }
}

#[test]
fn readme() {
    check("README.md");
}

#[test]
fn reproducible_builds() {
    check("docs/reproducible-builds.md");
}

#[test]
fn air_gap() {
    check("docs/air-gap.md");
}

#[test]
fn forensics() {
    check("docs/forensics.md");
}

/// Pages and pictures that documents point to are there.
#[test]
fn links_lead_somewhere() {
    let pages = std::fs::read_dir(root().join("docs")).expect("pages");
    let pages = pages.map(|entry| entry.expect("an entry").path());
    let pages = pages.filter(|path| path.extension().is_some_and(|it| it == "md"));
    let top = ["README.md", "ARCHITECTURE.md", "SECURITY.md"].map(|name| root().join(name));
    for page in pages.chain(top) {
        let text = std::fs::read_to_string(&page).expect("a page");
        for target in links(&text) {
            let path = page.parent().map(|dir| dir.join(&target)).unwrap_or_default();
            assert!(path.exists(), "{} points to {}", page.display(), target.display());
        }
    }
}

/// Targets of links and pictures that are files.
fn links(text: &str) -> Vec<PathBuf> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local = |target: &&str| !target.contains("://") && !target.starts_with('#');
    let file = |target: &str| target.split('#').next().map(PathBuf::from);
    targets.filter(local).filter_map(file).collect()
}

#[test]
fn expected_lines_are_looked_for() {
    let output = "a\nb  \nc\nd\n";
    for good in [&["a", "b", "c", "d"][..], &["…", "b", "…"], &["a", "…", "d"], &["…"]] {
        assert_eq!(matches(good, output), Ok(()), "{good:?}");
    }
    for bad in [&["a", "b"][..], &["b", "…"], &["…", "e", "…"], &["…", "c", "b"]] {
        assert!(matches(bad, output).is_err(), "{bad:?}");
    }
}
