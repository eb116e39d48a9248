//! A comment about single images.

use std::io;

use super::Markdown;
use super::comment::Comment;
use super::inert::{code, prose};
use super::summary;
use crate::render::Renderer;
use crate::render::words::{Safe, claim, counted, graded_place};
use crate::report::{Finding, Severity, Verification, Verified};

/// Findings of one grade in one input.
const MOST: usize = 100;

/// Characters of one text.
const WIDTH: usize = 300;

impl Renderer<Verification> for Markdown {
    fn render(&self, verification: &Verification, out: &mut dyn io::Write) -> io::Result<()> {
        let mut comment = Comment::default();
        let summary = verification.summary;
        let (verdict, errors) = (verification.verdict.name(), summary.errors);
        let (warnings, notes) = (summary.warnings, summary.notes);
        comment.push(&format!("### ocidiff verify: {verdict}\n\n"));
        comment.push(&format!("errors: {errors}, warnings: {warnings}, notes: {notes}\n\n"));
        let left: usize =
            verification.inputs.iter().map(|input| write_input(input, &mut comment)).sum();
        if left > 0 {
            let left = counted(left);
            comment.close(&format!("**Cut:** {} are not shown.\n", left.as_str()));
        }
        comment.write(out)
    }
}

/// Writes one input; how many findings were left out.
fn write_input(input: &Verified, comment: &mut Comment) -> usize {
    let table = "| | input | image |\n|---|---|---|\n";
    let row = summary::input(input.verdict.name(), &input.input);
    let error = input
        .error
        .as_ref()
        .map(|error| format!("- {}\n\n", code(&Safe::escaped(error).cut(WIDTH))));
    if !comment.push(&format!("{table}{row}\n{}", error.unwrap_or_default())) {
        return input.findings.len();
    }
    Severity::ALL.into_iter().map(|severity| write_grade(severity, input, comment)).sum()
}

fn write_grade(severity: Severity, input: &Verified, comment: &mut Comment) -> usize {
    let graded = input.findings.iter().filter(|finding| finding.severity == Some(severity));
    let graded: Vec<&Finding> = graded.collect();
    if graded.is_empty() {
        return 0;
    }
    if !comment.push(&format!("#### {}s\n\n", severity.name())) {
        return graded.len();
    }
    let left = comment.push_some(graded.into_iter().map(row), MOST);
    comment.close("\n");
    left
}

fn row(finding: &Finding) -> String {
    let place = graded_place(finding).map(|place| format!("{}: ", code(&place.cut(WIDTH))));
    let path = finding.at.path.as_ref();
    let path = path.map(|path| code(&Safe::escaped(path.as_bytes()).cut_middle(WIDTH)) + " ");
    let said = code(&Safe::escaped(&claim(finding)).cut(WIDTH));
    let hint = finding.hint.as_ref().map(|hint| format!("; hint: {}", prose(hint)));
    let parts = [place, path, Some(said), hint];
    format!("- {}\n", parts.into_iter().flatten().collect::<String>())
}
