//! The last line.

use std::io;

use super::line::Line;
use super::page::Page;
use super::style::Role;
use crate::report::{Report, Verdict};

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let verdict = report.verdict;
    page.blank()?;
    page.line(
        &Line::default()
            .text("verdict: ")
            .with(role(verdict), verdict.name())
            .text(" — ")
            .text(verdict.meaning()),
    )
}

const fn role(verdict: Verdict) -> Role {
    match verdict {
        Verdict::IdenticalBytes | Verdict::IdenticalImage | Verdict::IdenticalContent => Role::Good,
        Verdict::Equivalent | Verdict::EquivalentRootfs => Role::Changed,
        Verdict::Different => Role::Trouble,
    }
}
