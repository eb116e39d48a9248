//! Where a finding lies.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::sides::Sides;

/// The place of a finding. Absent parts mean "the whole of what encloses it".
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The reference of the image pair; set only when several were compared in one run.
    pub image: Option<Arc<str>>,
    /// `os/architecture[/variant]` of the image pair.
    pub platform: Option<Arc<str>>,
    /// Layer positions from the bottom, counted from 0.
    pub layer: Option<Sides<Option<usize>>>,
    /// Absolute path of an entry inside the image.
    pub path: Option<EntryPath>,
    /// Member names, outermost first, when the finding lies inside the entry's content.
    pub within: Vec<EntryPath>,
}

/// Which images are compared: their reference, when there are several, and their platform.
pub(crate) type ImageKey<'a> = (Option<&'a str>, Option<&'a str>);

impl Location {
    /// The images it lies in.
    pub(crate) fn image_key(&self) -> ImageKey<'_> {
        (self.image.as_deref(), self.platform.as_deref())
    }

    /// The same place, one layer pair further in.
    #[must_use]
    pub fn in_layer(&self, layer: Sides<Option<usize>>) -> Self {
        Self { layer: Some(layer), ..self.clone() }
    }

    /// The same place, at one entry.
    #[must_use]
    pub fn at_path(&self, path: EntryPath) -> Self {
        Self { path: Some(path), ..self.clone() }
    }
}

impl Serialize for Location {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(image) = &self.image {
            map.serialize_entry("image", &**image)?;
        }
        if let Some(platform) = &self.platform {
            map.serialize_entry("platform", &**platform)?;
        }
        if let Some(layer) = &self.layer {
            map.serialize_entry("layer", layer)?;
        }
        if let Some(path) = &self.path {
            map.serialize_entry("path", &path.escaped())?;
            if path.as_str().is_none() {
                map.serialize_entry("pathBytes", &BASE64.encode(path.as_bytes()))?;
            }
        }
        if !self.within.is_empty() {
            let members: Vec<_> = self.within.iter().map(EntryPath::escaped).collect();
            map.serialize_entry("within", &members)?;
        }
        map.end()
    }
}

/// Path of an entry as seen in the container: absolute, without `.` parts or doubled slashes.
/// Archives do not promise UTF-8, so neither does this.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryPath(Box<[u8]>);

impl EntryPath {
    /// Wraps bytes that are used as they are.
    pub fn new(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// `/` followed by a path that is relative to the root of the image.
    pub fn absolute(relative: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(relative.len().saturating_add(1));
        bytes.push(b'/');
        bytes.extend_from_slice(relative);
        Self(bytes.into())
    }

    /// The exact bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text, when it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The path as text; bytes that are not UTF-8 are written `\xNN`.
    pub fn escaped(&self) -> Cow<'_, str> {
        if let Some(text) = self.as_str() {
            return Cow::Borrowed(text);
        }
        let mut text = String::new();
        for chunk in self.0.utf8_chunks() {
            text.push_str(chunk.valid());
            for byte in chunk.invalid() {
                text.push_str(&format!("\\x{byte:02x}"));
            }
        }
        Cow::Owned(text)
    }
}

impl fmt::Debug for EntryPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.escaped(), out)
    }
}
