//! JUnit XML, for the test pages of GitLab, Jenkins and their like.
//!
//! No specification defines it; what is written is what all of them read. A document or layer is a
//! suite, a path or field a test: it fails when something about it counts, is skipped when a rule
//! or a cause takes it off, and is an error when it is damaged. Names do not depend on what differs,
//! so that a page can say what is new.

mod case;
mod verification;
mod xml;

use std::io;

use self::case::{Case, Outcome, Totals};
use self::xml::Tag;
use super::Renderer;
use super::group::{same_part, same_place};
use super::words::{self, image_part};
use crate::report::{Finding, Report, Status};

/// A `testsuites` document.
#[derive(Clone, Copy, Debug, Default)]
pub struct Junit;

/// The suite of the test that says whether the images agree.
const PROGRAM: &str = "ocidiff";

impl Renderer for Junit {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let verdict = verdict(report);
        let found = Totals::of(cases(&report.findings).map(|case| case.outcome()));
        xml::declaration(out)?;
        let own = Totals::of([verdict.outcome]);
        Tag::new("testsuites").with("name", PROGRAM).counts(found.and(own)).open(0, out)?;
        verdict.write(out)?;
        for findings in report.findings.chunk_by(same_part) {
            write_suite(findings, out)?;
        }
        xml::close("testsuites", 0, out)
    }
}

/// The one test that is there whatever differs.
fn verdict(report: &Report) -> Agreement {
    let agrees = report.findings.iter().all(|finding| finding.status != Status::Counted);
    let outcome = if agrees { Outcome::Passed } else { Outcome::Failed };
    let text = words::verdict(report.verdict).as_str().to_owned();
    Agreement { name: "the images agree", outcome, text }
}

/// A test of everything together.
struct Agreement {
    name: &'static str,
    outcome: Outcome,
    text: String,
}

impl Agreement {
    fn write(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let suite = Tag::new("testsuite").with("name", PROGRAM);
        suite.counts(Totals::of([self.outcome])).open(1, out)?;
        Tag::new("testcase").with("classname", PROGRAM).with("name", self.name).open(2, out)?;
        match self.outcome {
            Outcome::Passed => Tag::new("system-out").text(&self.text, 3, out)?,
            _ => {
                let failure = Tag::new("failure").with("message", &self.text);
                failure.with("type", "verdict").text("", 3, out)?;
            }
        }
        xml::close("testcase", 2, out)?;
        xml::close("testsuite", 1, out)
    }
}

fn cases(findings: &[Finding]) -> impl Iterator<Item = Case<'_>> {
    findings.chunk_by(same_place).map(Case)
}

fn write_suite(findings: &[Finding], out: &mut dyn io::Write) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    let name = image_part(first);
    let totals = Totals::of(cases(findings).map(|case| case.outcome()));
    Tag::new("testsuite").with("name", name.as_str()).counts(totals).open(1, out)?;
    cases(findings).try_for_each(|case| case.write(name.as_str(), out))?;
    xml::close("testsuite", 1, out)
}
