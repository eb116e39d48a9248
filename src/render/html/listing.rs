//! All findings in the order in which they are shown: by image, part of the image, place.

use super::finding;
use super::page::Page;
use crate::render::group::{by_section, same_image, same_member, same_section};
use crate::render::words::{MEMBER, Pairs, Safe, image, section};
use crate::report::{Finding, Report};

/// The findings of a report, grouped.
pub(super) struct Listing<'a> {
    report: &'a Report,
    pub(super) images: Vec<Image<'a>>,
}

/// What differs between two images.
pub(super) struct Image<'a> {
    /// Name and platform, where there are several.
    pub(super) title: Option<Safe>,
    pub(super) sections: Vec<Section<'a>>,
}

/// What differs in one document or layer.
pub(super) struct Section<'a> {
    pub(super) title: Safe,
    /// The command that made the layer.
    pub(super) command: Option<Safe>,
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Listing<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let pairs = Pairs::of(report);
        let findings = by_section(report.findings.iter().collect());
        let images = findings.chunk_by(|one, next| same_image(one, next));
        let images = images.map(|findings| Image::of(&pairs, findings)).collect();
        Self { report, images }
    }

    /// Every finding once.
    pub(super) fn sections(&self) -> impl Iterator<Item = &Section<'a>> {
        self.images.iter().flat_map(|image| &image.sections)
    }

    pub(super) fn write(&self, page: &mut Page<'_>) {
        for image in &self.images {
            if let Some(title) = &image.title {
                page.html("<h3>").safe(title).html("</h3>\n");
            }
            image.sections.iter().for_each(|section| self.write_section(section, page));
        }
    }

    fn write_section(&self, section: &Section<'_>, page: &mut Page<'_>) {
        page.html("<section><h4>").safe(&section.title);
        if let Some(command) = &section.command {
            page.html(" <code>").safe(command).html("</code>");
        }
        page.html("</h4><dl>\n");
        for place in section.findings.chunk_by(|one, next| same_member(one, next)) {
            write_place(place, page);
            place.iter().for_each(|one| finding::write(one, self.report, page));
        }
        page.html("</dl></section>\n");
    }
}

fn write_place(findings: &[&Finding], page: &mut Page<'_>) {
    let Some(first) = findings.first() else { return };
    let Some(path) = &first.at.path else {
        page.html("<dt>\n");
        return;
    };
    page.element("<dt>", path.as_bytes(), "");
    for member in &first.at.within {
        page.element(MEMBER, member.as_bytes(), "");
    }
    page.html("\n");
}

impl<'a> Image<'a> {
    fn of(pairs: &Pairs<'a>, findings: &[&'a Finding]) -> Self {
        let at = findings.first().map(|first| &first.at).filter(|_| pairs.several());
        let title = at.map(|at| image(at).unwrap_or_else(|| "image".into()));
        let sections = findings.chunk_by(|one, next| same_section(one, next));
        Self { title, sections: sections.map(|findings| Section::of(pairs, findings)).collect() }
    }
}

impl<'a> Section<'a> {
    fn of(pairs: &Pairs<'a>, findings: &[&'a Finding]) -> Self {
        let first = findings.first();
        let title = first.map(|first| section(first)).unwrap_or_default();
        let command = first.and_then(|first| pairs.command(first)).cloned();
        Self { title, command, findings: findings.to_vec() }
    }
}
