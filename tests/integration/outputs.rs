//! Where reports go: several in one run, to files and to standard output.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use crate::support::{Desk, Run, corpus, ocidiff};

fn pair(more: &[&OsStr]) -> Run {
    let inputs = ["left", "right"].map(|side| corpus(&format!("buildkit-oci-gzip/{side}.tar")));
    let args = inputs.iter().map(|path| path.as_os_str());
    ocidiff(args.chain(more.iter().copied()))
}

fn flags(more: &[&str]) -> Run {
    pair(&more.iter().map(OsStr::new).collect::<Vec<_>>())
}

#[test]
fn one_run_writes_many_reports() {
    let desk = Desk::new();
    let (text, json) = (desk.path("r.txt"), desk.path("r.json"));
    let run = pair(&[
        OsStr::new("--text"),
        text.as_os_str(),
        OsStr::new("--report-file"),
        json.as_os_str(),
        OsStr::new("--stat"),
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    assert!(run.text().contains(" /etc/app "), "{}", run.text());
    assert_eq!(fs::read(&text).expect("a report"), flags(&[]).stdout);
    assert_eq!(fs::read(&json).expect("a report"), flags(&["--format", "json"]).stdout);
}

#[test]
fn a_dash_is_standard_output() {
    assert_eq!(flags(&["--json", "-"]).stdout, flags(&["--format", "json"]).stdout);
    assert_eq!(flags(&["--json", "-", "--quiet"]).stdout, flags(&["--json", "-"]).stdout);
}

#[test]
fn two_reports_do_not_share_a_place() {
    for args in [
        &["--json", "-", "--text", "-"][..],
        &["--json", "-", "--brief"],
        &["--json", "/x", "--text", "/x"],
    ] {
        let run = flags(args);
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.stderr.contains("only one report can go to"), "{}", run.stderr);
    }
}

#[test]
fn a_report_that_cannot_be_written_is_trouble() {
    let run = flags(&["--json", "/nonexistent/r.json"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("error: /nonexistent/r.json: "), "{}", run.stderr);
}

#[test]
fn an_input_is_not_overwritten() {
    let desk = Desk::new();
    let bytes = fs::read(corpus("buildkit-oci-gzip/left.tar")).expect("the corpus");
    let left = desk.put("left.tar", &bytes);
    let layout = desk.path("layout");
    fs::create_dir(&layout).expect("a directory");
    for name in ["oci-layout", "index.json"] {
        fs::write(layout.join(name), "{}").expect("a file");
    }
    let right = corpus("buildkit-oci-gzip/right.tar");
    let write = |flag: &str, target: &Path| {
        let args = [left.as_os_str(), right.as_os_str(), OsStr::new(flag), target.as_os_str()];
        ocidiff(args)
    };
    for flag in ["--json", "--text", "--write-rules"] {
        let run = write(flag, &left);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("left.tar: is an input"), "{}", run.stderr);
    }
    assert_eq!(fs::read(&left).expect("the input"), bytes);
}

#[test]
fn the_manual_is_made_of_the_flags() {
    let desk = Desk::new();
    let page = ocidiff(["man"]).text();
    for flag in ["\\-\\-report\\-dir", "\\-\\-semantic", "\\-\\-paging"] {
        assert!(page.contains(flag), "{flag}");
    }
    let run = ocidiff([OsStr::new("man"), desk.path("").as_os_str()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let verify = fs::read_to_string(desk.path("ocidiff-verify.1")).expect("a page");
    assert!(verify.contains("\\-\\-expect"));
    assert_eq!(ocidiff(["man", "/nonexistent"]).code, 2);
}

#[test]
fn completions_know_every_flag() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = ocidiff(["completions", shell]).text();
        for flag in ["report-dir", "semantic", "paging"] {
            assert!(script.contains(flag), "{shell}: {flag}");
        }
    }
    assert_eq!(ocidiff(["completions", "tcsh"]).code, 2);
}

/// The lines of `git diff --stat` fit the terminal, and each path counts once.
#[test]
fn a_summary_by_directory() {
    let text = flags(&["--stat"]).text();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("\n /etc/app "), "{text}");
    assert!(text.contains(" paths and "), "{text}");
    assert!(text.ends_with("verdict: different — the images differ\n"), "{text}");
}
