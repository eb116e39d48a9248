//! Files whose content was looked into, and the findings that tell what it is made of.
//!
//! A content counts as long as anything in it does: it is ignored when all that differs inside is,
//! and what is inside is ignored when the content is.

use std::collections::BTreeMap;

use super::catalogue;
use crate::report::{Finding, Location, Scope, Status};

/// A content and the findings that lie inside of it and are not made of others.
pub(super) struct Family {
    whole: usize,
    leaves: Vec<usize>,
}

/// The families among `findings`, innermost first.
pub(super) fn families(findings: &[Finding]) -> Vec<Family> {
    let wholes = findings.iter().enumerate().filter(|(_, finding)| finding.told_inside);
    let mut families: BTreeMap<(Scope, Location), Family> = wholes
        .map(|(whole, it)| ((it.scope, it.at.clone()), Family { whole, leaves: Vec::new() }))
        .collect();
    if families.is_empty() {
        return Vec::new();
    }
    let inside = |finding: &Finding| !finding.at.within.is_empty() && !finding.told_inside;
    for (leaf, finding) in findings.iter().enumerate().filter(|(_, it)| inside(it)) {
        let mut key = (finding.scope, finding.at.clone());
        while key.1.within.pop().is_some() {
            if let Some(family) = families.get_mut(&key) {
                family.leaves.push(leaf);
            }
        }
    }
    let mut families: Vec<Family> = families.into_values().collect();
    families.sort_by_key(|family| {
        std::cmp::Reverse(findings.get(family.whole).map_or(0, |it| it.at.within.len()))
    });
    families
}

/// Gives each content that has no cause of its own one that its parts have, when all of them have
/// one: one that is real where there is any.
pub(super) fn assign(findings: &mut [Finding]) {
    for Family { whole, leaves } in families(findings) {
        let causes: Option<Vec<_>> =
            leaves.iter().map(|at| findings.get(*at)?.cause.clone()).collect();
        let causes = causes.unwrap_or_default();
        let real = causes.iter().find(|cause| !catalogue::is_noise(cause));
        let cause = real.or(causes.first()).cloned();
        if let Some(whole) = findings.get_mut(whole).filter(|it| it.aspect.is_none()) {
            whole.cause = cause;
        }
    }
}

/// Marks contents as their parts are marked, and the other way round.
pub(super) fn mark(findings: &mut [Finding]) {
    for Family { whole, leaves } in families(findings) {
        let status = |at: usize| findings.get(at).map(|it| (it.status, it.rule.clone()));
        let (whole_status, rule) = status(whole).unwrap_or((Status::Counted, None));
        if whole_status == Status::Ignored {
            for leaf in leaves {
                ignore(findings.get_mut(leaf), rule.clone());
            }
        } else if leaves.iter().all(|leaf| status(*leaf).is_some_and(|it| it.0 == Status::Ignored))
        {
            let rule = leaves.first().and_then(|leaf| status(*leaf)?.1);
            ignore(findings.get_mut(whole), rule);
        }
    }
}

fn ignore(finding: Option<&mut Finding>, rule: Option<std::borrow::Cow<'static, str>>) {
    if let Some(finding) = finding.filter(|finding| finding.status != Status::Ignored) {
        finding.status = Status::Ignored;
        finding.rule = rule;
    }
}
