//! The rung of the ladder that holds.

use super::rules::is_seen_by_container;
use crate::compare::Outcome;
use crate::report::{Finding, Status, Verdict};

/// The verdict over the findings of `outcome`, all marked. When only the merged file systems were
/// compared, nothing is known of the layers they come from.
pub(super) fn of(outcome: &Outcome, rootfs_only: bool) -> Verdict {
    if outcome.findings.iter().any(Finding::is_damage) {
        // Whatever was seen to agree, it is not known what the damaged part was.
        return Verdict::Different;
    }
    if outcome.identity != Verdict::Different {
        return outcome.identity;
    }
    if !outcome.findings.iter().any(counts) {
        return if rootfs_only { Verdict::EquivalentRootfs } else { Verdict::Equivalent };
    }
    match &outcome.merged {
        Some(merged) if same_rootfs(&outcome.findings, merged) => Verdict::EquivalentRootfs,
        _ => Verdict::Different,
    }
}

fn counts(finding: &Finding) -> bool {
    finding.status == Status::Counted
}

/// Nothing that counts lies in the merged file systems or in what containers are started with.
/// What layers do to get there does not matter.
fn same_rootfs(findings: &[Finding], merged: &[Finding]) -> bool {
    let in_config = |finding: &Finding| {
        finding.scope == crate::report::Scope::Config && is_seen_by_container(finding)
    };
    !merged.iter().any(counts) && !findings.iter().filter(|it| counts(it)).any(in_config)
}
