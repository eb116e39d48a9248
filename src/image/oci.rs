//! Images in an OCI layout (`image-layout.md`, `image-index.md`).

use serde_json::Value;

use super::descent::{Descent, check_count};
use super::document::{Document, Reader};
use super::reference::{CONTAINERD_NAME, REF_NAME};
use super::{Damage, Image, Platform};
use crate::error::Result;
use crate::report::Scope;

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
