//! Looks inside the files that differ, and says there what was found.

use std::collections::BTreeMap;

use super::Means;
use super::arrival::{self, Wanted};
use super::blobs::Blobs;
use super::content::{Budget, File, Inside, Inspector, Part, blocks, text};
use super::packages::{self, Owners};
use crate::digest::Sha256Bytes;
use crate::image::{Layer, Manifest};
use crate::layer::Content;
use crate::packages::{Installed, Manager};
use crate::report::{EntryKind, EntryPath, Finding, Location, Note, PackageDiff, Scope, Value};
use crate::sides::Sides;

/// Whether and how contents are looked into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look<'a> {
    /// Whether all files that differ are.
    pub all: bool,
    /// Paths at and below which they are in any case, and which are shown in full when only one
    /// side has them.
    pub deep: &'a [String],
    /// Containers that are opened inside one another.
    pub depth: usize,
    /// Managers whose packages are compared; all when empty.
    pub managers: &'a [Manager],
}

type Pair = (Sha256Bytes, Sha256Bytes);

/// What was seen beside what findings say.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) packages: Vec<PackageDiff>,
    pub(super) notes: Vec<Note>,
}

/// Adds what lies inside of changed files to every list of `findings` about the two images.
pub(super) fn add(
    findings: &mut [&mut Vec<Finding>],
    (manifests, at): (Sides<&Manifest>, &Location),
    blobs: &Blobs<'_>,
    means: Means<'_>,
) -> Looked {
    let stacks = manifests.map(|manifest| -> &[Layer] { &manifest.layers });
    let mut plan = Plan::of(findings.iter().flat_map(|list| list.iter()), means.look);
    let databases = means.look.all.then(|| packages::Plan::of(stacks, blobs));
    databases.iter().for_each(|databases| databases.add_to(&mut plan.wanted));
    if plan.is_empty() {
        return Looked::default();
    }
    let arrived = arrival::read(&plan.wanted, stacks, blobs, means, |pair, contents| {
        let name = plan.names.get(&pair).map_or(&[][..], EntryPath::as_bytes);
        let budget = Budget::of(means.limits.inspected_bytes, plan.wanted.pairs.len());
        (compare(name, contents, &budget, means), packages::built_of(name, contents, means))
    });
    for list in findings.iter_mut() {
        let mut inside = Vec::new();
        for finding in list.iter_mut() {
            finding.in_full = is_below(finding, means.look.deep);
            match digests(finding) {
                Sides { left: Some(left), right: Some(right) } => {
                    if let Some((found, _)) = arrived.pairs.get(&(left, right)) {
                        inside.extend(apply(finding, found));
                    }
                }
                Sides { left: Some(left), right: None } if finding.in_full => {
                    finding.unified = lone(finding, Sides::new(arrived.lone.left.get(&left), None));
                }
                Sides { left: None, right: Some(right) } if finding.in_full => {
                    finding.unified =
                        lone(finding, Sides::new(None, arrived.lone.right.get(&right)));
                }
                _ => {}
            }
        }
        list.extend(inside);
    }
    let lone = arrived.lone.as_ref();
    let Some(databases) = databases else { return Looked::default() };
    let mut installed = databases.read(lone);
    for (_, built) in arrived.pairs.into_values() {
        installed.left.packages.extend(built.left);
        installed.right.packages.extend(built.right);
    }
    own(findings, &installed, at, means)
}

/// Compares what is installed on both sides, and says which findings that accounts for.
fn own(
    findings: &mut [&mut Vec<Finding>],
    installed: &Sides<Installed>,
    at: &Location,
    means: Means<'_>,
) -> Looked {
    let lists = installed.as_ref().map(|installed| installed.packages.as_slice());
    let mut changed = crate::packages::compare(lists.left, lists.right);
    let wanted = means.look.managers;
    changed.retain(|it| wanted.is_empty() || wanted.contains(&it.manager));
    let owners = Owners::of(&changed, lists);
    findings.iter_mut().for_each(|list| owners.mark(list));
    Looked { packages: packages::rows(changed, at), notes: packages::notes(installed) }
}

/// What has to be read.
struct Plan {
    wanted: Wanted,
    /// What contents are called, which may tell their format.
    names: BTreeMap<Pair, EntryPath>,
}

impl Plan {
    fn of<'f>(findings: impl Iterator<Item = &'f Finding>, look: Look<'_>) -> Self {
        let mut plan = Self { wanted: Wanted::default(), names: BTreeMap::new() };
        for finding in findings {
            let deep = is_below(finding, look.deep);
            let Sides { left, right } = digests(finding);
            match (left, right) {
                (Some(left), Some(right)) if deep || look.all => {
                    plan.wanted.pairs.insert((left, right));
                    let path = finding.at.path.clone();
                    plan.names.entry((left, right)).or_insert(path.unwrap_or_default());
                }
                (Some(left), None) if deep => drop(plan.wanted.lone.left.insert(left)),
                (None, Some(right)) if deep => drop(plan.wanted.lone.right.insert(right)),
                _ => {}
            }
        }
        plan
    }

    fn is_empty(&self) -> bool {
        let lone = &self.wanted.lone;
        self.wanted.pairs.is_empty() && lone.left.is_empty() && lone.right.is_empty()
    }
}

fn is_below(finding: &Finding, directories: &[String]) -> bool {
    let Some(path) = &finding.at.path else { return false };
    directories.iter().any(|directory| {
        let directory = directory.trim_matches('/').as_bytes();
        let path = path.as_bytes().strip_prefix(b"/").unwrap_or(path.as_bytes());
        let rest = path.strip_prefix(directory);
        directory.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    })
}

/// Digests of what a finding says of the content of a file on either side.
fn digests(finding: &Finding) -> Sides<Option<Sha256Bytes>> {
    let of_files = matches!(finding.scope, Scope::Layer | Scope::Rootfs);
    let digest = |value: Option<&Value>| match value? {
        Value::Sha256(digest) if of_files && finding.field == "content" => Some(*digest),
        Value::Entry(entry) if of_files && entry.kind == EntryKind::File => entry.content,
        _ => None,
    };
    Sides::new(digest(finding.left.as_ref()), digest(finding.right.as_ref()))
}

/// What differs between two contents called `name`.
fn compare(
    name: &[u8],
    contents: Sides<&Content<'_>>,
    budget: &Budget,
    means: Means<'_>,
) -> Inside {
    let Sides { left: Content::Whole(left), right: Content::Whole(right) } = contents else {
        return blocks::compare(contents.map(Content::to_long));
    };
    let inspector = Inspector { depth: means.look.depth, budget, limits: means.limits };
    inspector.compare(Sides::new(File { name, bytes: left }, File { name, bytes: right }))
}

/// Says what was found of `finding`, and gives a finding for each part.
fn apply(finding: &mut Finding, inside: &Inside) -> Vec<Finding> {
    finding.unified.clone_from(&inside.unified);
    // Where it is hidden or deleted may have been said before.
    let notes = [finding.note.take(), inside.note.clone()];
    finding.note = notes.into_iter().flatten().reduce(|one, other| format!("{one}; {other}"));
    finding.aspect = inside.aspect;
    finding.told_inside = !inside.parts.is_empty();
    inside.parts.iter().map(|part| in_finding(finding, part)).collect()
}

/// What is true of the whole is true of its parts.
fn in_finding(whole: &Finding, part: &Part) -> Finding {
    let mut at = whole.at.clone();
    at.within.clone_from(&part.within);
    let values = part.values.clone();
    Finding {
        change: part.change,
        unified: part.unified.clone(),
        note: part.note.clone(),
        aspect: part.aspect.or(whole.aspect),
        told_inside: part.told_inside,
        in_full: whole.in_full,
        kind: whole.kind,
        ..Finding::new(whole.scope, at, part.field.clone(), values)
    }
}

/// The whole of a content that one side lacks.
fn lone(finding: &Finding, contents: Sides<Option<&Vec<u8>>>) -> Option<String> {
    let name = finding.at.path.as_ref().map(EntryPath::as_bytes).unwrap_or_default();
    Some(text::lone(name, contents.map(|bytes| bytes.map(Vec::as_slice))))
}
