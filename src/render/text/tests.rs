use super::page::Text;
use super::stat::Stat;
use crate::render::fixture::{self, HOSTILE};
use crate::render::{Json, Renderer, escape};
use crate::report::{EntryPath, ImagePair, Report, Summary, Verdict};
use crate::sides::Sides;

fn rendered(renderer: &dyn Renderer, report: &Report) -> String {
    let mut out = Vec::new();
    renderer.render(report, &mut out).ok();
    String::from_utf8_lossy(&out).into_owned()
}

fn equal() -> Report {
    let report = fixture::report();
    Report {
        verdict: Verdict::IdenticalImage,
        summary: Summary::default(),
        causes: Vec::new(),
        notes: Vec::new(),
        packages: Vec::new(),
        findings: Vec::new(),
        ..report
    }
}

#[test]
fn a_page_of_80_columns() {
    insta::assert_snapshot!(rendered(&Text::default(), &fixture::report()));
}

#[test]
fn a_page_of_120_columns_with_everything() {
    let text = Text { width: 120, all: true, ..Text::default() };
    insta::assert_snapshot!(rendered(&text, &fixture::report()));
}

#[test]
fn equal_images_need_few_words() {
    let mut report = equal();
    for input in [&mut report.left, &mut report.right] {
        input.references.clear();
    }
    insta::assert_snapshot!(rendered(&Text::default(), &report), @"
    left   /srv/images/left.tar  oci-archive  sha256:0a1b2c3d4e5f  linux/amd64
    right  /srv/images/right.tar  oci-archive  sha256:9f3c2b1a0d4e  linux/amd64

    verdict: identical-image — both hold the same image
    ");
}

#[test]
fn colours_stand_around_words_and_nowhere_else() {
    let report = fixture::report();
    let colored = rendered(&Text { color: true, ..Text::default() }, &report);
    let plain = rendered(&Text::default(), &report);
    assert!(colored.ends_with("verdict: \x1b[1m\x1b[31mdifferent\x1b[0m — the images differ\n"));
    assert_eq!(without_styles(&colored), plain);
}

fn without_styles(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.split_once('m').map_or("", |(_, text)| text))
}

#[test]
fn no_byte_of_an_input_steers_the_terminal() {
    let report = fixture::report();
    let all = Text { all: true, ..Text::default() };
    for renderer in [&Text::default() as &dyn Renderer, &all, &Json] {
        let text = rendered(renderer, &report);
        for line in text.lines() {
            assert_eq!(escape(line).replace("\\\\", "\\"), line);
        }
    }
}

#[test]
fn the_json_document_holds_hostile_text_unchanged() {
    let read: serde_json::Value =
        serde_json::from_str(&rendered(&Json, &fixture::report())).unwrap_or_default();
    let values = read["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(values.iter().any(|finding| finding["right"] == HOSTILE));
    assert_eq!(read["schemaVersion"], 1);
    assert_eq!(read["verdict"], "different");
}

#[test]
fn several_images_have_headings() {
    let mut report = fixture::report();
    report.findings.retain(|finding| finding.field == "env.APP");
    report.images.push(ImagePair { identity: Sides::default(), ..ImagePair::default() });
    let page = rendered(&Text::default(), &report);
    let heading = "\nimage linux/amd64  sha256:0a1b2c3d4e5f ↔ sha256:9f3c2b1a0d4e\n\nconfig\n";
    assert!(page.contains(heading), "{page}");
}

#[test]
fn computed_values_are_listed_when_there_is_nothing_else() {
    let mut report = fixture::report();
    report.findings.retain(|finding| finding.derived);
    let page = rendered(&Text::default(), &report);
    assert!(page.contains("  ~ layers[1].digest"), "{page}");
}

#[test]
fn a_line_for_each_directory() {
    insta::assert_snapshot!(rendered(&Stat::default(), &fixture::report()));
}

#[test]
fn directories_are_taken_together_when_there_are_many() {
    let mut report = fixture::report();
    let mut findings = Vec::new();
    for number in 0..200 {
        for finding in report.findings.iter().filter(|it| it.field == "linkname").take(1) {
            let mut finding = finding.clone();
            finding.at.path = Some(EntryPath::new(format!("/usr/{number}/x").into_bytes()));
            findings.push(finding);
        }
    }
    report.findings = findings;
    insta::assert_snapshot!(rendered(&Stat::default(), &report));
    let all = Stat { text: Text { all: true, ..Text::default() } };
    assert_eq!(rendered(&all, &report).matches("/usr/").count(), 200);
}
