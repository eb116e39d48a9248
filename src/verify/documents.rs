//! What descriptors say of the documents and blobs they lead to, and what documents say of
//! themselves.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::container::{named, repeated_keys};
use super::ledger::Ledger;
use super::{Case, ImageCase};
use crate::digest::Digest;
use crate::image::{DOCKER_MANIFEST, Document, Form};
use crate::report::{Location, Scope};

pub(super) fn check(case: &Case<'_>, ledger: &mut Ledger) {
    check_top(case, ledger);
    for image in &case.images {
        let known: BTreeMap<String, &Document> = documents(image)
            .map(|(document, ..)| (document.digest.to_string(), document))
            .collect();
        if let Some(raw) = &image.image.descriptor {
            check_descriptor(case, ("manifests", raw), &known, Scope::Index, &image.at, ledger);
        }
        for (document, scope, at) in documents(image) {
            let name = format!("{} {}", scope.name(), document.digest);
            repeated_keys(document, &name, at, ledger);
            if scope != Scope::Config {
                check_schema(document, &name, scope, at, ledger);
                for descriptor in descriptors(&document.value) {
                    check_descriptor(case, descriptor, &known, scope, at, ledger);
                }
            }
        }
    }
}

/// Documents that have a name of their own.
fn check_top(case: &Case<'_>, ledger: &mut Ledger) {
    let skopeo = case.bundle.form == Form::SkopeoDir;
    for name in ["oci-layout", "index.json", DOCKER_MANIFEST, "repositories"] {
        // The manifest of a `dir:` is one of the documents of its image.
        if let Ok(Some(document)) = named(case, name)
            && !(skopeo && name == DOCKER_MANIFEST)
        {
            repeated_keys(&document, name, &Location::default(), ledger);
        }
    }
}

/// Every document of an image, with what it is. What docker before 1.10 wrote has no configuration
/// of its own, but nothing is wrong with the one made for it either.
fn documents<'a>(
    image: &'a ImageCase<'_>,
) -> impl Iterator<Item = (&'a Document, Scope, &'a Location)> {
    let indexes = image.image.indexes.iter().map(|it| (it, Scope::Index, &image.at));
    let manifests = image.manifests.iter().flat_map(|(manifest, at)| {
        let document = manifest.document.as_ref().map(|it| (it, Scope::Manifest, at));
        let config = manifest.config.as_ref().map(|it| (it, Scope::Config, at));
        document.into_iter().chain(config)
    });
    indexes.chain(manifests)
}

/// All descriptors a manifest or index holds, with the key each is under.
pub(super) fn descriptors(document: &Value) -> impl Iterator<Item = (&'static str, &Value)> {
    let list = |key| document.get(key).and_then(Value::as_array).map(|list| (key, list));
    let lists = ["manifests", "layers", "blobs"].into_iter().filter_map(list);
    let listed = lists.flat_map(|(key, list)| list.iter().map(move |raw| (key, raw)));
    let single = |key| document.get(key).filter(|it| it.is_object()).map(|raw| (key, raw));
    listed.chain(["config", "subject"].into_iter().filter_map(single))
}

fn check_schema(document: &Document, name: &str, scope: Scope, at: &Location, ledger: &mut Ledger) {
    let said = document.value.get("schemaVersion").and_then(Value::as_u64);
    // Artifact manifests of OCI 1.1 drafts have none.
    if said != Some(2) && document.value.get("blobs").is_none() {
        ledger.lie(scope, at, "schema-version", format!("{name}: schemaVersion is not 2"));
    }
}

fn check_descriptor(
    case: &Case<'_>,
    (key, raw): (&str, &Value),
    known: &BTreeMap<String, &Document>,
    scope: Scope,
    at: &Location,
    ledger: &mut Ledger,
) {
    // One without a usable digest was refused before.
    let Some(text) = raw.get("digest").and_then(Value::as_str) else { return };
    let Ok(digest) = text.parse::<Digest>() else { return };
    let mut lie = |kind, message: String| ledger.lie(scope, at, kind, message);
    if raw.get("size").and_then(Value::as_u64).is_none() {
        lie("size", format!("descriptor of {digest}: no size"));
    }
    if raw.get("mediaType").and_then(Value::as_str).is_none_or(str::is_empty) {
        lie("media-type", format!("descriptor of {digest}: no media type"));
    }
    if let Some(problem) = data_problem(raw, &digest) {
        lie("data", format!("descriptor of {digest}: {problem}"));
    }
    if let Some(problem) = known.get(text).and_then(|document| media_type_problem(raw, document)) {
        lie("media-type", format!("{digest}: {problem}"));
    }
    if !known.contains_key(text)
        && !["layers", "manifests"].contains(&key)
        && let Some(problem) = size_problem(case, raw, &digest)
    {
        lie("size", problem);
    }
}

/// Embedded content is what the digest names, or two readers see two things
/// (`descriptor.md#embedded-content`).
fn data_problem(raw: &Value, digest: &Digest) -> Option<String> {
    let data = raw.get("data")?;
    let Some(bytes) = data.as_str().and_then(|text| BASE64.decode(text).ok()) else {
        return Some("data is not base64".into());
    };
    let actual = Digest::of(digest.algorithm(), &bytes);
    if actual != *digest {
        return Some(format!("data has digest {actual}"));
    }
    let said = raw.get("size").and_then(Value::as_u64)?;
    (said != bytes.len() as u64).then(|| format!("data has {} bytes, not {said}", bytes.len()))
}

fn media_type_problem(raw: &Value, document: &Document) -> Option<String> {
    let outside = raw.get("mediaType").and_then(Value::as_str)?;
    let inside = document.text("mediaType")?;
    (outside != inside)
        .then(|| format!("descriptor says media type {outside}, the document itself {inside}"))
}

/// Sizes of layers, and of documents that are in their place, were checked when they were read.
fn size_problem(case: &Case<'_>, raw: &Value, digest: &Digest) -> Option<String> {
    let said = raw.get("size").and_then(Value::as_u64)?;
    let size = case.members.size_of(&case.bundle.blob_names(digest))?;
    (said != size).then(|| format!("blob {digest}: {size} bytes, descriptor says {said}"))
}
