//! What differs, folded, by document and layer.

use std::collections::BTreeSet;

use super::comment::Comment;
use super::inert::{code, fenced, html};
use crate::render::group::{by_section, same_place, same_section, telling};
use crate::render::words::{
    Form, MEMBER, Pairs, Safe, counted, diff, image, members, said, section,
};
use crate::report::{Finding, Report};

/// Paths or fields of one section, findings at one path, and lines of one diff.
const PLACES: usize = 100;
const FINDINGS: usize = 6;
const LINES: usize = 24;

/// Characters of a path, of what is said of it, and of a line of a diff.
const NAME: usize = 300;
const SAID: usize = 200;
const LINE: usize = 160;

/// Which findings are only counted: those about files of packages that changed, and those that no
/// program notices, unless there are no others. Both have a row in a table above.
struct Folds<'a> {
    noise: BTreeSet<&'a str>,
}

impl<'a> Folds<'a> {
    fn of(report: &'a Report, findings: &[&Finding]) -> Self {
        let noise = report.causes.iter().filter(|cause| cause.noise).map(|cause| &*cause.id);
        let folds = Self { noise: noise.collect() };
        let only_noise = findings.iter().all(|finding| folds.is_noise(finding));
        if only_noise { Self { noise: BTreeSet::new() } } else { folds }
    }

    fn is_noise(&self, finding: &Finding) -> bool {
        finding.cause.as_deref().is_some_and(|cause| self.noise.contains(cause))
    }
}

/// What was left out.
#[derive(Default)]
pub(super) struct Cut {
    findings: usize,
    sections: usize,
}

impl Cut {
    fn add(&mut self, findings: usize) {
        self.findings = self.findings.saturating_add(findings);
        self.sections = self.sections.saturating_add(usize::from(findings > 0));
    }

    pub(super) fn words(&self) -> Option<String> {
        let Self { findings, sections } = self;
        let words = format!(
            "**Cut:** {} in {sections} of the sections are not shown, so that this fits into a \
             comment. `--format text --all` shows everything.\n",
            counted(*findings).as_str()
        );
        (*findings > 0).then_some(words)
    }
}

pub(super) fn write(report: &Report, comment: &mut Comment) -> Cut {
    let findings = by_section(telling(report));
    let mut cut = Cut::default();
    if findings.is_empty() {
        return cut;
    }
    comment.push("#### Differences\n\n");
    let folds = Folds::of(report, &findings);
    let pairs = Pairs::of(report);
    for findings in findings.chunk_by(|one, next| same_section(one, next)) {
        let Some(&first) = findings.first() else { continue };
        let title = title(first, pairs.command(first));
        cut.add(write_section(findings, &folds, &title, comment));
    }
    cut
}

fn title(first: &Finding, command: Option<&Safe>) -> String {
    let image = image(&first.at).map(|image| html(&image.cut_middle(NAME)));
    let section = section(first).as_str().to_owned();
    let command = command.map(|command| html(&command.clone().cut(NAME)));
    image.into_iter().chain([section]).chain(command).collect::<Vec<_>>().join(" ")
}

/// Writes one section; how many findings were left out.
fn write_section(
    findings: &[&Finding],
    folds: &Folds<'_>,
    title: &str,
    comment: &mut Comment,
) -> usize {
    let count = counted(findings.len());
    let head = format!("<details>\n<summary>{title}: {}</summary>\n\n", count.as_str());
    if !comment.push(&head) {
        return findings.len();
    }
    let (packaged, rest): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().copied().partition(|finding| finding.package.is_some());
    let (noise, plain): (Vec<&Finding>, Vec<&Finding>) =
        rest.into_iter().partition(|finding| folds.is_noise(finding));
    let mut left = 0_usize;
    let mut full = false;
    for (position, place) in plain.chunk_by(|one, next| same_place(one, next)).enumerate() {
        full = full || position >= PLACES || !comment.push(&row(place));
        left = left.saturating_add(if full { place.len() } else { left_of(place) });
    }
    comment.close(&remarks(packaged.len(), noise.len(), left));
    comment.close("\n</details>\n\n");
    left
}

fn remarks(packaged: usize, noise: usize, left: usize) -> String {
    let words = [
        (packaged, "in files of packages that changed"),
        (noise, "of causes that are noise"),
        (left, "more"),
    ];
    let words = words.into_iter().filter(|(count, _)| *count > 0);
    words.map(|(count, words)| format!("\n{} {words}\n", counted(count).as_str())).collect()
}

fn left_of(place: &[&Finding]) -> usize {
    place.len().saturating_sub(FINDINGS)
}

/// All about one path or field.
fn row(place: &[&Finding]) -> String {
    let Some(first) = place.first() else { return String::new() };
    let said: Vec<String> = place.iter().take(FINDINGS).map(|it| code(&inside(it))).collect();
    let said = said.join(", ");
    let more = match left_of(place) {
        0 => String::new(),
        more => format!(", … {more} more"),
    };
    let diff = place.iter().find_map(|finding| hunks(finding)).unwrap_or_default();
    match &first.at.path {
        Some(path) => {
            let path = code(&Safe::escaped(path.as_bytes()).cut_middle(NAME));
            format!("- {path}: {said}{more}\n{diff}")
        }
        None => format!("- {said}{more}\n{diff}"),
    }
}

/// What a finding says behind the members it lies in.
fn inside(finding: &Finding) -> Safe {
    let said = said(finding, Form::Short).cut(SAID);
    match members(&finding.at) {
        Some(members) => members.cut_middle(SAID).then(MEMBER).then(said),
        None => said,
    }
}

/// A diff of text; nobody reads bytes in a comment.
fn hunks(finding: &Finding) -> Option<String> {
    let mut lines = diff::hunks(finding.unified.as_deref()?)?;
    let mut shown: Vec<Safe> =
        lines.by_ref().take(LINES).map(|line| diff::line(line).cut(LINE)).collect();
    match lines.count() {
        0 => {}
        more => shown.push(Safe::from("… ").then(more).then(" more lines")),
    }
    Some(fenced("diff", &shown))
}
