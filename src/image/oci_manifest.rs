//! A manifest of an OCI layout, with its configuration and layers (`manifest.md`).

use serde_json::{Map, Value};

use super::document::{Descriptor, Document, Reader};
use super::manifest::apply_config;
use super::{Damage, Layer, Manifest, Platform, Role};
use crate::error::{Error, Result};
use crate::media_type::{Kind, kind};
use crate::report::Scope;
use crate::source::Blob;

/// BuildKit's mark on the descriptor of an attestation, and the digest of what it attests.
pub(super) const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";

/// What the manifest `document` stands for, to which the descriptor `raw` led; null where none did.
pub(super) fn read(
    reader: &Reader<'_>,
    raw: &Value,
    document: Document,
    damage: &mut Vec<Damage>,
) -> Result<Manifest> {
    let config = config_of(reader, &document, damage);
    let role = role_of(raw, &document, config.as_ref());
    let mut layers = layers_of(reader, &document, damage)?;
    if let (Role::Image, Some(config)) = (&role, &config) {
        apply_config(&mut layers, config, damage);
    }
    let platform = raw
        .get("platform")
        .and_then(Platform::of)
        .or_else(|| config.as_ref().and_then(|config| Platform::of(&config.value)));
    Ok(Manifest {
        role,
        platform,
        descriptor: (!raw.is_null()).then(|| raw.clone()),
        document: Some(document),
        config,
        layers,
    })
}

fn config_of(
    reader: &Reader<'_>,
    manifest: &Document,
    damage: &mut Vec<Damage>,
) -> Option<Document> {
    let raw = manifest.value.get("config")?;
    match Descriptor::of(raw) {
        Ok(descriptor) if is_json(descriptor.media_type) => {
            reader.document(&descriptor, Scope::Config, damage)
        }
        Ok(_) => None,
        Err(reason) => {
            let message = format!("config of {}: {reason}", manifest.digest);
            damage.push(Damage::new(Scope::Manifest, "descriptor", message));
            None
        }
    }
}

/// Artifacts may keep anything in the place of a configuration.
fn is_json(media_type: &str) -> bool {
    media_type.is_empty() || media_type.ends_with("json")
}

fn role_of(raw: &Value, manifest: &Document, config: Option<&Document>) -> Role {
    let descriptor = Descriptor::of(raw).ok();
    let annotation = |key| descriptor.as_ref().and_then(|it| it.annotation(key));
    let platform = raw.get("platform").and_then(Platform::of);
    let unknown = platform.as_ref().is_some_and(Platform::is_unknown);
    // Whoever goes by the platform runs it, whatever mark it carries.
    let may_attest = platform.is_none() || unknown;
    if may_attest && annotation(REFERENCE_TYPE) == Some("attestation-manifest") {
        return Role::Attestation(annotation(REFERENCE_DIGEST).and_then(|it| it.parse().ok()));
    }
    let config_type = manifest.value.pointer("/config/mediaType").and_then(Value::as_str);
    // Some artifacts borrow the media type of an image's configuration for an empty object.
    let is_empty = |config: &Document| config.value.as_object().is_some_and(Map::is_empty);
    let is_image = match config_type.map(kind) {
        Some(Kind::Config) | None => !config.is_some_and(is_empty),
        Some(_) => config.is_some_and(|config| config.value.get("rootfs").is_some()),
    };
    match (is_image, unknown) {
        (true, false) => Role::Image,
        (true, true) => Role::Attestation(None),
        (false, _) => Role::Artifact,
    }
}

fn layers_of(
    reader: &Reader<'_>,
    manifest: &Document,
    damage: &mut Vec<Damage>,
) -> Result<Vec<Layer>> {
    let list = manifest.value.get("layers").and_then(Value::as_array);
    let mut layers = Vec::new();
    for raw in list.into_iter().flatten() {
        let limit = reader.limits.layers;
        if layers.len() >= limit {
            let object = manifest.digest.to_string();
            return Err(Error::Limit { object, what: "layers", limit: limit as u64 });
        }
        let position = layers.len();
        layers.push(layer_of(reader, raw, position, damage));
    }
    Ok(layers)
}

fn layer_of(reader: &Reader<'_>, raw: &Value, position: usize, damage: &mut Vec<Damage>) -> Layer {
    let mut layer = Layer {
        descriptor: Some(raw.clone()),
        media_type: raw.get("mediaType").and_then(Value::as_str).map(str::to_owned),
        digest: None,
        size: raw.get("size").and_then(Value::as_u64),
        diff_id: None,
        history: None,
        created_by: None,
        name: format!("layer {position}"),
        blob: None,
    };
    match Descriptor::of(raw) {
        Ok(descriptor) => {
            layer.name = format!("layer {}", descriptor.digest);
            layer.blob = find_layer(reader, &descriptor, position, damage);
            layer.digest = Some(descriptor.digest);
        }
        Err(reason) => {
            let message = format!("layer {position}: {reason}");
            let problem = Damage::new(Scope::Manifest, "descriptor", message);
            damage.push(problem.in_layer(position));
        }
    }
    layer
}

fn find_layer(
    reader: &Reader<'_>,
    descriptor: &Descriptor<'_>,
    position: usize,
    damage: &mut Vec<Damage>,
) -> Option<Blob> {
    let name = format!("layer {}", descriptor.digest);
    let problem = match reader.blob(&descriptor.digest) {
        Ok(Some(blob)) => return Some(blob),
        Ok(None) => Damage::new(Scope::Layer, "missing", format!("{name} is not in the input"))
            .with_hint(missing_hint(descriptor)),
        Err(error) => Damage::new(Scope::Layer, "missing", format!("{name}: {error}")),
    };
    damage.push(problem.in_layer(position));
    None
}

fn missing_hint(descriptor: &Descriptor<'_>) -> &'static str {
    if descriptor.raw.get("urls").is_some() {
        "the layer is kept elsewhere (urls); fetch it into the layout"
    } else {
        "the copy is incomplete; save or copy the image again"
    }
}
