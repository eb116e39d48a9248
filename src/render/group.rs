//! Findings that stand together, in the order of the report, and what became of the place they
//! stand at.

use crate::report::{Change, Finding, Report, Scope, Status, Value};

/// Whether both are about the same image pair.
pub(super) fn same_image(one: &Finding, next: &Finding) -> bool {
    one.at.image == next.at.image && one.at.platform == next.at.platform
}

/// Whether both are about the same document or layer of an image. The merged file system is one,
/// whichever layers its paths come from.
pub(super) fn same_part(one: &Finding, next: &Finding) -> bool {
    let layer = |finding: &Finding| finding.at.layer.filter(|_| finding.scope != Scope::Rootfs);
    same_image(one, next) && one.scope == next.scope && layer(one) == layer(next)
}

/// Whether both stand under the same heading once they are [`by_section`]: a document, a layer, or
/// a layer that paths of the merged file system come from.
pub(super) fn same_section(one: &Finding, next: &Finding) -> bool {
    same_image(one, next) && one.scope == next.scope && one.at.layer == next.at.layer
}

/// Whether both are about the same path, or the same field where there is no path.
pub(super) fn same_place(one: &Finding, next: &Finding) -> bool {
    same_part(one, next)
        && one.at.path == next.at.path
        && (one.at.path.is_some() || one.field == next.field)
}

/// Whether both are about the same path and the same member inside of it, or about no path at all.
pub(super) fn same_member(one: &Finding, next: &Finding) -> bool {
    same_part(one, next) && one.at.path == next.at.path && one.at.within == next.at.within
}

/// `findings`, with those of each [`same_section`] together: paths of a merged file system stand
/// in order, whichever layers they come from.
pub(super) fn by_section(mut findings: Vec<&Finding>) -> Vec<&Finding> {
    for part in findings.chunk_by_mut(|one, next| same_part(one, next)) {
        if part.first().is_some_and(|first| first.scope == Scope::Rootfs) {
            part.sort_by_key(|it| it.at.layer.map(|layer| (layer.left.max(layer.right), layer)));
        }
    }
    findings
}

/// The findings that say why the images differ: those that count and are not computed from
/// others, or, where there are none, all that count. Damage has a place of its own.
pub(super) fn telling(report: &Report) -> Vec<&Finding> {
    let counted = || report.findings.iter().filter(|it| it.status == Status::Counted);
    let tells = |finding: &&Finding| !finding.derived && !finding.is_damage();
    let telling: Vec<&Finding> = counted().filter(tells).collect();
    if telling.is_empty() { counted().filter(|it| !it.is_damage()).collect() } else { telling }
}

/// What became of the place that `findings` are about. A path comes or goes when a whole entry
/// does; anything else is a change to it.
pub(super) fn became(findings: &[&Finding]) -> Change {
    match findings.iter().find(|finding| is_whole(finding)) {
        Some(whole) => whole.change,
        None => Change::Changed,
    }
}

/// Whether the finding is about all there is at its place: a field of a document, or an entry that
/// is on one side only or elsewhere on the other.
pub(super) fn is_whole(finding: &Finding) -> bool {
    finding.at.path.is_none() || finding.change == Change::Moved || is_lone_entry(finding)
}

/// Whether the finding says that an entry is on one side only.
pub(super) const fn is_lone_entry(finding: &Finding) -> bool {
    matches!(
        (&finding.left, &finding.right),
        (Some(Value::Entry(_)), None) | (None, Some(Value::Entry(_)))
    )
}
