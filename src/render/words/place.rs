//! Where findings lie: the title of a layer or document, and the command that made a layer.

use std::collections::BTreeMap;

use super::Safe;
use crate::report::{Finding, ImageKey, ImagePair, LayerSummary, Location, Report, Scope};
use crate::sides::{Side, Sides};

/// The image pairs of a report, by reference and platform.
pub(in crate::render) struct Pairs<'a> {
    pairs: BTreeMap<ImageKey<'a>, Pair<'a>>,
    several: bool,
}

struct Pair<'a> {
    position: usize,
    pair: &'a ImagePair,
    /// What made its layers, by their positions.
    commands: Sides<BTreeMap<usize, Safe>>,
}

impl<'a> Pairs<'a> {
    pub(in crate::render) fn of(report: &'a Report) -> Self {
        let pairs = report.images.iter().enumerate().map(|(position, pair)| {
            let sides = Sides::new(Side::Left, Side::Right);
            let commands = sides.map(|side| commands(pair, side));
            (pair.image_key(), Pair { position, pair, commands })
        });
        Self { pairs: pairs.rev().collect(), several: report.images.len() > 1 }
    }

    fn find(&self, at: &'a Location) -> Option<&Pair<'a>> {
        self.pairs.get(&at.image_key())
    }

    /// The pair that `at` lies in.
    pub(in crate::render) fn get(&self, at: &'a Location) -> Option<&'a ImagePair> {
        Some(self.find(at)?.pair)
    }

    /// Its position in the report.
    pub(in crate::render) fn position(&self, at: &'a Location) -> Option<usize> {
        Some(self.find(at)?.position)
    }

    /// Whether there is more than one.
    pub(in crate::render) const fn several(&self) -> bool {
        self.several
    }

    /// The command that made the layer `finding` lies in, or comes from.
    pub(in crate::render) fn command(&self, finding: &'a Finding) -> Option<&Safe> {
        let layer = finding.at.layer?;
        let is_of_files = matches!(finding.scope, Scope::Layer | Scope::Rootfs);
        let pair = self.find(&finding.at).filter(|_| is_of_files)?;
        let side = |side| pair.commands.get(side).get(layer.get(side).as_ref()?);
        side(Side::Left).or_else(|| side(Side::Right))
    }
}

fn commands(pair: &ImagePair, side: Side) -> BTreeMap<usize, Safe> {
    let summaries = pair.layers.iter().filter_map(|row| row.layer.get(side).as_ref());
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

/// Reference and platform of the image pair, where there are several.
pub(in crate::render) fn image(at: &Location) -> Option<Safe> {
    names(at).reduce(joined)
}

fn names(at: &Location) -> impl Iterator<Item = Safe> {
    [&at.image, &at.platform].into_iter().flatten().map(|name| Safe::escaped(&**name))
}

fn joined(text: Safe, part: Safe) -> Safe {
    text.then(" ").then(part)
}

/// The document, the layer or the merged file system that a finding lies in.
pub(in crate::render) fn part(finding: &Finding) -> Safe {
    match (finding.scope, finding.at.layer) {
        (Scope::Layer, layer) => title("layer ", layer.unwrap_or_default()),
        (Scope::Rootfs, _) => "merged view".into(),
        (scope, _) => scope.name().into(),
    }
}

/// The layer that a path of the merged view comes from. On which side it is, its mark says.
pub(in crate::render) fn origin(finding: &Finding) -> Option<Safe> {
    Some(match merged_layer(finding)? {
        Sides { left: Some(only), right: None } | Sides { left: None, right: Some(only) } => {
            Safe::from(FROM).then(only)
        }
        both => title(FROM, both),
    })
}

const FROM: &str = "from layer ";

fn merged_layer(finding: &Finding) -> Option<Sides<Option<usize>>> {
    finding.at.layer.filter(|_| finding.scope == Scope::Rootfs)
}

/// The title of a section: where its findings lie, and come from.
pub(in crate::render) fn section(finding: &Finding) -> Safe {
    let part = part(finding);
    match merged_layer(finding) {
        Some(layer) => part.then(", ").then(title(FROM, layer)),
        None => part,
    }
}

/// The image pair and what of it a finding lies in.
pub(in crate::render) fn image_part(finding: &Finding) -> Safe {
    let part = part(finding);
    match image(&finding.at) {
        Some(image) => joined(image, part),
        None => part,
    }
}

fn title(word: &'static str, layer: Sides<Option<usize>>) -> Safe {
    match (layer.left, layer.right) {
        (Some(left), Some(right)) => Safe::from(word).then(left).then(" ↔ ").then(right),
        (Some(left), None) => Safe::from(word).then(left).then(" only left"),
        (None, Some(right)) => Safe::from(word).then(right).then(" only right"),
        (None, None) => Safe::from("layers"),
    }
}

/// The members of a file that `at` lies in, outermost first.
pub(in crate::render) fn members(at: &Location) -> Option<Safe> {
    let members = at.within.iter().map(|member| Safe::escaped(member.as_bytes()));
    members.reduce(|text, member| text.then(MEMBER).then(member))
}

/// What stands between a file and its member.
pub(in crate::render) const MEMBER: &str = " › ";

/// The image and layer that a finding about a single image lies in; none for one about the
/// container.
pub(in crate::render) fn graded_place(finding: &Finding) -> Option<Safe> {
    let layer = finding.at.layer.and_then(|layer| layer.left.max(layer.right));
    let layer = layer.map(|layer| Safe::from("layer ").then(layer));
    names(&finding.at).chain(layer).reduce(joined)
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
