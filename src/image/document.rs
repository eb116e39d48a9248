//! JSON documents behind descriptors: found, measured, hashed and parsed once.

use std::cell::Cell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize as _;
use serde_json::Value;

use super::Damage;
use super::json_text::{JsonText, is_decisive};
use crate::digest::{Algorithm, Digest};
use crate::error::{Error, Result};
use crate::limits::{Limits, SCALE};
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
    /// Keys that one object in it has twice; the later counts here, for some readers the earlier.
    pub repeated: Vec<String>,
}

impl Document {
    /// Parses `bytes`.
    ///
    /// # Errors
    /// A lower-case fragment when the bytes are no JSON document within the limits.
    pub fn parse(bytes: &[u8], algorithm: Algorithm, limits: &Limits) -> Result<Self, String> {
        let text = look(bytes, limits)?;
        Self::of(bytes, text, algorithm)
    }

    fn of(bytes: &[u8], text: JsonText, algorithm: Algorithm) -> Result<Self, String> {
        let value = value(bytes).map_err(|error| format!("bad JSON: {error}"))?;
        let digest = Digest::of(algorithm, bytes);
        Ok(Self { digest, size: bytes.len() as u64, value, repeated: text.repeated })
    }

    /// Those of the repeated keys that decide what is read.
    pub fn ambiguous_keys(&self) -> impl Iterator<Item = &str> {
        self.repeated.iter().map(String::as_str).filter(|key| is_decisive(key))
    }

    /// The string at `key` of the top-level object.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value.get(key)?.as_str()
    }
}

/// The parser names the line and column of what it refuses. How deep it may go was looked at before.
fn value(bytes: &[u8]) -> serde_json::Result<Value> {
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    parser.disable_recursion_limit();
    let value = Value::deserialize(&mut parser)?;
    parser.end()?;
    Ok(value)
}

fn look(bytes: &[u8], limits: &Limits) -> Result<JsonText, String> {
    if bytes.len() as u64 > limits.json_bytes {
        return Err(format!("more than {} bytes of JSON{SCALE}", limits.json_bytes));
    }
    JsonText::of(bytes, limits)
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

impl Naming {
    /// Members that may be the blob called `digest`.
    pub(super) fn names(self, digest: &Digest) -> Vec<String> {
        let hex = digest.hex();
        match self {
            Self::Layout => vec![format!("blobs/{}/{hex}", digest.algorithm().name())],
            Self::Flat => vec![hex.clone(), format!("{hex}.manifest.json")],
        }
    }
}

/// Reads documents and blobs of one input.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) naming: Naming,
    pub(super) limits: &'a Limits,
    pub(super) input: &'a str,
    /// JSON values read so far.
    pub(super) spent: &'a Cell<u64>,
}

impl Reader<'_> {
    /// Parses `bytes`, within the limits.
    pub(super) fn parse(&self, bytes: &[u8], algorithm: Algorithm) -> Result<Document, String> {
        Document::of(bytes, self.afford(bytes)?, algorithm)
    }

    /// Looks at the text, as long as all documents of the input together stay within the limits: an
    /// index may list one large document any number of times.
    fn afford(&self, bytes: &[u8]) -> Result<JsonText, String> {
        /// What is read costs too, whatever it holds.
        const BYTES_PER_VALUE: u64 = 64;
        let limit = self.limits.json_values;
        let left = limit.saturating_sub(self.spent.get());
        let refusal = || format!("more than {limit} JSON values in all documents{SCALE}");
        let size = bytes.len() as u64 / BYTES_PER_VALUE;
        if size > left {
            return Err(refusal());
        }
        let text = look(bytes, self.limits)?;
        let cost = text.values.max(size);
        if cost > left {
            return Err(refusal());
        }
        self.spent.set(self.spent.get().saturating_add(cost));
        Ok(text)
    }

    /// The blob called `digest`, if the input has it.
    pub(super) fn blob(&self, digest: &Digest) -> Result<Option<Blob>> {
        for name in self.naming.names(digest) {
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
        let bytes = bytes.bytes();
        let named = || format!("{} {}", scope.name(), descriptor.digest);
        let text = match self.afford(bytes) {
            Ok(text) => text,
            Err(reason) => {
                damage.push(Damage::new(scope, "limit", format!("{}: {reason}", named())));
                return None;
            }
        };
        match Document::of(bytes, text, descriptor.digest.algorithm()) {
            Ok(document) => {
                check_claims(descriptor, &document.digest, document.size, scope, damage);
                Some(document)
            }
            Err(reason) => {
                let actual = Digest::of(descriptor.digest.algorithm(), bytes);
                check_claims(descriptor, &actual, bytes.len() as u64, scope, damage);
                damage.push(Damage::new(scope, "json", format!("{}: {reason}", named())));
                None
            }
        }
    }

    fn bytes(&self, descriptor: &Descriptor<'_>) -> Result<Held, String> {
        let Descriptor { digest, .. } = descriptor;
        let what = if descriptor.media_type.is_empty() { "blob" } else { descriptor.media_type };
        match self.blob(digest) {
            Ok(Some(blob)) => Ok(Held::Blob(blob)),
            Ok(None) => {
                let embedded = embedded(descriptor).map(Held::Embedded);
                embedded.ok_or_else(|| format!("blob {digest} is missing ({what})"))
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
        self.parse(blob.bytes(), Algorithm::Sha256)
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

/// Where the bytes of a document lie.
enum Held {
    Blob(Blob),
    Embedded(Vec<u8>),
}

impl Held {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Blob(blob) => blob.bytes(),
            Self::Embedded(bytes) => bytes,
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
