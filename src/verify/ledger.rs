//! Findings as they are made: each once, and no more of one kind than anybody will read.

use std::collections::{BTreeMap, BTreeSet};

use super::grade;
use crate::image::Damage;
use crate::report::{Change, EntryPath, EntrySummary, Finding, Location, Scope, Severity, Value};
use crate::sides::{Side, Sides};

/// Findings of one field in one layer that are kept; a hostile layer has one in each entry.
const MOST: usize = 1000;

/// Files that are listed because they were asked for.
const MOST_LISTED: usize = 200_000;

#[derive(Default)]
pub(super) struct Ledger {
    findings: Vec<Finding>,
    kept: BTreeMap<(Location, &'static str), Kept>,
    /// Damage that several images share is told once.
    said: BTreeSet<(Scope, Option<usize>, &'static str, String)>,
}

/// How many findings of one kind there are in one place.
#[derive(Clone, Copy)]
struct Kept {
    scope: Scope,
    severity: Severity,
    count: usize,
    listed: usize,
}

impl Ledger {
    /// A claim that is not borne out, or something that cannot be read.
    pub(super) fn damage(&mut self, at: &Location, damage: Damage) {
        let key = (damage.scope, damage.layer, damage.kind, damage.message.clone());
        if self.said.insert(key) {
            let severity = grade::damage(damage.kind);
            self.findings.push(damage.into_finding(at, Side::Left).graded(severity));
        }
    }

    /// A lie that has no better name than `damage.KIND`.
    pub(super) fn lie(&mut self, scope: Scope, at: &Location, kind: &'static str, message: String) {
        self.damage(at, Damage::new(scope, kind, message));
    }

    /// Something else about the thing at `at`.
    pub(super) fn say(
        &mut self,
        severity: Severity,
        scope: Scope,
        at: &Location,
        field: &'static str,
        message: String,
    ) {
        if self.has_room(severity, scope, at, field, MOST) {
            let at = at.clone();
            let values = Sides::only(Side::Left, Value::Text(message));
            self.push(Finding::new(scope, at, field, values), severity);
        }
    }

    /// Something about the entry at `path` of a layer.
    pub(super) fn entry(
        &mut self,
        severity: Severity,
        at: &Location,
        path: EntryPath,
        field: &'static str,
        message: String,
    ) {
        if self.has_room(severity, Scope::Layer, at, field, MOST) {
            let values = Sides::only(Side::Left, Value::Text(message));
            self.push(Finding::new(Scope::Layer, at.at_path(path), field, values), severity);
        }
    }

    /// A file that is still there although nobody sees it.
    pub(super) fn buried(
        &mut self,
        at: &Location,
        path: EntryPath,
        summary: EntrySummary,
        field: &'static str,
        note: String,
    ) {
        if self.has_room(Severity::Note, Scope::Layer, at, field, MOST_LISTED) {
            let values = Sides::only(Side::Left, Value::Entry(Box::new(summary)));
            let finding = Finding::new(Scope::Layer, at.at_path(path), field, values);
            self.push(Finding { note: Some(note), ..finding }, Severity::Note);
        }
    }

    fn push(&mut self, finding: Finding, severity: Severity) {
        self.findings.push(Finding { change: Change::Changed, ..finding }.graded(severity));
    }

    fn has_room(
        &mut self,
        severity: Severity,
        scope: Scope,
        at: &Location,
        field: &'static str,
        most: usize,
    ) -> bool {
        let kept = Kept { scope, severity, count: 0, listed: 0 };
        let kept = self.kept.entry((at.clone(), field)).or_insert(kept);
        kept.count = kept.count.saturating_add(1);
        kept.severity = kept.severity.max(severity);
        let has_room = kept.listed < most;
        kept.listed = kept.listed.saturating_add(usize::from(has_room));
        has_room
    }

    /// Takes in what was found of other kinds or in other places, no damage among it.
    pub(super) fn absorb(&mut self, other: Self) {
        self.findings.extend(other.findings);
        for (place, more) in other.kept {
            let kept = self.kept.entry(place).or_insert(Kept { count: 0, listed: 0, ..more });
            kept.count = kept.count.saturating_add(more.count);
            kept.listed = kept.listed.saturating_add(more.listed);
            kept.severity = kept.severity.max(more.severity);
        }
    }

    /// All findings, and how many there were beside.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        for ((at, field), kept) in self.kept {
            let more = kept.count.saturating_sub(kept.listed);
            if more > 0 {
                let values =
                    Sides::only(Side::Left, Value::Text(format!("{more} more of this kind")));
                let finding = Finding::new(kept.scope, at, field, values);
                let finding = Finding { change: Change::Changed, ..finding };
                self.findings.push(finding.graded(kept.severity));
            }
        }
        self.findings
    }
}
