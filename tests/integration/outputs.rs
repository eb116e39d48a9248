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

/// A link is another name for what is read, and so is a link to a part of it.
#[test]
fn an_input_is_not_overwritten_through_a_link() {
    let desk = Desk::new();
    let bytes = fs::read(corpus("buildkit-oci-gzip/left.tar")).expect("the corpus");
    let left = desk.put("left.tar", &bytes);
    let layout = desk.path("layout");
    fs::create_dir(&layout).expect("a directory");
    fs::write(layout.join("oci-layout"), "{}").expect("a file");
    for (target, link) in [(&left, "hard"), (&layout.join("oci-layout"), "part")] {
        fs::hard_link(target, desk.path(link)).expect("a link");
    }
    std::os::unix::fs::symlink(&left, desk.path("soft")).expect("a link");
    for link in ["hard", "soft", "part"] {
        let link = desk.path(link);
        let args = [left.as_os_str(), layout.as_os_str(), OsStr::new("--json"), link.as_os_str()];
        let run = ocidiff(args);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains(": is an input"), "{}", run.stderr);
    }
    assert_eq!(fs::read(&left).expect("the input"), bytes);
}

#[test]
fn verify_does_not_overwrite_its_input() {
    let desk = Desk::new();
    let bytes = fs::read(corpus("buildkit-oci-gzip/left.tar")).expect("the corpus");
    let left = desk.put("left.tar", &bytes);
    let args = [OsStr::new("verify"), left.as_os_str(), OsStr::new("--json"), left.as_os_str()];
    let run = ocidiff(args);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("left.tar: is an input"), "{}", run.stderr);
    assert_eq!(fs::read(&left).expect("the input"), bytes);
}

#[test]
fn one_file_under_two_names_is_one_place() {
    let desk = Desk::new();
    let (plain, dotted) = (desk.path("r"), desk.path("./r"));
    std::os::unix::fs::symlink("r", desk.path("link")).expect("a link");
    for other in [dotted, desk.path("link")] {
        for inputs in [&["a", "b"][..], &["verify", "a"]] {
            let inputs = inputs.iter().map(OsStr::new);
            let flags = [OsStr::new("--json"), plain.as_os_str(), OsStr::new("--text")];
            let run = ocidiff(inputs.chain(flags).chain([other.as_os_str()]));
            assert_eq!(run.code, 2);
            assert!(run.stderr.contains("only one report can go to a file"), "{}", run.stderr);
        }
    }
    assert!(!plain.exists());
}

#[test]
fn one_report_that_fails_does_not_keep_back_the_others() {
    let desk = Desk::new();
    let html = desk.path("r.html");
    let run = pair(&[
        OsStr::new("--text"),
        OsStr::new("/dev/full"),
        OsStr::new("--markdown"),
        OsStr::new("/nonexistent/r.md"),
        OsStr::new("--html"),
        html.as_os_str(),
        OsStr::new("--json"),
        OsStr::new("-"),
    ]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("error: /dev/full: "), "{}", run.stderr);
    assert!(run.stderr.contains("error: /nonexistent/r.md: "), "{}", run.stderr);
    assert_eq!(run.report().verdict(), "different");
    assert!(fs::read_to_string(&html).expect("a page").ends_with("</html>\n"));
}

#[test]
fn files_have_no_colours() {
    let desk = Desk::new();
    let text = desk.path("r.txt");
    let run = pair(&[OsStr::new("--color=always"), OsStr::new("--text"), text.as_os_str()]);
    assert!(run.text().contains('\x1b'));
    assert!(!fs::read_to_string(&text).expect("a report").contains('\x1b'));
}

#[test]
fn a_part_of_a_report_directory_is_not_written_over() {
    let desk = Desk::new();
    let out = desk.path("out");
    for (name, code) in [("README.md", 2), ("../out/report.json", 2), ("page.html", 1)] {
        fs::remove_dir_all(&out).ok();
        let html = out.join(name);
        let flags = [OsStr::new("--report-dir"), out.as_os_str(), OsStr::new("--html")];
        let run = pair(&[flags[0], flags[1], flags[2], html.as_os_str()]);
        assert_eq!(run.code, code, "{name}: {}", run.stderr);
        assert_eq!(run.stderr.contains("is a part of --report-dir"), code == 2, "{}", run.stderr);
    }
    assert!(out.join("page.html").exists());
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
