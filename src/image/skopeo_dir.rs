//! skopeo's `dir:` form: `version`, `manifest.json` that is a real manifest or index, and blobs
//! named by their bare digest.

use super::document::{Document, Reader};
use super::{Image, oci};
use crate::error::Result;

/// Whether `manifest.json` is a manifest rather than a docker archive's list.
pub(super) fn recognise(manifest: &Document) -> bool {
    manifest.value.get("schemaVersion").is_some()
}

/// The one image of the directory.
pub(super) fn images(reader: &Reader<'_>, manifest: Document) -> Result<Vec<Image>> {
    if manifest.value.get("fsLayers").is_some() {
        return Err(reader.refuse(
            "manifest.json",
            "docker schema 1 manifest, which has no configuration (copy it with skopeo \
             --format v2s2)",
        ));
    }
    oci::lone_image(reader, manifest).map(|image| vec![image])
}
