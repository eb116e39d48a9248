//! What is wrong with the inputs themselves.

use std::io;

use super::line::Line;
use super::page::{MORE, Page};
use super::style::Role;
use crate::render::words::Safe;
use crate::report::{Finding, Report};

/// Damage that is listed unless everything is asked for.
const FOLD: usize = 40;

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let damage: Vec<&Finding> = report.findings.iter().filter(|one| one.is_damage()).collect();
    if damage.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.line(&Line::default().with(Role::Trouble, "damaged"))?;
    let (shown, folded) = page.folded(&damage, FOLD);
    for finding in shown {
        write_one(finding, page)?;
    }
    page.fold(folded.len(), MORE)
}

fn write_one(finding: &Finding, page: &mut Page<'_>) -> io::Result<()> {
    let Some((side, message)) = finding.damage_message() else { return Ok(()) };
    let label = Safe::from("  ! ").then(Safe::escaped(&side.to_string())).then(": ");
    page.paragraph(Line::default().with(Role::Trouble, label), Role::Trouble, message)?;
    let Some(hint) = &finding.hint else { return Ok(()) };
    page.paragraph(Line::default().with(Role::Dim, "    hint: "), Role::Dim, hint)
}
