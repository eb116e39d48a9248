//! The stack of layers: whiteouts that hide nothing, hard links to nothing, and what lower layers
//! still carry although nobody sees it.

use std::collections::BTreeSet;
use std::ptr;

use super::Case;
use super::config::at_layer;
use super::layers::Known;
use super::ledger::Ledger;
use crate::image::{Manifest, Role};
use crate::layer::{Entry, Hashed, RootFs, Whiteout, entangled};
use crate::limits::SCALE;
use crate::report::{EntryKind, EntryPath, Location, Scope, Severity};

pub(super) fn check(case: &Case<'_>, known: &Known<'_>, ledger: &mut Ledger) {
    let mut seen = BTreeSet::new();
    let mut left = case.means.limits.entries;
    for (manifest, at) in case.manifests().filter(|(it, _)| it.role == Role::Image) {
        let layers = layers(case, manifest, known);
        if !seen.insert(layers.iter().map(|it| (it.0, ptr::from_ref(it.1))).collect::<Vec<_>>()) {
            continue;
        }
        // One layer may be listed any number of times.
        let weight = layers.iter().map(|(_, layer)| layer.weight()).sum();
        let Some(rest) = left.checked_sub(weight) else {
            let limit = case.means.limits.entries;
            let message = format!(
                "more than {limit} entries in all stacks of layers, or paths as long{SCALE}"
            );
            return ledger.lie(Scope::Rootfs, at, "limit", message);
        };
        left = rest;
        let stack: Vec<_> = layers.iter().map(|(_, layer)| *layer).collect();
        let positions = layers.iter().map(|(position, _)| *position);
        let entries = positions.zip(entangled(&stack, &known.hasher)).collect();
        check_stack(case, entries, at, ledger);
    }
}

fn check_stack(
    case: &Case<'_>,
    layers: Vec<(usize, Vec<&Entry>)>,
    at: &Location,
    ledger: &mut Ledger,
) {
    let mut rootfs = RootFs::default();
    for (position, entries) in &layers {
        let at = at_layer(at, *position);
        check_whiteouts(&rootfs, entries, &at, ledger);
        rootfs.apply(*position, entries.iter().copied());
        check_hard_links(&rootfs, entries, &at, ledger);
    }
    check_buried(&rootfs, &layers, at, case.options.deleted, ledger);
}

/// The layers that could be read, with their positions.
fn layers<'k, 'a>(
    case: &Case<'_>,
    manifest: &Manifest,
    known: &'k Known<'a>,
) -> Vec<(usize, &'k Hashed<'a>)> {
    let layers = manifest.layers.iter().enumerate();
    let read = layers.filter_map(|(at, layer)| Some((at, known.of(&case.blobs.scan(layer)?)?)));
    read.collect()
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
    let (mut files, mut bytes) = (0_usize, 0_u64);
    for (position, entries) in layers {
        for entry in entries.iter().filter(|entry| is_carried(rootfs, *position, entry)) {
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

fn is_carried(rootfs: &RootFs<'_>, position: usize, entry: &Entry) -> bool {
    entry.kind != EntryKind::Directory
        && rootfs
            .buried(&entry.path)
            .is_some_and(|buried| buried.layers.binary_search(&position).is_ok())
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
