//! A comment about single images.

use std::io;

use super::Markdown;
use super::comment::Comment;
use super::inert::{code, prose};
use super::summary;
use crate::render::Renderer;
use crate::render::words::{Safe, claim, graded_place};
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
        let mut cut = Cut::default();
        verification.inputs.iter().for_each(|input| write_input(input, &mut comment, &mut cut));
        comment.close(&cut.words());
        comment.write(out)
    }
}

/// What was left out.
#[derive(Default)]
struct Cut {
    inputs: usize,
    findings: usize,
}

impl Cut {
    fn words(&self) -> String {
        let inputs = (self.inputs > 0).then(|| format!("inputs: {}", self.inputs));
        let findings = (self.findings > 0).then(|| format!("findings: {}", self.findings));
        let parts: Vec<String> = inputs.into_iter().chain(findings).collect();
        if parts.is_empty() {
            return String::new();
        }
        format!(
            "**Cut:** not all is shown, so that this fits into a comment; {}.\n",
            parts.join(", ")
        )
    }
}

fn write_input(input: &Verified, comment: &mut Comment, cut: &mut Cut) {
    let table = "| | input | image |\n|---|---|---|\n";
    let row = summary::input(input.verdict.name(), &input.input);
    let error = input
        .error
        .as_ref()
        .map(|error| format!("- {}\n\n", code(&Safe::escaped(error).cut(WIDTH))));
    if !comment.push(&format!("{table}{row}\n{}", error.unwrap_or_default())) {
        cut.inputs = cut.inputs.saturating_add(1);
        cut.findings = cut.findings.saturating_add(input.findings.len());
        return;
    }
    for severity in Severity::ALL {
        cut.findings = cut.findings.saturating_add(write_grade(severity, input, comment));
    }
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
