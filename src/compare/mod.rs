//! What differs between two inputs, strictly and completely: every difference becomes a finding,
//! and nothing here knows which of them matter.
//!
//! From the outside in: images are paired by name ([`crate::image::choose`]), manifests by
//! platform (`pair`), documents compared as raw JSON, layers aligned (`align`) and their entries
//! merge-joined (`entries`); runs of layers that have no counterpart are compared as merged trees
//! (`merged`).

mod align;
mod arrival;
mod attached;
pub(crate) mod blobs;
pub(crate) mod claims;
mod config;
mod container;
mod content;
mod entries;
mod fields;
mod history;
mod index;
mod inside;
mod intake;
mod json;
mod layers;
mod manifest;
mod merged;
mod moves;
mod packages;
mod pair;
pub(crate) mod queue;
mod repeated;

use std::sync::Arc;

use self::blobs::Blobs;
pub use self::inside::Look;
use self::pair::ManifestPair;
use crate::error::Result;
use crate::image::{Bundle, Image, Layer, Manifest, choose, refuse};
use crate::limits::Limits;
use crate::progress::Progress;
use crate::report::{Finding, ImagePair, Location, Note, PackageDiff, Verdict};
use crate::sides::{Side, Sides};
use crate::workers::Workers;

/// What a comparison found, before anybody judges it.
#[derive(Debug)]
pub struct Outcome {
    /// Positions of the images that were compared, in their inputs.
    pub chosen: Vec<Sides<usize>>,
    /// The manifests that were compared.
    pub images: Vec<ImagePair>,
    /// Every difference and every lie, in no particular order.
    pub findings: Vec<Finding>,
    /// What differs between the merged file systems, where that was asked for or is needed to
    /// judge the rest.
    pub merged: Option<Vec<Finding>>,
    /// Packages that are not the same on both sides.
    pub packages: Vec<PackageDiff>,
    /// Facts that are not differences.
    pub notes: Vec<Note>,
    /// The best rung that digests alone prove; [`Verdict::Different`] when they prove none.
    pub identity: Verdict,
}

/// What a comparison needs beside its inputs.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Bounds on what is read.
    pub limits: &'a Limits,
    /// Who reads blobs.
    pub workers: &'a Workers,
    /// Told how it goes.
    pub progress: &'a dyn Progress,
    /// Whether and how contents are looked into.
    pub look: Look<'a>,
    /// When whole file systems are merged and compared.
    pub merge: Merge,
    /// Blobs that claim the same digest on both sides are taken to be equal without being read.
    pub trust_digests: bool,
}

/// When whole file systems are merged and compared. It takes unpacking every layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Merge {
    /// Where it decides what the rest means: when layers are cut differently, or hold entries on
    /// one side only that may change nothing.
    #[default]
    WhereItDecides,
    /// Always.
    Always,
    /// Always, and layers are not compared one by one.
    Only,
}

/// Compares the images of two inputs, as far as `keep` wants their platforms.
///
/// # Errors
/// When it cannot be told which images are meant.
pub fn compare(
    bundles: Sides<&Bundle>,
    keep: &dyn Fn(&Manifest) -> bool,
    means: Means<'_>,
) -> Result<Outcome> {
    let chosen = choose(bundles)?;
    let mut outcome = Outcome {
        chosen: Vec::new(),
        images: Vec::new(),
        findings: container::compare(bundles, means.limits),
        merged: None,
        packages: Vec::new(),
        notes: Vec::new(),
        identity: Verdict::Different,
    };
    let several = chosen.len() > 1;
    let pairs: Vec<ImageCase<'_>> =
        chosen.iter().filter_map(|at| ImageCase::new(bundles, *at, several, keep)).collect();
    check_kept(bundles, &pairs)?;
    // By the digests of contents files are compared.
    let contents = true;
    let blobs = Blobs::read(pairs.iter().flat_map(ImageCase::layers), contents, means);
    let identities: Vec<Verdict> =
        pairs.iter().map(|case| compare_images(case, keep, &blobs, means, &mut outcome)).collect();
    blobs.release(means);
    outcome.chosen = chosen;
    outcome.identity = identity(bundles, &identities, &outcome.findings);
    Ok(outcome)
}

/// Two stacks of layers that a comparison holds against one another.
#[derive(Clone, Debug)]
pub struct Stack<'a> {
    /// The image pair, as its findings name it.
    pub at: Location,
    /// Layers from the bottom.
    pub layers: Sides<&'a [Layer]>,
}

/// The stacks that [`compare`] compares, in the order of [`Outcome::images`].
///
/// # Errors
/// When it cannot be told which images are meant.
pub fn stacks<'a>(
    bundles: Sides<&'a Bundle>,
    keep: &dyn Fn(&Manifest) -> bool,
) -> Result<Vec<Stack<'a>>> {
    let chosen = choose(bundles)?;
    let several = chosen.len() > 1;
    let cases = chosen.iter().filter_map(|at| ImageCase::new(bundles, *at, several, keep));
    let pairs = cases.flat_map(|case| case.manifests);
    Ok(pairs
        .filter_map(|pair| manifest::both_images(&pair).map(|both| (pair.at, both)))
        .map(|(at, both)| Stack { at, layers: both.map(|it| &*it.layers) })
        .collect())
}

/// Two images of one name, and their manifests in pairs.
struct ImageCase<'a> {
    images: Sides<&'a Image>,
    at: Location,
    manifests: Vec<ManifestPair<'a>>,
}

impl<'a> ImageCase<'a> {
    fn new(
        bundles: Sides<&'a Bundle>,
        at: Sides<usize>,
        several: bool,
        keep: &dyn Fn(&Manifest) -> bool,
    ) -> Option<Self> {
        let left = bundles.left.images.get(at.left)?;
        let right = bundles.right.images.get(at.right)?;
        let images = Sides::new(left, right);
        let name = left.references.first().filter(|_| several);
        let at = Location { image: name.map(|name| Arc::from(name.as_str())), ..<_>::default() };
        let manifests = pair::manifests(images, &at, keep);
        Some(Self { images, at, manifests })
    }

    fn layers(&self) -> impl Iterator<Item = (Side, &'a Layer)> {
        self.manifests.iter().flat_map(|pair| {
            let Sides { left, right } = pair.manifests;
            let of = |side, manifest: Option<&'a Manifest>| {
                manifest.into_iter().flat_map(move |it| it.layers.iter().map(move |it| (side, it)))
            };
            of(Side::Left, left).chain(of(Side::Right, right))
        })
    }
}

/// Adds `more` to `all`. There may be millions: the longer list stays where it is, for nobody asks
/// for an order.
fn gather(all: &mut Vec<Finding>, mut more: Vec<Finding>) {
    if more.len() > all.len() {
        std::mem::swap(all, &mut more);
    }
    all.append(&mut more);
}

/// Nothing to compare is not agreement.
fn check_kept(bundles: Sides<&Bundle>, pairs: &[ImageCase<'_>]) -> Result<()> {
    for side in [Side::Left, Side::Right] {
        let has_any = pairs.iter().any(|case| !case.images.get(side).manifests.is_empty());
        let kept = pairs.iter().flat_map(|case| &case.manifests);
        if has_any && !kept.into_iter().any(|pair| pair.manifests.get(side).is_some()) {
            return Err(refuse(bundles.get(side), "holds no image for the platforms asked for"));
        }
    }
    Ok(())
}

fn compare_images(
    case: &ImageCase<'_>,
    keep: &dyn Fn(&Manifest) -> bool,
    blobs: &Blobs<'_>,
    means: Means<'_>,
    outcome: &mut Outcome,
) -> Verdict {
    for side in [Side::Left, Side::Right] {
        let image = case.images.get(side);
        outcome
            .findings
            .extend(image.damage.iter().cloned().map(|damage| damage.into_finding(&case.at, side)));
        let notes = image.notes.iter();
        outcome
            .notes
            .extend(notes.map(|message| Note { side: Some(side), message: message.clone() }));
        let (findings, notes) = repeated::keys(case, side);
        outcome.findings.extend(findings);
        outcome.notes.extend(notes);
    }
    outcome.findings.extend(index::compare(case.images, &case.at, &case.manifests, keep));
    let mut same_content = true;
    let mut same_blobs = true;
    for pair in &case.manifests {
        let mut part = manifest::compare(pair, blobs, means);
        part.shift_packages(outcome.packages.len());
        same_content &= part.same_content;
        same_blobs &= part.same_blobs;
        gather(&mut outcome.findings, part.findings);
        outcome.notes.extend(part.notes);
        outcome.packages.extend(part.packages);
        outcome.images.extend(part.image);
        if let Some(merged) = part.merged {
            outcome.merged.get_or_insert_default().extend(merged);
        }
    }
    let roots = case.images.map(|image| image.digest.as_ref());
    match (roots.left, roots.right) {
        (Some(left), Some(right)) if left == right && same_content => Verdict::IdenticalImage,
        // Docker archives have no manifest: what they hold is all the identity they have.
        (None, None) if same_content && same_blobs => Verdict::IdenticalImage,
        _ if same_content => Verdict::IdenticalContent,
        _ => Verdict::Different,
    }
}

/// The worst of the pairs; equal bytes only when nothing is wrong with what lies in them.
fn identity(bundles: Sides<&Bundle>, pairs: &[Verdict], findings: &[Finding]) -> Verdict {
    if findings.iter().any(Finding::is_damage) {
        return Verdict::Different;
    }
    let worst = pairs.iter().copied().max().unwrap_or(Verdict::Different);
    let all_images =
        bundles.map(|bundle| bundle.images.len()) == Sides::new(pairs.len(), pairs.len());
    if worst != Verdict::Different && all_images && same_bytes(bundles) {
        return Verdict::IdenticalBytes;
    }
    worst
}

fn same_bytes(bundles: Sides<&Bundle>) -> bool {
    match (&bundles.left.bytes, &bundles.right.bytes) {
        (Some(left), Some(right)) => left.bytes() == right.bytes(),
        (None, None) => same_members(bundles),
        _ => false,
    }
}

fn same_members(bundles: Sides<&Bundle>) -> bool {
    let names = bundles.map(|bundle| bundle.source.names());
    names.left == names.right
        && names.left.iter().all(|name| {
            match (bundles.left.source.get(name), bundles.right.source.get(name)) {
                (Ok(Some(left)), Ok(Some(right))) => left.bytes() == right.bytes(),
                _ => false,
            }
        })
}
