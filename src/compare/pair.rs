//! Which manifests of two images are compared: those for the same platform, wherever they stand.

use std::sync::Arc;

use crate::image::{Image, Manifest, Role};
use crate::report::Location;
use crate::sides::Sides;

/// Two manifests, or one without counterpart, and where what differs between them lies.
#[derive(Clone, Debug)]
pub(super) struct ManifestPair<'a> {
    pub(super) at: Location,
    pub(super) manifests: Sides<Option<&'a Manifest>>,
}

/// Pairs the manifests of two images that `keep` wants.
pub(super) fn manifests<'a>(
    images: Sides<&'a Image>,
    at: &Location,
    keep: &dyn Fn(&Manifest) -> bool,
) -> Vec<ManifestPair<'a>> {
    let keyed = images.map(|image| keyed(image, keep));
    let mut pairs: Vec<(Key, Sides<Option<&Manifest>>)> = Vec::new();
    let mut right = keyed.right;
    for (key, manifest) in keyed.left {
        let at = right.iter().position(|(other, _)| *other == key);
        let other = at.map(|at| right.remove(at).1);
        pairs.push((key, Sides::new(Some(manifest), other)));
    }
    pairs.extend(right.into_iter().map(|(key, it)| (key, Sides::new(None, Some(it)))));
    pair_the_only_ones(&mut pairs);
    pairs
        .into_iter()
        .map(|(key, manifests)| ManifestPair { at: locate(at, &key), manifests })
        .collect()
}

/// What must agree for two manifests to be a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    kind: RoleKind,
    platform: Option<String>,
    /// Tells several of one kind and platform apart, by their order.
    occurrence: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RoleKind {
    Image,
    Attestation,
    Artifact,
}

fn keyed<'a>(image: &'a Image, keep: &dyn Fn(&Manifest) -> bool) -> Vec<(Key, &'a Manifest)> {
    let mut keyed: Vec<(Key, &Manifest)> = Vec::new();
    for manifest in &image.manifests {
        let subject = subject(image, manifest);
        if !keep(subject.unwrap_or(manifest)) {
            continue;
        }
        let kind = match manifest.role {
            Role::Image => RoleKind::Image,
            Role::Attestation(_) => RoleKind::Attestation,
            Role::Artifact => RoleKind::Artifact,
        };
        let platform = subject.unwrap_or(manifest).platform.as_ref();
        let platform = platform.filter(|it| !it.is_unknown()).map(ToString::to_string);
        let same = |(key, _): &&(Key, _)| key.kind == kind && key.platform == platform;
        let occurrence = keyed.iter().filter(same).count();
        keyed.push((Key { kind, platform, occurrence }, manifest));
    }
    keyed
}

/// The image an attestation speaks of.
fn subject<'a>(image: &'a Image, manifest: &Manifest) -> Option<&'a Manifest> {
    let Role::Attestation(Some(digest)) = &manifest.role else { return None };
    image
        .manifests
        .iter()
        .find(|it| it.document.as_ref().is_some_and(|document| document.digest == *digest))
}

/// One image on each side is a pair even when the platforms differ: that is what was asked for.
fn pair_the_only_ones(pairs: &mut Vec<(Key, Sides<Option<&Manifest>>)>) {
    let images: Vec<usize> = pairs
        .iter()
        .enumerate()
        .filter(|(_, (key, _))| key.kind == RoleKind::Image)
        .map(|(at, _)| at)
        .collect();
    if let [first, second] = *images
        && let Some((other, Sides { left: None, right: Some(right) })) = pairs.get(second).cloned()
        && let Some((key, Sides { left: Some(_), right: lonely @ None })) = pairs.get_mut(first)
    {
        *lonely = Some(right);
        // The same whichever input is the first.
        let platforms = [key.platform.take(), other.platform];
        key.platform = platforms.into_iter().flatten().min();
        pairs.remove(second);
    }
}

fn locate(at: &Location, key: &Key) -> Location {
    Location { platform: key.platform.as_deref().map(Arc::from), ..at.clone() }
}
