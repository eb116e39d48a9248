//! What counts: marks findings as ignored or explained, and names the verdict. Nothing is taken
//! away and nothing is added.

mod explain;
mod ignore;
mod verdict;

pub use ignore::Rules;

use crate::compare::Outcome;
use crate::error::Result;
use crate::report::Verdict;

/// Marks the findings of `outcome` by `rules` and returns the verdict.
pub fn judge(outcome: &mut Outcome, rules: &Rules) -> Verdict {
    rules.mark(&mut outcome.findings);
    explain::mark(&mut outcome.findings);
    verdict::of(outcome.identity, &outcome.findings)
}

/// Rules for the globs of `--exclude`.
///
/// # Errors
/// When a glob is malformed.
pub fn excluding(globs: &[String]) -> Result<Rules> {
    Rules::excluding(globs)
}
