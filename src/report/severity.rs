//! How grave it is what an image does not bear out.

use std::fmt;

use serde::Serialize;

/// The grade of a finding about one image, from light to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing and harmless: honest builders do it too.
    Note,
    /// Two readers may understand it in two ways, or somebody hides something.
    Warning,
    /// A claim that the bytes do not bear out, or something that cannot be read.
    Error,
}

impl Severity {
    /// From grave to light, as they are printed.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
