//! Digests, sizes and lists of digests differ whenever what they are computed from does. Such a
//! finding is explained when what it is computed from has findings of its own; where it has none,
//! the finding counts, for then unequal bytes would go unmentioned.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::report::{Change, Finding, Location, Scope, Status};
use crate::sides::Sides;

/// Marks derived findings whose origin is among `findings`.
pub(super) fn mark(findings: &mut [Finding]) {
    let origins = Origins::of(findings);
    for finding in findings.iter_mut().filter(|it| it.derived && it.status == Status::Counted) {
        if origins.explain(finding) {
            finding.status = Status::Explained;
        }
    }
}

/// Image name and platform.
type Image = (Option<Arc<str>>, Option<Arc<str>>);

type LayerRow = Sides<Option<usize>>;

/// Where there are findings that say something themselves.
#[derive(Default)]
struct Origins {
    scopes: BTreeSet<(Image, Part, Scope)>,
    layers: BTreeSet<(Image, LayerRow)>,
    /// Layers of either side that something left or came to.
    moved: Sides<BTreeSet<(Image, usize)>>,
    contents: BTreeSet<Location>,
}

/// The image itself or what travels with it; they share a platform but explain nothing of each
/// other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Image,
    Attached,
}

fn image(at: &Location) -> Image {
    (at.image.clone(), at.platform.clone())
}

fn part(finding: &Finding) -> Part {
    let attached = ["attestation", "artifact"];
    let first = finding.field.split('.').next().unwrap_or_default();
    let of_manifests = matches!(finding.scope, Scope::Index | Scope::Manifest);
    if of_manifests && attached.contains(&first) { Part::Attached } else { Part::Image }
}

impl Origins {
    fn of(findings: &[Finding]) -> Self {
        let mut origins = Self::default();
        for finding in findings.iter().filter(|it| !it.derived && !it.is_damage()) {
            let image = image(&finding.at);
            origins.scopes.insert((image.clone(), part(finding), finding.scope));
            if let Some(layer) = finding.at.layer {
                if finding.change == Change::Moved {
                    origins.moved.left.extend(layer.left.map(|at| (image.clone(), at)));
                    origins.moved.right.extend(layer.right.map(|at| (image.clone(), at)));
                }
                origins.layers.insert((image, layer));
            }
            if finding.field == "content" {
                origins.contents.insert(finding.at.clone());
            }
        }
        origins
    }

    fn explain(&self, finding: &Finding) -> bool {
        let at = &finding.at;
        match (finding.scope, &at.path, at.layer) {
            (_, Some(_), _) => self.contents.contains(at),
            // A layer without counterpart is derived only where its entries are reported.
            (_, None, Some(Sides { left: None, .. } | Sides { right: None, .. })) => true,
            (Scope::Layer, None, Some(layer)) => self.has_layer(&image(at), layer),
            (Scope::Config, _, _) if finding.field == "rootfs.diff_ids" => {
                self.has(finding, &[Scope::Layer, Scope::Rootfs])
            }
            (Scope::Config, _, _) => {
                self.has(finding, &[Scope::Config, Scope::Layer, Scope::Rootfs])
            }
            (Scope::Manifest, _, _) => self.has(finding, &BELOW_INDEX),
            _ => self.has_anywhere(finding),
        }
    }

    /// Something differs in the pair of layers, or moved between it and another.
    fn has_layer(&self, image: &Image, layer: LayerRow) -> bool {
        let moved = |places: &BTreeSet<(Image, usize)>, at: Option<usize>| {
            at.is_some_and(|at| places.contains(&(image.clone(), at)))
        };
        self.layers.contains(&(image.clone(), layer))
            || moved(&self.moved.left, layer.left)
            || moved(&self.moved.right, layer.right)
    }

    fn has(&self, finding: &Finding, scopes: &[Scope]) -> bool {
        let (image, part) = (image(&finding.at), part(finding));
        scopes.iter().any(|scope| self.scopes.contains(&(image.clone(), part, *scope)))
    }

    /// An index is computed from all of its manifests.
    fn has_anywhere(&self, finding: &Finding) -> bool {
        let (name, platform) = image(&finding.at);
        self.scopes.iter().any(|((other, its_platform), its_part, scope)| {
            let same_manifest =
                *its_platform == platform && *its_part == part(finding) && *scope != Scope::Index;
            *other == name && *scope != Scope::Archive && (platform.is_none() || same_manifest)
        })
    }
}

const BELOW_INDEX: [Scope; 4] = [Scope::Manifest, Scope::Config, Scope::Layer, Scope::Rootfs];
