//! Images from before `manifest.json` (docker image spec v1): a directory for each layer, with
//! `json` that names its parent, and `repositories` that names the topmost ones.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::document::{Document, Reader};
use super::{Image, Layer, Manifest, Platform, Role};
use crate::digest::{Algorithm, Digest};
use crate::error::{Error, Result};

/// Whether the input has such directories.
pub(super) fn recognise(reader: &Reader<'_>) -> bool {
    !ids(reader).is_empty()
}

/// The images of the input: one for each name, else one for each layer that is nobody's parent.
pub(super) fn images(reader: &Reader<'_>) -> Result<Vec<Image>> {
    let mut images: Vec<Image> = Vec::new();
    for (id, name) in tops(reader)? {
        let known = images.iter_mut().find(|image| top_id(image) == Some(id.as_str()));
        match known {
            Some(image) => image.references.extend(name),
            None => images.push(image(reader, &id, name)?),
        }
    }
    Ok(images)
}

fn top_id(image: &Image) -> Option<&str> {
    image.manifests.first()?.config.as_ref()?.value.get("id")?.as_str()
}

fn ids(reader: &Reader<'_>) -> Vec<String> {
    let names: BTreeSet<String> = reader.source.names().into_iter().collect();
    names
        .iter()
        .filter_map(|name| name.strip_suffix("/json"))
        .filter(|id| !id.contains('/') && names.contains(&format!("{id}/layer.tar")))
        .map(str::to_owned)
        .collect()
}

fn tops(reader: &Reader<'_>) -> Result<Vec<(String, Option<String>)>> {
    let mut tops = Vec::new();
    if let Some(repositories) = reader.named("repositories")? {
        for (repository, tags) in repositories.value.as_object().into_iter().flatten() {
            for (tag, id) in tags.as_object().into_iter().flatten() {
                let id = id.as_str().unwrap_or_default().to_owned();
                tops.push((id, Some(format!("{repository}:{tag}"))));
            }
        }
    }
    if tops.is_empty() {
        let ids = ids(reader);
        let mut parents = BTreeSet::new();
        for id in &ids {
            parents.extend(metadata(reader, id)?.text("parent").map(str::to_owned));
        }
        tops.extend(ids.into_iter().filter(|id| !parents.contains(id)).map(|id| (id, None)));
    }
    Ok(tops)
}

fn metadata(reader: &Reader<'_>, id: &str) -> Result<Document> {
    let name = format!("{id}/json");
    reader.named(&name)?.ok_or_else(|| reader.refuse(&name, "is missing"))
}

fn image(reader: &Reader<'_>, top: &str, name: Option<String>) -> Result<Image> {
    let chain = chain(reader, top)?;
    let mut layers = Vec::new();
    let mut history = Vec::new();
    for (position, (id, document)) in chain.iter().enumerate() {
        history.push(history_entry(document));
        layers.push(layer(reader, id, position, document)?);
    }
    let config = config(chain.last().map(|(_, document)| document), history)
        .ok_or_else(|| reader.refuse(top, "is missing"))?;
    let manifest = Manifest {
        role: Role::Image,
        platform: Platform::of(&config.value),
        descriptor: None,
        document: None,
        config: Some(config),
        layers,
    };
    let references = name.into_iter().collect();
    Ok(Image { references, manifests: vec![manifest], ..Image::default() })
}

/// From the bottom to `top`.
fn chain(reader: &Reader<'_>, top: &str) -> Result<Vec<(String, Document)>> {
    let limit = reader.limits.layers;
    let mut chain: Vec<(String, Document)> = Vec::new();
    let mut next = Some(top.to_owned());
    while let Some(id) = next {
        if chain.iter().any(|(known, _)| *known == id) {
            return Err(reader.refuse(&format!("{id}/json"), "is its own ancestor"));
        }
        if chain.len() >= limit {
            let object = format!("{top}/json");
            return Err(Error::Limit { object, what: "layers", limit: limit as u64 });
        }
        let document = metadata(reader, &id)?;
        next = document.text("parent").filter(|parent| !parent.is_empty()).map(str::to_owned);
        chain.push((id, document));
    }
    chain.reverse();
    Ok(chain)
}

fn layer(reader: &Reader<'_>, id: &str, position: usize, document: &Document) -> Result<Layer> {
    let member = format!("{id}/layer.tar");
    let blob = reader.source.get(&member)?.ok_or_else(|| reader.refuse(&member, "is missing"))?;
    Ok(Layer {
        descriptor: None,
        media_type: None,
        digest: None,
        size: None,
        diff_id: None,
        history: Some(position),
        created_by: command(document),
        name: format!("layer {member}"),
        blob: Some(blob),
    })
}

fn command(document: &Document) -> Option<String> {
    let words = document.value.pointer("/container_config/Cmd")?.as_array()?;
    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    Some(words.join(" "))
}

fn history_entry(document: &Document) -> Value {
    json!({
        "created": document.value.get("created").cloned().unwrap_or_default(),
        "created_by": command(document).unwrap_or_default(),
    })
}

/// The topmost `json` in the shape of a configuration. There are no DiffIDs to check.
fn config(top: Option<&Document>, history: Vec<Value>) -> Option<Document> {
    let mut value: Map<String, Value> = top?.value.as_object()?.clone();
    value.insert("history".into(), Value::Array(history));
    let value = Value::Object(value);
    let bytes = value.to_string().into_bytes();
    let digest = Digest::of(Algorithm::Sha256, &bytes);
    Some(Document { digest, size: bytes.len() as u64, value, repeated: Vec::new() })
}
