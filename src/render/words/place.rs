//! Where findings lie: the title of a layer or document, and the command that made a layer.

use std::collections::BTreeMap;

use super::Safe;
use crate::report::{Finding, ImagePair, LayerSummary, Location, Report, Scope};
use crate::sides::{Side, Sides};

/// What made the layers of one image pair, by their positions.
pub(in crate::render) struct Commands(Sides<BTreeMap<usize, Safe>>);

impl Commands {
    /// Those of the image pair that `at` lies in.
    pub(in crate::render) fn find(report: &Report, at: &Location) -> Self {
        Self::of(report.images.iter().find(|pair| is_at(pair, at)))
    }

    /// Those of `pair`.
    pub(in crate::render) fn of(pair: Option<&ImagePair>) -> Self {
        Self(Sides::new(Side::Left, Side::Right).map(|side| commands(pair, side)))
    }

    /// The command of either side.
    pub(in crate::render) fn get(&self, layer: Sides<Option<usize>>) -> Option<&Safe> {
        let side = |side| self.0.get(side).get(layer.get(side).as_ref()?);
        side(Side::Left).or_else(|| side(Side::Right))
    }
}

/// Whether `at` lies in `pair`.
pub(in crate::render) fn is_at(pair: &ImagePair, at: &Location) -> bool {
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

/// The title of the document or layer a finding lies in.
pub(in crate::render) fn section(finding: &Finding) -> Safe {
    match (finding.scope, finding.at.layer) {
        (Scope::Layer, Some(layer)) => title("layer ", layer),
        // On which side a path of the merged view is, its mark says.
        (
            Scope::Rootfs,
            Some(Sides { left: Some(only), right: None } | Sides { left: None, right: Some(only) }),
        ) => Safe::from("from layer ").then(only),
        (Scope::Rootfs, Some(layer)) => title("from layer ", layer),
        (scope, _) => scope.name().into(),
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

/// The image and layer that a finding about a single image lies in; none for one about the
/// container.
pub(in crate::render) fn graded_place(finding: &Finding) -> Option<Safe> {
    let names = [&finding.at.image, &finding.at.platform].into_iter().flatten();
    let mut parts: Vec<Safe> = names.map(|part| Safe::escaped(&**part)).collect();
    if let Some(layer) = finding.at.layer.and_then(|layer| layer.left.max(layer.right)) {
        parts.push(Safe::from("layer ").then(layer));
    }
    parts.into_iter().reduce(|text, part| text.then(" ").then(part))
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
