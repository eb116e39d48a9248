//! The rung of the ladder that holds.

use crate::report::{Finding, Status, Verdict};

/// The verdict over `findings`, of which digests alone prove `identity`.
pub(super) fn of(identity: Verdict, findings: &[Finding]) -> Verdict {
    if findings.iter().any(Finding::is_damage) {
        // Whatever was seen to agree, it is not known what the damaged part was.
        return Verdict::Different;
    }
    if identity != Verdict::Different {
        return identity;
    }
    if findings.iter().any(|finding| finding.status == Status::Counted) {
        Verdict::Different
    } else {
        Verdict::Equivalent
    }
}
