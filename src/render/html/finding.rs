//! What one finding says, in one line of markup.

use super::diff;
use super::page::Page;
use super::value;
use crate::report::{Change, Finding, Report, Status};
use crate::sides::{Side, Sides};

/// Writes `finding` as a description in the list of its place.
pub(super) fn write(finding: &Finding, report: &Report, page: &mut Page<'_>) {
    page.html(opening(finding.status));
    page.html(mark(finding.change)).element(" <b>", &*finding.field, "</b>");
    let values = Sides::new(finding.left.as_ref(), finding.right.as_ref());
    match finding.damage_message() {
        Some((side, message)) => write_damage(side, message, page),
        None => value::write(&finding.field, values, page),
    }
    write_remarks(finding, report, page);
    if let Some(unified) = &finding.unified {
        diff::write(unified, page);
    }
    page.html("\n");
}

const fn opening(status: Status) -> &'static str {
    match status {
        Status::Counted => "<dd>",
        Status::Ignored => "<dd class=\"ignored\">",
        Status::Explained => "<dd class=\"explained\">",
    }
}

/// The sign of a change.
pub(super) const fn mark(change: Change) -> &'static str {
    match change {
        Change::Added => "+",
        Change::Removed => "−",
        Change::Changed => "~",
        Change::Moved => "&gt;",
    }
}

fn write_damage(side: Side, message: &str, page: &mut Page<'_>) {
    page.html(match side {
        Side::Left => " left: ",
        Side::Right => " right: ",
    });
    page.text(message);
}

fn write_remarks(finding: &Finding, report: &Report, page: &mut Page<'_>) {
    if let Some(note) = &finding.note {
        page.element(" <em>", note, "</em>");
    }
    if let Some(hint) = &finding.hint {
        page.element(" <em>hint: ", &**hint, "</em>");
    }
    if let Some(rule) = &finding.rule {
        page.element(" <small>rule ", &**rule, "</small>");
    }
    if let Some(cause) = &finding.cause {
        page.element(" <cite>", &**cause, "</cite>");
    }
    if let Some(package) = finding.package.and_then(|at| report.packages.get(at)) {
        page.element(" <small>", package.manager, " ").element("", &package.name, "</small>");
    }
    if finding.status == Status::Explained {
        page.html(" <small>explained</small>");
    }
}
