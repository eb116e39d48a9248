//! One test: a path or field, and all that was found there.

use std::io;

use super::xml::{self, Tag};
use crate::render::escape;
use crate::render::words::{Form, MEMBER, Safe, diff, members, said};
use crate::report::{Finding, Status};

/// How a test ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Failed,
    Skipped,
    Broken,
}

/// Tests by how they end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub(super) tests: usize,
    pub(super) failures: usize,
    pub(super) errors: usize,
    pub(super) skipped: usize,
}

impl Totals {
    pub(super) fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        let mut totals = Self::default();
        for outcome in outcomes {
            totals.tests += 1;
            match outcome {
                Outcome::Passed => {}
                Outcome::Failed => totals.failures += 1,
                Outcome::Skipped => totals.skipped += 1,
                Outcome::Broken => totals.errors += 1,
            }
        }
        totals
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// Findings at one place; at least one.
pub(super) struct Case<'a>(pub(super) &'a [Finding]);

/// Findings at one place that are listed, and lines of one diff.
const MOST: usize = 100;

/// Characters of a line: a page has to show it.
const WIDTH: usize = 500;

impl Case<'_> {
    pub(super) fn outcome(&self) -> Outcome {
        let counts = |finding: &Finding| finding.status == Status::Counted;
        if self.0.iter().any(|finding| finding.is_damage() && counts(finding)) {
            Outcome::Broken
        } else if self.0.iter().any(counts) {
            Outcome::Failed
        } else {
            Outcome::Skipped
        }
    }

    pub(super) fn write(&self, suite: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let Some(first) = self.0.first() else { return Ok(()) };
        Tag::new("testcase").with("classname", suite).with("name", &name(first)).open(2, out)?;
        match self.outcome() {
            Outcome::Passed => {}
            Outcome::Failed => self.write_counted("failure", out)?,
            Outcome::Broken => self.write_counted("error", out)?,
            Outcome::Skipped => {
                Tag::new("skipped").with("message", &why(first)).text("", 3, out)?
            }
        }
        xml::close("testcase", 2, out)
    }

    fn write_counted(&self, element: &'static str, out: &mut dyn io::Write) -> io::Result<()> {
        let counted: Vec<&Finding> =
            self.0.iter().filter(|finding| finding.status == Status::Counted).collect();
        let Some(first) = counted.first() else { return Ok(()) };
        let tag = Tag::new(element).with("message", line(first).as_str());
        tag.with("type", &escape(&*first.field)).text(&body(&counted), 3, out)
    }
}

/// The whole path, for a test is known by its name.
fn name(first: &Finding) -> String {
    match &first.at.path {
        Some(path) => escape(path.as_bytes()).into_owned(),
        None => escape(&*first.field).into_owned(),
    }
}

fn why(first: &Finding) -> String {
    match (&first.rule, &first.cause) {
        (Some(rule), _) => format!("ignored: {}", escape(&**rule)),
        (None, Some(cause)) => format!("explained: {}", escape(&**cause)),
        (None, None) => "follows from other findings".to_owned(),
    }
}

/// One finding behind the members it lies in.
fn line(finding: &Finding) -> Safe {
    let said = said(finding, Form::Short);
    let line = match members(&finding.at) {
        Some(members) => members.then(MEMBER).then(said),
        None => said,
    };
    line.cut(WIDTH)
}

fn body(findings: &[&Finding]) -> String {
    let mut text = String::new();
    for finding in findings.iter().take(MOST) {
        push(&mut text, line(finding).as_str());
        push_more(&mut text, finding);
    }
    push_rest(&mut text, findings.len(), "findings");
    text
}

fn push_more(text: &mut String, finding: &Finding) {
    let cause = finding.cause.as_ref().map(|cause| format!("  cause: {}", escape(&**cause)));
    let note = finding.note.as_ref().map(|note| format!("  {}", escape(note)));
    let hint = finding.hint.as_ref().map(|hint| format!("  hint: {}", escape(&**hint)));
    for line in [cause, note, hint].into_iter().flatten() {
        push(text, &line);
    }
    let unified = finding.unified.as_deref().unwrap_or_default();
    for line in unified.lines().take(MOST) {
        push(text, diff::line(line).cut(WIDTH).as_str());
    }
    push_rest(text, unified.lines().count(), "lines");
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn push_rest(text: &mut String, count: usize, what: &str) {
    if count > MOST {
        push(text, &format!("… {} more {what}", count - MOST));
    }
}
