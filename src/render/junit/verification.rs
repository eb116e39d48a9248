//! The tests of single images: one for each claim that was found wanting.

use std::io;

use super::case::{Outcome, Totals};
use super::xml::{self, Tag};
use super::{Agreement, Junit, PROGRAM};
use crate::render::words::{claim, graded_place};
use crate::render::{Renderer, escape};
use crate::report::{Finding, Severity, Soundness, Verification, Verified};

impl Renderer<Verification> for Junit {
    fn render(&self, verification: &Verification, out: &mut dyn io::Write) -> io::Result<()> {
        let verdict = verdict(verification.verdict);
        let inputs = verification.inputs.iter();
        let found = inputs.map(totals).fold(Totals::of([verdict.outcome]), Totals::and);
        xml::declaration(out)?;
        Tag::new("testsuites").with("name", PROGRAM).counts(found).open(0, out)?;
        verdict.write(out)?;
        verification.inputs.iter().try_for_each(|input| write_input(input, out))?;
        xml::close("testsuites", 0, out)
    }
}

fn verdict(verdict: Soundness) -> Agreement {
    let outcome = if verdict == Soundness::Sound { Outcome::Passed } else { Outcome::Failed };
    Agreement {
        name: "the images are sound",
        outcome,
        text: format!("verdict: {}", verdict.name()),
    }
}

/// The input as a whole, then each group of findings.
fn totals(input: &Verified) -> Totals {
    let whole = Totals::of([whole(input)]);
    whole.and(Totals::of(groups(input).map(outcome)))
}

fn whole(input: &Verified) -> Outcome {
    if input.error.is_some() { Outcome::Broken } else { Outcome::Passed }
}

/// Findings of one kind at one place are one test, for tests are known by their names.
fn groups(input: &Verified) -> impl Iterator<Item = &[Finding]> {
    input.findings.chunk_by(|one, next| one.at == next.at && one.field == next.field)
}

fn outcome(findings: &[Finding]) -> Outcome {
    match findings.iter().filter_map(|finding| finding.severity).max() {
        Some(Severity::Error) => Outcome::Broken,
        Some(Severity::Warning) => Outcome::Failed,
        Some(Severity::Note) | None => Outcome::Skipped,
    }
}

fn write_input(input: &Verified, out: &mut dyn io::Write) -> io::Result<()> {
    let suite = escape(&input.input.input);
    Tag::new("testsuite").with("name", &suite).counts(totals(input)).open(1, out)?;
    write_whole(input, &suite, out)?;
    groups(input).try_for_each(|findings| write_case(findings, &suite, out))?;
    xml::close("testsuite", 1, out)
}

fn write_whole(input: &Verified, suite: &str, out: &mut dyn io::Write) -> io::Result<()> {
    Tag::new("testcase").with("classname", suite).with("name", "opened").open(2, out)?;
    if let Some(error) = &input.error {
        let tag = Tag::new("error").with("message", &escape(error));
        tag.with("type", "unreadable").text("", 3, out)?;
    }
    xml::close("testcase", 2, out)
}

fn write_case(findings: &[Finding], suite: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    Tag::new("testcase").with("classname", suite).with("name", &name(first)).open(2, out)?;
    let message = claim(first);
    let element = match outcome(findings) {
        Outcome::Broken => "error",
        Outcome::Failed => "failure",
        Outcome::Passed | Outcome::Skipped => "skipped",
    };
    let tag = Tag::new(element).with("message", &escape(&message));
    if element == "skipped" {
        tag.text("", 3, out)?;
    } else {
        tag.with("type", &escape(&*first.field)).text(&body(findings), 3, out)?;
    }
    xml::close("testcase", 2, out)
}

fn name(finding: &Finding) -> String {
    let place = graded_place(finding).map(|place| format!("{} ", place.as_str()));
    let path = finding.at.path.as_ref().map(|path| format!("{} ", escape(path.as_bytes())));
    let parts = [place, path].into_iter().flatten().collect::<String>();
    format!("{parts}{}", escape(&*finding.field))
}

fn body(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        text.push_str(&escape(&claim(finding)));
        text.push('\n');
        if let Some(hint) = &finding.hint {
            text.push_str(&format!("  hint: {}\n", escape(&**hint)));
        }
    }
    text
}
