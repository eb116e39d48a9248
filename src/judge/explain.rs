//! Digests, sizes and lists of digests differ whenever what they are computed from does. Such a
//! finding is explained when what it is computed from has findings of its own; where it has none,
//! the finding counts, for then unequal bytes would go unmentioned.

use std::collections::{BTreeSet, HashSet};

use crate::report::{Change, Finding, ImageKey, Location, Scope, Status};
use crate::sides::Sides;

/// Marks derived findings whose origin is among `findings`.
pub(super) fn mark(findings: &mut [Finding]) {
    let origins = Origins::of(findings);
    let is_derived = |it: &Finding| it.derived && it.status == Status::Counted;
    let explained: Vec<bool> =
        findings.iter().map(|it| is_derived(it) && origins.explain(it)).collect();
    for (finding, explained) in findings.iter_mut().zip(explained) {
        if explained {
            finding.status = Status::Explained;
        }
    }
}

type LayerRow = Sides<Option<usize>>;

/// Where there are findings that say something themselves.
#[derive(Default)]
struct Origins<'a> {
    scopes: BTreeSet<(ImageKey<'a>, Part, Scope)>,
    layers: BTreeSet<(ImageKey<'a>, LayerRow)>,
    /// Layers of either side that something left or came to.
    moved: Sides<BTreeSet<(ImageKey<'a>, usize)>>,
    contents: HashSet<&'a Location>,
}

/// The image itself or what travels with it; they share a platform but explain nothing of each
/// other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Image,
    Attached,
}

fn part(finding: &Finding) -> Part {
    let attached = ["attestation", "artifact"];
    let first = finding.field.split('.').next().unwrap_or_default();
    let of_manifests = matches!(finding.scope, Scope::Index | Scope::Manifest);
    if of_manifests && attached.contains(&first) { Part::Attached } else { Part::Image }
}

impl<'a> Origins<'a> {
    fn of(findings: &'a [Finding]) -> Self {
        let mut origins = Self::default();
        for finding in findings.iter().filter(|it| !it.derived && !it.is_damage()) {
            let images = finding.at.image_key();
            origins.scopes.insert((images, part(finding), finding.scope));
            if let Some(layer) = finding.at.layer {
                if finding.change == Change::Moved {
                    origins.moved.left.extend(layer.left.map(|at| (images, at)));
                    origins.moved.right.extend(layer.right.map(|at| (images, at)));
                }
                origins.layers.insert((images, layer));
            }
            if finding.field == "content" {
                origins.contents.insert(&finding.at);
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
            (Scope::Layer, None, Some(layer)) => self.has_layer(at.image_key(), layer),
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
    fn has_layer(&self, images: ImageKey<'_>, layer: LayerRow) -> bool {
        let moved = |places: &BTreeSet<(ImageKey<'_>, usize)>, at: Option<usize>| {
            at.is_some_and(|at| places.contains(&(images, at)))
        };
        self.layers.contains(&(images, layer))
            || moved(&self.moved.left, layer.left)
            || moved(&self.moved.right, layer.right)
    }

    fn has(&self, finding: &Finding, scopes: &[Scope]) -> bool {
        let (images, part) = (finding.at.image_key(), part(finding));
        scopes.iter().any(|scope| self.scopes.contains(&(images, part, *scope)))
    }

    /// An index is computed from all of its manifests.
    fn has_anywhere(&self, finding: &Finding) -> bool {
        let (name, platform) = finding.at.image_key();
        self.scopes.iter().any(|((other, its_platform), its_part, scope)| {
            let same_manifest =
                *its_platform == platform && *its_part == part(finding) && *scope != Scope::Index;
            *other == name && *scope != Scope::Archive && (platform.is_none() || same_manifest)
        })
    }
}

const BELOW_INDEX: [Scope; 4] = [Scope::Manifest, Scope::Config, Scope::Layer, Scope::Rootfs];
