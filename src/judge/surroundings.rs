//! What surrounds the findings of a report: the other fields of an entry, what else happens in a
//! directory, what becomes of a path in the merged file system.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::catalogue;
use crate::report::{Change, Finding, ImageKey, ImagePair, Location, Scope, Value};
use crate::sides::Sides;

/// What surrounds the findings of a report.
pub(super) struct Surroundings<'a> {
    /// Which of `uid` and `gid` differ at a place.
    pub(super) owners: HashMap<&'a Location, Vec<&'a str>>,
    /// Directories in which something differs.
    pub(super) holders: HashSet<PathKey<'a>>,
    /// What the merged file systems showed.
    pub(super) merged: Option<Merged<'a>>,
    /// Layers of either side in pairs of which one has annotations of lazy pulling.
    pub(super) lazy: Sides<BTreeSet<(ImageKey<'a>, usize)>>,
    /// Layers that belong to a base image that drifted.
    pub(super) drifted: BTreeSet<LayerKey<'a>>,
}

/// A path, in which images.
type PathKey<'a> = (ImageKey<'a>, &'a [u8]);

/// A pair of layers, in which images.
type LayerKey<'a> = (ImageKey<'a>, Option<Sides<Option<usize>>>);

/// Paths at which merged file systems differ.
#[derive(Default)]
pub(super) struct Merged<'a> {
    /// Where entries come or go.
    pub(super) come_or_go: BTreeSet<PathKey<'a>>,
    /// Where one kind of thing stands instead of another.
    pub(super) replaced: HashSet<PathKey<'a>>,
    /// Where anything differs that is not noise.
    pub(super) differ: HashSet<PathKey<'a>>,
}

pub(super) fn layer_key(at: &Location) -> LayerKey<'_> {
    (at.image_key(), at.layer)
}

pub(super) fn parent(path: &[u8]) -> Option<&[u8]> {
    let slash = path.iter().rposition(|byte| *byte == b'/')?;
    Some(path.get(..slash.max(1)).unwrap_or_default())
}

impl<'a> Surroundings<'a> {
    pub(super) fn of(
        findings: &'a [Finding],
        merged: Option<&'a [Finding]>,
        pairs: &'a [ImagePair],
    ) -> Self {
        let mut all = Self {
            owners: HashMap::new(),
            holders: HashSet::new(),
            merged: merged.map(Merged::of),
            lazy: lazy_layers(pairs),
            drifted: drifted(findings, pairs),
        };
        for finding in findings {
            all.take(finding);
        }
        all
    }

    fn take(&mut self, finding: &'a Finding) {
        let Some(path) = &finding.at.path else { return };
        if matches!(&*finding.field, "uid" | "gid") {
            self.owners.entry(&finding.at).or_default().push(&finding.field);
        }
        if let Some(parent) = parent(path.as_bytes()).filter(|it| *it != path.as_bytes()) {
            self.holders.insert((finding.at.image_key(), parent));
        }
    }
}

impl<'a> Merged<'a> {
    /// Out of findings that have their causes already.
    fn of(findings: &'a [Finding]) -> Self {
        let mut all = Self::default();
        for finding in findings {
            all.take(finding);
        }
        all
    }

    /// Whether anything below `directory` comes or goes.
    pub(super) fn changes_below(&self, images: ImageKey<'_>, directory: &[u8]) -> bool {
        // What lies below the root begins with the slash that is the root.
        let below = if directory == b"/" { b"/".to_vec() } else { [directory, b"/"].concat() };
        self.come_or_go
            .range((images, &*below)..)
            .take_while(|(other, path)| *other == images && path.starts_with(&below))
            .any(|(_, path)| *path != below)
    }

    fn take(&mut self, finding: &'a Finding) {
        let Some(path) = &finding.at.path else { return };
        let place = (finding.at.image_key(), path.as_bytes());
        if !finding.cause.as_deref().is_some_and(catalogue::is_noise) {
            self.differ.insert(place);
        }
        if finding.field == "type" {
            self.replaced.insert(place);
        }
        if matches!(&*finding.field, "entry" | "path" | "type") {
            self.come_or_go.insert(place);
        }
        if let (Change::Moved, Some(Value::Bytes(from))) = (finding.change, &finding.left) {
            self.come_or_go.insert((finding.at.image_key(), from));
        }
    }
}

/// The lowest layers of each image that differ while their history says that they are the root
/// file system of a base image, by the same command on both sides.
fn drifted<'a>(findings: &'a [Finding], pairs: &'a [ImagePair]) -> BTreeSet<LayerKey<'a>> {
    let differing: BTreeSet<LayerKey<'_>> = findings
        .iter()
        .filter(|it| it.scope == Scope::Layer && it.field == "diffId")
        .map(|it| layer_key(&it.at))
        .collect();
    pairs.iter().filter_map(|pair| base_layer(pair, &differing)).collect()
}

fn base_layer<'a>(pair: &'a ImagePair, differing: &BTreeSet<LayerKey<'a>>) -> Option<LayerKey<'a>> {
    let lowest = pair.layers.first()?.layer.as_ref().map(Option::as_ref);
    let (left, right) = (lowest.left?, lowest.right?);
    let same_command =
        base_command(left.created_by.as_deref()?)? == base_command(right.created_by.as_deref()?)?;
    let at = (pair.image_key(), Some(lowest.map(|layer| layer.map(|layer| layer.index))));
    (same_command && differing.contains(&at)).then_some(at)
}

/// Both layers of each pair of which one side has prepared its own for lazy pulling.
fn lazy_layers(pairs: &[ImagePair]) -> Sides<BTreeSet<(ImageKey<'_>, usize)>> {
    let mut lazy = Sides::new(BTreeSet::new(), BTreeSet::new());
    for pair in pairs {
        for row in &pair.layers {
            let layers = row.layer.as_ref().map(Option::as_ref);
            if [layers.left, layers.right].into_iter().flatten().any(|layer| layer.lazy) {
                lazy.left.extend(layers.left.map(|layer| (pair.image_key(), layer.index)));
                lazy.right.extend(layers.right.map(|layer| (pair.image_key(), layer.index)));
            }
        }
    }
    lazy
}

/// The command that brings in the root file system of a base image, without the digest docker
/// writes into it.
fn base_command(text: &str) -> Option<String> {
    let text = text.strip_prefix("/bin/sh -c ").unwrap_or(text);
    let text = text.strip_prefix("#(nop) ").unwrap_or(text).trim_start();
    let is_root = text.starts_with("ADD file:")
        || text.starts_with("ADD rootfs")
        || text.starts_with("# debian.sh")
        || text.starts_with("ADD alpine-minirootfs")
        || text.starts_with("COPY rootfs")
        || text.starts_with("FROM ");
    if !is_root {
        return None;
    }
    let digest = |word: &&str| !word.starts_with("file:") && !word.contains("sha256");
    Some(text.split_whitespace().filter(digest).collect::<Vec<_>>().join(" "))
}
