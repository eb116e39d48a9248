//! Images in a docker archive: `manifest.json` is a list of configurations and layers by member
//! name. `docker save`, podman, skopeo, kaniko, bazel, crane and jib all write it a little
//! differently.

use serde_json::Value;

use super::document::{Document, Reader};
use super::manifest::apply_config;
use super::{Damage, Image, Layer, Manifest, Platform, Role};
use crate::compress::Compression;
use crate::digest::{Algorithm, Digest};
use crate::error::{Error, Result};
use crate::report::Scope;

/// The name of the list.
pub const MANIFEST: &str = "manifest.json";

/// One entry of the list: an image by the names of its members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Member that holds the configuration.
    pub config: Option<String>,
    /// Names of the image.
    pub tags: Vec<String>,
    /// Members that hold the layers, bottom first.
    pub layers: Vec<String>,
    /// Descriptors of the layers by DiffID, as docker writes them since version 25.
    pub sources: Option<Value>,
}

impl Listed {
    /// The entries of `list`, as far as they are entries.
    pub fn all(list: &Value) -> Vec<Self> {
        list.as_array().into_iter().flatten().map(Self::of).collect()
    }

    fn of(entry: &Value) -> Self {
        Self {
            config: field(entry, "Config").and_then(Value::as_str).map(str::to_owned),
            tags: strings(field(entry, "RepoTags")),
            layers: strings(field(entry, "Layers")),
            sources: field(entry, "LayerSources").cloned(),
        }
    }
}

/// The images that `list` names.
pub(super) fn images(reader: &Reader<'_>, list: &Document) -> Result<Vec<Image>> {
    let entries = match &list.value {
        Value::Array(entries) => entries,
        Value::Null => return Err(reader.refuse(MANIFEST, "null instead of a list of images")),
        _ => return Err(reader.refuse(MANIFEST, "not a list of images")),
    };
    let limit = reader.limits.descriptors;
    if entries.len() > limit {
        let object = reader.input.to_owned();
        return Err(Error::Limit { object, what: "images", limit: limit as u64 });
    }
    entries.iter().map(|entry| image(reader, entry)).collect()
}

fn image(reader: &Reader<'_>, entry: &Value) -> Result<Image> {
    let mut image = Image { references: strings(field(entry, "RepoTags")), ..Image::default() };
    let names = strings(field(entry, "Layers"));
    let limit = reader.limits.layers;
    if names.len() > limit {
        let object = reader.input.to_owned();
        return Err(Error::Limit { object, what: "layers", limit: limit as u64 });
    }
    let mut layers: Vec<Layer> = names
        .iter()
        .enumerate()
        .map(|(position, name)| layer(reader, name, position, &mut image.damage))
        .collect();
    let config = config(reader, entry, &mut image.damage);
    if let Some(config) = &config {
        apply_config(&mut layers, config, &mut image.damage);
    }
    layers.iter_mut().for_each(claim_plain);
    image.manifests.push(Manifest {
        role: Role::Image,
        platform: config.as_ref().and_then(|config| Platform::of(&config.value)),
        descriptor: None,
        document: None,
        config,
        layers,
    });
    Ok(image)
}

/// A key of an entry; jib writes them in lower camel case.
fn field<'a>(entry: &'a Value, key: &str) -> Option<&'a Value> {
    entry.as_object()?.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, it)| it)
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn config(reader: &Reader<'_>, entry: &Value, damage: &mut Vec<Damage>) -> Option<Document> {
    let mut fail = |kind, message| damage.push(Damage::new(Scope::Config, kind, message));
    let Some(name) = field(entry, "Config").and_then(Value::as_str) else {
        fail("missing", format!("{MANIFEST}: an image without Config"));
        return None;
    };
    let blob = match reader.source.get(name) {
        Ok(Some(blob)) => blob,
        Ok(None) => {
            fail("missing", format!("config {name} is missing"));
            return None;
        }
        Err(error) => {
            fail("missing", format!("config {name}: {error}"));
            return None;
        }
    };
    let claimed = digest_in(name);
    let algorithm = claimed.as_ref().map_or(Algorithm::Sha256, Digest::algorithm);
    match reader.parse(blob.bytes(), algorithm) {
        Ok(document) => {
            if let Some(claimed) = claimed.filter(|claimed| *claimed != document.digest) {
                let actual = &document.digest;
                fail("digest", format!("config {claimed}: bytes have digest {actual}"));
            }
            Some(document)
        }
        Err(reason) => {
            fail("json", format!("config {name}: {reason}"));
            None
        }
    }
}

/// The digest a member is named after, if it is: `HEX.json`, `sha256:HEX`, `blobs/sha256/HEX`.
pub fn digest_in(name: &str) -> Option<Digest> {
    let last = name.rsplit('/').next().unwrap_or(name);
    let stem = last.split('.').next().unwrap_or(last);
    stem.parse().ok().or_else(|| Digest::from_sha256_hex(stem).ok())
}

fn layer(reader: &Reader<'_>, member: &str, position: usize, damage: &mut Vec<Damage>) -> Layer {
    let problem = match reader.source.get(member) {
        Ok(Some(blob)) => return found_layer(member, Some(blob)),
        Ok(None) => format!("layer {member} is not in the input"),
        Err(error) => format!("layer {member}: {error}"),
    };
    damage.push(
        Damage::new(Scope::Layer, "missing", problem)
            .in_layer(position)
            .with_hint("the copy is incomplete; save or copy the image again"),
    );
    found_layer(member, None)
}

fn found_layer(member: &str, blob: Option<crate::source::Blob>) -> Layer {
    Layer {
        descriptor: None,
        media_type: None,
        // Only in the layout part of a hybrid archive is the name a claim about the bytes.
        digest: member.starts_with("blobs/").then(|| digest_in(member)).flatten(),
        size: None,
        diff_id: None,
        history: None,
        created_by: None,
        name: format!("layer {member}"),
        blob,
    }
}

/// The DiffID of a layer stored plain is a claim about the very bytes of its member.
fn claim_plain(layer: &mut Layer) {
    let plain = layer
        .blob
        .as_ref()
        .is_some_and(|blob| Compression::detect(blob.bytes()) == Compression::Plain);
    if plain && layer.digest.is_none() {
        layer.digest = layer.diff_id.as_ref().map(|diff_id| diff_id.0.clone());
    }
}
