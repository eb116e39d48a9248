//! Why the images differ.

use std::collections::BTreeSet;
use std::io;

use super::line::Line;
use super::page::Page;
use super::style::Role;
use crate::render::words::{Safe, counted};
use crate::report::{Cause, Report, Status};

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.causes.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.line(&Line::default().with(Role::Heading, "causes"))?;
    let (told, named) = split(report, page.all());
    told.into_iter().try_for_each(|cause| write_cause(cause, page))?;
    named.into_iter().try_for_each(|cause| {
        page.cut_line(title(cause).text("  ").with(Role::Dim, Safe::escaped(&cause.title)))
    })
}

/// Causes that are told in full, and those that are only named: noise that does not count, where
/// something else does.
fn split(report: &Report, all: bool) -> (Vec<&Cause>, Vec<&Cause>) {
    let counting: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.status == Status::Counted)
        .filter_map(|finding| finding.cause.as_deref())
        .collect();
    let is_told = |cause: &&Cause| {
        all || report.summary.counted == 0 || !cause.noise || counting.contains(&*cause.id)
    };
    report.causes.iter().partition(is_told)
}

fn title(cause: &Cause) -> Line {
    let count = Safe::from("  ").then(counted(cause.findings));
    let line = Line::default().text("  ").with(Role::Changed, Safe::escaped(&cause.id)).text(count);
    if cause.noise { line.with(Role::Dim, "  [noise]") } else { line }
}

fn write_cause(cause: &Cause, page: &mut Page<'_>) -> io::Result<()> {
    page.line(&title(cause))?;
    write_part("    ", &cause.title, page)?;
    write_part("    seen: ", &cause.evidence, page)?;
    write_part("    fix: ", &cause.fix, page)
}

fn write_part(label: &'static str, text: &str, page: &mut Page<'_>) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    page.paragraph(Line::default().text(label), Role::Plain, text)
}
