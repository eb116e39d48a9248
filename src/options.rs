//! What the user may choose about a comparison.

use crate::compare::{Look, Merge};
use crate::image::Platform;
use crate::judge::Rules;
use crate::limits::Limits;
use crate::packages::Manager;

/// Choices for [`crate::diff`].
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only images for these platforms; all when empty.
    pub platforms: Vec<Platform>,
    /// Which differences do not count.
    pub rules: Rules,
    /// `SOURCE_DATE_EPOCH`, in seconds since 1970; later times are named as such.
    pub source_date_epoch: Option<i64>,
    /// Say of changed files that they differ, and not what differs inside of them.
    pub skip_content: bool,
    /// Managers whose packages are compared; all when empty.
    pub managers: Vec<Manager>,
    /// Paths at and below which changed files are looked into all the same, and files that only
    /// one side has are shown.
    pub deep: Vec<String>,
    /// Worker threads; 0 for one per core.
    pub threads: usize,
    /// Take blobs that claim the same digest on both sides to be equal without reading them.
    pub trust_digests: bool,
    /// When whole file systems are merged and compared.
    pub merge: Merge,
    /// Bounds on what is read.
    pub limits: Limits,
}

impl Options {
    /// Whether images for `platform` are to be compared.
    pub(crate) fn wants(&self, platform: Option<&Platform>) -> bool {
        self.platforms.is_empty()
            || platform.is_some_and(|it| self.platforms.iter().any(|wanted| it.matches(wanted)))
    }

    pub(crate) fn look(&self) -> Look<'_> {
        Look {
            all: !self.skip_content,
            deep: &self.deep,
            depth: self.limits.container_depth,
            managers: &self.managers,
        }
    }
}
