//! What counts, and why: marks findings as ignored or explained, names their causes, and says
//! which rung of the ladder holds. Nothing is taken away, nothing is added, and no mark on one
//! finding hides another.

mod case;
mod catalogue;
mod cause;
mod explain;
mod family;
mod file;
mod pattern;
mod preset;
mod rules;
mod starter;
mod surroundings;
mod verdict;

pub use preset::Preset;
pub use rules::{Rule, Rules};
pub use starter::write as write_rules;

use crate::compare::Outcome;
use crate::report::{Cause, RuleUse, Verdict};
use crate::workers::Workers;

/// What came of judging.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Best rung that holds.
    pub verdict: Verdict,
    /// Causes of the findings, most explaining first.
    pub causes: Vec<Cause>,
    /// How much each of the user's own rules ignored.
    pub rules: Vec<RuleUse>,
}

/// Marks the findings of `outcome` by `rules`. Times later than `epoch`, in seconds since 1970,
/// are named as such.
pub fn judge(
    outcome: &mut Outcome,
    rules: &Rules,
    epoch: Option<i64>,
    workers: &Workers,
) -> Judgement {
    let Outcome { findings, merged, images, .. } = outcome;
    if let Some(merged) = merged {
        // First: what a layer does is told from what comes of it.
        cause::assign(merged, None, images, workers);
    }
    cause::assign(findings, merged.as_deref(), images, workers);
    let mut uses = rules.mark(findings);
    family::mark(findings);
    explain::mark(findings);
    if let Some(merged) = merged {
        rules.mark(merged);
        family::mark(merged);
        explain::mark(merged);
    }
    uses.sort_by(|a, b| a.rule.cmp(&b.rule));
    Judgement {
        verdict: verdict::of(outcome, rules.rootfs_only),
        causes: cause::summarize(&outcome.findings, epoch),
        rules: uses,
    }
}
