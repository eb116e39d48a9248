//! Every format, given the same report with one of everything.

mod markdown;
mod sarif;

use super::fixture::{self, HOSTILE, MARKUP};
use super::{
    Brief, Diffoscope, Html, Json, Junit, Markdown, Ndjson, Renderer, Sarif, Table, Text, escape,
};
use crate::report::{
    EntryPath, Finding, Report, Severity, Soundness, Status, Summary, Tally, Value, Verdict,
    Verification, Verified,
};

type Named<Document> = (&'static str, Box<dyn Renderer<Document>>);

fn all() -> Vec<Named<Report>> {
    vec![
        ("text", Box::new(Text::default())),
        ("brief", Box::new(Brief::default())),
        ("table", Box::new(Table)),
        ("json", Box::new(Json)),
        ("ndjson", Box::new(Ndjson)),
        ("markdown", Box::new(Markdown)),
        ("junit", Box::new(Junit)),
        ("sarif", Box::new(Sarif)),
        ("diffoscope", Box::new(Diffoscope)),
    ]
}

fn all_of_verification() -> Vec<Named<Verification>> {
    vec![
        ("text", Box::new(Text::default())),
        ("json", Box::new(Json)),
        ("ndjson", Box::new(Ndjson)),
        ("markdown", Box::new(Markdown)),
        ("junit", Box::new(Junit)),
        ("sarif", Box::new(Sarif)),
    ]
}

fn rendered<D>(renderer: &dyn Renderer<D>, document: &D) -> String {
    let mut out = Vec::new();
    renderer.render(document, &mut out).ok();
    String::from_utf8(out).unwrap_or_default()
}

/// The findings of the report, as if they were about a single image.
fn verification() -> Verification {
    let report = fixture::report();
    let grades = [Severity::Error, Severity::Warning, Severity::Note];
    let finding = |(at, finding): (usize, Finding)| {
        let text = Value::Text(format!("says {MARKUP} and {HOSTILE}"));
        Finding { left: Some(text), right: None, ..finding }.graded(grades[at % 3])
    };
    let mut findings: Vec<Finding> = report.findings.into_iter().enumerate().map(finding).collect();
    findings.retain(|finding| finding.at.path.as_ref().is_none_or(|it| it.as_bytes().len() < 200));
    let summary = Tally::of(&findings);
    let sound = Verified {
        input: report.left,
        verdict: Soundness::Unsound,
        summary,
        findings,
        ..Verified::default()
    };
    Verification::of(vec![sound, Verified::unreadable(MARKUP.into(), HOSTILE.into())])
}

/// A report about images that are the same.
fn equal() -> Report {
    Report {
        verdict: Verdict::IdenticalImage,
        summary: Summary::default(),
        causes: Vec::new(),
        packages: Vec::new(),
        notes: Vec::new(),
        rules: Vec::new(),
        findings: Vec::new(),
        ..fixture::report()
    }
}

/// What every format says, of each kind of document.
fn every_output() -> Vec<(&'static str, String)> {
    let (report, verification) = (fixture::report(), verification());
    let compared = all().into_iter().map(|(name, it)| (name, rendered(&*it, &report)));
    let verified = all_of_verification().into_iter();
    let verified = verified.map(|(name, it)| (name, rendered(&*it, &verification)));
    let same = all().into_iter().map(|(name, it)| (name, rendered(&*it, &equal())));
    // Its snapshots are beside it, without the style and the script.
    let pages =
        [rendered(&Html, &report), rendered(&Html, &verification), rendered(&Html, &equal())];
    let pages = pages.into_iter().map(|page| ("html", page));
    compared.chain(verified).chain(same).chain(pages).collect()
}

fn of(wanted: &'static str) -> impl Iterator<Item = String> {
    every_output().into_iter().filter(move |(name, _)| *name == wanted).map(|(_, text)| text)
}

#[test]
fn comparisons() {
    for (name, renderer) in all() {
        insta::assert_snapshot!(
            format!("comparison_{name}"),
            rendered(&*renderer, &fixture::report())
        );
    }
}

#[test]
fn verifications() {
    for (name, renderer) in all_of_verification() {
        insta::assert_snapshot!(
            format!("verification_{name}"),
            rendered(&*renderer, &verification())
        );
    }
}

#[test]
fn equal_images() {
    for (name, renderer) in all() {
        insta::assert_snapshot!(format!("equal_{name}"), rendered(&*renderer, &equal()));
    }
}

#[test]
fn no_format_lets_a_name_steer_or_hide() {
    for (name, text) in every_output() {
        for line in text.lines() {
            let visible = escape(line).replace("\\\\", "\\");
            assert_eq!(visible, line, "{name}");
        }
    }
}

#[test]
fn json_is_json_line_by_line_or_as_a_whole() {
    for (name, text) in every_output() {
        let documents: Vec<&str> = match name {
            "json" | "sarif" | "diffoscope" => vec![&text],
            "ndjson" => text.lines().collect(),
            _ => continue,
        };
        for document in documents {
            assert!(serde_json::from_str::<serde_json::Value>(document).is_ok(), "{name}");
        }
    }
}

#[test]
fn junit_is_xml_in_which_nothing_but_tests_are_elements() {
    for text in of("junit") {
        let document = roxmltree::Document::parse(&text);
        let problem = document.as_ref().err().map(ToString::to_string);
        assert_eq!(problem, None);
        let elements = document.iter().flat_map(|it| it.descendants()).filter(|it| it.is_element());
        for element in elements {
            let known = ["testsuites", "testsuite", "testcase", "failure", "error", "skipped"];
            let name = element.tag_name().name();
            assert!(known.contains(&name) || name == "system-out", "{name}");
        }
        assert!(!text.contains("<script"));
    }
}

#[test]
fn counts_of_junit_are_those_of_its_elements() {
    for text in of("junit") {
        let Ok(document) = roxmltree::Document::parse(&text) else { continue };
        let suites = document
            .descendants()
            .filter(|it| ["testsuites", "testsuite"].contains(&it.tag_name().name()));
        for suite in suites {
            for (attribute, element) in [
                ("tests", "testcase"),
                ("failures", "failure"),
                ("errors", "error"),
                ("skipped", "skipped"),
            ] {
                let count = suite.descendants().filter(|it| it.has_tag_name(element)).count();
                assert_eq!(suite.attribute(attribute), Some(count.to_string().as_str()));
            }
        }
    }
}

/// A report of many findings with long names full of wide characters.
fn large(count: usize) -> Report {
    let report = fixture::report();
    let template = report.findings.iter().find(|it| it.unified.is_some()).cloned();
    let findings = (0..count).filter_map(|number| {
        let mut finding = template.clone()?;
        let name = format!("/srv/{number:06}{}", "名`|@u ".repeat(20));
        finding.at.path = Some(EntryPath::new(name.into_bytes()));
        finding.package = None;
        Some(finding)
    });
    let mut findings: Vec<Finding> = findings.collect();
    crate::report::sort(&mut findings, &crate::workers::Workers::new(1));
    Report { summary: Summary::of(&findings), findings, ..report }
}

#[test]
fn ignored_findings_are_suppressed_and_skipped() {
    let mut report = fixture::report();
    report.findings.retain(|finding| finding.status == Status::Ignored);
    let read: serde_json::Value =
        serde_json::from_str(&rendered(&Sarif, &report)).unwrap_or_default();
    assert_eq!(read["runs"][0]["results"][0]["suppressions"][0]["kind"], "external");
    let junit = rendered(&Junit, &report);
    assert!(junit.contains("<skipped message=\"ignored: "), "{junit}");
    assert!(junit.contains("failures=\"0\""), "{junit}");
    assert_eq!(rendered(&Table, &report), "");
}

/// However many members of it differ, and whichever fields.
#[test]
fn brief_has_one_line_for_a_path() {
    let mut report = fixture::report();
    report.findings.retain(|finding| !finding.at.within.is_empty());
    let mut finding = report.findings.swap_remove(0);
    report.findings.clear();
    for number in 0..20 {
        finding.at.within = vec![EntryPath::new(format!("m{number}").into_bytes())];
        report.findings.push(finding.clone());
    }
    finding.at.within.clear();
    finding.field = "uid".into();
    report.findings.push(finding);
    crate::report::sort(&mut report.findings, &crate::workers::Workers::new(1));
    let text = rendered(&Brief::default(), &report);
    assert_eq!(text, "~ /opt/a.jar  uid, content\nverdict: different\n");
}

#[test]
fn the_schema_is_json_and_names_every_version() {
    let schema: serde_json::Value = serde_json::from_str(super::SCHEMA).unwrap_or_default();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let version = &schema["$defs"]["schemaVersion"]["const"];
    assert_eq!(*version, crate::report::SCHEMA_VERSION);
}
