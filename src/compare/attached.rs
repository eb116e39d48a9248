//! What travels with images without being one: attestations and other artifacts. Their documents
//! are compared field by field, their blobs as bytes.

use super::blobs::Blobs;
use super::json::Differences;
use super::manifest::bodies;
use crate::image::{Layer, Manifest, Role};
use crate::report::{Finding, Location, Scope, Value};
use crate::sides::Sides;

/// What differs between two attestations or artifacts; fields begin with what they are.
pub(super) fn compare(
    manifests: Sides<&Manifest>,
    at: &Location,
    blobs: &Blobs<'_>,
) -> Vec<Finding> {
    let mut differences = Differences::new(Scope::Manifest, at);
    if let (Some(left), Some(right)) = (&manifests.left.document, &manifests.right.document) {
        bodies(Sides::new(left, right), &mut differences);
    }
    if let (Some(left), Some(right)) = (&manifests.left.config, &manifests.right.config) {
        let values = Sides::new(Some(&left.value), Some(&right.value));
        if matches!(manifests.left.role, Role::Attestation(_)) {
            // Nothing but the digests of the statements.
            differences.derived("config", values);
        } else {
            differences.value("config", values);
        }
    }
    layers(manifests, blobs, &mut differences);
    let prefix = match manifests.left.role {
        Role::Attestation(_) => "attestation",
        Role::Image | Role::Artifact => "artifact",
    };
    let mut findings = differences.findings;
    for finding in &mut findings {
        finding.scope = Scope::Manifest;
        finding.field = format!("{prefix}.{}", finding.field).into();
    }
    findings
}

fn layers(manifests: Sides<&Manifest>, blobs: &Blobs<'_>, differences: &mut Differences<'_>) {
    let lists = manifests.map(|manifest| manifest.layers.as_slice());
    for position in 0..lists.left.len().max(lists.right.len()) {
        let layers = lists.map(|list| list.get(position));
        let raw = layers.map(|layer| layer.and_then(|layer| layer.descriptor.as_ref()));
        let field = format!("layers[{position}]");
        differences.descriptors(&field, raw);
        let contents = layers.map(|layer| layer.and_then(|layer| digest(layer, blobs)));
        if contents.left != contents.right {
            let values = contents.map(|digest| digest.map(Value::Text));
            let at = differences.at.clone();
            let field = format!("{field}.content");
            differences.push(Finding::new(Scope::Manifest, at, field, values));
        }
    }
}

fn digest(layer: &Layer, blobs: &Blobs<'_>) -> Option<String> {
    let read = blobs.get(layer).and_then(|read| read.digest.as_ref());
    read.or(layer.digest.as_ref()).map(ToString::to_string)
}
