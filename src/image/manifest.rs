//! The model: images, their manifests, their layers.

use serde_json::Value;

use super::{Damage, Document, Platform};
use crate::digest::{DiffId, Digest, ImageId};
use crate::media_type::is_layer;
use crate::source::Blob;

/// One image as a name refers to it: a manifest, or an index of manifests for several platforms.
#[derive(Clone, Debug, Default)]
pub struct Image {
    /// Names that lead to it, in the order of the input.
    pub references: Vec<String>,
    /// The descriptor in the layout's `index.json` that leads to it, as it stands there.
    pub descriptor: Option<Value>,
    /// Digest of its root document; absent for docker archives, which carry no manifest.
    pub digest: Option<Digest>,
    /// Media type of its root document.
    pub media_type: Option<String>,
    /// Indexes on the way from the root to the manifests, outermost first.
    pub indexes: Vec<Document>,
    /// Its manifests, in the order of the indexes.
    pub manifests: Vec<Manifest>,
    /// What an index lists and the input does not carry.
    pub absent: Vec<Absent>,
    /// What is wrong with it.
    pub damage: Vec<Damage>,
    /// What is odd about it.
    pub notes: Vec<String>,
}

/// A manifest that is listed and not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// What to call it: its platform, where it has one.
    pub name: String,
    /// Its platform, if it is one that can be run.
    pub platform: Option<Platform>,
    /// The digest it is listed by.
    pub digest: Digest,
}

/// One manifest with all it leads to.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// What it is for.
    pub role: Role,
    /// Platform by its descriptor, else by its configuration.
    pub platform: Option<Platform>,
    /// The descriptor that leads to it, as it stands in its index.
    pub descriptor: Option<Value>,
    /// The manifest itself; absent for docker archives, which carry none.
    pub document: Option<Document>,
    /// The configuration.
    pub config: Option<Document>,
    /// Layers from the bottom, in the order of the manifest.
    pub layers: Vec<Layer>,
}

impl Manifest {
    /// The image id (`config.md#imageid`): the digest of the configuration as it was read.
    pub fn image_id(&self) -> Option<ImageId> {
        self.config.as_ref().map(|config| ImageId(config.digest.clone()))
    }
}

/// What a manifest is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A container image.
    Image,
    /// BuildKit's provenance or SBOM of the image with this manifest digest.
    Attestation(Option<Digest>),
    /// Anything else that travels in a manifest.
    Artifact,
}

/// One layer as its manifest and configuration describe it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its descriptor in the manifest, as it stands there.
    pub descriptor: Option<Value>,
    /// Media type its descriptor claims.
    pub media_type: Option<String>,
    /// Digest the blob is claimed to have.
    pub digest: Option<Digest>,
    /// Size the blob is claimed to have.
    pub size: Option<u64>,
    /// DiffID the configuration claims.
    pub diff_id: Option<DiffId>,
    /// Position in the configuration's history.
    pub history: Option<usize>,
    /// The command of that history entry.
    pub created_by: Option<String>,
    /// What to call it in messages: its digest or the name of its member.
    pub name: String,
    /// Its bytes, if the input has them.
    pub blob: Option<Blob>,
}

impl Layer {
    /// Whether its annotations say that it is prepared for lazy pulling (eStargz, zstd:chunked).
    pub fn is_lazy(&self) -> bool {
        let annotations = self.descriptor.as_ref().and_then(|raw| raw.get("annotations"));
        let mut names = annotations.and_then(Value::as_object).into_iter().flatten();
        names.any(|(name, _)| name.contains("stargz") || name.contains("zstd-chunked"))
    }

    /// Whether its blob is a tar stream rather than something only artifacts know.
    pub fn is_tar(&self) -> bool {
        self.media_type.as_deref().is_none_or(is_layer)
    }
}

/// Gives `layers` what the configuration says of each: its DiffID, and the history entry that
/// made it where the history tells (`config.md#properties`).
pub(super) fn apply_config(layers: &mut [Layer], config: &Document, damage: &mut Vec<Damage>) {
    let claims = DiffIds::of(config);
    if claims.0.len() != layers.len() {
        damage.push(count_mismatch(claims.0.len(), layers.len()));
    }
    let history = Filled::of(config);
    let aligned = history.0.len() == layers.len();
    for (position, layer) in layers.iter_mut().enumerate() {
        layer.diff_id = claims.0.get(position).cloned().flatten();
        if let Some((index, created_by)) = history.0.get(position).filter(|_| aligned) {
            layer.history = Some(*index);
            layer.created_by = created_by.clone();
        }
    }
    for (position, text) in claims.1 {
        let message = format!("DiffID {text:?} is not a digest");
        damage
            .push(Damage::new(crate::report::Scope::Config, "diff-id", message).in_layer(position));
    }
}

fn count_mismatch(diff_ids: usize, layers: usize) -> Damage {
    let message = format!("config has {diff_ids} DiffIDs for {layers} layers");
    Damage::new(crate::report::Scope::Config, "diff-ids", message)
}

/// DiffIDs by position, and those that are not digests.
struct DiffIds(Vec<Option<DiffId>>, Vec<(usize, String)>);

impl DiffIds {
    fn of(config: &Document) -> Self {
        let mut ids = Self(Vec::new(), Vec::new());
        let list = config.value.pointer("/rootfs/diff_ids").and_then(Value::as_array);
        for (position, value) in list.into_iter().flatten().enumerate() {
            let parsed = value.as_str().and_then(|text| text.parse().ok()).map(DiffId);
            if parsed.is_none() {
                ids.1.push((position, value.as_str().unwrap_or_default().to_owned()));
            }
            ids.0.push(parsed);
        }
        ids
    }
}

/// The history entries that made a layer: position and command.
struct Filled(Vec<(usize, Option<String>)>);

impl Filled {
    fn of(config: &Document) -> Self {
        let list = config.value.get("history").and_then(Value::as_array);
        let entries = list.into_iter().flatten().enumerate();
        let is_empty =
            |entry: &Value| entry.get("empty_layer").and_then(Value::as_bool).unwrap_or_default();
        let command =
            |entry: &Value| entry.get("created_by").and_then(Value::as_str).map(str::to_owned);
        Self(
            entries
                .filter(|(_, entry)| !is_empty(entry))
                .map(|(index, entry)| (index, command(entry)))
                .collect(),
        )
    }
}
