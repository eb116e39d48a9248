//! What stands above a section.

use std::collections::BTreeMap;

use super::line::Line;
use super::safe::Safe;
use super::style::Role;
use super::value;
use crate::report::{Finding, ImagePair, ImageSummary, LayerSummary, Location, Report, Scope};
use crate::sides::{Side, Sides};

/// The image pair a run of findings belongs to.
pub(super) struct Image<'a> {
    pair: Option<&'a ImagePair>,
    several: bool,
    commands: Sides<BTreeMap<usize, Safe>>,
}

impl<'a> Image<'a> {
    pub(super) fn find(report: &'a Report, at: &Location) -> Self {
        let pair = report.images.iter().find(|pair| is_at(pair, at));
        let commands = Sides::new(Side::Left, Side::Right).map(|side| commands(pair, side));
        Self { pair, several: report.images.len() > 1, commands }
    }

    /// Name and identity of the pair, where there is more than one.
    pub(super) fn heading(&self) -> Option<Line> {
        let pair = self.pair.filter(|_| self.several)?;
        let names = [&pair.image, &pair.platform].into_iter().flatten();
        let name =
            names.fold(Safe::from("image"), |text, name| text.then(" ").then(Safe::escaped(name)));
        Some(Line::default().with(Role::Heading, name).text("  ").with(Role::Dim, identity(pair)))
    }

    fn command(&self, layer: Sides<Option<usize>>) -> Option<&Safe> {
        let side = |side| {
            let index = layer.get(side).as_ref()?;
            self.commands.get(side).get(index)
        };
        side(Side::Left).or_else(|| side(Side::Right))
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

fn is_at(pair: &ImagePair, at: &Location) -> bool {
    pair.image.as_deref() == at.image.as_deref()
        && pair.platform.as_deref() == at.platform.as_deref()
}

fn commands(pair: Option<&ImagePair>, side: Side) -> BTreeMap<usize, Safe> {
    let layers = pair.map(|pair| &pair.layers[..]).unwrap_or_default();
    let summaries = layers.iter().filter_map(|row| row.layer.get(side).as_ref());
    summaries.filter_map(|layer| Some((layer.index, command(layer)?))).collect()
}

/// The history command without what builders write around it.
fn command(layer: &LayerSummary) -> Option<Safe> {
    let text = layer.created_by.as_deref()?;
    let text = text.strip_suffix("# buildkit").unwrap_or(text).trim();
    let run =
        ["RUN /bin/sh -c ", "/bin/sh -c "].into_iter().find_map(|shell| text.strip_prefix(shell));
    let command = match (text.strip_prefix("/bin/sh -c #(nop) "), run) {
        (Some(instruction), _) => Safe::escaped(instruction.trim()),
        (None, Some(shell)) => Safe::from("RUN ").then(Safe::escaped(shell.trim())),
        (None, None) => Safe::escaped(text),
    };
    Some(command).filter(|command| command.width() > 0)
}

/// The heading of the section that begins with `finding`.
pub(super) fn section(image: &Image<'_>, finding: &Finding) -> Line {
    match (finding.scope, finding.at.layer) {
        (Scope::Layer, Some(layer)) => layer_heading(image, "layer ", layer),
        // On which side a path of the merged view is, its mark says.
        (
            Scope::Rootfs,
            Some(Sides { left: Some(only), right: None } | Sides { left: None, right: Some(only) }),
        ) => with_command(image, Safe::from("from layer ").then(only), layer_of(finding)),
        (Scope::Rootfs, Some(layer)) => layer_heading(image, "from layer ", layer),
        (scope, _) => Line::default().with(Role::Heading, scope.name()),
    }
}

/// What stands above the layers that could only be compared as one file system.
pub(super) fn merged() -> Line {
    Line::default()
        .with(Role::Heading, "merged view")
        .with(Role::Dim, "  what a container sees, by the layer it comes from")
}

fn layer_of(finding: &Finding) -> Sides<Option<usize>> {
    finding.at.layer.unwrap_or_default()
}

fn layer_heading(image: &Image<'_>, word: &'static str, layer: Sides<Option<usize>>) -> Line {
    let title = match (layer.left, layer.right) {
        (Some(left), Some(right)) => Safe::from(word).then(left).then(" ↔ ").then(right),
        (Some(left), None) => Safe::from(word).then(left).then(" only left"),
        (None, Some(right)) => Safe::from(word).then(right).then(" only right"),
        (None, None) => Safe::from("layers"),
    };
    with_command(image, title, layer)
}

fn with_command(image: &Image<'_>, title: Safe, layer: Sides<Option<usize>>) -> Line {
    let line = Line::default().with(Role::Heading, title);
    match image.command(layer) {
        Some(command) => line.text("  ").with(Role::Dim, command.clone()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_as_they_were_written() {
        let shown = |text: &str| {
            let layer = LayerSummary { created_by: Some(text.into()), ..LayerSummary::default() };
            command(&layer).map(|command| command.as_str().to_owned())
        };
        assert_eq!(shown("/bin/sh -c #(nop)  CMD [\"sh\"]").as_deref(), Some("CMD [\"sh\"]"));
        assert_eq!(shown("/bin/sh -c make").as_deref(), Some("RUN make"));
        assert_eq!(shown("RUN /bin/sh -c make # buildkit").as_deref(), Some("RUN make"));
        assert_eq!(shown("COPY a b # buildkit").as_deref(), Some("COPY a b"));
        assert_eq!(shown(""), None);
    }
}
