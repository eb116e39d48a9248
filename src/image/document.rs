//! JSON documents behind descriptors: found, measured, hashed and parsed once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::Damage;
use crate::digest::{Algorithm, Digest};
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::report::Scope;
use crate::source::{Blob, Source};

/// A JSON document of an image, raw.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Digest of the bytes that were read, whatever anybody claims it to be.
    pub digest: Digest,
    /// How many bytes there are.
    pub size: u64,
    /// What it holds.
    pub value: Value,
}

impl Document {
    /// Parses `bytes`.
    ///
    /// # Errors
    /// A lower-case fragment when the bytes are no JSON document within the limits.
    pub fn parse(bytes: &[u8], algorithm: Algorithm, limits: &Limits) -> Result<Self, String> {
        let size = bytes.len() as u64;
        if size > limits.json_bytes {
            return Err(format!("more than {} bytes of JSON", limits.json_bytes));
        }
        // The parser itself bounds the depth (128) and names the line and column.
        let value = serde_json::from_slice(bytes).map_err(|error| format!("bad JSON: {error}"))?;
        Ok(Self { digest: Digest::of(algorithm, bytes), size, value })
    }

    /// The string at `key` of the top-level object.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value.get(key)?.as_str()
    }
}

/// What a descriptor says (`descriptor.md#properties`), as far as it says it.
#[derive(Clone, Debug)]
pub(super) struct Descriptor<'a> {
    /// As it stands in its document.
    pub(super) raw: &'a Value,
    pub(super) media_type: &'a str,
    pub(super) digest: Digest,
    pub(super) size: Option<u64>,
}

impl<'a> Descriptor<'a> {
    /// Reads a descriptor; a fragment when there is none or it has no usable digest.
    pub(super) fn of(raw: &'a Value) -> Result<Self, String> {
        let text = raw.get("digest").and_then(Value::as_str).ok_or("descriptor without digest")?;
        let digest = text.parse().map_err(|error| format!("digest {text:?}: {error}"))?;
        Ok(Self {
            raw,
            media_type: raw.get("mediaType").and_then(Value::as_str).unwrap_or_default(),
            digest,
            size: raw.get("size").and_then(Value::as_u64),
        })
    }

    /// The annotation called `key`.
    pub(super) fn annotation(&self, key: &str) -> Option<&'a str> {
        self.raw.get("annotations")?.get(key)?.as_str()
    }
}

/// How the blobs of a form are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// `blobs/ALGORITHM/HEX` (`image-layout.md#blobs`).
    Layout,
    /// `HEX`, or `HEX.manifest.json` for manifests of an index, as skopeo's `dir:` has it.
    Flat,
}

/// Reads documents and blobs of one input.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) naming: Naming,
    pub(super) limits: &'a Limits,
    pub(super) input: &'a str,
}

impl Reader<'_> {
    /// The blob called `digest`, if the input has it.
    pub(super) fn blob(&self, digest: &Digest) -> Result<Option<Blob>> {
        let hex = digest.hex();
        let names = match self.naming {
            Naming::Layout => vec![format!("blobs/{}/{hex}", digest.algorithm().name())],
            Naming::Flat => vec![hex.clone(), format!("{hex}.manifest.json")],
        };
        for name in names {
            if let Some(blob) = self.source.get(&name)? {
                return Ok(Some(blob));
            }
        }
        Ok(None)
    }

    /// The document behind `descriptor`, with everything that is wrong about it in `damage`.
    pub(super) fn document(
        &self,
        descriptor: &Descriptor<'_>,
        scope: Scope,
        damage: &mut Vec<Damage>,
    ) -> Option<Document> {
        let bytes = match self.bytes(descriptor) {
            Ok(bytes) => bytes,
            Err(problem) => {
                damage.push(Damage::new(scope, "missing", problem));
                return None;
            }
        };
        let named = || format!("{} {}", scope.name(), descriptor.digest);
        match Document::parse(&bytes, descriptor.digest.algorithm(), self.limits) {
            Ok(document) => {
                check_claims(descriptor, &document.digest, document.size, scope, damage);
                Some(document)
            }
            Err(reason) => {
                let actual = Digest::of(descriptor.digest.algorithm(), &bytes);
                check_claims(descriptor, &actual, bytes.len() as u64, scope, damage);
                damage.push(Damage::new(scope, "json", format!("{}: {reason}", named())));
                None
            }
        }
    }

    fn bytes(&self, descriptor: &Descriptor<'_>) -> Result<Vec<u8>, String> {
        let Descriptor { digest, .. } = descriptor;
        let what = if descriptor.media_type.is_empty() { "blob" } else { descriptor.media_type };
        match self.blob(digest) {
            Ok(Some(blob)) => Ok(blob.bytes().to_vec()),
            Ok(None) => {
                embedded(descriptor).ok_or_else(|| format!("blob {digest} is missing ({what})"))
            }
            Err(error) => Err(format!("blob {digest}: {error}")),
        }
    }

    /// A document that lies at the top of the input under a fixed name; `None` if it is not there.
    ///
    /// # Errors
    /// When it is there and cannot be parsed: nothing else can be found without it.
    pub(super) fn named(&self, name: &str) -> Result<Option<Document>> {
        let Some(blob) = self.source.get(name)? else { return Ok(None) };
        Document::parse(blob.bytes(), Algorithm::Sha256, self.limits)
            .map(Some)
            .map_err(|reason| self.refuse(name, reason))
    }

    pub(super) fn refuse(&self, object: &str, reason: impl Into<String>) -> Error {
        Error::Document {
            input: self.input.to_owned(),
            object: object.to_owned(),
            reason: reason.into(),
        }
    }
}

/// The content a descriptor carries itself (`descriptor.md#embedded-content`).
fn embedded(descriptor: &Descriptor<'_>) -> Option<Vec<u8>> {
    BASE64.decode(descriptor.raw.get("data")?.as_str()?).ok()
}

fn check_claims(
    descriptor: &Descriptor<'_>,
    actual: &Digest,
    size: u64,
    scope: Scope,
    damage: &mut Vec<Damage>,
) {
    let claimed = &descriptor.digest;
    if let Some(said) = descriptor.size
        && said != size
    {
        let message = format!("{} {claimed}: {size} bytes, descriptor says {said}", scope.name());
        damage.push(Damage::new(scope, "size", message));
    }
    if actual != claimed {
        let message = format!("{} {claimed}: bytes have digest {actual}", scope.name());
        damage.push(Damage::new(scope, "digest", message));
    }
}
