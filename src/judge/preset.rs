//! diffoci's flags: names for what people commonly do not want to count. Each covers fields and
//! nothing else, so that a file whose time is ignored still counts when its content differs.

use super::pattern::FieldPattern;
use crate::report::{Finding, Scope};

/// A named set of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Preset {
    /// `--ignore-history`
    History,
    /// `--ignore-file-order`
    FileOrder,
    /// `--ignore-file-mode-redundant-bits`
    FileModeRedundantBits,
    /// `--ignore-file-timestamps`
    FileTimestamps,
    /// `--ignore-image-timestamps`
    ImageTimestamps,
    /// `--ignore-image-name`
    ImageName,
    /// `--ignore-tar-format`
    TarFormat,
    /// `--treat-canonical-paths-equal`
    CanonicalPaths,
}

impl Preset {
    /// All of them: what `--semantic` stands for, beside causes that are noise.
    pub const ALL: [Self; 8] = [
        Self::History,
        Self::FileOrder,
        Self::FileModeRedundantBits,
        Self::FileTimestamps,
        Self::ImageTimestamps,
        Self::ImageName,
        Self::TarFormat,
        Self::CanonicalPaths,
    ];

    /// The flag, without dashes, which is also the name of the rule.
    pub const fn name(self) -> &'static str {
        match self {
            Self::History => "ignore-history",
            Self::FileOrder => "ignore-file-order",
            Self::FileModeRedundantBits => "ignore-file-mode-redundant-bits",
            Self::FileTimestamps => "ignore-file-timestamps",
            Self::ImageTimestamps => "ignore-image-timestamps",
            Self::ImageName => "ignore-image-name",
            Self::TarFormat => "ignore-tar-format",
            Self::CanonicalPaths => "treat-canonical-paths-equal",
        }
    }

    const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::History => &["history"],
            Self::FileOrder => &["order", "hardlink-primary"],
            Self::FileModeRedundantBits => &["mode.type-bits"],
            Self::FileTimestamps => &["mtime", "atime", "ctime"],
            Self::ImageTimestamps => &[
                "created",
                "history*.created",
                "*org.opencontainers.image.created",
                "*org.label-schema.build-date",
                "labels.build-date",
            ],
            Self::ImageName => &[
                "references",
                "*annotations.io.containerd.image.name",
                "*annotations.org.opencontainers.image.ref.name",
            ],
            Self::TarFormat => &["tar-format", "tar-end", "tar-encoding"],
            Self::CanonicalPaths => &["path-form", "linkname-form"],
        }
    }

    const fn is_of_files(self) -> bool {
        matches!(
            self,
            Self::FileOrder
                | Self::FileModeRedundantBits
                | Self::FileTimestamps
                | Self::TarFormat
                | Self::CanonicalPaths
        )
    }

    /// Whether it covers `finding`.
    pub(super) fn covers(self, finding: &Finding) -> bool {
        let of_files = matches!(finding.scope, Scope::Layer | Scope::Rootfs);
        // Inside of files other things have these names.
        let inside = !finding.at.within.is_empty();
        of_files == self.is_of_files()
            && !inside
            && self.fields().iter().any(|field| FieldPattern::new(field).matches(&finding.field))
    }
}
