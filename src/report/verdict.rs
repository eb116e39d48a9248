//! The ladder of verdicts.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// How close two inputs are. Each rung is implied by the ones above it; the order of the
/// variants is from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The input files are equal byte for byte.
    IdenticalBytes,
    /// The root digests are equal.
    IdenticalImage,
    /// Configuration and DiffIDs are equal; only packaging differs.
    IdenticalContent,
    /// Only noise differs.
    Equivalent,
    /// Merged file system and runtime configuration agree up to noise; layers are cut otherwise.
    EquivalentRootfs,
    /// None of the above, or it could not be told.
    Different,
}

impl Verdict {
    /// All rungs, best first.
    pub const ALL: [Self; 6] = [
        Self::IdenticalBytes,
        Self::IdenticalImage,
        Self::IdenticalContent,
        Self::Equivalent,
        Self::EquivalentRootfs,
        Self::Different,
    ];

    /// The word used in output and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdenticalBytes => "identical-bytes",
            Self::IdenticalImage => "identical-image",
            Self::IdenticalContent => "identical-content",
            Self::Equivalent => "equivalent",
            Self::EquivalentRootfs => "equivalent-rootfs",
            Self::Different => "different",
        }
    }

    /// What the rung means, in one line for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::IdenticalBytes => "the inputs are equal byte for byte",
            Self::IdenticalImage => "both hold the same image",
            Self::IdenticalContent => "same configuration and layers; only packaging differs",
            Self::Equivalent => "only noise differs",
            Self::EquivalentRootfs => {
                "same file system and configuration up to noise; layers are cut differently"
            }
            Self::Different => "the images differ",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|rung| rung.name() == text)
            .ok_or_else(|| format!("unknown verdict {text:?}"))
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
