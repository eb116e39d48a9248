//! Files that left one path or layer for another: one finding instead of two.

use std::collections::BTreeMap;

use crate::digest::Sha256Bytes;
use crate::report::{Change, EntryKind, EntrySummary, Finding, Value};
use crate::sides::Sides;

/// Joins removed and added files that are the same but for where they stand. A file that stayed
/// at its path in another layer is matched before one that changed its path.
pub(super) fn join(findings: Vec<Finding>) -> Vec<Finding> {
    let findings = join_by(findings, |finding| Some(finding.at.path.as_ref()?.as_bytes().to_vec()));
    join_by(findings, |_| Some(Vec::new()))
}

/// What must agree for a file to be the same: content, mode, owner, extended attributes and what `place` gives.
type Key = (Sha256Bytes, (u32, u64, u64), Vec<(Vec<u8>, Vec<u8>)>, Vec<u8>);

fn join_by(findings: Vec<Finding>, place: impl Fn(&Finding) -> Option<Vec<u8>>) -> Vec<Finding> {
    let mut gone: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    let mut come: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        let Some(key) = key(finding, &place) else { continue };
        match finding.change {
            Change::Removed => gone.entry(key).or_default().push(at),
            _ => come.entry(key).or_default().push(at),
        }
    }
    let mut joined: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    for (key, from) in gone {
        let to = come.get(&key).map(Vec::as_slice).unwrap_or_default();
        for (from, to) in from.iter().zip(to) {
            if let (Some(left), Some(right)) = (findings.get(*from), findings.get(*to)) {
                joined.insert(*from, Vec::new());
                joined.insert(*to, moved(left, right));
            }
        }
    }
    if joined.is_empty() {
        return findings;
    }
    let kept = findings.into_iter().enumerate();
    kept.flat_map(|(at, finding)| joined.remove(&at).unwrap_or_else(|| vec![finding])).collect()
}

fn summary(finding: &Finding) -> Option<&EntrySummary> {
    match (&finding.left, &finding.right) {
        (Some(Value::Entry(entry)), None) | (None, Some(Value::Entry(entry))) => Some(entry),
        _ => None,
    }
}

/// Empty files are all the same and say nothing of where they come from.
fn key(finding: &Finding, place: impl Fn(&Finding) -> Option<Vec<u8>>) -> Option<Key> {
    let entry = summary(finding)?;
    if entry.kind != EntryKind::File || entry.size == 0 {
        return None;
    }
    let owner = (entry.mode, entry.uid, entry.gid);
    Some((entry.content?, owner, entry.xattrs.clone(), place(finding)?))
}

fn moved(left: &Finding, right: &Finding) -> Vec<Finding> {
    let layer = Sides::new(
        left.at.layer.and_then(|layer| layer.left),
        right.at.layer.and_then(|layer| layer.right),
    );
    let at = right.at.in_layer(layer);
    let scope = left.scope.max(right.scope);
    let paths = Sides::new(left, right)
        .map(|finding| finding.at.path.as_ref().map(|path| Value::Bytes(path.as_bytes().into())));
    let (field, values) = if paths.left == paths.right {
        ("layer", layer.map(|it| it.map(|number| Value::Number(number as u64))))
    } else {
        ("path", paths)
    };
    let whole = Finding::new(scope, at.clone(), field, values);
    let whole =
        Finding { change: Change::Moved, kind: right.kind, note: right.note.clone(), ..whole };
    let times = Sides::new(left, right).map(|it| summary(it).map(|entry| Value::Time(entry.mtime)));
    if times.left == times.right {
        return vec![whole];
    }
    let time = Finding::new(scope, at, "mtime", times);
    vec![whole, Finding { kind: right.kind, ..time }]
}
