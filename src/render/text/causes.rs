//! Why the images differ.

use std::io;

use super::line::Line;
use super::page::Page;
use super::style::Role;
use crate::render::words::{Safe, counted};
use crate::report::{Cause, Report};

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.causes.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.line(&Line::default().with(Role::Heading, "causes"))?;
    report.causes.iter().try_for_each(|cause| write_cause(cause, page))
}

fn write_cause(cause: &Cause, page: &mut Page<'_>) -> io::Result<()> {
    let count = Safe::from("  ").then(counted(cause.findings));
    let line = Line::default().text("  ").with(Role::Changed, Safe::escaped(&cause.id)).text(count);
    page.line(&if cause.noise { line.with(Role::Dim, "  [noise]") } else { line })?;
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
