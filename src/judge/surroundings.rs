//! What surrounds the findings of a report: the other fields of an entry, what else happens in a
//! directory, what becomes of a path in the merged file system.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::catalogue;
use crate::report::{Change, Finding, ImagePair, LayerSummary, Location, Scope, Value};
use crate::sides::Sides;

/// What surrounds the findings of a report.
pub(super) struct Surroundings {
    /// Which of `uid` and `gid` differ at a place.
    pub(super) owners: BTreeMap<Location, Vec<Cow<'static, str>>>,
    /// Directories in which something differs, by image.
    pub(super) holders: BTreeSet<(Image, Vec<u8>)>,
    /// What the merged file systems showed.
    pub(super) merged: Option<Merged>,
    /// Layers of either side in pairs of which one has annotations of lazy pulling.
    pub(super) lazy: Sides<BTreeSet<(Image, usize)>>,
    /// Layer places that belong to a base image that drifted.
    pub(super) drifted: BTreeSet<Location>,
}

/// Paths at which merged file systems differ, by image.
#[derive(Default)]
pub(super) struct Merged {
    /// Where entries come or go.
    pub(super) come_or_go: BTreeSet<(Image, Vec<u8>)>,
    /// Where one kind of thing stands instead of another.
    pub(super) replaced: BTreeSet<(Image, Vec<u8>)>,
    /// Where anything differs that is not noise.
    pub(super) differ: BTreeSet<(Image, Vec<u8>)>,
}

/// Image name and platform.
pub(super) type Image = (Option<Arc<str>>, Option<Arc<str>>);

pub(super) fn image(at: &Location) -> Image {
    (at.image.clone(), at.platform.clone())
}

/// The same place without path and members.
pub(super) fn layer_place(at: &Location) -> Location {
    Location { path: None, within: Vec::new(), ..at.clone() }
}

pub(super) fn parent(path: &[u8]) -> Option<&[u8]> {
    let slash = path.iter().rposition(|byte| *byte == b'/')?;
    Some(path.get(..slash.max(1)).unwrap_or_default())
}

impl Surroundings {
    pub(super) fn of(
        findings: &[Finding],
        merged: Option<&[Finding]>,
        images: &[ImagePair],
    ) -> Self {
        let mut all = Self {
            owners: BTreeMap::new(),
            holders: BTreeSet::new(),
            merged: merged.map(Merged::of),
            lazy: lazy_layers(images),
            drifted: drifted(findings, images),
        };
        for finding in findings {
            all.take(finding);
        }
        all
    }

    fn take(&mut self, finding: &Finding) {
        let Some(path) = &finding.at.path else { return };
        if matches!(&*finding.field, "uid" | "gid") {
            self.owners.entry(finding.at.clone()).or_default().push(finding.field.clone());
        }
        if let Some(parent) = parent(path.as_bytes()).filter(|it| *it != path.as_bytes()) {
            self.holders.insert((image(&finding.at), parent.to_vec()));
        }
    }
}

impl Merged {
    /// Out of findings that have their causes already.
    fn of(findings: &[Finding]) -> Self {
        let mut all = Self::default();
        for finding in findings {
            all.take(finding);
        }
        all
    }

    /// Whether anything below `directory` comes or goes.
    pub(super) fn changes_below(&self, image: Image, directory: &[u8]) -> bool {
        // What lies below the root begins with the slash that is the root.
        let below = if directory == b"/" { b"/".to_vec() } else { [directory, b"/"].concat() };
        let from = (image.clone(), below.clone());
        let paths = self.come_or_go.range(from..);
        paths
            .take_while(|(other, path)| *other == image && path.starts_with(&below))
            .any(|(_, path)| *path != below)
    }

    fn take(&mut self, finding: &Finding) {
        let Some(path) = &finding.at.path else { return };
        let place = (image(&finding.at), path.as_bytes().to_vec());
        if !finding.cause.as_deref().is_some_and(catalogue::is_noise) {
            self.differ.insert(place.clone());
        }
        if finding.field == "type" {
            self.replaced.insert(place.clone());
        }
        if matches!(&*finding.field, "entry" | "path" | "type") {
            self.come_or_go.insert(place);
        }
        if let (Change::Moved, Some(Value::Bytes(from))) = (finding.change, &finding.left) {
            self.come_or_go.insert((image(&finding.at), from.to_vec()));
        }
    }
}

/// The lowest layers of each image that differ while their history says that they are the root
/// file system of a base image, by the same command on both sides.
fn drifted(findings: &[Finding], images: &[ImagePair]) -> BTreeSet<Location> {
    let differing: BTreeSet<Location> = findings
        .iter()
        .filter(|it| it.scope == Scope::Layer && it.field == "diffId")
        .map(|it| layer_place(&it.at))
        .collect();
    images.iter().filter_map(|image| base_layer(image, &differing)).collect()
}

fn base_layer(image: &ImagePair, differing: &BTreeSet<Location>) -> Option<Location> {
    let lowest = image.layers.first()?.layer.as_ref().map(Option::as_ref);
    let (left, right) = (lowest.left?, lowest.right?);
    let same_command =
        base_command(left.created_by.as_deref()?)? == base_command(right.created_by.as_deref()?)?;
    let at = place_of(image, lowest);
    (same_command && differing.contains(&at)).then_some(at)
}

fn place_of(image: &ImagePair, layer: Sides<Option<&LayerSummary>>) -> Location {
    Location {
        image: image.image.as_deref().map(Into::into),
        platform: image.platform.as_deref().map(Into::into),
        layer: Some(layer.map(|layer| layer.map(|layer| layer.index))),
        ..Location::default()
    }
}

/// Both layers of each pair of which one side has prepared its own for lazy pulling.
fn lazy_layers(images: &[ImagePair]) -> Sides<BTreeSet<(Image, usize)>> {
    let mut lazy = Sides::new(BTreeSet::new(), BTreeSet::new());
    for image in images {
        for row in &image.layers {
            let layers = row.layer.as_ref().map(Option::as_ref);
            if [layers.left, layers.right].into_iter().flatten().any(|layer| layer.lazy) {
                let Sides { left, right } = layers.map(|layer| {
                    layer.map(|layer| (self::image(&place_of(image, layers)), layer.index))
                });
                lazy.left.extend(left);
                lazy.right.extend(right);
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
