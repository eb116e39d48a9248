//! Reports in the formats of other programs, read by those programs where they are installed.

use std::path::Path;
use std::process::{Command, Stdio};

use imagekit::{Entry, Image, Layer};
use serde_json::Value;

use crate::support::{Desk, Run, corpus, ocidiff};

/// What diffoscope makes of the report on two inputs, as text; `None` where it is not installed.
fn diffoscope(desk: &Desk, left: &Path, right: &Path) -> Option<String> {
    let json = desk.path("diff.json");
    let run = Command::new(env!("CARGO_BIN_EXE_ocidiff"))
        .args([left, right])
        .args(["--quiet", "--diffoscope"])
        .arg(&json)
        .output();
    let run = Run::of(run.expect("the program can be started"));
    assert_eq!(run.code, 1, "{}", run.stderr);
    let program = std::env::var("DIFFOSCOPE").unwrap_or_else(|_| "diffoscope".into());
    let page = desk.path("diff.html");
    let output = Command::new(program)
        .arg("--load-existing-diff")
        .arg(&json)
        .args(["--text", "-", "--html"])
        .arg(&page)
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: diffoscope is not installed");
        return None;
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("Traceback"), "{errors}");
    assert_eq!(output.status.code(), Some(1), "{errors}");
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(page.contains("</html>") && !page.contains("<script"), "{page}");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn diffoscope_shows_a_real_difference() {
    let of = |name: &str| corpus("buildkit-oci-gzip").join(name);
    let Some(text) = diffoscope(&Desk::new(), &of("left.tar"), &of("right.tar")) else { return };
    for line in [
        "│┄ verdict: different — the images differ",
        "├── linux/amd64",
        "│ ├── config",
        "│ │ -env.APP: 1",
        "│ │ +env.APP: 2",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
    }
}

#[test]
fn diffoscope_is_not_steered_by_names_and_contents() {
    let image = |content: &str| {
        let name = "srv/\x1b]0;x\x07{}%s</td><script>alert(1)</script>";
        let layer = Layer::new()
            .with(Entry::file(name, content))
            .with(Entry::file("srv/end", format!("{content}last")))
            .with(Entry::file("srv/new", if content.is_empty() { "" } else { "gone" }));
        Image::new().env("A", content).layer(layer)
    };
    let desk = Desk::new();
    let left = desk.image("left.tar", &image("--- a\n+++ b\n@@ -9 +9 @@\n\\ No newline\n[ x\n"));
    let right = desk.image("right.tar", &image(""));
    let Some(text) = diffoscope(&desk, &left, &right) else { return };
    assert!(!text.contains(['\x1b', '\x07']), "{text}");
    assert!(text.contains("srv/\\x1b]0;x\\x07{}%s"), "{text}");
}

#[test]
fn every_line_of_ndjson_is_as_the_schema_says() {
    let of = |name: &str| corpus("buildkit-oci-gzip").join(name);
    let (left, right) = (of("left.tar"), of("right.tar"));
    let compared = ocidiff([left.as_os_str(), right.as_os_str(), "--format=ndjson".as_ref()]);
    let verified =
        ocidiff(["verify".as_ref(), left.as_os_str(), "--format".as_ref(), "ndjson".as_ref()]);
    for (text, first) in [(compared.text(), "report"), (verified.text(), "verification")] {
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        lines.iter().for_each(crate::schema::check);
        assert_eq!(lines.first().expect("a line")["type"], first);
        assert_eq!(lines.last().expect("a line")["type"], "summary");
    }
}

#[test]
fn lines_of_ndjson_hold_the_findings_of_the_document() {
    let of = |name: &str| corpus("docker-29.7-containerd").join(name);
    let (left, right) = (of("left.tar"), of("right.tar"));
    let print = |format: &str| {
        ocidiff([left.as_os_str(), right.as_os_str(), "--format".as_ref(), format.as_ref()]).text()
    };
    let document: Value = serde_json::from_str(&print("json")).expect("JSON");
    let lines = print("ndjson");
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut findings: Vec<Value> = lines.filter(|line| line["type"] == "finding").collect();
    for finding in &mut findings {
        finding.as_object_mut().expect("an object").remove("type");
    }
    assert_eq!(Some(&findings), document["findings"].as_array());
}

#[test]
fn the_schema_is_printed() {
    let run = ocidiff(["schema"]);
    assert_eq!((run.code, run.text().as_str()), (0, ocidiff::render::SCHEMA));
}

#[test]
fn a_verification_has_no_table() {
    let image = corpus("buildkit-oci-gzip").join("left.tar");
    for format in ["table", "diffoscope"] {
        let args = ["verify".as_ref(), image.as_os_str(), "--format".as_ref(), format.as_ref()];
        let run = ocidiff(args);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("that format is for comparisons"), "{}", run.stderr);
    }
}

#[test]
fn a_table_reads_as_that_of_diffoci() {
    let desk = Desk::new();
    let image = |content: &str, extra: &str| {
        let layer = Layer::new().with(Entry::file("etc/conf", content));
        Image::new().layer(layer.with(Entry::file(extra, extra)))
    };
    let left = desk.image("left.tar", &image("one", "etc/a"));
    let right = desk.image("right.tar", &image("two", "etc/b"));
    let args = [left.as_os_str(), right.as_os_str(), "--format".as_ref(), "table".as_ref()];
    let text = ocidiff(args).text();
    let mut rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    assert!(text.starts_with("TYPE     NAME "), "{text}");
    assert!(rows.any(|row| row.starts_with(&["File", "etc/conf"]) && row.len() == 4), "{text}");
    assert!(
        text.contains("ctx:/layers-0/layer    name \"etc/a\" only appears in input 0"),
        "{text}"
    );
}
