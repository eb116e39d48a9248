//! Images in an OCI layout (`image-layout.md`, `image-index.md`, `manifest.md`).

use serde_json::{Map, Value};

use super::document::{Descriptor, Document, Reader};
use super::manifest::apply_config;
use super::reference::{CONTAINERD_NAME, REF_NAME};
use super::{Absent, Damage, Image, Layer, Manifest, Platform, Role};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::limits::SCALE;
use crate::media_type::{Kind, kind};
use crate::report::Scope;

/// BuildKit's mark on the descriptor of an attestation, and the digest of what it attests.
const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";

/// The images of a layout, by its `index.json`.
///
/// Descriptors of one digest are one image with several names. Descriptors without names that
/// stand for platforms are together one image, as some tools write a multi-platform image.
pub(super) fn images(reader: &Reader<'_>, index: &Document) -> Result<Vec<Image>> {
    let list = index.value.get("manifests").and_then(Value::as_array);
    let mut roots: Vec<Root<'_>> = Vec::new();
    for raw in list.into_iter().flatten() {
        check_count(reader, roots.len())?;
        add_root(&mut roots, raw);
    }
    if is_flat(&roots) {
        return Ok(vec![flat_image(reader, index, &roots)?]);
    }
    roots.iter().map(|root| root_image(reader, root)).collect()
}

struct Root<'a> {
    raw: &'a Value,
    digest: Option<&'a str>,
    names: Vec<String>,
}

fn add_root<'a>(roots: &mut Vec<Root<'a>>, raw: &'a Value) {
    let digest = raw.get("digest").and_then(Value::as_str);
    let name = name_of(raw);
    if let Some(root) = roots.iter_mut().find(|root| digest.is_some() && root.digest == digest) {
        root.names.extend(name);
    } else {
        roots.push(Root { raw, digest, names: name.into_iter().collect() });
    }
}

/// The full name where one is given, else what the spec's own annotation says.
fn name_of(raw: &Value) -> Option<String> {
    let annotations = raw.get("annotations")?;
    let text = |key| annotations.get(key).and_then(Value::as_str);
    text(CONTAINERD_NAME).or_else(|| text(REF_NAME)).map(str::to_owned)
}

fn is_flat(roots: &[Root<'_>]) -> bool {
    let mut platforms: Vec<Platform> = Vec::new();
    for root in roots {
        let platform = root.raw.get("platform").and_then(Platform::of);
        let Some(platform) = platform.filter(|_| root.names.is_empty()) else { return false };
        platforms.push(platform);
    }
    platforms.retain(|platform| !platform.is_unknown());
    let distinct: std::collections::BTreeSet<_> = platforms.iter().collect();
    roots.len() > 1 && distinct.len() == platforms.len()
}

fn flat_image(reader: &Reader<'_>, index: &Document, roots: &[Root<'_>]) -> Result<Image> {
    let mut image = Image { indexes: vec![index.clone()], ..Image::default() };
    for root in roots {
        Descent::new(reader, &mut image).follow(root.raw)?;
    }
    finish(&mut image);
    Ok(image)
}

fn root_image(reader: &Reader<'_>, root: &Root<'_>) -> Result<Image> {
    let mut image = Image {
        references: root.names.clone(),
        descriptor: Some(root.raw.clone()),
        ..Image::default()
    };
    Descent::new(reader, &mut image).follow(root.raw)?;
    finish(&mut image);
    Ok(image)
}

/// The image behind a manifest or index that lies at the top of the input by itself.
pub(super) fn lone_image(reader: &Reader<'_>, document: Document) -> Result<Image> {
    let mut image = Image::default();
    let media_type = document.text("mediaType").unwrap_or_default().to_owned();
    let raw = Value::Null;
    Descent::new(reader, &mut image).enter(&raw, &media_type, document)?;
    finish(&mut image);
    Ok(image)
}

fn finish(image: &mut Image) {
    if image.manifests.is_empty() && image.damage.is_empty() {
        let name = image.digest.as_ref().map(ToString::to_string).unwrap_or_default();
        let message = format!("index {name}: none of the manifests it lists is in the input");
        image.damage.push(Damage::new(Scope::Index, "missing", message));
    }
    if !image.absent.is_empty() {
        let names: Vec<&str> = image.absent.iter().map(|it| it.name.as_str()).collect();
        let list = names.join(", ");
        image.notes.push(format!("the index lists platforms that are not in the archive: {list}"));
    }
}

fn check_count(reader: &Reader<'_>, count: usize) -> Result<()> {
    let limit = reader.limits.descriptors;
    if count < limit {
        return Ok(());
    }
    Err(Error::Limit { object: reader.input.to_owned(), what: "descriptors", limit: limit as u64 })
}

/// The way from a root down to its manifests.
struct Descent<'a, 'b> {
    reader: &'a Reader<'b>,
    image: &'a mut Image,
    /// Digests of the indexes above, so that a cycle is seen.
    above: Vec<Digest>,
    descriptors: usize,
}

impl<'a, 'b> Descent<'a, 'b> {
    const fn new(reader: &'a Reader<'b>, image: &'a mut Image) -> Self {
        Self { reader, image, above: Vec::new(), descriptors: 0 }
    }

    /// Reads what the descriptor `raw` leads to.
    fn follow(&mut self, raw: &Value) -> Result<()> {
        check_count(self.reader, self.descriptors)?;
        self.descriptors = self.descriptors.saturating_add(1);
        let descriptor = match Descriptor::of(raw) {
            Ok(descriptor) => descriptor,
            Err(reason) => {
                self.damage(Scope::Index, "descriptor", reason);
                return Ok(());
            }
        };
        if self.is_root() {
            self.image.digest = Some(descriptor.digest.clone());
            self.image.media_type = Some(descriptor.media_type.to_owned());
        }
        if self.above.contains(&descriptor.digest) {
            let message = format!("index {} contains itself", descriptor.digest);
            self.damage(Scope::Index, "cycle", message);
            return Ok(());
        }
        if self.is_absent(&descriptor) {
            self.image.absent.push(absent(&descriptor));
            return Ok(());
        }
        let scope = match kind(descriptor.media_type) {
            Kind::Index => Scope::Index,
            _ => Scope::Manifest,
        };
        let document = self.reader.document(&descriptor, scope, &mut self.image.damage);
        match document {
            Some(document) => self.enter(raw, descriptor.media_type, document),
            None => Ok(()),
        }
    }

    const fn is_root(&self) -> bool {
        self.above.is_empty() && self.image.indexes.is_empty()
    }

    /// A manifest that an index lists and the input does not hold is how `docker save` writes one
    /// platform of several. A root that is not there is damage.
    fn is_absent(&self, descriptor: &Descriptor<'_>) -> bool {
        let embedded = descriptor.raw.get("data").is_some();
        !self.is_root() && !embedded && matches!(self.reader.blob(&descriptor.digest), Ok(None))
    }

    /// Takes in a document, by its own media type, else the descriptor's, else by its keys.
    fn enter(&mut self, raw: &Value, media_type: &str, document: Document) -> Result<()> {
        let has = |key: &str| document.value.get(key).is_some();
        let (is_index, is_manifest) = (has("manifests"), has("layers") || has("config"));
        if is_index && is_manifest {
            // Two readers could see two images in one digest (CVE-2021-41190).
            let message = format!("{} is both an index and a manifest", document.digest);
            self.damage(Scope::Manifest, "ambiguous", message);
        }
        if self.is_root() && self.image.digest.is_none() {
            self.image.digest = Some(document.digest.clone());
            self.image.media_type = Some(media_type.to_owned());
        }
        let said = document.text("mediaType").unwrap_or(media_type).to_owned();
        match kind(&said) {
            Kind::Index => self.enter_index(raw, document),
            Kind::Manifest => self.enter_manifest(raw, document),
            _ if is_index => self.enter_index(raw, document),
            _ if is_manifest => self.enter_manifest(raw, document),
            _ => {
                let message = format!("{} is neither an index nor a manifest", document.digest);
                self.damage(Scope::Manifest, "document", message);
                Ok(())
            }
        }
    }

    fn enter_index(&mut self, raw: &Value, document: Document) -> Result<()> {
        let limit = self.reader.limits.index_depth;
        if self.above.len() >= limit {
            let message =
                format!("indexes nested deeper than {limit} at {}{SCALE}", document.digest);
            self.damage(Scope::Index, "depth", message);
            return Ok(());
        }
        let list = document.value.get("manifests").and_then(Value::as_array).cloned();
        // No index can hold its own digest, but it can claim to.
        let claimed = Descriptor::of(raw).map(|descriptor| descriptor.digest);
        self.above.push(claimed.unwrap_or_else(|_| document.digest.clone()));
        self.image.indexes.push(document);
        for raw in list.iter().flatten() {
            self.follow(raw)?;
        }
        self.above.pop();
        Ok(())
    }

    fn enter_manifest(&mut self, raw: &Value, document: Document) -> Result<()> {
        let damage = &mut self.image.damage;
        let config = config_of(self.reader, &document, damage);
        let role = role_of(raw, &document, config.as_ref());
        let mut layers = layers_of(self.reader, &document, damage)?;
        if let (Role::Image, Some(config)) = (&role, &config) {
            apply_config(&mut layers, config, damage);
        }
        let platform = raw
            .get("platform")
            .and_then(Platform::of)
            .or_else(|| config.as_ref().and_then(|config| Platform::of(&config.value)));
        self.image.manifests.push(Manifest {
            role,
            platform,
            descriptor: (!raw.is_null()).then(|| raw.clone()),
            document: Some(document),
            config,
            layers,
        });
        Ok(())
    }

    fn damage(&mut self, scope: Scope, kind: &'static str, message: String) {
        self.image.damage.push(Damage::new(scope, kind, message));
    }
}

fn absent(descriptor: &Descriptor<'_>) -> Absent {
    let platform = descriptor.raw.get("platform").and_then(Platform::of);
    let platform = platform.filter(|platform| !platform.is_unknown());
    let name = match &platform {
        Some(platform) => platform.to_string(),
        None if descriptor.annotation(REFERENCE_TYPE).is_some() => "an attestation".into(),
        None => descriptor.digest.to_string(),
    };
    Absent { name, platform, digest: descriptor.digest.clone() }
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
) -> Option<crate::source::Blob> {
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
