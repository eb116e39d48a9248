//! `repositories`, which old readers take names from: a top layer for each repository and tag.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Case;
use super::container::named;
use super::ledger::Ledger;
use crate::image::hybrid::spellings;
use crate::image::{DOCKER_MANIFEST, Form, Image, Layer, Listed, Manifest, normalize_reference};
use crate::limits::SCALE;
use crate::report::{Location, Scope};

pub(super) fn check(case: &Case<'_>, ledger: &mut Ledger) {
    // Before `manifest.json` these were the names, and there is nothing to hold them against.
    if !case.is_layout() && case.bundle.form != Form::DockerArchive {
        return;
    }
    let at = Location::default();
    let mut say = |kind, message: String| {
        ledger.lie(Scope::Archive, &at, kind, format!("repositories: {message}"));
    };
    let names = match named(case, "repositories") {
        Ok(Some(document)) => names(&document.value),
        Ok(None) => return,
        Err(reason) => return say("repositories", reason),
    };
    let limit = case.means.limits.descriptors;
    if names.len() > limit {
        return say("limit", format!("more than {limit} names{SCALE}"));
    }
    let tops = Tops::of(case);
    for (name, id) in &names {
        if let Some(problem) = tops.problem(case, name, id) {
            say("repositories", problem);
        }
    }
    let known: BTreeSet<&str> = names.iter().map(|(name, _)| normalize_reference(name)).collect();
    for tag in tags(case).iter().filter(|tag| !known.contains(normalize_reference(tag))) {
        say("repositories", format!("tag {tag} of {DOCKER_MANIFEST} is missing"));
    }
}

/// `REPOSITORY:TAG` and the identifier of the top layer.
fn names(repositories: &Value) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for (repository, tags) in repositories.as_object().into_iter().flatten() {
        for (tag, id) in tags.as_object().into_iter().flatten() {
            let id = id.as_str().unwrap_or_default().to_owned();
            names.push((format!("{repository}:{tag}"), id));
        }
    }
    names
}

fn tags(case: &Case<'_>) -> Vec<String> {
    let listed = named(case, DOCKER_MANIFEST).ok().flatten();
    let listed = listed.map(|document| Listed::all(&document.value)).unwrap_or_default();
    listed.into_iter().flat_map(|entry| entry.tags).collect()
}

/// Top layers by the names of their images.
struct Tops<'a>(BTreeMap<&'a str, Vec<Top<'a>>>);

/// A top layer, and the hexadecimal digits that mean it.
#[derive(Clone)]
struct Top<'a> {
    layer: Option<&'a Layer>,
    digits: BTreeSet<String>,
}

impl<'a> Tops<'a> {
    fn of(case: &Case<'a>) -> Self {
        let mut tops = Self(BTreeMap::new());
        for image in &case.bundle.images {
            tops.add(case, image);
        }
        tops
    }

    fn add(&mut self, case: &Case<'a>, image: &'a Image) {
        let of_image: Vec<Top<'a>> =
            image.manifests.iter().map(|manifest| Top::of(case, manifest)).collect();
        for name in &image.references {
            self.0.entry(normalize_reference(name)).or_default().extend_from_slice(&of_image);
        }
    }

    fn problem(&self, case: &Case<'_>, name: &str, id: &str) -> Option<String> {
        let mut known = false;
        for top in spellings(name).filter_map(|name| self.0.get(name)).flatten() {
            known = true;
            if top.is_named(case, id) {
                return None;
            }
        }
        if known {
            return Some(format!("{name} has top layer {id:?}, which is not that of the image"));
        }
        Some(format!("{name} is the name of no image"))
    }
}

impl<'a> Top<'a> {
    /// Docker wrote the identifier of a directory until version 24, and since then the digest of
    /// the layer; its ChainID names a stack just as well.
    fn of(case: &Case<'a>, manifest: &'a Manifest) -> Self {
        let layer = manifest.layers.last();
        let chain = super::config::chain_id(manifest, &case.blobs).map(|chain| chain.0);
        let digest = layer.and_then(|layer| layer.digest.clone());
        let diff_id = layer.and_then(|layer| layer.diff_id.clone()).map(|diff_id| diff_id.0);
        let digests = [digest, diff_id, chain].into_iter().flatten();
        Self { layer, digits: digests.map(|digest| digest.hex()).collect() }
    }

    fn is_named(&self, case: &Case<'_>, id: &str) -> bool {
        let Some(layer) = self.layer else { return true };
        self.digits.contains(id) || is_directory_of(case, layer, id)
    }
}

fn is_directory_of(case: &Case<'_>, top: &Layer, id: &str) -> bool {
    let held = case.bundle.source.get(&format!("{id}/layer.tar"));
    match (held, &top.blob) {
        (Ok(Some(held)), Some(blob)) => held.same_memory(blob),
        _ => false,
    }
}
