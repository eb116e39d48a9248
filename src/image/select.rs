//! Which images of two inputs are compared with one another.

use super::reference::{matches, normalize};
use super::{Bundle, Image, Manifest};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::sides::Sides;
use crate::source::Selector;

/// Positions of the images to compare: one pair, or a pair for each name both inputs have.
///
/// # Errors
/// [`Error::Choice`] when an input holds no such image, or several and nothing tells which.
pub fn choose(bundles: Sides<&Bundle>) -> Result<Vec<Sides<usize>>> {
    let Sides { left, right } = bundles.try_map(candidates)?;
    match (left.as_slice(), right.as_slice()) {
        ([left], [right]) => Ok(vec![Sides::new(*left, *right)]),
        ([one], many) => {
            Ok(vec![Sides::new(*one, namesake(bundles.left, *one, bundles.right, many)?)])
        }
        (many, [one]) => {
            Ok(vec![Sides::new(namesake(bundles.right, *one, bundles.left, many)?, *one)])
        }
        (left, right) => by_name(bundles, left, right),
    }
}

/// Positions of the images of `bundle` that its selector allows.
///
/// # Errors
/// [`Error::Choice`] when there is none.
pub fn candidates(bundle: &Bundle) -> Result<Vec<usize>> {
    let is_chosen = |(position, image): &(usize, &Image)| match &bundle.spec.selector {
        Selector::All => true,
        Selector::Position(wanted) => position == wanted,
        Selector::Digest(digest) => has_digest(image, digest),
        Selector::Reference(wanted) => image.references.iter().any(|name| matches(name, wanted)),
    };
    let images = bundle.images.iter().enumerate();
    let chosen: Vec<usize> = images.filter(is_chosen).map(|(position, _)| position).collect();
    if chosen.is_empty() {
        return Err(refuse(bundle, "holds no such image"));
    }
    Ok(chosen)
}

fn has_digest(image: &Image, digest: &Digest) -> bool {
    image.digest.as_ref() == Some(digest)
        || image.manifests.iter().any(|manifest| {
            [&manifest.document, &manifest.config]
                .into_iter()
                .flatten()
                .any(|document| document.digest == *digest)
        })
}

/// The one of `many` that carries the name of the `one` chosen on the other side.
fn namesake(one_side: &Bundle, one: usize, many_side: &Bundle, many: &[usize]) -> Result<usize> {
    let names = one_side.images.get(one).map(|image| image.references.as_slice());
    let is_namesake = |position: &&usize| {
        many_side.images.get(**position).is_some_and(|image| {
            image.references.iter().any(|name| {
                names.unwrap_or_default().iter().any(|other| normalize(other) == normalize(name))
            })
        })
    };
    match many.iter().filter(is_namesake).collect::<Vec<_>>().as_slice() {
        [position] => Ok(**position),
        _ => Err(refuse(many_side, "holds several images")),
    }
}

/// Pairs images of the same names, when both sides have the same set of them.
fn by_name(bundles: Sides<&Bundle>, left: &[usize], right: &[usize]) -> Result<Vec<Sides<usize>>> {
    let ambiguous = || Err(refuse(bundles.left, "both inputs hold several images"));
    let mut pairs = Vec::new();
    for &position in left {
        let name = sorted_names(bundles.left, position);
        let mut same = right.iter().filter(|&&other| sorted_names(bundles.right, other) == name);
        match (same.next(), same.next()) {
            (Some(&other), None) if !name.is_empty() => pairs.push(Sides::new(position, other)),
            _ => return ambiguous(),
        }
    }
    if pairs.len() == right.len() { Ok(pairs) } else { ambiguous() }
}

fn sorted_names(bundle: &Bundle, position: usize) -> Vec<&str> {
    let references = bundle.images.get(position).map(|image| image.references.as_slice());
    let mut names: Vec<&str> =
        references.unwrap_or_default().iter().map(|name| normalize(name)).collect();
    names.sort_unstable();
    names
}

/// Reduces images of which `selector` means one manifest to that manifest.
pub(super) fn narrow(images: &mut [Image], selector: &Selector) {
    let Selector::Digest(digest) = selector else { return };
    for image in images.iter_mut().filter(|image| image.digest.as_ref() != Some(digest)) {
        let is_meant = |manifest: &Manifest| {
            manifest.document.as_ref().is_some_and(|document| document.digest == *digest)
        };
        if image.manifests.iter().any(is_meant) {
            image.manifests.retain(is_meant);
            image.digest = Some(digest.clone());
            image.indexes.clear();
            image.absent.clear();
            image.notes.clear();
            image.descriptor = None;
        }
    }
}

/// That `bundle` does not hold what was asked for, with what it holds.
pub(crate) fn refuse(bundle: &Bundle, reason: &str) -> Error {
    Error::Choice {
        input: bundle.spec.typed.clone(),
        reason: reason.to_owned(),
        rows: bundle.images.iter().enumerate().map(|(at, image)| row(at, image)).collect(),
    }
}

fn row(position: usize, image: &Image) -> String {
    let name = image.references.first().map_or("-", String::as_str);
    let manifests = image.manifests.iter();
    let platforms: Vec<String> =
        manifests.filter_map(|it| it.platform.as_ref()).map(ToString::to_string).collect();
    let config = || image.manifests.first()?.config.as_ref().map(|config| config.digest.short());
    let digest = image.digest.as_ref().map(Digest::short).or_else(config).unwrap_or_default();
    format!("@{position}  {name}  {}  {digest}", platforms.join(","))
}
