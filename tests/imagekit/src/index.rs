//! Image indexes, and what may stand at the root of an archive.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::compression::Family;
use crate::digest::Algorithm;
use crate::image::{Image, OCI_MANIFEST};
use crate::json;

/// Blobs by digest.
pub(crate) type Blobs = BTreeMap<String, Vec<u8>>;

#[derive(Clone, Debug)]
enum Child {
    Image(Box<Image>),
    Attestation(usize, Value),
    Absent(String, String),
    Artifact(String, Vec<u8>),
}

/// An image index (manifest list): images and other manifests, in order.
#[derive(Clone, Debug, Default)]
pub struct Index {
    children: Vec<Child>,
    annotations: Map<String, Value>,
    root_annotations: Map<String, Value>,
    nested: usize,
    family: Family,
    algorithm: Algorithm,
    references: Vec<String>,
}

impl Index {
    /// An index of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an image, with its platform.
    #[must_use]
    pub fn image(mut self, image: Image) -> Self {
        self.children.push(Child::Image(Box::new(image)));
        self
    }

    /// Adds an attestation as BuildKit writes it, about the entry at `subject_position` (counted
    /// from 0 among all entries); `statement` is its in-toto document.
    #[must_use]
    pub fn attestation(mut self, subject_position: usize, statement: Value) -> Self {
        self.children.push(Child::Attestation(subject_position, statement));
        self
    }

    /// Adds a descriptor whose manifest is not in the archive.
    #[must_use]
    pub fn absent_platform(mut self, os: impl Into<String>, arch: impl Into<String>) -> Self {
        self.children.push(Child::Absent(os.into(), arch.into()));
        self
    }

    /// Adds an OCI artifact of this type with one blob.
    #[must_use]
    pub fn artifact(mut self, kind: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.children.push(Child::Artifact(kind.into(), bytes.into()));
        self
    }

    /// An annotation of the index.
    #[must_use]
    pub fn annotation(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.annotations.insert(key.into(), value.into().into());
        self
    }

    /// An annotation of the descriptor that leads to the index.
    #[must_use]
    pub fn descriptor_annotation(
        mut self,
        key: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        self.root_annotations.insert(key.into(), value.into().into());
        self
    }

    /// Wraps the index into `depth` more, each with the next as its only entry.
    #[must_use]
    pub fn nested(mut self, depth: usize) -> Self {
        self.nested = depth;
        self
    }

    /// Whose media type the index has (that of its images is their own).
    #[must_use]
    pub fn family(mut self, family: Family) -> Self {
        self.family = family;
        self
    }

    /// The algorithm of the index's own digest and of its attestations and artifacts.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// A name, as for [`Image::reference`].
    #[must_use]
    pub fn reference(mut self, name: impl Into<String>) -> Self {
        self.references.push(name.into());
        self
    }

    /// The images among the entries.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.children.iter().filter_map(|child| match child {
            Child::Image(image) => Some(&**image),
            _ => None,
        })
    }

    fn store(&self, blobs: &mut Blobs, media_type: &str, bytes: Vec<u8>) -> Value {
        let digest = self.algorithm.digest(&bytes);
        let descriptor = json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() });
        blobs.entry(digest).or_insert(bytes);
        descriptor
    }

    /// A manifest with an artifact type: the empty configuration and one blob.
    fn artifact_manifest(&self, blobs: &mut Blobs, kind: &str, blob: Value) -> Value {
        let mut config = self.store(blobs, "application/vnd.oci.empty.v1+json", b"{}".to_vec());
        config["data"] = "e30=".into();
        json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "artifactType": kind,
            "config": config,
            "layers": [blob],
        })
    }

    fn child(&self, child: &Child, before: &[Value], blobs: &mut Blobs) -> Value {
        match child {
            Child::Image(image) => {
                let mut descriptor = store_image(image, blobs);
                descriptor["platform"] = image.platform_value();
                descriptor
            }
            Child::Absent(os, architecture) => json!({
                "mediaType": OCI_MANIFEST,
                "digest": self.algorithm.digest(format!("absent {os}/{architecture}").as_bytes()),
                "size": 1234,
                "platform": { "architecture": architecture, "os": os },
            }),
            Child::Artifact(kind, bytes) => {
                let blob = self.store(blobs, kind, bytes.clone());
                let manifest = self.artifact_manifest(blobs, kind, blob);
                let mut descriptor = self.store(blobs, OCI_MANIFEST, json::bytes(&manifest));
                descriptor["artifactType"] = kind.as_str().into();
                descriptor
            }
            Child::Attestation(position, statement) => {
                let about = before.get(*position).expect("an attestation follows its subject");
                let mut blob =
                    self.store(blobs, "application/vnd.in-toto+json", json::bytes(statement));
                if let Some(kind) = statement.get("predicateType") {
                    blob["annotations"] = json!({ "in-toto.io/predicate-type": kind });
                }
                let kind = "application/vnd.docker.attestation.manifest.v1+json";
                let mut manifest = self.artifact_manifest(blobs, kind, blob);
                manifest["subject"] = json!({
                    "mediaType": about["mediaType"],
                    "digest": about["digest"],
                    "size": about["size"],
                });
                let mut descriptor = self.store(blobs, OCI_MANIFEST, json::bytes(&manifest));
                descriptor["annotations"] = json!({
                    "vnd.docker.reference.digest": about["digest"],
                    "vnd.docker.reference.type": "attestation-manifest",
                });
                descriptor["platform"] = json!({ "architecture": "unknown", "os": "unknown" });
                descriptor
            }
        }
    }

    fn store_all(&self, blobs: &mut Blobs) -> Value {
        let media_type = match self.family {
            Family::Oci => OCI_INDEX,
            Family::Docker => "application/vnd.docker.distribution.manifest.list.v2+json",
        };
        let mut manifests = Vec::new();
        for child in &self.children {
            let descriptor = self.child(child, &manifests, blobs);
            manifests.push(descriptor);
        }
        let mut index =
            json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": manifests });
        if !self.annotations.is_empty() {
            index["annotations"] = Value::Object(self.annotations.clone());
        }
        let mut descriptor = self.store(blobs, media_type, json::bytes(&index));
        for _ in 0..self.nested {
            let outer =
                json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": [descriptor] });
            descriptor = self.store(blobs, media_type, json::bytes(&outer));
        }
        annotate(&mut descriptor, &self.root_annotations);
        descriptor
    }
}

pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

pub(crate) fn annotate(descriptor: &mut Value, annotations: &Map<String, Value>) {
    for (key, value) in annotations {
        descriptor["annotations"][key] = value.clone();
    }
}

/// Stores an image's blobs and gives its descriptor, without platform.
fn store_image(image: &Image, blobs: &mut Blobs) -> Value {
    let built = image.build();
    let mut descriptor = json!({
        "mediaType": built.manifest_type,
        "digest": built.manifest_digest,
        "size": built.manifest.len(),
    });
    annotate(&mut descriptor, &image.root_annotations);
    blobs.entry(built.manifest_digest).or_insert(built.manifest);
    blobs.entry(built.config_digest).or_insert(built.config);
    for layer in built.layers.into_iter().filter(|layer| layer.stored) {
        blobs.entry(layer.digest).or_insert(layer.blob);
    }
    descriptor
}

/// What a layout's `index.json` may name.
#[derive(Clone, Debug)]
pub enum Root {
    /// One image.
    Image(Box<Image>),
    /// An index.
    Index(Box<Index>),
}

impl From<Image> for Root {
    fn from(image: Image) -> Self {
        Self::Image(Box::new(image))
    }
}

impl From<&Image> for Root {
    fn from(image: &Image) -> Self {
        image.clone().into()
    }
}

impl From<Index> for Root {
    fn from(index: Index) -> Self {
        Self::Index(Box::new(index))
    }
}

impl From<&Index> for Root {
    fn from(index: &Index) -> Self {
        index.clone().into()
    }
}

impl Root {
    pub(crate) fn references(&self) -> &[String] {
        match self {
            Self::Image(image) => &image.references,
            Self::Index(index) => &index.references,
        }
    }

    /// Stores all blobs and gives the descriptor; an image's has a platform, as BuildKit writes.
    pub(crate) fn store(&self, blobs: &mut Blobs) -> Value {
        match self {
            Self::Image(image) => {
                let mut descriptor = store_image(image, blobs);
                descriptor["platform"] = image.platform_value();
                descriptor
            }
            Self::Index(index) => index.store_all(blobs),
        }
    }
}
