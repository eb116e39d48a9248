//! Names, indexes and the descriptors in them (`image-index.md`).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::json::{Differences, keys};
use super::pair::ManifestPair;
use crate::image::{Absent, Document, Image, Manifest, Role, normalize_reference};
use crate::report::{Finding, Location, Scope, Value as Found};
use crate::sides::{Side, Sides};

/// What differs above the manifests.
pub(super) fn compare(
    images: Sides<&Image>,
    at: &Location,
    pairs: &[ManifestPair<'_>],
    keep: &dyn Fn(&Manifest) -> bool,
) -> Vec<Finding> {
    let mut differences = Differences::new(Scope::Index, at);
    names(images, &mut differences);
    roots(images, &mut differences);
    indexes(images, &mut differences);
    let mut findings = differences.findings;
    for pair in pairs {
        findings.extend(manifest_descriptors(images, pair));
    }
    findings.extend(absent(images, at, keep));
    findings
}

/// Platforms that both indexes list and neither input holds: of these the digest is all there is,
/// and nothing explains it.
fn absent(images: Sides<&Image>, at: &Location, keep: &dyn Fn(&Manifest) -> bool) -> Vec<Finding> {
    let digests = images.map(|image| {
        let mut digests: BTreeMap<String, String> = BTreeMap::new();
        for listed in image.absent.iter().filter(|it| is_wanted(it, keep)) {
            digests.insert(listed.name.clone(), listed.digest.to_string());
        }
        digests
    });
    let both = digests.left.iter().filter_map(|(name, left)| {
        let right = digests.right.get(name).filter(|right| *right != left)?;
        let at = Location { platform: Some(name.as_str().into()), ..at.clone() };
        let values = Sides::new(left, right).map(|digest| Some(Found::Text(digest.clone())));
        Some(Finding::new(Scope::Index, at, "manifest.digest", values))
    });
    both.collect()
}

fn is_wanted(listed: &Absent, keep: &dyn Fn(&Manifest) -> bool) -> bool {
    let manifest = Manifest {
        role: Role::Image,
        platform: listed.platform.clone(),
        descriptor: None,
        document: None,
        config: None,
        layers: Vec::new(),
    };
    listed.platform.is_some() && keep(&manifest)
}

/// Layouts keep names in annotations, which are compared as they are; between other forms only
/// the names themselves can be.
fn names(images: Sides<&Image>, differences: &mut Differences<'_>) {
    if images.left.descriptor.is_some() && images.right.descriptor.is_some() {
        return;
    }
    let names = images.map(|image| {
        let mut names: Vec<&str> =
            image.references.iter().map(|name| normalize_reference(name)).collect();
        names.sort_unstable();
        names
    });
    // A directory or a lone layout carries no name; that is its form and not its content.
    if names.left.is_empty() || names.right.is_empty() {
        return;
    }
    let names = names.map(|names| json!(names));
    differences.whole("references", names.as_ref().map(Some));
}

/// The descriptors in `index.json`, where both inputs have one.
fn roots(images: Sides<&Image>, differences: &mut Differences<'_>) {
    if let (Some(left), Some(right)) = (&images.left.descriptor, &images.right.descriptor) {
        let mut roots = Sides::new(left, right).map(Clone::clone);
        if images.left.indexes.is_empty() != images.right.indexes.is_empty() {
            // That one is an index and the other a manifest is reported as such.
            roots = roots.map(|root| without(root, &["mediaType", "platform"]));
        }
        differences.descriptors("", roots.as_ref().map(Some));
    }
}

fn without(mut value: Value, dropped: &[&str]) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.retain(|key, _| !dropped.contains(&key.as_str()));
    }
    value
}

fn indexes(images: Sides<&Image>, differences: &mut Differences<'_>) {
    let indexes = images.map(|image| image.indexes.as_slice());
    let depth = indexes.left.len().max(indexes.right.len());
    for level in 0..depth {
        let documents = indexes.map(|list| list.get(level));
        match (documents.left, documents.right) {
            (Some(left), Some(right)) => bodies(Sides::new(left, right), differences),
            _ => lone_index(documents, differences),
        }
    }
}

/// Everything of two indexes but their lists of manifests, which are compared by platform.
fn bodies(documents: Sides<&Document>, differences: &mut Differences<'_>) {
    let empty = Map::new();
    let objects = documents.map(|document| document.value.as_object().unwrap_or(&empty));
    for key in keys(objects) {
        if key != "manifests" {
            differences.value(key, objects.map(|object| object.get(key)));
        }
    }
}

fn lone_index(documents: Sides<Option<&Document>>, differences: &mut Differences<'_>) {
    let values = documents.map(|it| it.map(|document| Found::Text(document.digest.to_string())));
    let finding = Finding::new(Scope::Index, differences.at.clone(), "index", values);
    differences.push(finding);
}

/// The descriptors that lead to a pair of manifests out of an index; those in `index.json` are
/// the roots and were compared there.
fn manifest_descriptors(images: Sides<&Image>, pair: &ManifestPair<'_>) -> Vec<Finding> {
    let mut differences = Differences::new(Scope::Index, &pair.at);
    let Sides { left: Some(left), right: Some(right) } = pair.manifests else {
        return lone_manifest(pair).into_iter().collect();
    };
    let listed = Sides::new(listed(images.left, left), listed(images.right, right));
    if let (Some(left_raw), Some(right_raw)) = (listed.left, listed.right) {
        let raw = Sides::new(left_raw, right_raw).map(without_subject);
        differences.descriptors(field_of(left), raw.as_ref().map(Some));
    }
    differences.findings
}

/// The descriptor of a manifest, when it stands in an index and is not the root.
fn listed<'a>(image: &Image, manifest: &'a Manifest) -> Option<&'a Value> {
    manifest.descriptor.as_ref().filter(|raw| image.descriptor.as_ref() != Some(raw))
}

/// The digest of what is attested differs whenever the images do.
fn without_subject(raw: &Value) -> Value {
    let mut raw = raw.clone();
    if let Some(annotations) = raw.get_mut("annotations").and_then(Value::as_object_mut) {
        annotations.remove("vnd.docker.reference.digest");
    }
    raw
}

const fn field_of(manifest: &Manifest) -> &'static str {
    match manifest.role {
        Role::Image => "manifest",
        Role::Attestation(_) => "attestation",
        Role::Artifact => "artifact",
    }
}

fn lone_manifest(pair: &ManifestPair<'_>) -> Option<Finding> {
    let side = if pair.manifests.left.is_some() { Side::Left } else { Side::Right };
    let manifest = (*pair.manifests.get(side))?;
    let document = manifest.document.as_ref().or(manifest.config.as_ref());
    let digest = document.map(|document| document.digest.to_string()).unwrap_or_default();
    let values = Sides::only(side, Found::Text(digest));
    Some(Finding::new(Scope::Index, pair.at.clone(), field_of(manifest), values))
}
