//! One image: layers, configuration, manifest, and the lies they may tell.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::compression::{Compression, Family};
use crate::digest::Algorithm;
use crate::json;
use crate::layer::Layer;

#[derive(Clone, Debug)]
struct History {
    created_by: String,
    empty: bool,
}

#[derive(Clone, Debug)]
enum Edit {
    Set(String, Value),
    Remove(String),
}

/// An image to be written in any form. Gzip layers, OCI media types, SHA-256, `linux`/`amd64`,
/// created 2023-11-14T22:13:20Z, no name, unless told otherwise.
#[derive(Clone, Debug)]
pub struct Image {
    pub(crate) layers: Vec<Layer>,
    history: Vec<History>,
    created: String,
    os: String,
    architecture: String,
    variant: Option<String>,
    config: Map<String, Value>,
    config_edits: Vec<Edit>,
    annotations: Map<String, Value>,
    pub(crate) root_annotations: Map<String, Value>,
    layer_annotations: BTreeMap<usize, Map<String, Value>>,
    manifest_edits: Vec<Edit>,
    compression: Compression,
    layer_compressions: BTreeMap<usize, Compression>,
    pub(crate) family: Family,
    pub(crate) algorithm: Algorithm,
    pub(crate) references: Vec<String>,
    lie_layer_digest: BTreeSet<usize>,
    lie_layer_size: BTreeMap<usize, u64>,
    lie_diff_id: BTreeSet<usize>,
    lie_media_type: BTreeMap<usize, String>,
    lie_config_digest: bool,
    dropped: BTreeSet<usize>,
}

impl Default for Image {
    fn default() -> Self {
        Self::new()
    }
}

impl Image {
    /// An image without layers.
    pub fn new() -> Self {
        Self {
            layers: Vec::new(),
            history: Vec::new(),
            created: "2023-11-14T22:13:20Z".to_owned(),
            os: "linux".to_owned(),
            architecture: "amd64".to_owned(),
            variant: None,
            config: Map::new(),
            config_edits: Vec::new(),
            annotations: Map::new(),
            root_annotations: Map::new(),
            layer_annotations: BTreeMap::new(),
            manifest_edits: Vec::new(),
            compression: Compression::gzip(),
            layer_compressions: BTreeMap::new(),
            family: Family::Oci,
            algorithm: Algorithm::Sha256,
            references: Vec::new(),
            lie_layer_digest: BTreeSet::new(),
            lie_layer_size: BTreeMap::new(),
            lie_diff_id: BTreeSet::new(),
            lie_media_type: BTreeMap::new(),
            lie_config_digest: false,
            dropped: BTreeSet::new(),
        }
    }

    /// Adds a layer, with the history `COPY layer-N / # imagekit`.
    #[must_use]
    pub fn layer(self, layer: Layer) -> Self {
        let created_by = format!("COPY layer-{} / # imagekit", self.layers.len());
        self.layer_by(layer, created_by)
    }

    /// Adds a layer and what made it.
    #[must_use]
    pub fn layer_by(mut self, layer: Layer, created_by: impl Into<String>) -> Self {
        self.layers.push(layer);
        self.history.push(History { created_by: created_by.into(), empty: false });
        self
    }

    /// Adds a history entry without a layer.
    #[must_use]
    pub fn empty_history(mut self, created_by: impl Into<String>) -> Self {
        self.history.push(History { created_by: created_by.into(), empty: true });
        self
    }

    /// The time in the configuration and in every history entry.
    #[must_use]
    pub fn created(mut self, time: impl Into<String>) -> Self {
        self.created = time.into();
        self
    }

    fn config_list(mut self, key: &str, value: Value) -> Self {
        match self.config.entry(key).or_insert_with(|| json!([])) {
            Value::Array(list) => list.push(value),
            _ => unreachable!("only config_value makes other shapes, and later"),
        }
        self
    }

    fn config_map(mut self, key: &str, name: String, value: Value) -> Self {
        match self.config.entry(key).or_insert_with(|| json!({})) {
            Value::Object(map) => map.insert(name, value),
            _ => unreachable!("only config_value makes other shapes, and later"),
        };
        self
    }

    fn config_field(mut self, key: &str, value: Value) -> Self {
        self.config.insert(key.to_owned(), value);
        self
    }

    /// Adds `KEY=VALUE` to `Env`.
    #[must_use]
    pub fn env(self, key: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        let both = format!("{}={}", key.as_ref(), value.as_ref());
        self.config_list("Env", both.into())
    }

    /// Sets a label.
    #[must_use]
    pub fn label(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.config_map("Labels", key.into(), value.into().into())
    }

    /// Sets `Cmd`.
    #[must_use]
    pub fn cmd(self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let words: Vec<String> = words.into_iter().map(Into::into).collect();
        self.config_field("Cmd", json!(words))
    }

    /// Sets `Entrypoint`.
    #[must_use]
    pub fn entrypoint(self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let words: Vec<String> = words.into_iter().map(Into::into).collect();
        self.config_field("Entrypoint", json!(words))
    }

    /// Sets `User`.
    #[must_use]
    pub fn user(self, user: impl Into<String>) -> Self {
        self.config_field("User", user.into().into())
    }

    /// Sets `WorkingDir`.
    #[must_use]
    pub fn workdir(self, dir: impl Into<String>) -> Self {
        self.config_field("WorkingDir", dir.into().into())
    }

    /// Adds an exposed port such as `8080/tcp`.
    #[must_use]
    pub fn expose(self, port: impl Into<String>) -> Self {
        self.config_map("ExposedPorts", port.into(), json!({}))
    }

    /// Adds a volume.
    #[must_use]
    pub fn volume(self, path: impl Into<String>) -> Self {
        self.config_map("Volumes", path.into(), json!({}))
    }

    /// Sets `StopSignal`.
    #[must_use]
    pub fn stop_signal(self, signal: impl Into<String>) -> Self {
        self.config_field("StopSignal", signal.into().into())
    }

    /// The platform; the variant is a `&str` or `None` (`""` is none too).
    #[must_use]
    pub fn platform<'a>(
        mut self,
        os: impl Into<String>,
        architecture: impl Into<String>,
        variant: impl Into<Option<&'a str>>,
    ) -> Self {
        self.os = os.into();
        self.architecture = architecture.into();
        self.variant = variant.into().filter(|v| !v.is_empty()).map(str::to_owned);
        self
    }

    /// Sets anything in the configuration, by JSON pointer from its root (`/config/Env/0`); done
    /// last, in the order of the calls.
    #[must_use]
    pub fn config_value(mut self, pointer: impl Into<String>, value: Value) -> Self {
        self.config_edits.push(Edit::Set(pointer.into(), value));
        self
    }

    /// Removes something from the configuration, by JSON pointer.
    #[must_use]
    pub fn config_remove(mut self, pointer: impl Into<String>) -> Self {
        self.config_edits.push(Edit::Remove(pointer.into()));
        self
    }

    /// An annotation of the manifest.
    #[must_use]
    pub fn annotation(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.annotations.insert(key.into(), value.into().into());
        self
    }

    /// An annotation of the descriptor that leads to the manifest.
    #[must_use]
    pub fn descriptor_annotation(
        mut self,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.root_annotations.insert(key.into(), value.into().into());
        self
    }

    /// Sets anything in the manifest, by JSON pointer from its root; done last.
    #[must_use]
    pub fn manifest_value(mut self, pointer: impl Into<String>, value: Value) -> Self {
        self.manifest_edits.push(Edit::Set(pointer.into(), value));
        self
    }

    /// Removes something from the manifest, by JSON pointer.
    #[must_use]
    pub fn manifest_remove(mut self, pointer: impl Into<String>) -> Self {
        self.manifest_edits.push(Edit::Remove(pointer.into()));
        self
    }

    /// An annotation of the descriptor of layer `i`.
    #[must_use]
    pub fn layer_annotation(
        mut self,
        i: usize,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.layer_annotations.entry(i).or_default().insert(key.into(), value.into().into());
        self
    }

    /// The compression of all layers without one of their own.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// The compression of layer `i`.
    #[must_use]
    pub fn layer_compression(mut self, i: usize, compression: Compression) -> Self {
        self.layer_compressions.insert(i, compression);
        self
    }

    /// Whose media types to write.
    #[must_use]
    pub fn family(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    /// The algorithm of every digest, DiffIDs too.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// A name such as `app:1.0` or `registry.example/team/app:1.0`; may be called again for more.
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>) -> Self {
        self.references.push(name.into());
        self
    }

    /// The manifest gives layer `i` another digest, and the blob is stored under that.
    #[must_use]
    pub fn lie_layer_digest(mut self, i: usize) -> Self {
        self.lie_layer_digest.insert(i);
        self
    }

    /// The manifest gives layer `i` another size.
    #[must_use]
    pub fn lie_layer_size(mut self, i: usize, size: u64) -> Self {
        self.lie_layer_size.insert(i, size);
        self
    }

    /// The configuration gives layer `i` another DiffID.
    #[must_use]
    pub fn lie_diff_id(mut self, i: usize) -> Self {
        self.lie_diff_id.insert(i);
        self
    }

    /// The manifest gives layer `i` another media type.
    #[must_use]
    pub fn lie_media_type(mut self, i: usize, media_type: impl Into<String>) -> Self {
        self.lie_media_type.insert(i, media_type.into());
        self
    }

    /// The manifest gives the configuration another digest, and the blob is stored under that.
    #[must_use]
    pub fn lie_config_digest(mut self) -> Self {
        self.lie_config_digest = true;
        self
    }

    /// The bytes of layer `i` are left out of the archive.
    #[must_use]
    pub fn drop_layer_blob(mut self, i: usize) -> Self {
        self.dropped.insert(i);
        self
    }

    /// The layers.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// All documents and blobs, lies included.
    pub fn build(&self) -> Built {
        let layers: Vec<BuiltLayer> = (0..self.layers.len()).map(|i| self.build_layer(i)).collect();
        let config = self.build_config(&layers);
        let config_digest = if self.lie_config_digest {
            self.algorithm.digest(b"imagekit lies about the configuration")
        } else {
            self.algorithm.digest(&config)
        };
        let (manifest_type, config_type) = match self.family {
            Family::Oci => (OCI_MANIFEST, "application/vnd.oci.image.config.v1+json"),
            Family::Docker => (DOCKER_MANIFEST, "application/vnd.docker.container.image.v1+json"),
        };
        let descriptors: Vec<Value> = layers.iter().map(|l| l.descriptor.clone()).collect();
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": manifest_type,
            "config": {
                "mediaType": config_type,
                "digest": config_digest,
                "size": config.len(),
            },
            "layers": descriptors,
        });
        if !self.annotations.is_empty() {
            manifest["annotations"] = Value::Object(self.annotations.clone());
        }
        edit(&mut manifest, &self.manifest_edits);
        let manifest = json::bytes(&manifest);
        Built {
            manifest_digest: self.algorithm.digest(&manifest),
            manifest,
            manifest_type,
            config,
            config_digest,
            layers,
        }
    }

    fn build_layer(&self, i: usize) -> BuiltLayer {
        let tar = self.layers[i].tar();
        let compression = self.layer_compressions.get(&i).unwrap_or(&self.compression);
        let blob = compression.compress(&tar);
        let lie =
            |what: &str| self.algorithm.digest(format!("imagekit lies: {what} {i}").as_bytes());
        let true_diff_id = self.algorithm.digest(&tar);
        let diff_id =
            if self.lie_diff_id.contains(&i) { lie("diff") } else { true_diff_id.clone() };
        let digest = if self.lie_layer_digest.contains(&i) {
            lie("layer")
        } else {
            self.algorithm.digest(&blob)
        };
        let media_type = match self.lie_media_type.get(&i) {
            Some(media_type) => media_type.clone(),
            None => compression.layer_media_type(self.family),
        };
        let size = self.lie_layer_size.get(&i).copied().unwrap_or(blob.len() as u64);
        let mut descriptor = json!({ "mediaType": media_type, "digest": digest, "size": size });
        if let Some(annotations) = self.layer_annotations.get(&i) {
            descriptor["annotations"] = Value::Object(annotations.clone());
        }
        BuiltLayer {
            tar,
            blob,
            true_diff_id,
            diff_id,
            digest,
            descriptor,
            stored: !self.dropped.contains(&i),
            plain: *compression == Compression::Plain,
        }
    }

    fn build_config(&self, layers: &[BuiltLayer]) -> Vec<u8> {
        let history: Vec<Value> = self
            .history
            .iter()
            .map(|step| {
                let mut entry = json!({ "created": self.created, "created_by": step.created_by });
                if step.empty {
                    entry["empty_layer"] = true.into();
                }
                entry
            })
            .collect();
        let diff_ids: Vec<&str> = layers.iter().map(|layer| layer.diff_id.as_str()).collect();
        let mut config = json!({
            "architecture": self.architecture,
            "os": self.os,
            "created": self.created,
            "config": self.config,
            "rootfs": { "type": "layers", "diff_ids": diff_ids },
            "history": history,
        });
        if let Some(variant) = &self.variant {
            config["variant"] = variant.as_str().into();
        }
        edit(&mut config, &self.config_edits);
        json::bytes(&config)
    }

    pub(crate) fn platform_value(&self) -> Value {
        let mut platform = json!({ "architecture": self.architecture, "os": self.os });
        if let Some(variant) = &self.variant {
            platform["variant"] = variant.as_str().into();
        }
        platform
    }
}

pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

fn edit(document: &mut Value, edits: &[Edit]) {
    for edit in edits {
        match edit {
            Edit::Set(pointer, value) => json::set(document, pointer, value.clone()),
            Edit::Remove(pointer) => json::remove(document, pointer),
        }
    }
}

/// What an image comes to.
#[derive(Clone, Debug)]
pub struct Built {
    /// The manifest.
    pub manifest: Vec<u8>,
    /// Its digest.
    pub manifest_digest: String,
    /// Its media type.
    pub manifest_type: &'static str,
    /// The configuration.
    pub config: Vec<u8>,
    /// Its digest, as the manifest claims it.
    pub config_digest: String,
    /// The layers.
    pub layers: Vec<BuiltLayer>,
}

/// One layer of [`Built`].
#[derive(Clone, Debug)]
pub struct BuiltLayer {
    /// The uncompressed tar.
    pub tar: Vec<u8>,
    /// The tar as it is stored.
    pub blob: Vec<u8>,
    /// The digest of `tar`.
    pub true_diff_id: String,
    /// The same, as the configuration claims it.
    pub diff_id: String,
    /// The digest of `blob`, as the manifest claims it.
    pub digest: String,
    /// The descriptor in the manifest.
    pub descriptor: Value,
    /// Whether the blob is to be in the archive.
    pub stored: bool,
    /// Whether `blob` is `tar`.
    pub plain: bool,
}
