//! Findings that share a heading.

use std::io;

use super::page::{MORE, Page, Plural};
use super::{heading, packages, tree};
use crate::render::group::{by_section, same_image, same_place, same_section};
use crate::render::words::Pairs;
use crate::report::{Finding, Report, Scope, Status};

/// Paths of one section that are listed unless everything is asked for.
const FOLD: usize = 40;

/// All findings but damage, image pair by image pair.
pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let rule = Listing::of(report, page.all());
    let listed: Vec<&Finding> =
        report.findings.iter().filter(|finding| rule.lists(finding)).collect();
    let pairs = &Pairs::of(report);
    for findings in by_section(listed).chunk_by(|one, next| same_image(one, next)) {
        write_image(&Image { report, pairs, findings }, &rule, page)?;
    }
    Ok(())
}

/// What is listed of one image pair.
struct Image<'a> {
    report: &'a Report,
    pairs: &'a Pairs<'a>,
    findings: &'a [&'a Finding],
}

fn write_image(image: &Image<'_>, rule: &Listing, page: &mut Page<'_>) -> io::Result<()> {
    let Some(first) = image.findings.first() else { return Ok(()) };
    if let Some(heading) = heading::image(image.pairs, &first.at) {
        page.blank()?;
        page.cut_line(heading)?;
    }
    let mut scope = None;
    for section in image.findings.chunk_by(|one, next| same_section(one, next)) {
        page.blank()?;
        if is_first_merged(section, scope) {
            page.line(&heading::merged())?;
        }
        scope = section.first().map(|first| first.scope);
        write_section(image, section, rule, page)?;
    }
    Ok(())
}

fn is_first_merged(section: &[&Finding], before: Option<Scope>) -> bool {
    before != Some(Scope::Rootfs)
        && section.first().is_some_and(|first| first.scope == Scope::Rootfs)
}

fn write_section(
    image: &Image<'_>,
    findings: &[&Finding],
    rule: &Listing,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    page.cut_line(heading::section(image.pairs, first))?;
    let (packaged, findings): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().copied().partition(|&finding| finding.package.is_some() && !rule.all);
    packages::fold(image.report, &packaged, page)?;
    let (plain, derived): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().copied().partition(|&finding| !rule.folds(finding));
    let rows = tree::sorted(plain.chunk_by(|one, next| same_place(one, next)).collect());
    let (shown, folded) = page.folded(&rows, FOLD);
    tree::write(shown, page)?;
    page.fold(folded.len(), MORE)?;
    page.fold(derived.len(), DERIVED)
}

const DERIVED: Plural = Plural {
    one: " digest or size that follows from other changes, --all shows it",
    many: " digests and sizes that follow from other changes, --all shows them",
};

/// Which findings are worth a line.
struct Listing {
    all: bool,
    only_derived: bool,
}

impl Listing {
    fn of(report: &Report, all: bool) -> Self {
        let tells = |finding: &Finding| finding.status == Status::Counted && !finding.derived;
        Self { all, only_derived: !report.findings.iter().any(tells) }
    }

    fn lists(&self, finding: &Finding) -> bool {
        !finding.is_damage() && (self.all || finding.status == Status::Counted)
    }

    /// Computed values are only counted, unless nothing else tells that the images differ.
    const fn folds(&self, finding: &Finding) -> bool {
        finding.derived && !self.all && !self.only_derived
    }
}
