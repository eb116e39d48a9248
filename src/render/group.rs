//! Findings that stand together, in the order of the report.

use crate::report::{Finding, Report, Scope, Status};

/// Whether both are about the same image pair.
pub(super) fn same_image(one: &Finding, next: &Finding) -> bool {
    one.at.image == next.at.image && one.at.platform == next.at.platform
}

/// Whether both are about the same document or layer of an image. The merged file system is one,
/// whichever layers its paths come from.
pub(super) fn same_section(one: &Finding, next: &Finding) -> bool {
    let layer = |finding: &Finding| finding.at.layer.filter(|_| finding.scope != Scope::Rootfs);
    same_image(one, next) && one.scope == next.scope && layer(one) == layer(next)
}

/// Whether both are about the same path, or the same field where there is no path.
pub(super) fn same_place(one: &Finding, next: &Finding) -> bool {
    same_section(one, next)
        && one.at.path == next.at.path
        && (one.at.path.is_some() || one.field == next.field)
}

/// The findings that say why the images differ: those that count and are not computed from
/// others, or, where there are none, all that count. Damage has a place of its own.
pub(super) fn telling(report: &Report) -> Vec<&Finding> {
    let counted = || report.findings.iter().filter(|it| it.status == Status::Counted);
    let tells = |finding: &&Finding| !finding.derived && !finding.is_damage();
    let telling: Vec<&Finding> = counted().filter(tells).collect();
    if telling.is_empty() { counted().filter(|it| !it.is_damage()).collect() } else { telling }
}
