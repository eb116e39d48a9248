//! Packages that are not the same on both sides.

use serde::Serialize;

/// One package that came, went or has another version or content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PackageDiff {
    /// The reference of the image pair; set only when several were compared in one run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Platform of the image pair, as in [`super::Location::platform`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Who installed it: `apt`, `apk`, `rpm`, `pacman`, `pip`, `npm`, `gem`, `go` or `cargo`.
    pub manager: &'static str,
    /// What it is called.
    pub name: String,
    /// What it runs on, where the manager tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// The version on the left side.
    pub left: Option<String>,
    /// The version on the right side.
    pub right: Option<String>,
    /// What happened.
    pub change: PackageChange,
    /// How many findings are about files that belong to it.
    pub findings: usize,
}

/// How a package changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PackageChange {
    /// Only the right side has it.
    Added,
    /// Only the left side has it.
    Removed,
    /// The right version is later.
    Upgraded,
    /// The right version is earlier.
    Downgraded,
    /// The versions are the same or equal, the content is not.
    Rebuilt,
}

impl PackageChange {
    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Upgraded => "upgraded",
            Self::Downgraded => "downgraded",
            Self::Rebuilt => "rebuilt",
        }
    }
}
