//! How grave things are that other modules name.

use crate::report::Severity;
use crate::source::Remark;
use crate::tar::Oddity;

/// A claim that fails is an error. History is prose that no runtime acts upon.
pub(super) fn damage(kind: &str) -> Severity {
    match kind {
        "history" | "tags" | "repositories" | "variant" | "name" => Severity::Warning,
        _ => Severity::Error,
    }
}

pub(super) const fn remark(remark: &Remark) -> Severity {
    match remark {
        Remark::Repeated { equal: true, .. } | Remark::NoEnd | Remark::GlobalHeaders { .. } => {
            Severity::Note
        }
        Remark::Oddity { oddity, .. } => self::oddity(*oddity),
        _ => Severity::Warning,
    }
}

/// The field name of a remark.
pub(super) const fn remark_field(remark: &Remark) -> &'static str {
    match remark {
        Remark::Repeated { .. } => "duplicate-member",
        Remark::Absolute { .. } | Remark::Outside { .. } => "member-name",
        Remark::LinkOutside { .. } => "link-outside",
        Remark::Special { .. } => "special-member",
        Remark::Oddity { .. } => "tar-oddity",
        Remark::Trailing { .. } | Remark::PackedTrailing { .. } => "trailing-data",
        Remark::NoEnd => "tar-end",
        Remark::GlobalHeaders { .. } => "global-headers",
        _ => "oddities",
    }
}

/// What known writers do (umoci, Go before 1.8) is a note.
pub(super) const fn oddity(oddity: Oddity) -> Severity {
    match oddity {
        Oddity::MissingPadding | Oddity::PrefixInGnuHeader => Severity::Note,
        _ => Severity::Warning,
    }
}
