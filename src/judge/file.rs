//! Rule files: TOML, versioned.
//!
//! ```toml
//! version = 1
//!
//! [[ignore]]
//! path = "/var/log/**"
//! field = "content"
//! reason = "logs of the build"
//! ```

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::rules::Rule;
use crate::error::{Error, Result};
use crate::report::Change;

/// The version this program reads and writes.
pub(super) const VERSION: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    ignore: Vec<Ignore>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ignore {
    path: Option<String>,
    field: Option<String>,
    change: Option<String>,
    platform: Option<String>,
    reason: Option<String>,
}

impl Rule {
    /// The rules in the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, is not such a file, or has a rule without a reason or without
    /// anything it speaks of.
    pub fn read(path: &Path) -> Result<Vec<Self>> {
        let text = fs::read_to_string(path)
            .map_err(|source| Error::Io { path: path.to_owned(), source })?;
        let refuse = |reason: String| Error::Option {
            option: format!("--rules {}", path.display()),
            reason,
        };
        let document: Document =
            toml::from_str(&text).map_err(|error| refuse(error.to_string().trim_end().into()))?;
        if document.version != VERSION {
            return Err(refuse(format!("version {} (known: {VERSION})", document.version)));
        }
        let rules = document.ignore.into_iter().enumerate();
        rules.map(|(at, rule)| rule.understand(at.saturating_add(1), &refuse)).collect()
    }
}

impl Ignore {
    fn understand(self, number: usize, refuse: &dyn Fn(String) -> Error) -> Result<Rule> {
        let reason = self.reason.filter(|reason| !reason.trim().is_empty());
        let reason = reason.ok_or_else(|| refuse(format!("rule {number} has no reason")))?;
        let change = match self.change.as_deref() {
            None => None,
            Some("added") => Some(Change::Added),
            Some("removed") => Some(Change::Removed),
            Some("changed") => Some(Change::Changed),
            Some("moved") => Some(Change::Moved),
            Some(other) => {
                return Err(refuse(format!("rule {number}: unknown change {other:?}")));
            }
        };
        if self.path.is_none() && self.field.is_none() {
            return Err(refuse(format!("rule {number} names neither path nor field")));
        }
        let parts = [self.field.as_deref(), self.path.as_deref()];
        let name = format!(
            "rule {number} ({})",
            parts.into_iter().flatten().collect::<Vec<_>>().join(" at ")
        );
        Rule::new(name, reason).with(
            self.field.as_deref(),
            self.path.as_deref(),
            change,
            self.platform,
        )
    }
}
