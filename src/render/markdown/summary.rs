//! What stands above the details.

use super::comment::Comment;
use super::inert::{cell, code, prose, prose_cell};
use crate::render::words::{Form, Safe, counted, counts, said, unexplained, value};
use crate::report::{Cause, Finding, Input, Note, PackageDiff, Report};

/// Rows of a list that is not folded.
const PACKAGES: usize = 50;
const CAUSES: usize = 12;
const FEW: usize = 20;

/// Characters of one text.
const WIDTH: usize = 300;

pub(super) fn write(report: &Report, comment: &mut Comment) {
    let Report { verdict, .. } = report;
    comment.push(&format!("### ocidiff: {}\n\n{}.\n\n", verdict.name(), sentence(report)));
    comment.push("| | input | image |\n|---|---|---|\n");
    comment.push(&input("left", &report.left));
    comment.push(&input("right", &report.right));
    comment.push("\n");
    list(comment, None, report.notes.iter().map(note), FEW);
    let damage: Vec<&Finding> = report.findings.iter().filter(|it| it.is_damage()).collect();
    list(comment, Some("#### Damaged\n\n"), damage.into_iter().map(damaged), FEW);
    let heading = "#### Packages\n\n| | manager | package | left | right | findings |\n|---|---|---|---|---|---|\n";
    list(comment, Some(heading), report.packages.iter().map(package), PACKAGES);
    let heading =
        "#### Causes\n\n| cause | findings | what happened | what to do |\n|---|---|---|---|\n";
    list(comment, Some(heading), report.causes.iter().map(cause), CAUSES);
}

fn sentence(report: &Report) -> String {
    let summary = report.summary;
    let meaning = capitalized(report.verdict.meaning());
    if summary.findings == 0 {
        return meaning;
    }
    let findings = counted(summary.findings).then(": ").then(counts(&summary));
    let findings =
        unexplained(&summary).into_iter().fold(findings, |text, more| text.then("; ").then(more));
    format!("{meaning}. {}", findings.as_str())
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// A heading, rows, and how many more there are.
fn list(
    comment: &mut Comment,
    heading: Option<&str>,
    rows: impl ExactSizeIterator<Item = String>,
    most: usize,
) {
    if rows.len() == 0 || !comment.push(heading.unwrap_or_default()) {
        return;
    }
    match comment.push_some(rows, most) {
        0 => comment.close("\n"),
        more => comment.close(&format!("\n… and {more} more\n\n")),
    }
}

/// A row for one input; also for the sole input of a verification.
pub(super) fn input(word: &str, input: &Input) -> String {
    let image = input.image.iter().flat_map(|image| {
        let digest = image.digest.as_deref().or(image.config_digest.as_deref());
        [digest.map(value::digest), image.platform.as_deref().map(Safe::escaped)]
    });
    let names = input.references.iter().take(3).map(Safe::escaped);
    let facts = names.chain(image.flatten()).map(|fact| cell(&fact.cut_middle(WIDTH)));
    let facts = facts.collect::<Vec<_>>().join(" ");
    let name = cell(&Safe::escaped(&input.input).cut_middle(WIDTH));
    format!("| {word} | {name} {} | {facts} |\n", prose_cell(&input.format))
}

fn note(note: &Note) -> String {
    let side = note.side.map(|side| format!(" on the {side}")).unwrap_or_default();
    format!("- note{side}: {}\n", code(&Safe::escaped(&note.message).cut(WIDTH)))
}

fn damaged(finding: &Finding) -> String {
    let hint = finding.hint.as_ref().map(|hint| format!("; hint: {}", prose(hint)));
    let said = said(finding, Form::Short).cut(WIDTH);
    format!("- {}{}\n", code(&said), hint.unwrap_or_default())
}

fn package(package: &PackageDiff) -> String {
    let version = |version: &Option<String>| {
        version.as_ref().map(|text| cell(&Safe::escaped(text).cut(WIDTH))).unwrap_or_default()
    };
    let name = cell(&Safe::escaped(&package.name).cut_middle(WIDTH));
    let (left, right) = (version(&package.left), version(&package.right));
    let (change, manager, findings) = (package.change.name(), package.manager, package.findings);
    format!("| {change} | {manager} | {name} | {left} | {right} | {findings} |\n")
}

fn cause(cause: &Cause) -> String {
    let noise = if cause.noise { " (noise)" } else { "" };
    let id = cell(&Safe::escaped(&cause.id).cut(WIDTH));
    let (title, fix) = (prose_cell(&cause.title), prose_cell(&cause.fix));
    format!("| {id}{noise} | {} | {title} | {fix} |\n", cause.findings)
}
