//! Two manifests for one platform, with all that they lead to.

use serde_json::{Map, Value};

use super::blobs::Blobs;
use super::json::{Differences, keys};
use super::pair::ManifestPair;
use super::{Means, Merge, attached, claims, config, gather, inside, layers};
use crate::image::{Document, Manifest, Role};
use crate::report::{
    Finding, ImagePair, ImageSummary, LayerPair, LayerSummary, Location, Note, PackageDiff, Scope,
    Value as Found,
};
use crate::sides::{Side, Sides};

/// What two manifests showed.
pub(super) struct Part {
    pub(super) findings: Vec<Finding>,
    pub(super) notes: Vec<Note>,
    /// Packages that are not the same, which findings point to by their place here.
    pub(super) packages: Vec<PackageDiff>,
    /// What differs between the merged file systems, if they were compared.
    pub(super) merged: Option<Vec<Finding>>,
    /// Absent for what is not an image.
    pub(super) image: Option<ImagePair>,
    /// Configuration and layers are the same, verified.
    pub(super) same_content: bool,
    /// So are the layers as they are stored.
    pub(super) same_blobs: bool,
}

impl Part {
    /// Makes room for `count` packages before those of this part.
    pub(super) fn shift_packages(&mut self, count: usize) {
        let findings = self.findings.iter_mut().chain(self.merged.iter_mut().flatten());
        for place in findings.filter_map(|finding| finding.package.as_mut()) {
            *place = place.saturating_add(count);
        }
    }
}

/// Compares a pair of manifests.
pub(super) fn compare(pair: &ManifestPair<'_>, blobs: &Blobs<'_>, means: Means<'_>) -> Part {
    let mut part = Part {
        findings: Vec::new(),
        notes: Vec::new(),
        packages: Vec::new(),
        merged: None,
        image: None,
        same_content: false,
        same_blobs: true,
    };
    for side in [Side::Left, Side::Right] {
        if let Some(manifest) = pair.manifests.get(side) {
            check_layers(manifest, &pair.at, side, blobs, &mut part);
        }
    }
    let Sides { left: Some(left), right: Some(right) } = pair.manifests else {
        // What is said about an image is not the image.
        let lone = pair.manifests.left.or(pair.manifests.right);
        part.same_content = lone.is_some_and(is_attestation);
        return part;
    };
    let both = Sides::new(left, right);
    if is_image(left) && is_image(right) {
        images(both, &pair.at, blobs, means, &mut part);
    } else {
        let attached = attached::compare(both, &pair.at, blobs);
        part.same_content = is_attestation(left) && is_attestation(right) || attached.is_empty();
        part.findings.extend(attached);
    }
    part
}

const fn is_attestation(manifest: &Manifest) -> bool {
    matches!(manifest.role, Role::Attestation(_))
}

/// The two manifests of a pair, when both are images.
pub(super) fn both_images<'a>(pair: &ManifestPair<'a>) -> Option<Sides<&'a Manifest>> {
    let both = Sides::new(pair.manifests.left?, pair.manifests.right?);
    (is_image(both.left) && is_image(both.right)).then_some(both)
}

/// Artifacts that are made of file system layers are compared like images.
fn is_image(manifest: &Manifest) -> bool {
    let of_layers =
        || !manifest.layers.is_empty() && manifest.layers.iter().all(crate::image::Layer::is_tar);
    match manifest.role {
        Role::Image => true,
        Role::Attestation(_) => false,
        Role::Artifact => of_layers(),
    }
}

fn check_layers(
    manifest: &Manifest,
    at: &Location,
    side: Side,
    blobs: &Blobs<'_>,
    part: &mut Part,
) {
    for (position, layer) in manifest.layers.iter().enumerate() {
        let damage = claims::damage(layer, position, blobs);
        part.findings.extend(damage.into_iter().map(|damage| damage.into_finding(at, side)));
        let notes = claims::notes(layer, blobs).into_iter();
        part.notes.extend(notes.map(|message| Note { side: Some(side), message }));
    }
}

fn images(
    manifests: Sides<&Manifest>,
    at: &Location,
    blobs: &Blobs<'_>,
    means: Means<'_>,
    part: &mut Part,
) {
    part.findings.extend(documents(manifests, at));
    let alignment = layers::align(manifests, blobs, means);
    let mut stacks = layers::compare(manifests, at, &alignment, blobs, means);
    let mut lists = vec![&mut stacks.findings];
    lists.extend(&mut stacks.merged);
    let looked = inside::add(&mut lists, (manifests, at), blobs, means);
    part.packages = looked.packages;
    part.notes.extend(looked.notes);
    gather(&mut part.findings, stacks.findings);
    part.merged = stacks.merged;
    let configs = manifests.map(|manifest| manifest.config.as_ref());
    let same_config = match (configs.left, configs.right) {
        (Some(left), Some(right)) => {
            part.findings.extend(config::compare(Sides::new(left, right), at, &alignment));
            left.digest == right.digest
        }
        (None, None) => true,
        _ => false,
    };
    part.same_content = same_config && stacks.same;
    part.same_blobs = stacks.same_bytes;
    if means.merge != Merge::Only {
        part.notes.extend(cut_differently(at, stacks.unpaired));
    }
    part.image = Some(summary(manifests, at, &alignment));
}

fn cut_differently(at: &Location, unpaired: usize) -> Option<Note> {
    let platform = at.platform.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
    let layers = if unpaired == 1 { "layer has" } else { "layers have" };
    let message = format!(
        "{unpaired} {layers} no counterpart{platform}: compared by what becomes of the file system"
    );
    (unpaired > 0).then_some(Note { side: None, message })
}

/// The manifest documents, without what their descriptors lead to.
fn documents(manifests: Sides<&Manifest>, at: &Location) -> Vec<Finding> {
    let mut differences = Differences::new(Scope::Manifest, at);
    match manifests.map(|manifest| manifest.document.as_ref()) {
        Sides { left: Some(left), right: Some(right) } => {
            bodies(Sides::new(left, right), &mut differences);
        }
        documents => form_only(documents, &mut differences),
    }
    differences.findings
}

/// Docker archives carry no manifest: that is the form of the archive.
fn form_only(documents: Sides<Option<&Document>>, differences: &mut Differences<'_>) {
    let values = documents.map(|it| it.map(|document| Found::Text(document.digest.to_string())));
    if values.left != values.right {
        let at = differences.at.clone();
        differences.push(Finding::new(Scope::Archive, at, "manifest", values));
    }
}

pub(super) fn bodies(documents: Sides<&Document>, differences: &mut Differences<'_>) {
    if documents.left.digest == documents.right.digest {
        return;
    }
    let digests = documents.map(|document| Some(Found::Text(document.digest.to_string())));
    let at = differences.at.clone();
    differences.push(Finding::new(Scope::Manifest, at, "digest", digests).derived());
    let empty = Map::new();
    let objects = documents.map(|document| document.value.as_object().unwrap_or(&empty));
    for key in keys(objects) {
        let values = objects.map(|object| object.get(key));
        match key.as_str() {
            // Compared layer by layer, as they are aligned.
            "layers" => {}
            "config" => config_descriptor(values, differences),
            "subject" => differences.descriptors("subject", values),
            _ => differences.value(key, values),
        }
    }
}

fn config_descriptor(values: Sides<Option<&Value>>, differences: &mut Differences<'_>) {
    differences.descriptors("config", values);
    for finding in &mut differences.findings {
        // Explained by what differs in the configuration itself.
        if matches!(&*finding.field, "config.digest" | "config.size" | "config.data") {
            finding.scope = Scope::Config;
            finding.field = match &*finding.field {
                "config.digest" => "digest".into(),
                "config.size" => "size".into(),
                _ => "data".into(),
            };
        }
    }
}

fn summary(manifests: Sides<&Manifest>, at: &Location, alignment: &layers::Alignment) -> ImagePair {
    let layer_row = |row: &Sides<Option<usize>>| LayerPair {
        layer: Sides::new(
            row.left.and_then(|at| layer_summary(manifests.left, at)),
            row.right.and_then(|at| layer_summary(manifests.right, at)),
        ),
    };
    ImagePair {
        image: at.image.as_deref().map(str::to_owned),
        platform: at.platform.as_deref().map(str::to_owned),
        identity: manifests.map(|manifest| Some(image_summary(manifest))),
        layers: alignment.rows.iter().map(layer_row).collect(),
    }
}

fn image_summary(manifest: &Manifest) -> ImageSummary {
    let document = manifest.document.as_ref();
    let media_type = || manifest.descriptor.as_ref()?.get("mediaType")?.as_str();
    ImageSummary {
        digest: document.map(|document| document.digest.to_string()),
        media_type: document
            .and_then(|document| document.text("mediaType"))
            .or_else(media_type)
            .map(str::to_owned),
        platform: manifest.platform.as_ref().map(ToString::to_string),
        config_digest: manifest.image_id().map(|id| id.to_string()),
    }
}

fn layer_summary(manifest: &Manifest, index: usize) -> Option<LayerSummary> {
    let layer = manifest.layers.get(index)?;
    Some(LayerSummary {
        index,
        digest: layer.digest.as_ref().map(ToString::to_string),
        diff_id: layer.diff_id.as_ref().map(ToString::to_string),
        size: layer.blob.as_ref().map(crate::source::Blob::len),
        created_by: layer.created_by.clone(),
        lazy: layer.is_lazy(),
    })
}
