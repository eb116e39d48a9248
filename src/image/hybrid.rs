//! The docker half of a hybrid archive against the OCI half: docker before version 25 loads what
//! `manifest.json` lists, everybody else what `index.json` lists.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::reference::normalize;
use super::{Image, Listed, Manifest, digest_in};
use crate::digest::Digest;

/// What the docker half, which lists `listed`, says of `images`, the OCI half, and these do not
/// bear out: kinds of damage, and messages.
pub fn contradictions(listed: &[Listed], images: &[Image]) -> Vec<(&'static str, String)> {
    let owners = owners(images);
    let entries = listed.iter().enumerate();
    entries
        .flat_map(|(position, entry)| {
            let found = problems(&owners, entry).into_iter();
            found.map(move |(kind, problem)| (kind, format!("image {position}: {problem}")))
        })
        .collect()
}

/// Images of the OCI half that the docker half does not list.
pub fn unlisted<'a>(listed: &[Listed], images: &'a [Image]) -> impl Iterator<Item = &'a Image> {
    let configs: BTreeSet<Digest> =
        listed.iter().filter_map(|entry| digest_in(entry.config.as_deref()?)).collect();
    images.iter().filter(move |image| !is_listed(image, &configs))
}

/// Images and manifests of the OCI half by the digest of the configuration.
type Owners<'a> = BTreeMap<Digest, Vec<(&'a Image, &'a Manifest)>>;

fn owners(images: &[Image]) -> Owners<'_> {
    let mut owners = Owners::new();
    for image in images {
        for manifest in &image.manifests {
            if let Some(config) = config_of(manifest) {
                owners.entry(config).or_default().push((image, manifest));
            }
        }
    }
    owners
}

fn config_of(manifest: &Manifest) -> Option<Digest> {
    let document = manifest.document.as_ref()?;
    document.value.pointer("/config/digest")?.as_str()?.parse().ok()
}

fn is_listed(image: &Image, configs: &BTreeSet<Digest>) -> bool {
    image.manifests.iter().filter_map(config_of).any(|config| configs.contains(&config))
}

fn problems(owners: &Owners<'_>, entry: &Listed) -> Vec<(&'static str, String)> {
    let Some(config) = &entry.config else {
        return vec![("hybrid", "no Config".into())];
    };
    let owners = digest_in(config).and_then(|digest| owners.get(&digest));
    let Some((owners, (_, manifest))) = owners.and_then(|it| Some((it, it.first()?))) else {
        return vec![("hybrid", format!("config {config} is in no image of index.json"))];
    };
    let mut found = Vec::new();
    let layers: Vec<Option<Digest>> = entry.layers.iter().map(|name| digest_in(name)).collect();
    if !owners.iter().any(|(_, manifest)| layers_of(manifest) == layers) {
        found.push(("hybrid", "layers are not those of the image in index.json".to_owned()));
    }
    if let Some(sources) = &entry.sources {
        found.extend(sources_problems(sources, manifest).map(|it| ("layer-sources", it)));
    }
    found.extend(tag_problems(entry, owners).into_iter().map(|problem| ("tags", problem)));
    found
}

fn layers_of(manifest: &Manifest) -> Vec<Option<Digest>> {
    manifest.layers.iter().map(|layer| layer.digest.clone()).collect()
}

/// `LayerSources` gives each layer's descriptor by DiffID.
fn sources_problems(sources: &Value, manifest: &Manifest) -> impl Iterator<Item = String> {
    let layers: BTreeMap<String, _> = manifest
        .layers
        .iter()
        .filter_map(|layer| Some((layer.diff_id.as_ref()?.to_string(), layer)))
        .collect();
    let sources = sources.as_object().into_iter().flatten();
    sources.filter_map(move |(diff_id, raw)| {
        let Some(layer) = layers.get(diff_id) else {
            return Some(format!("LayerSources names {diff_id}, which is no DiffID of the image"));
        };
        let said = raw.get("digest").and_then(Value::as_str);
        let digest = layer.digest.as_ref().map(ToString::to_string);
        if said != digest.as_deref() {
            return Some(format!("LayerSources gives {diff_id} another digest than the manifest"));
        }
        (raw.get("size").and_then(Value::as_u64) != layer.size)
            .then(|| format!("LayerSources gives {diff_id} another size than the manifest"))
    })
}

fn tag_problems(entry: &Listed, owners: &[(&Image, &Manifest)]) -> Vec<String> {
    let images = owners.iter().map(|(image, _)| *image);
    let names: BTreeSet<&str> =
        images.flat_map(|image| &image.references).map(|name| normalize(name)).collect();
    let known = |tag: &&String| spellings(tag).any(|it| names.contains(it));
    let tags: BTreeSet<&str> = entry.tags.iter().flat_map(|tag| spellings(tag)).collect();
    let foreign = entry.tags.iter().filter(|tag| !known(tag));
    let foreign = foreign.map(|tag| format!("tag {tag} is not given to that image in index.json"));
    let missing = names.iter().filter(|name| !tags.contains(**name));
    let missing = missing.map(|name| format!("name {name} of index.json is not among its tags"));
    foreign.chain(missing).collect()
}

/// How `index.json` may have the name: in full or the tag alone.
pub fn spellings(name: &str) -> impl Iterator<Item = &str> {
    let full = normalize(name);
    let tag = name.rsplit_once(':').map(|(_, tag)| tag);
    [Some(full), tag].into_iter().flatten()
}
