//! The stack of layers: whiteouts that hide nothing, hard links to nothing, and what lower layers
//! still carry although nobody sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Case;
use super::config::at_layer;
use super::ledger::Ledger;
use crate::compare::queue::each;
use crate::image::{Manifest, Role};
use crate::layer::{Entry, Hashed, LayerScan, PathHasher, RootFs, Whiteout, entangled};
use crate::limits::SCALE;
use crate::report::{EntryKind, EntryPath, Location, Scope, Severity};

pub(super) fn check(case: &Case<'_>, ledger: &mut Ledger) {
    let mut seen = BTreeSet::new();
    let mut left = case.means.limits.entries;
    for (manifest, at) in case.manifests().filter(|(it, _)| it.role == Role::Image) {
        let scans = scans(case, manifest);
        let stack: Vec<_> = scans.iter().map(|(at, scan)| (*at, Arc::as_ptr(scan))).collect();
        if !seen.insert(stack) {
            continue;
        }
        // One layer may be listed any number of times.
        let entries = scans.iter().flat_map(|(_, scan)| &scan.entries).map(cost).sum();
        let Some(rest) = left.checked_sub(entries) else {
            let limit = case.means.limits.entries;
            let message = format!(
                "more than {limit} entries in all stacks of layers, or paths as long{SCALE}"
            );
            return ledger.lie(Scope::Rootfs, at, "limit", message);
        };
        left = rest;
        check_stack(case, &scans, at, ledger);
    }
}

/// How many short ones an entry counts as: each part of its path is looked at.
fn cost(entry: &Entry) -> usize {
    const SHORT: usize = 128;
    entry.path.len().div_ceil(SHORT).max(1)
}

fn check_stack(
    case: &Case<'_>,
    scans: &[(usize, Arc<LayerScan>)],
    at: &Location,
    ledger: &mut Ledger,
) {
    let mut rootfs = RootFs::default();
    let unpacked = scans.iter().map(|(_, scan)| scan.unpacked).sum();
    let hasher = PathHasher::default();
    let stack = each(scans, unpacked, case.means, |it| Hashed::new(&it.1.entries, &hasher));
    let positions = scans.iter().map(|(position, _)| *position);
    let layers: Vec<(usize, Vec<&Entry>)> = positions.zip(entangled(stack, &hasher)).collect();
    for (position, entries) in &layers {
        let at = at_layer(at, *position);
        check_whiteouts(&rootfs, entries, &at, ledger);
        rootfs.apply(*position, entries.iter().copied());
        check_hard_links(&rootfs, entries, &at, ledger);
    }
    check_buried(&rootfs, &layers, at, case.options.deleted, ledger);
}

/// The layers that could be read, with their positions.
fn scans(case: &Case<'_>, manifest: &Manifest) -> Vec<(usize, Arc<LayerScan>)> {
    let layers = manifest.layers.iter().enumerate();
    layers.filter_map(|(position, layer)| Some((position, case.blobs.scan(layer)?))).collect()
}

fn check_whiteouts(below: &RootFs<'_>, entries: &[&Entry], at: &Location, ledger: &mut Ledger) {
    for entry in entries {
        // Overlay file systems mark new directories as opaque too, so that is nothing odd.
        if let Some(Whiteout::Explicit(path)) = Whiteout::of(&entry.path)
            && !below.holds(&path)
        {
            let message = "whiteout of nothing: no layer below has that path".to_owned();
            let path = entry.absolute_path();
            ledger.entry(Severity::Note, at, path, "whiteout", message);
        }
    }
}

fn check_hard_links(rootfs: &RootFs<'_>, entries: &[&Entry], at: &Location, ledger: &mut Ledger) {
    for entry in entries {
        if let Some(target) = entry.hardlink_target()
            && rootfs.get(target).is_none()
        {
            let target = EntryPath::absolute(target);
            let message = format!("hard link to {}, which does not exist", target.escaped());
            let path = entry.absolute_path();
            ledger.entry(Severity::Warning, at, path, "hardlink-target", message);
        }
    }
}

/// Files in lower layers that upper ones delete or replace.
fn check_buried(
    rootfs: &RootFs<'_>,
    layers: &[(usize, Vec<&Entry>)],
    at: &Location,
    list: bool,
    ledger: &mut Ledger,
) {
    let mut wanted: BTreeMap<usize, BTreeSet<&[u8]>> = BTreeMap::new();
    for (path, buried) in rootfs.all_buried() {
        for layer in &buried.layers {
            wanted.entry(*layer).or_default().insert(path);
        }
    }
    let (mut files, mut bytes) = (0_usize, 0_u64);
    for (position, entries) in layers {
        let Some(paths) = wanted.get(position) else { continue };
        for entry in entries.iter().filter(|entry| is_carried(entry, paths)) {
            files = files.saturating_add(1);
            bytes = bytes.saturating_add(entry.size);
            if list {
                say_buried(rootfs, entry, &at_layer(at, *position), ledger);
            }
        }
    }
    if files > 0 && !list {
        let message = format!(
            "{files} files, {bytes} bytes, are deleted or replaced by upper layers and still \
             carried (--deleted lists them)"
        );
        ledger.say(Severity::Note, Scope::Rootfs, at, "buried", message);
    }
}

fn is_carried(entry: &Entry, paths: &BTreeSet<&[u8]>) -> bool {
    entry.kind != EntryKind::Directory && paths.contains(&*entry.path)
}

fn say_buried(rootfs: &RootFs<'_>, entry: &Entry, at: &Location, ledger: &mut Ledger) {
    let buried = rootfs.buried(&entry.path);
    let deleted_by = buried.and_then(|buried| buried.deleted_by);
    let (field, note) = match (deleted_by, rootfs.get(&entry.path)) {
        (Some(layer), _) => ("deleted", format!("deleted by layer {layer}")),
        (None, Some(node)) => ("replaced", format!("replaced by layer {}", node.layer)),
        (None, None) => ("deleted", "deleted".to_owned()),
    };
    ledger.buried(at, entry.absolute_path(), entry.summary(), field, note);
}
