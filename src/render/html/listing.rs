//! All findings in the order in which they are shown: by image, part of the image, place.

use super::finding;
use super::page::Page;
use crate::report::{Finding, ImagePair, LayerSummary, Location, Report, Scope};
use crate::sides::{Side, Sides};

/// The findings of a report, grouped.
pub(super) struct Listing<'a> {
    report: &'a Report,
    pub(super) images: Vec<Image<'a>>,
}

/// What differs between two images.
pub(super) struct Image<'a> {
    /// Name and platform, where there are several.
    pub(super) title: Option<String>,
    pub(super) sections: Vec<Section<'a>>,
}

/// What differs in one document or layer.
pub(super) struct Section<'a> {
    pub(super) title: String,
    /// The command that made the layer.
    pub(super) command: Option<&'a str>,
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Listing<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let images = report.findings.chunk_by(same_image);
        Self { report, images: images.map(|findings| Image::of(report, findings)).collect() }
    }

    /// Every finding once.
    pub(super) fn sections(&self) -> impl Iterator<Item = &Section<'a>> {
        self.images.iter().flat_map(|image| &image.sections)
    }

    pub(super) fn write(&self, page: &mut Page<'_>) {
        for image in &self.images {
            if let Some(title) = &image.title {
                page.element("<h3>", title, "</h3>\n");
            }
            image.sections.iter().for_each(|section| self.write_section(section, page));
        }
    }

    fn write_section(&self, section: &Section<'_>, page: &mut Page<'_>) {
        page.element("<section><h4>", &section.title, "");
        if let Some(command) = section.command {
            page.element(" <code>", command, "</code>");
        }
        page.html("</h4><dl>\n");
        for place in section.findings.chunk_by(|one, next| same_place(one, next)) {
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
        page.element(" › ", member.as_bytes(), "");
    }
    page.html("\n");
}

impl<'a> Image<'a> {
    fn of(report: &'a Report, findings: &'a [Finding]) -> Self {
        let at = findings.first().map(|first| &first.at);
        let pair = report.images.iter().find(|pair| at.is_some_and(|at| is_at(pair, at)));
        let ordered = by_layer(findings);
        let sections = ordered.chunk_by(|one, next| same_section(one, next));
        let title = at.filter(|_| report.images.len() > 1).map(title);
        Self { title, sections: sections.map(|findings| Section::of(pair, findings)).collect() }
    }
}

impl<'a> Section<'a> {
    fn of(pair: Option<&'a ImagePair>, findings: &[&'a Finding]) -> Self {
        let first = findings.first();
        let title = first.map(|first| heading(first)).unwrap_or_default();
        let layer = first.and_then(|first| first.at.layer);
        let command = pair.zip(layer).and_then(|(pair, layer)| command(pair, layer));
        Self { title, command, findings: findings.to_vec() }
    }
}

fn title(at: &Location) -> String {
    let names: Vec<&str> =
        [&at.image, &at.platform].into_iter().flatten().map(|it| &**it).collect();
    if names.is_empty() { "image".to_owned() } else { names.join(" ") }
}

/// Findings of the merged file system stand under the layer they come from, after all others.
fn by_layer(findings: &[Finding]) -> Vec<&Finding> {
    let (mut merged, mut sorted): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| finding.scope == Scope::Rootfs);
    merged
        .sort_by_key(|finding| finding.at.layer.map(|layer| (layer.left.max(layer.right), layer)));
    sorted.extend(merged);
    sorted
}

fn heading(finding: &Finding) -> String {
    let layer = finding.at.layer.unwrap_or_default();
    let word = match (finding.scope, layer) {
        (Scope::Layer, Sides { left: None, right: None }) => return "layers".to_owned(),
        (Scope::Layer, _) => "layer",
        (Scope::Rootfs, Sides { left: None, right: None }) => return "merged view".to_owned(),
        (Scope::Rootfs, _) => "merged view, layer",
        (scope, _) => return scope.name().to_owned(),
    };
    match (layer.left, layer.right) {
        (Some(left), Some(right)) => format!("{word} {left} ↔ {right}"),
        (Some(left), None) => format!("{word} {left} only left"),
        (_, right) => format!("{word} {} only right", right.unwrap_or_default()),
    }
}

fn command(pair: &ImagePair, layer: Sides<Option<usize>>) -> Option<&str> {
    let of = |side: Side| {
        let index = (*layer.get(side))?;
        let mut layers = pair.layers.iter().filter_map(|row| row.layer.get(side).as_ref());
        layers.find(|layer| layer.index == index).and_then(made_by)
    };
    of(Side::Left).or_else(|| of(Side::Right))
}

fn made_by(layer: &LayerSummary) -> Option<&str> {
    let command = layer.created_by.as_deref()?.trim();
    Some(command).filter(|command| !command.is_empty())
}

fn is_at(pair: &ImagePair, at: &Location) -> bool {
    pair.image.as_deref() == at.image.as_deref()
        && pair.platform.as_deref() == at.platform.as_deref()
}

fn same_image(one: &Finding, next: &Finding) -> bool {
    one.at.image == next.at.image && one.at.platform == next.at.platform
}

fn same_section(one: &Finding, next: &Finding) -> bool {
    one.scope == next.scope && one.at.layer == next.at.layer
}

/// Whether both findings stand under one heading in a section.
pub(super) fn same_place(one: &Finding, next: &Finding) -> bool {
    one.at.path == next.at.path && one.at.within == next.at.within
}
