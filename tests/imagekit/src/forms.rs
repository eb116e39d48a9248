//! Every form of image archive.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::archive::{Archive, Content};
use crate::digest::{Algorithm, hex};
use crate::image::{Built, Image};
use crate::index::{Blobs, OCI_INDEX, Root};
use crate::{json, reference};

/// An OCI layout: `blobs/…`, `index.json`, `oci-layout`. A root with several names gets several
/// descriptors; one without a name gets one.
pub fn oci(roots: impl IntoIterator<Item = impl Into<Root>>) -> Archive {
    let roots: Vec<Root> = roots.into_iter().map(Into::into).collect();
    let mut blobs = Blobs::new();
    let index = oci_index(&roots, &mut blobs);
    layout(index, blobs)
}

fn oci_index(roots: &[Root], blobs: &mut Blobs) -> Value {
    let mut manifests = Vec::new();
    for root in roots {
        let descriptor = root.store(blobs);
        if root.references().is_empty() {
            manifests.push(descriptor.clone());
        }
        for name in root.references() {
            let mut named = descriptor.clone();
            named["annotations"]["io.containerd.image.name"] = reference::full(name).into();
            named["annotations"]["org.opencontainers.image.ref.name"] =
                reference::split(name).1.into();
            manifests.push(named);
        }
    }
    json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests })
}

fn layout(index: Value, blobs: Blobs) -> Archive {
    let mut archive = Archive::new().insert("blobs", Content::Dir);
    let mut last = String::new();
    for (digest, bytes) in blobs {
        let (algorithm, hex) = digest.split_once(':').expect("digests have a colon");
        if algorithm != last {
            last = algorithm.to_owned();
            archive = archive.insert(format!("blobs/{algorithm}"), Content::Dir);
        }
        archive = archive.insert_file(format!("blobs/{algorithm}/{hex}"), bytes);
    }
    archive
        .insert_file("index.json", json::bytes(&index))
        .insert_file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#)
}

/// [`oci`] of one root as a tar.
pub fn oci_archive(root: impl Into<Root>) -> Vec<u8> {
    oci([root]).to_tar()
}

/// [`oci`] of one root, written as a directory.
///
/// # Panics
///
/// Panics if the file system refuses.
pub fn oci_layout_dir(root: impl Into<Root>, path: impl AsRef<Path>) {
    oci([root]).write_dir(path);
}

/// The identifiers of the layers as `docker save` before 25 made them up: one depends on all
/// layers below, the top one on the configuration too.
fn v1_ids(built: &Built) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for (i, layer) in built.layers.iter().enumerate() {
        let parent = ids.last().map_or("", String::as_str);
        let top = if i + 1 == built.layers.len() { built.config_digest.as_str() } else { "" };
        let text = format!("{parent} {} {top}", layer.true_diff_id);
        ids.push(Algorithm::Sha256.hex(text.as_bytes()));
    }
    ids
}

/// The `json` file of layer `i`: the top one carries the configuration.
fn v1_json(built: &Built, ids: &[String], i: usize) -> Value {
    let config: Value = serde_json::from_slice(&built.config).unwrap_or_default();
    let mut v1 = json!({ "id": ids[i], "created": "1970-01-01T00:00:00Z", "os": "linux" });
    v1["container_config"] = json!({ "Hostname": "", "Cmd": null });
    if i + 1 == ids.len() {
        for key in ["architecture", "config", "created", "os", "variant"] {
            if let Some(value) = config.get(key) {
                v1[key] = value.clone();
            }
        }
    }
    if i > 0 {
        v1["parent"] = ids[i - 1].as_str().into();
    }
    v1
}

fn repo_tags(image: &Image) -> Value {
    if image.references.is_empty() {
        return Value::Null;
    }
    image.references.iter().map(|name| Value::from(reference::familiar(name))).collect()
}

/// `repositories`: repository, tag, identifier of the top layer. None without names.
fn repositories(tops: &[(&Image, String)]) -> Option<Value> {
    let mut all: Map<String, Value> = Map::new();
    for (image, top) in tops {
        for name in &image.references {
            let (repository, tag) = reference::split(&reference::familiar(name));
            all.entry(repository).or_insert_with(|| json!({}))[tag] = top.as_str().into();
        }
    }
    (!all.is_empty()).then_some(Value::Object(all))
}

fn line(value: &Value) -> Vec<u8> {
    let mut out = json::bytes(value);
    out.push(b'\n');
    out
}

/// A list of members in which every name comes once.
#[derive(Default)]
struct Members(Vec<(String, Content)>);

impl Members {
    fn put(&mut self, name: impl Into<String>, content: Content) {
        let name = name.into();
        if !self.0.iter().any(|(n, _)| *n == name) {
            self.0.push((name, content));
        }
    }

    fn file(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.put(name, Content::File(bytes.into()));
    }

    fn sort(&mut self) {
        self.0.sort_by(|a, b| a.0.cmp(&b.0));
    }

    fn archive(self) -> Archive {
        self.0.into_iter().fold(Archive::new(), |a, (name, content)| a.insert(name, content))
    }
}

fn build_all<I: Borrow<Image>>(images: impl IntoIterator<Item = I>) -> Vec<(I, Built)> {
    images
        .into_iter()
        .map(|image| {
            let built = image.borrow().build();
            (image, built)
        })
        .collect()
}

/// `docker save` of Docker 1.10 to 24: `ID/layer.tar` (a symbolic link where the same layer is
/// there already), `ID/json`, `ID/VERSION`, `CONFIG.json`, `manifest.json`, `repositories`.
pub fn docker_legacy(images: impl IntoIterator<Item = impl Borrow<Image>>) -> Archive {
    let images = build_all(images);
    let mut members = Members::default();
    let mut manifest = Vec::new();
    let mut tops = Vec::new();
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (image, built) in &images {
        let ids = v1_ids(built);
        let mut paths = Vec::new();
        for (i, (layer, id)) in built.layers.iter().zip(&ids).enumerate() {
            let path = format!("{id}/layer.tar");
            members.put(id.as_str(), Content::Dir);
            members.file(format!("{id}/VERSION"), "1.0");
            members.file(format!("{id}/json"), json::bytes(&v1_json(built, &ids, i)));
            paths.push(path.clone());
            if !layer.stored {
                continue;
            }
            match seen.get(layer.true_diff_id.as_str()) {
                Some(first) => members.put(path, Content::Symlink(format!("../{first}"))),
                None => {
                    seen.insert(&layer.true_diff_id, path.clone());
                    members.file(path, layer.tar.clone());
                }
            }
        }
        let config = format!("{}.json", hex(&built.config_digest));
        let tags = repo_tags(image.borrow());
        manifest.push(json!({ "Config": config, "RepoTags": tags, "Layers": paths }));
        members.file(config, built.config.clone());
        if let Some(top) = ids.last() {
            tops.push((image.borrow(), top.clone()));
        }
    }
    members.sort();
    members.file("manifest.json", line(&manifest.into()));
    if let Some(repositories) = repositories(&tops) {
        members.file("repositories", line(&repositories));
    }
    members.archive()
}

/// `docker save` of Docker 25 and later: an OCI layout with `manifest.json` (and, of named images,
/// `repositories`) beside it. With [`crate::Compression::Plain`] layers, as of the overlay2 store,
/// `manifest.json` has `LayerSources` too; with others it is as of the containerd store.
pub fn docker_hybrid(images: impl IntoIterator<Item = impl Borrow<Image>>) -> Archive {
    let images = build_all(images);
    let roots: Vec<Root> = images.iter().map(|(image, _)| image.borrow().into()).collect();
    let mut blobs = Blobs::new();
    let index = oci_index(&roots, &mut blobs);
    let blob = |digest: &str| format!("blobs/{}", digest.replace(':', "/"));
    let mut manifest = Vec::new();
    let mut tops = Vec::new();
    for (image, built) in &images {
        let layers: Vec<String> = built.layers.iter().map(|layer| blob(&layer.digest)).collect();
        let mut entry = json!({
            "Config": blob(&built.config_digest),
            "RepoTags": repo_tags(image.borrow()),
            "Layers": layers,
        });
        if built.layers.iter().all(|layer| layer.plain) {
            let sources =
                built.layers.iter().map(|layer| (layer.digest.clone(), layer.descriptor.clone()));
            entry["LayerSources"] = Value::Object(sources.collect());
        }
        manifest.push(entry);
        if let Some(layer) = built.layers.last() {
            tops.push((image.borrow(), hex(&layer.diff_id).to_owned()));
        }
    }
    let archive = layout(index, blobs).insert_file("manifest.json", line(&manifest.into()));
    match repositories(&tops) {
        Some(repositories) => archive.insert_file("repositories", line(&repositories)),
        None => archive,
    }
}

/// Who wrote a docker-archive without the directories of [`docker_legacy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlatStyle {
    /// `podman save`, `skopeo copy … docker-archive:`: plain `DIFFID.tar`, `CONFIG.json`, and
    /// `ID/layer.tar` as symbolic links for old readers.
    Podman,
    /// `crane`: `sha256:CONFIG` without extension, compressed `BLOB.tar.gz`, no `repositories`.
    Crane,
    /// `kaniko --tar-path`: the same shape as crane's, for it is written by the same library.
    Kaniko,
    /// Bazel's `rules_oci`: `blobs/sha256/CONFIG` and `blobs/sha256/BLOB.tar.gz`, no layout.
    Bazel,
}

/// A docker-archive of one of the flat styles.
pub fn docker_flat(
    images: impl IntoIterator<Item = impl Borrow<Image>>,
    style: FlatStyle,
) -> Archive {
    let images = build_all(images);
    let mut members = Members::default();
    let mut manifest = Vec::new();
    let mut tops = Vec::new();
    for (image, built) in &images {
        let config = match style {
            FlatStyle::Podman => format!("{}.json", hex(&built.config_digest)),
            FlatStyle::Crane | FlatStyle::Kaniko => built.config_digest.clone(),
            FlatStyle::Bazel => format!("blobs/{}", built.config_digest.replace(':', "/")),
        };
        if style != FlatStyle::Podman {
            members.file(config.as_str(), built.config.clone());
        }
        let mut paths = Vec::new();
        for layer in &built.layers {
            let (path, bytes) = match style {
                FlatStyle::Podman => (format!("{}.tar", hex(&layer.diff_id)), &layer.tar),
                FlatStyle::Crane | FlatStyle::Kaniko => {
                    (format!("{}.tar.gz", hex(&layer.digest)), &layer.blob)
                }
                FlatStyle::Bazel => {
                    (format!("blobs/{}.tar.gz", layer.digest.replace(':', "/")), &layer.blob)
                }
            };
            if layer.stored {
                members.file(path.as_str(), bytes.clone());
            }
            paths.push(path);
        }
        let tags = repo_tags(image.borrow());
        if style == FlatStyle::Podman {
            members.file(config.as_str(), built.config.clone());
            let ids = v1_ids(built);
            for (i, (id, path)) in ids.iter().zip(&paths).enumerate() {
                members.put(format!("{id}/layer.tar"), Content::Symlink(format!("../{path}")));
                members.file(format!("{id}/VERSION"), "1.0");
                members.file(format!("{id}/json"), json::bytes(&v1_json(built, &ids, i)));
            }
            if let Some(top) = ids.last() {
                tops.push((image.borrow(), top.clone()));
            }
        }
        manifest.push(json!({ "Config": config, "RepoTags": tags, "Layers": paths }));
    }
    members.file("manifest.json", json::bytes(&manifest.into()));
    if let Some(repositories) = repositories(&tops) {
        members.file("repositories", json::bytes(&repositories));
    }
    members.archive()
}

/// `docker save` before Docker 1.10: no `manifest.json`, only `repositories` and `ID/layer.tar`,
/// `ID/json` with `ID/VERSION`; the configuration is in the top layer's `json`.
///
/// # Panics
///
/// Panics if an image has no name: this form finds images by name alone.
pub fn docker_v1(images: impl IntoIterator<Item = impl Borrow<Image>>) -> Archive {
    let images = build_all(images);
    let mut members = Members::default();
    let mut tops = Vec::new();
    for (image, built) in &images {
        assert!(!image.borrow().references.is_empty(), "a v1 archive finds images by name");
        let ids = v1_ids(built);
        for (i, (layer, id)) in built.layers.iter().zip(&ids).enumerate() {
            members.put(id.as_str(), Content::Dir);
            members.file(format!("{id}/VERSION"), "1.0");
            let mut v1 = v1_json(built, &ids, i);
            v1["Size"] = layer.tar.len().into();
            members.file(format!("{id}/json"), json::bytes(&v1));
            if layer.stored {
                members.file(format!("{id}/layer.tar"), layer.tar.clone());
            }
        }
        if let Some(top) = ids.last() {
            tops.push((image.borrow(), top.clone()));
        }
    }
    members.sort();
    if let Some(repositories) = repositories(&tops) {
        members.file("repositories", line(&repositories));
    }
    members.archive()
}

/// `jib --tar`: lower-case keys, `config.json` (of further images `config-1.json`, …, which jib
/// itself never writes), compressed `BLOB.tar.gz`.
pub fn jib(images: impl IntoIterator<Item = impl Borrow<Image>>) -> Archive {
    let mut members = Members::default();
    let mut manifest = Vec::new();
    for (n, (image, built)) in build_all(images).into_iter().enumerate() {
        let config = if n == 0 { "config.json".to_owned() } else { format!("config-{n}.json") };
        let mut paths = Vec::new();
        for layer in built.layers {
            let path = format!("{}.tar.gz", hex(&layer.digest));
            if layer.stored {
                members.file(path.as_str(), layer.blob);
            }
            paths.push(path);
        }
        members.file(config.as_str(), built.config);
        let tags = repo_tags(image.borrow());
        manifest.push(json!({ "config": config, "repoTags": tags, "layers": paths }));
    }
    members.file("manifest.json", json::bytes(&manifest.into()));
    members.archive()
}

/// `skopeo copy … dir:`: `version`, `manifest.json`, and blobs named by their bare digits; of an
/// index (as of `--all`) the manifests in it are `DIGITS.manifest.json`.
///
/// # Panics
///
/// Panics if the documents are not as this crate writes them.
pub fn skopeo_dir(root: impl Into<Root>) -> Archive {
    let mut blobs = Blobs::new();
    let descriptor = root.into().store(&mut blobs);
    let mut archive = Archive::new().insert_file("version", "Directory Transport Version: 1.1\n");
    let top = descriptor["digest"].as_str().expect("a descriptor has a digest");
    let manifest = blobs.remove(top).expect("the root is stored");
    archive = archive.insert_file("manifest.json", manifest);
    for (digest, bytes) in blobs {
        let is_manifest = bytes.starts_with(b"{")
            && serde_json::from_slice::<Value>(&bytes)
                .is_ok_and(|v| v.get("schemaVersion").is_some());
        let extension = if is_manifest { ".manifest.json" } else { "" };
        archive = archive.insert_file(format!("{}{extension}", hex(&digest)), bytes);
    }
    archive
}
