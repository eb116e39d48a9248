//! What stands above a section.

use super::line::Line;
use super::style::Role;
use crate::render::words::{self, Pairs, Safe, value};
use crate::report::{Finding, ImagePair, ImageSummary, Location};
use crate::sides::Sides;

/// Name and identity of the image pair `at` lies in, where there is more than one.
pub(super) fn image<'a>(pairs: &Pairs<'a>, at: &'a Location) -> Option<Line> {
    let pair = pairs.get(at).filter(|_| pairs.several())?;
    let name = Safe::from("image");
    let name = words::image(at).into_iter().fold(name, |text, name| text.then(" ").then(name));
    Some(Line::default().with(Role::Heading, name).text("  ").with(Role::Dim, identity(pair)))
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
    value::digest(text)
}

/// The heading of the section that begins with `finding`. What all sections of the merged file
/// system are parts of stands above them.
pub(super) fn section<'a>(pairs: &Pairs<'a>, finding: &'a Finding) -> Line {
    let title = words::origin(finding).unwrap_or_else(|| words::part(finding));
    let line = Line::default().with(Role::Heading, title);
    match pairs.command(finding) {
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
