//! The entries of two layers that stand for one another: sorted by path and merge-joined.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::fields::{self, Depth, View};
use super::merged;
use crate::layer::{Entry, LayerScan};
use crate::report::{EntryKind, EntryPath, Finding, Location, Scope, Value};
use crate::sides::{Side, Sides};
use crate::tar::{EndOfArchive, Ending};
use crate::workers::Workers;

/// What differs between the entries of two layers.
pub(super) fn compare(scans: Sides<&LayerScan>, at: &Location, workers: &Workers) -> Vec<Finding> {
    let tables = workers.both(scans, |scan| Table::of(&scan.entries));
    let mut join =
        Join { scans, tables: tables.as_ref(), at, pairs: Vec::new(), findings: Vec::new() };
    join.run();
    join.order();
    let mut findings = join.findings;
    findings.extend(outcome(scans, at, &findings));
    findings.extend(archive(scans, at));
    findings
}

/// Entries sorted by path; those of one path in the order of the archive.
struct Table<'a> {
    entries: &'a [Entry],
    sorted: Vec<u32>,
    /// Names of the files that have several, by the path that carries the content.
    names: BTreeMap<&'a [u8], Vec<&'a [u8]>>,
}

impl<'a> Table<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let mut sorted: Vec<u32> = (0..count).collect();
        let path = |at: &u32| entry(entries, *at).map(|entry| &*entry.path);
        // Most archives are written in order.
        if !entries.is_sorted_by_key(|entry| &*entry.path) {
            sorted.sort_by(|a, b| path(a).cmp(&path(b)));
        }
        let mut table = Self { entries, sorted, names: BTreeMap::new() };
        table.names = table.names_of_hardlinks();
        table
    }

    fn names_of_hardlinks(&self) -> BTreeMap<&'a [u8], Vec<&'a [u8]>> {
        let mut names: BTreeMap<&[u8], Vec<&[u8]>> = BTreeMap::new();
        let links = (0..).zip(self.entries).filter(|(_, it)| it.kind == EntryKind::Hardlink);
        for (at, link) in links {
            if let Some(target) = self.target(at) {
                names.entry(&target.path).or_insert_with(|| vec![&target.path]).push(&link.path);
            }
        }
        for list in names.values_mut() {
            list.sort_unstable();
            list.dedup();
        }
        names
    }

    /// Positions of the entries of the path at `from`.
    fn group(&self, from: usize) -> &[u32] {
        let rest = self.sorted.get(from..).unwrap_or_default();
        let path = |at: &u32| entry(self.entries, *at).map(|entry| &*entry.path);
        let Some(first) = rest.first() else { return rest };
        let end = rest.iter().take_while(|at| path(at) == path(first)).count();
        rest.get(..end).unwrap_or_default()
    }

    fn path(&self, group: &[u32]) -> Option<&'a [u8]> {
        entry(self.entries, *group.first()?).map(|entry| &*entry.path)
    }

    /// The last entry of `path` that stands before position `end`.
    fn find(&self, path: &[u8], end: u32) -> Option<u32> {
        let after = self.sorted.partition_point(|at| {
            entry(self.entries, *at).is_some_and(|entry| (&*entry.path, *at) < (path, end))
        });
        let at = *self.sorted.get(after.checked_sub(1)?)?;
        entry(self.entries, at).filter(|entry| &*entry.path == path).map(|_| at)
    }

    fn view<'t>(&'t self, at: u32, found: &'t Entry) -> View<'t> {
        let target = match found.kind {
            EntryKind::Hardlink => self.target(at),
            _ => Some(found),
        };
        View {
            entry: found,
            kind: found.kind,
            content: target.and_then(|target| target.content),
            size: target.map(|target| target.size),
            linkname: found.linkname.as_deref(),
            names: target.and_then(|it| self.names.get(&*it.path)).map(Vec::as_slice),
            primary: target.map_or(&[], |target| &target.path),
            target: target.map(fields::target),
        }
    }

    /// What the hard link at `position` leads to in this layer, through other hard links: to what
    /// stood at the path when the link was made, whatever was put there afterwards.
    fn target(&self, position: u32) -> Option<&'a Entry> {
        const DEPTH: usize = 16;
        let mut at = position;
        for _ in 0..DEPTH {
            let found = entry(self.entries, at)?;
            match found.hardlink_target() {
                Some(next) => at = self.find(next, at)?,
                None => return Some(found),
            }
        }
        None
    }
}

fn entry(entries: &[Entry], at: u32) -> Option<&Entry> {
    entries.get(usize::try_from(at).ok()?)
}

struct Join<'a> {
    scans: Sides<&'a LayerScan>,
    tables: Sides<&'a Table<'a>>,
    at: &'a Location,
    /// Positions in the archives of entries of one path.
    pairs: Vec<Sides<u32>>,
    findings: Vec<Finding>,
}

impl Join<'_> {
    fn run(&mut self) {
        let (mut left, mut right) = (0, 0);
        loop {
            let groups = Sides::new(self.tables.left.group(left), self.tables.right.group(right));
            let paths = Sides::new(
                self.tables.left.path(groups.left),
                self.tables.right.path(groups.right),
            );
            let order = match (paths.left, paths.right) {
                (None, None) => return,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(left), Some(right)) => left.cmp(right),
            };
            if order.is_le() {
                left = left.saturating_add(groups.left.len());
            }
            if order.is_ge() {
                right = right.saturating_add(groups.right.len());
            }
            match order {
                Ordering::Less => self.lone(Side::Left, groups.left),
                Ordering::Greater => self.lone(Side::Right, groups.right),
                Ordering::Equal => self.both(groups),
            }
        }
    }

    /// An entry one side has. When the other side could not be read to its end, nobody knows.
    fn lone(&mut self, side: Side, group: &[u32]) {
        let other = match side {
            Side::Left => self.scans.right,
            Side::Right => self.scans.left,
        };
        let table = self.tables.get(side);
        let Some(entry) = group.last().and_then(|at| entry(table.entries, *at)) else { return };
        if other.is_whole() {
            let at = self.at.at_path(entry.absolute_path());
            let values = Sides::only(side, Value::Entry(Box::new(entry.summary())));
            let finding = Finding::new(Scope::Layer, at, "entry", values);
            self.findings.push(Finding { kind: Some(entry.kind), ..finding });
        }
    }

    /// Doubles are compared from the last backwards: the last is the one that counts.
    fn both(&mut self, groups: Sides<&[u32]>) {
        for (left, right) in groups.left.iter().rev().zip(groups.right.iter().rev()) {
            let found = Sides::new(
                entry(self.tables.left.entries, *left),
                entry(self.tables.right.entries, *right),
            );
            let Sides { left: Some(a), right: Some(b) } = found else { continue };
            self.pairs.push(Sides::new(*left, *right));
            self.entries(Sides::new(*left, *right), a, b);
        }
        self.doubles(groups);
    }

    fn entries(&mut self, positions: Sides<u32>, left: &Entry, right: &Entry) {
        // Almost all are the same; only a hard link may yet lead to different files.
        if left == right && left.kind != EntryKind::Hardlink {
            return;
        }
        let views = Sides::new(
            self.tables.left.view(positions.left, left),
            self.tables.right.view(positions.right, right),
        );
        let at = self.at.at_path(EntryPath::absolute(&left.path));
        self.findings.extend(fields::compare(views, Scope::Layer, &at, Depth::Archive));
    }

    fn doubles(&mut self, groups: Sides<&[u32]>) {
        let counts = groups.map(<[u32]>::len);
        if counts.left == counts.right {
            return;
        }
        let Some(path) = self.tables.left.path(groups.left) else { return };
        let at = self.at.at_path(EntryPath::absolute(path));
        let values = counts.map(|count| Some(Value::Number(count as u64)));
        self.findings.push(Finding::new(Scope::Layer, at, "duplicates", values));
    }

    /// Whether the common entries stand in the same order; says where they first do not.
    fn order(&mut self) {
        let mut by_left = self.pairs.clone();
        by_left.sort_unstable_by_key(|pair| pair.left);
        let mut by_right = self.pairs.clone();
        by_right.sort_unstable_by_key(|pair| pair.right);
        let first = by_left.iter().zip(&by_right).find(|(a, b)| a != b);
        let Some((left, right)) = first else { return };
        let path = |table: &Table<'_>, at: u32| {
            let entry = entry(table.entries, at)?;
            Some(Value::Bytes(entry.absolute_path().as_bytes().into()))
        };
        let values =
            Sides::new(path(self.tables.left, left.left), path(self.tables.right, right.right));
        self.findings.push(Finding::new(Scope::Layer, self.at.clone(), "order", values));
    }
}

/// What comes of the same entries in another order, or of doubles, beyond what was found of the
/// entries one by one: the later replaces the earlier, and a link is to what stands there then.
fn outcome(scans: Sides<&LayerScan>, at: &Location, known: &[Finding]) -> Vec<Finding> {
    let may_differ = |it: &Finding| matches!(&*it.field, "order" | "duplicates");
    if !known.iter().any(may_differ) || !scans.left.is_whole() || !scans.right.is_whole() {
        return Vec::new();
    }
    let known: BTreeSet<_> = known.iter().map(|it| (&it.at.path, &it.field)).collect();
    let entries = scans.map(|scan| scan.entries.as_slice());
    let mut findings = merged::alone(entries, at);
    findings.retain(|it| {
        !known.contains(&(&it.at.path, &it.field))
            && !known.contains(&(&it.at.path, &Cow::Borrowed("entry")))
            && !known.contains(&(&it.at.path, &Cow::Borrowed("type")))
    });
    findings
}

/// What differs in the archives around their entries.
fn archive(scans: Sides<&LayerScan>, at: &Location) -> Vec<Finding> {
    let mut findings = Vec::new();
    let endings = scans.map(|scan| &scan.ending);
    if !scans.left.is_whole() || !scans.right.is_whole() {
        return findings;
    }
    let mut push = |field: String, values: Sides<Option<Value>>| {
        findings.push(Finding::new(Scope::Layer, at.clone(), field, values));
    };
    let ends = endings.map(describe_end);
    if ends.left != ends.right {
        push("tar-end".into(), ends.map(|end| Some(Value::Text(end))));
    }
    let data = endings.map(|ending| ending.trailing_nonzero.then_some(ending.trailing));
    if data.left != data.right {
        push("trailing-data".into(), data.map(|bytes| bytes.map(Value::Number)));
    } else if endings.left.trailing_digest != endings.right.trailing_digest {
        let digests = endings.map(|ending| ending.trailing_digest.map(Value::Sha256));
        push("trailing-data.content".into(), digests);
    }
    for key in global_keys(endings) {
        let values = endings.map(|ending| {
            let record = ending.global.iter().rev().find(|(other, _)| other == key);
            record.map(|(_, value)| Value::Bytes(value.as_slice().into()))
        });
        if values.left != values.right {
            push(format!("pax-global.{}", String::from_utf8_lossy(key)), values);
        }
    }
    findings
}

fn global_keys(endings: Sides<&Ending>) -> Vec<&Vec<u8>> {
    let both = endings.left.global.iter().chain(&endings.right.global);
    let mut keys: Vec<&Vec<u8>> = both.map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// How the archive ends, as far as zeros go.
fn describe_end(ending: &Ending) -> String {
    let blocks = match ending.end_of_archive {
        EndOfArchive::Full => "two zero blocks",
        EndOfArchive::Single => "one zero block",
        EndOfArchive::Missing => "no zero blocks",
    };
    match ending.trailing {
        0 => blocks.to_owned(),
        _ if ending.trailing_nonzero => format!("{blocks}, then data"),
        padding => format!("{blocks}, then {padding} zero bytes"),
    }
}
