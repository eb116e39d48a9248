//! Platforms, as descriptors and configurations write them (`image-index.md`, `config.md`).

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// Operating system and processor an image is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform {
    /// GOOS, such as `linux`.
    pub os: String,
    /// GOARCH, such as `arm64`.
    pub architecture: String,
    /// Such as `v7`; empty when not given.
    pub variant: String,
    /// Windows has images per `os.version`; empty when not given.
    pub os_version: String,
}

impl Platform {
    /// Reads `os`, `architecture`, `variant` and `os.version` of a descriptor's `platform` or of
    /// a configuration. `None` when it names neither system nor processor.
    pub fn of(value: &Value) -> Option<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let (os, architecture) = (text("os"), text("architecture"));
        if os.is_empty() && architecture.is_empty() {
            return None;
        }
        Some(Self::normal(os, architecture, text("variant"), text("os.version")))
    }

    /// `arm64` is `arm64/v8` to everyone who matches platforms, so both are written the short way.
    fn normal(os: &str, architecture: &str, variant: &str, os_version: &str) -> Self {
        let variant = if architecture == "arm64" && variant == "v8" { "" } else { variant };
        Self {
            os: os.to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
            os_version: os_version.to_owned(),
        }
    }

    /// Whether this is BuildKit's mark for a manifest that is no image.
    pub fn is_unknown(&self) -> bool {
        self.os == "unknown" && self.architecture == "unknown"
    }

    /// Whether somebody who asks for `wanted` means this one: what he leaves out is not compared.
    pub fn matches(&self, wanted: &Self) -> bool {
        self.os == wanted.os
            && self.architecture == wanted.architecture
            && (wanted.variant.is_empty() || self.variant == wanted.variant)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.os, self.architecture)?;
        if !self.variant.is_empty() {
            write!(out, "/{}", self.variant)?;
        }
        if !self.os_version.is_empty() {
            write!(out, ":{}", self.os_version)?;
        }
        Ok(())
    }
}

impl FromStr for Platform {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err(format!("{text:?} is not OS/ARCHITECTURE[/VARIANT]"));
        }
        match parts.as_slice() {
            [os, architecture] => Ok(Self::normal(os, architecture, "", "")),
            [os, architecture, variant] => Ok(Self::normal(os, architecture, variant, "")),
            _ => Err(format!("{text:?} is not OS/ARCHITECTURE[/VARIANT]")),
        }
    }
}
