//! A configuration against its manifest: platform, history, kind of root file system. The DiffIDs
//! were checked with the layers.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Case;
use super::ledger::Ledger;
use crate::compare::blobs::Blobs;
use crate::digest::{ChainId, DiffId, Digest};
use crate::image::{Document, Manifest, Platform, Role};
use crate::report::{Computed, ComputedLayer, Location, Scope};

pub(super) fn check(case: &Case<'_>, ledger: &mut Ledger) {
    for (manifest, at) in case.manifests().filter(|(it, _)| it.role == Role::Image) {
        if let Some(config) = &manifest.config {
            let name = format!("config {}", config.digest);
            for (kind, problem) in problems(manifest, config) {
                ledger.lie(Scope::Config, at, kind, format!("{name}: {problem}"));
            }
        }
    }
}

fn problems(manifest: &Manifest, config: &Document) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if !config.value.is_object() {
        found.push(("document", "not an object".to_owned()));
    }
    found.extend(rootfs(&config.value).map(|problem| ("rootfs", problem)));
    found.extend(history(manifest, &config.value).map(|problem| ("history", problem)));
    let said = manifest.descriptor.as_ref().and_then(|raw| Platform::of(raw.get("platform")?));
    if let (Some(said), Some(is)) = (said, Platform::of(&config.value)) {
        found.extend(platform(&said, &is));
    }
    found
}

/// `config.md#properties`: the type of `rootfs` must be `layers`.
fn rootfs(config: &Value) -> Option<String> {
    let kind = config.pointer("/rootfs/type")?;
    (kind != "layers").then(|| format!("rootfs.type is {kind}, not \"layers\""))
}

/// Where there is a history at all, every entry that is not empty made one layer.
fn history(manifest: &Manifest, config: &Value) -> Option<String> {
    let entries = config.get("history")?.as_array()?;
    let is_empty = |entry: &&Value| entry.get("empty_layer") == Some(&Value::Bool(true));
    let made = entries.len().saturating_sub(entries.iter().filter(is_empty).count());
    let layers = manifest.layers.len();
    (!entries.is_empty() && made != layers)
        .then(|| format!("history tells of {made} layers, the manifest of {layers}"))
}

/// What both say must agree; builders leave the variant out of one or the other.
fn platform(said: &Platform, is: &Platform) -> Option<(&'static str, String)> {
    let apart = |one: &str, other: &str| !one.is_empty() && !other.is_empty() && one != other;
    let message = || format!("is for {is}, its descriptor says {said}");
    if apart(&said.os, &is.os) || apart(&said.architecture, &is.architecture) {
        return Some(("platform", message()));
    }
    (apart(&said.variant, &is.variant) || apart(&said.os_version, &is.os_version))
        .then(|| ("variant", message()))
}

/// What was computed of `manifest` and all it leads to.
pub(super) fn computed(manifest: &Manifest, blobs: &Blobs<'_>) -> Computed {
    let layers: Vec<ComputedLayer> = manifest
        .layers
        .iter()
        .map(|layer| ComputedLayer {
            digest: blobs.get(layer).and_then(|read| read.digest.as_ref()).map(Digest::to_string),
            size: blobs.get(layer).map(|read| read.size),
            diff_id: diff_id(blobs, layer).map(|diff_id| diff_id.to_string()),
        })
        .collect();
    Computed {
        platform: manifest.platform.as_ref().map(ToString::to_string),
        digest: manifest.document.as_ref().map(|it| it.digest.to_string()),
        config_digest: manifest.image_id().map(|id| id.to_string()),
        chain_id: chain_id(manifest, blobs).map(|id| id.to_string()),
        layers,
    }
}

fn diff_id(blobs: &Blobs<'_>, layer: &crate::image::Layer) -> Option<DiffId> {
    blobs.scan(layer).and_then(|scan| scan.diff_id.clone())
}

/// `config.md#layer-chainid`, over DiffIDs as they were computed.
pub(super) fn chain_id(manifest: &Manifest, blobs: &Blobs<'_>) -> Option<ChainId> {
    if manifest.role != Role::Image {
        return None;
    }
    let mut diff_ids = manifest.layers.iter().map(|layer| diff_id(blobs, layer));
    let first = diff_ids.next()??.0;
    let chain = diff_ids.try_fold(first, |below, diff_id| {
        let text = format!("{below} {}", diff_id?);
        Some(Digest::Sha256(Sha256::digest(text.as_bytes()).into()))
    })?;
    Some(ChainId(chain))
}

/// Where `manifest` lies, for messages about the image as a whole.
pub(super) fn at_layer(at: &Location, layer: usize) -> Location {
    at.in_layer(crate::sides::Sides::only(crate::sides::Side::Left, layer))
}
