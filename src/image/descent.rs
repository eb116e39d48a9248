//! The way from a root of an OCI layout down to its manifests (`image-index.md`).

use serde_json::Value;

use super::document::{Descriptor, Document, Reader};
use super::oci_manifest::{self, REFERENCE_TYPE};
use super::{Absent, Damage, Image, Platform};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::limits::SCALE;
use crate::media_type::{Kind, kind};
use crate::report::Scope;

/// On the way, with what was found so far.
pub(super) struct Descent<'a, 'b> {
    reader: &'a Reader<'b>,
    image: &'a mut Image,
    /// Digests of the indexes above, so that a cycle is seen.
    above: Vec<Digest>,
    descriptors: usize,
}

impl<'a, 'b> Descent<'a, 'b> {
    pub(super) const fn new(reader: &'a Reader<'b>, image: &'a mut Image) -> Self {
        Self { reader, image, above: Vec::new(), descriptors: 0 }
    }

    /// Reads what the descriptor `raw` leads to.
    pub(super) fn follow(&mut self, raw: &Value) -> Result<()> {
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
    pub(super) fn enter(
        &mut self,
        raw: &Value,
        media_type: &str,
        document: Document,
    ) -> Result<()> {
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
        let manifest = oci_manifest::read(self.reader, raw, document, &mut self.image.damage)?;
        self.image.manifests.push(manifest);
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

/// Fails when `count` descriptors are as many as one input may list.
pub(super) fn check_count(reader: &Reader<'_>, count: usize) -> Result<()> {
    let limit = reader.limits.descriptors;
    if count < limit {
        return Ok(());
    }
    Err(Error::Limit { object: reader.input.to_owned(), what: "descriptors", limit: limit as u64 })
}
