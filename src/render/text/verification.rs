//! What was found in single images, by grade.

use std::io;

use super::header;
use super::line::Line;
use super::page::{MORE, Page, Plural, Text};
use super::style::Role;
use crate::render::Renderer;
use crate::render::words::{Safe, claim, graded_place};
use crate::report::{Finding, Severity, Soundness, Tally, Verification, Verified};

/// Findings of one grade that are listed unless everything is asked for.
const FOLD: usize = 40;

impl Renderer<Verification> for Text {
    fn render(&self, verification: &Verification, out: &mut dyn io::Write) -> io::Result<()> {
        let page = &mut Page::new(*self, out);
        let several = verification.inputs.len() > 1;
        for (position, input) in verification.inputs.iter().enumerate() {
            if position > 0 {
                page.blank()?;
            }
            write_input(input, several, page)?;
        }
        page.blank()?;
        page.line(&Line::default().text(tally(verification.summary)))?;
        write_verdict(verification.verdict, page)
    }
}

fn write_input(input: &Verified, several: bool, page: &mut Page<'_>) -> io::Result<()> {
    header::write_image(&input.input, page)?;
    if let Some(error) = &input.error {
        let label = Line::default().with(Role::Trouble, "  ! ");
        page.paragraph(label, Role::Trouble, error)?;
    }
    for severity in Severity::ALL {
        let graded = |finding: &&Finding| finding.severity == Some(severity);
        let findings: Vec<&Finding> = input.findings.iter().filter(graded).collect();
        write_grade(severity, &findings, page)?;
    }
    if several {
        page.line(&Line::default().with(Role::Dim, Safe::from("  ").then(input.verdict.name())))?;
    }
    Ok(())
}

fn write_grade(severity: Severity, findings: &[&Finding], page: &mut Page<'_>) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let (title, role) = match severity {
        Severity::Error => ("errors", Role::Trouble),
        Severity::Warning => ("warnings", Role::Changed),
        Severity::Note => ("notes", Role::Heading),
    };
    page.blank()?;
    page.line(&Line::default().with(role, title))?;
    let (shown, folded) = page.folded(findings, FOLD);
    let mut place = None;
    for finding in shown {
        let here = graded_place(finding);
        if here.is_some() && here != place {
            page.line(
                &Line::default().text("  ").with(Role::Heading, here.clone().unwrap_or_default()),
            )?;
        }
        write_finding(finding, role, here.is_some(), page)?;
        place = here;
    }
    page.fold(folded.len(), MORE)
}

fn write_finding(
    finding: &Finding,
    role: Role,
    inside: bool,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let role = if role == Role::Heading { Role::Plain } else { role };
    let mark = if inside { "    " } else { "  " };
    let mut label = Line::default().text(mark);
    if let Some(path) = &finding.at.path {
        label = label.text(Safe::escaped(path.as_bytes())).text("  ");
    }
    // Long paths would leave no room beside them.
    let wide = label.width() > page.width() / 2;
    if wide {
        page.line(&label)?;
        label = Line::default().text(mark).text("  ");
    }
    page.paragraph(label, role, &claim(finding))?;
    match &finding.hint {
        Some(hint) => {
            page.paragraph(Line::default().text(mark).with(Role::Dim, "hint: "), Role::Dim, hint)
        }
        None => Ok(()),
    }
}

fn tally(tally: Tally) -> Safe {
    let parts = [
        (tally.errors, Plural { one: " error", many: " errors" }),
        (tally.warnings, Plural { one: " warning", many: " warnings" }),
        (tally.notes, Plural { one: " note", many: " notes" }),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, words)| {
        Safe::from(count).then(if count == 1 { words.one } else { words.many })
    });
    parts.reduce(|text, part| text.then(", ").then(part)).unwrap_or_else(|| "nothing found".into())
}

fn write_verdict(verdict: Soundness, page: &mut Page<'_>) -> io::Result<()> {
    let role = match verdict {
        Soundness::Sound => Role::Good,
        Soundness::Unsound => Role::Changed,
        Soundness::Unreadable => Role::Trouble,
    };
    page.line(&Line::default().text("verdict: ").with(role, verdict.name()))
}
