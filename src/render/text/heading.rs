//! What stands above a section.

use super::line::Line;
use super::style::Role;
use crate::render::words::{self, Commands, Safe, value};
use crate::report::{Finding, ImagePair, ImageSummary, Location, Report, Scope};
use crate::sides::Sides;

/// The image pair a run of findings belongs to.
pub(super) struct Image<'a> {
    pair: Option<&'a ImagePair>,
    several: bool,
    commands: Commands,
}

impl<'a> Image<'a> {
    pub(super) fn find(report: &'a Report, at: &Location) -> Self {
        let pair = report.images.iter().find(|pair| words::is_at(pair, at));
        Self { pair, several: report.images.len() > 1, commands: Commands::of(pair) }
    }

    /// Name and identity of the pair, where there is more than one.
    pub(super) fn heading(&self) -> Option<Line> {
        let pair = self.pair.filter(|_| self.several)?;
        let names = [&pair.image, &pair.platform].into_iter().flatten();
        let name =
            names.fold(Safe::from("image"), |text, name| text.then(" ").then(Safe::escaped(name)));
        Some(Line::default().with(Role::Heading, name).text("  ").with(Role::Dim, identity(pair)))
    }
}

fn identity(pair: &ImagePair) -> Safe {
    match pair.identity.as_ref().map(Option::as_ref) {
        Sides { left: Some(left), right: Some(right) } => root(left).then(" ↔ ").then(root(right)),
        Sides { left: Some(only), right: None } => Safe::from("only left ").then(root(only)),
        Sides { left: None, right: Some(only) } => Safe::from("only right ").then(root(only)),
        Sides { left: None, right: None } => Safe::default(),
    }
}

/// Digest of the manifest, or of the configuration where there is no manifest.
fn root(image: &ImageSummary) -> Safe {
    let text = image.digest.as_deref().or(image.config_digest.as_deref()).unwrap_or_default();
    text.parse().map_or_else(|_| Safe::escaped(text), |digest| value::short(&digest))
}

/// The heading of the section that begins with `finding`.
pub(super) fn section(image: &Image<'_>, finding: &Finding) -> Line {
    let line = Line::default().with(Role::Heading, words::section(finding));
    let layer = finding.at.layer.filter(|_| matches!(finding.scope, Scope::Layer | Scope::Rootfs));
    match layer.and_then(|layer| image.commands.get(layer)) {
        Some(command) => line.text("  ").with(Role::Dim, command.clone()),
        None => line,
    }
}

/// What stands above the layers that could only be compared as one file system.
pub(super) fn merged() -> Line {
    Line::default()
        .with(Role::Heading, "merged view")
        .with(Role::Dim, "  what a container sees, by the layer it comes from")
}
