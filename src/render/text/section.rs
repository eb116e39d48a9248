//! Findings that share a heading.

use std::io;

use super::page::{MORE, Page, Plural};
use super::{heading, packages, tree};
use crate::report::{Finding, Report, Scope, Status};

/// Paths of one section that are listed unless everything is asked for.
const FOLD: usize = 40;

/// All findings but damage, image pair by image pair.
pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let rule = Listing::of(report, page.all());
    let listed: Vec<&Finding> =
        report.findings.iter().filter(|finding| rule.lists(finding)).collect();
    for image in listed.chunk_by(|one, next| same_image(one, next)) {
        write_image(report, image, &rule, page)?;
    }
    Ok(())
}

fn write_image(
    report: &Report,
    findings: &[&Finding],
    rule: &Listing,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    let image = heading::Image::find(report, &first.at);
    if let Some(heading) = image.heading() {
        page.blank()?;
        page.cut_line(heading)?;
    }
    let findings = &by_layer(findings);
    let mut scope = None;
    for section in findings.chunk_by(|one, next| same_section(one, next)) {
        page.blank()?;
        if is_first_merged(section, scope) {
            page.line(&heading::merged())?;
        }
        scope = section.first().map(|first| first.scope);
        write_section(report, &image, section, rule, page)?;
    }
    Ok(())
}

/// The findings of the merged file system, which stand by path, under the layers they come from.
fn by_layer<'a>(findings: &[&'a Finding]) -> Vec<&'a Finding> {
    let is_merged = |finding: &&Finding| finding.scope == Scope::Rootfs;
    let (mut merged, mut sorted): (Vec<_>, Vec<_>) = findings.iter().copied().partition(is_merged);
    merged
        .sort_by_key(|finding| finding.at.layer.map(|layer| (layer.left.max(layer.right), layer)));
    sorted.extend(merged);
    sorted
}

fn is_first_merged(section: &[&Finding], before: Option<Scope>) -> bool {
    before != Some(Scope::Rootfs)
        && section.first().is_some_and(|first| first.scope == Scope::Rootfs)
}

fn write_section(
    report: &Report,
    image: &heading::Image<'_>,
    findings: &[&Finding],
    rule: &Listing,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let Some(first) = findings.first() else { return Ok(()) };
    page.cut_line(heading::section(image, first))?;
    let (packaged, findings): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().copied().partition(|&finding| finding.package.is_some() && !rule.all);
    packages::fold(report, &packaged, page)?;
    let (plain, derived): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().copied().partition(|&finding| !rule.folds(finding));
    let rows = tree::sorted(plain.chunk_by(|one, next| same_row(one, next)).collect());
    let shown = if rule.all { rows.len() } else { rows.len().min(FOLD) };
    let (shown, folded) = rows.split_at(shown);
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

fn same_image(one: &Finding, next: &Finding) -> bool {
    one.at.image == next.at.image && one.at.platform == next.at.platform
}

fn same_section(one: &Finding, next: &Finding) -> bool {
    one.scope == next.scope && one.at.layer == next.at.layer
}

fn same_row(one: &Finding, next: &Finding) -> bool {
    one.at.path.is_some() && one.at.path == next.at.path
}
