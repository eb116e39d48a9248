//! Layers compared by what they make of the file system.
//!
//! Runs of layers that have no counterpart ([`runs`]): both stacks are merged up to the top of
//! the run, and only the paths the run touched are compared, so that what lower layers differ in
//! is not said twice. And whole images, as a container would see them ([`whole`]).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Means;
use super::align::Row;
use super::blobs::Blobs;
use super::fields::{self, Depth, View};
use crate::image::Layer;
use crate::layer::{Buried, Entry, LayerScan, Node, RootFs, Whiteout};
use crate::report::{EntryKind, EntryPath, EntrySummary, Finding, Location, Scope, Value};
use crate::sides::{Side, Sides};

/// What differs in the runs of `rows` that are not pairs.
pub(super) fn runs(
    stacks: Sides<&[Layer]>,
    at: &Location,
    rows: &[Row],
    blobs: &Blobs<'_>,
    means: Means<'_>,
) -> Vec<Finding> {
    blobs.unpack(needed(stacks, rows), means);
    let scans = stacks.map(|layers| scans(layers, blobs));
    let mut trees = Sides::new(RootFs::default(), RootFs::default());
    let mut found: Vec<Run<'_>> = Vec::new();
    for run in rows.chunk_by(|a, b| is_pair(*a) == is_pair(*b)) {
        let mut touched = BTreeSet::new();
        for row in run {
            touched.extend(apply(&mut trees.left, row.left, &scans.left));
            touched.extend(apply(&mut trees.right, row.right, &scans.right));
        }
        if run.first().is_some_and(|row| !is_pair(*row)) {
            let inside = Trees::new(trees.as_ref(), at).compare(touched.iter().copied());
            let lone = run.iter().filter_map(|row| lone_layer(stacks, *row, at, blobs)).collect();
            found.push(Run { lone, inside, touched });
        }
    }
    let last = Trees::new(trees.as_ref(), at);
    let mut later = BTreeSet::new();
    let mut findings = Vec::new();
    for run in found.into_iter().rev() {
        findings.extend(lasting(run.lone, run.inside, &last, &later));
        later.extend(run.touched);
    }
    findings
}

/// What a run of layers without counterparts showed.
struct Run<'a> {
    lone: Vec<Finding>,
    inside: Vec<Finding>,
    touched: BTreeSet<&'a [u8]>,
}

/// What a `later` run does not say anew and what still differs at the top of the `last` one: layers
/// in another order make the same files in the end. Where nothing comes of a run, that there is a
/// layer more is all there is to say.
fn lasting(
    lone: Vec<Finding>,
    mut inside: Vec<Finding>,
    last: &Trees<'_, '_>,
    later: &BTreeSet<&[u8]>,
) -> Vec<Finding> {
    inside.retain(|finding| {
        let path = finding.at.path.as_ref().map(EntryPath::as_bytes).unwrap_or_default();
        let path = path.strip_prefix(b"/").unwrap_or(path);
        !later.contains(path) && !last.compare_path(path).is_empty()
    });
    let derived = !inside.is_empty();
    lone.into_iter().map(|finding| Finding { derived, ..finding }).chain(inside).collect()
}

/// What differs between the merged file systems of two whole stacks.
pub(super) fn whole(
    stacks: Sides<&[Layer]>,
    at: &Location,
    blobs: &Blobs<'_>,
    means: Means<'_>,
) -> Vec<Finding> {
    blobs.unpack(stacks.left.iter().chain(stacks.right), means);
    let scans = stacks.map(|layers| scans(layers, blobs));
    let trees = scans.as_ref().map(|scans| {
        let mut tree = RootFs::default();
        for layer in 0..scans.len() {
            apply(&mut tree, Some(layer), scans);
        }
        tree
    });
    let paths: BTreeSet<&[u8]> =
        trees.left.iter().chain(trees.right.iter()).map(|(path, _)| path).collect();
    Trees::new(trees.as_ref(), at).compare(paths)
}

/// What differs between what the entries of two layers make of an empty file system, said of the
/// layers that lie at `at`.
pub(super) fn alone(entries: Sides<&[Entry]>, at: &Location) -> Vec<Finding> {
    let trees = entries.map(|entries| {
        let mut tree = RootFs::default();
        tree.apply(0, entries);
        tree
    });
    let paths: BTreeSet<&[u8]> =
        trees.left.iter().chain(trees.right.iter()).map(|(path, _)| path).collect();
    let mut findings = Trees::new(trees.as_ref(), at).compare(paths);
    for finding in &mut findings {
        finding.scope = Scope::Layer;
        finding.at.layer = at.layer;
        finding.note = None;
    }
    findings
}

fn scans(layers: &[Layer], blobs: &Blobs<'_>) -> Vec<Option<Arc<LayerScan>>> {
    layers.iter().map(|layer| blobs.scan(layer)).collect()
}

const fn is_pair(row: Row) -> bool {
    row.left.is_some() && row.right.is_some()
}

/// Every layer up to the last run.
fn needed<'a>(stacks: Sides<&'a [Layer]>, rows: &[Row]) -> impl Iterator<Item = &'a Layer> {
    let end = rows.iter().rposition(|row| !is_pair(*row)).map_or(0, |last| last.saturating_add(1));
    let rows: Vec<Row> = rows.iter().take(end).copied().collect();
    rows.into_iter().flat_map(move |row| {
        let left = row.left.and_then(|at| stacks.left.get(at));
        let right = row.right.and_then(|at| stacks.right.get(at));
        left.into_iter().chain(right)
    })
}

fn apply<'a>(
    tree: &mut RootFs<'a>,
    layer: Option<usize>,
    scans: &'a [Option<Arc<LayerScan>>],
) -> Vec<&'a [u8]> {
    let Some(layer) = layer else { return Vec::new() };
    match scans.get(layer) {
        Some(Some(scan)) => tree.apply(layer, &scan.entries),
        _ => Vec::new(),
    }
}

/// That the layer has no counterpart; what it holds says the rest.
fn lone_layer(
    stacks: Sides<&[Layer]>,
    row: Row,
    at: &Location,
    blobs: &Blobs<'_>,
) -> Option<Finding> {
    let describe = |layer: &Layer| Value::Text(layer.name.clone());
    let values = Sides::new(
        row.left.and_then(|at| stacks.left.get(at)).map(describe),
        row.right.and_then(|at| stacks.right.get(at)).map(describe),
    );
    let layer = row.left.and_then(|at| stacks.left.get(at));
    let layer = layer.or_else(|| row.right.and_then(|at| stacks.right.get(at)))?;
    let brings_files = blobs.scan(layer).is_some_and(|scan| scan.entries.iter().any(is_brought));
    let finding = Finding::new(Scope::Layer, at.in_layer(row), "layer", values);
    Some(Finding { aspect: brings_files.then_some("unseen-layer"), ..finding })
}

/// Directories and whiteouts carry nothing.
fn is_brought(entry: &Entry) -> bool {
    entry.kind != EntryKind::Directory && Whiteout::of(&entry.path).is_none()
}

/// Two merged file systems at the top of a run.
struct Trees<'a, 'b> {
    trees: Sides<&'b RootFs<'a>>,
    first_names: Sides<std::collections::BTreeMap<u64, &'a [u8]>>,
    at: &'b Location,
}

impl<'a, 'b> Trees<'a, 'b> {
    fn new(trees: Sides<&'b RootFs<'a>>, at: &'b Location) -> Self {
        Self { trees, first_names: trees.map(RootFs::first_names), at }
    }

    fn compare<'p>(&self, paths: impl IntoIterator<Item = &'p [u8]>) -> Vec<Finding> {
        paths.into_iter().flat_map(|path| self.compare_path(path)).collect()
    }

    fn compare_path(&self, path: &[u8]) -> Vec<Finding> {
        let nodes = self.trees.map(|tree| tree.get(path));
        let layer = nodes.map(|node| node.map(|node| node.layer));
        let at = self.at.in_layer(layer).at_path(EntryPath::absolute(path));
        match nodes {
            Sides { left: Some(left), right: Some(right) } => {
                let views = Sides::new(
                    view(left, &self.first_names.left, path),
                    view(right, &self.first_names.right, path),
                );
                let mut findings = fields::compare(views, Scope::Rootfs, &at, Depth::FileSystem);
                if let Some(first) = findings.first_mut() {
                    first.note = self.note(path);
                }
                findings
            }
            Sides { left: Some(node), right: None } => vec![self.lone(Side::Left, node, at, path)],
            Sides { left: None, right: Some(node) } => vec![self.lone(Side::Right, node, at, path)],
            Sides { left: None, right: None } => Vec::new(),
        }
    }

    fn lone(&self, side: Side, node: &Node<'_>, at: Location, path: &[u8]) -> Finding {
        let summary =
            EntrySummary { content: node.content, size: node.size, ..node.entry.summary() };
        let values = Sides::only(side, Value::Entry(Box::new(summary)));
        let finding = Finding::new(Scope::Rootfs, at, "entry", values);
        Finding { kind: Some(node.kind()), note: self.note(path), ..finding }
    }

    /// What lies unseen at a path, and which layer took it away.
    fn note(&self, path: &[u8]) -> Option<String> {
        let sides = [("left", self.trees.left), ("right", self.trees.right)];
        let notes: Vec<String> = sides
            .into_iter()
            .filter_map(|(side, tree)| Some(format!("{side}: {}", describe(tree.buried(path)?)?)))
            .collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

/// A node as it is compared. Of several names of one file the first stands for the file, whichever
/// of them the archive gave the content.
fn view<'a>(
    node: &Node<'a>,
    first_names: &std::collections::BTreeMap<u64, &'a [u8]>,
    path: &[u8],
) -> View<'a> {
    let first = first_names.get(&node.inode).copied().filter(|first| *first != path);
    let linkname = match node.kind() {
        EntryKind::Symlink => node.entry.linkname.as_deref(),
        EntryKind::File => first,
        _ => None,
    };
    View {
        entry: node.entry,
        kind: node.kind(),
        content: node.content,
        size: Some(node.size),
        linkname,
        // Which name carries the content is no matter of the file system.
        names: None,
        primary: &node.entry.path,
        target: None,
    }
}

/// `shadows layers 0 and 2`, `deleted by layer 5, still in layer 2`; absent when no layer carries
/// anything unseen.
fn describe(buried: &Buried) -> Option<String> {
    if buried.layers.is_empty() {
        return None;
    }
    let numbers: Vec<String> = buried.layers.iter().map(ToString::to_string).collect();
    let plural = if numbers.len() > 1 { "layers" } else { "layer" };
    let list = format!("{plural} {}", numbers.join(", "));
    Some(match buried.deleted_by {
        Some(layer) => format!("deleted by layer {layer}, still in {list}"),
        None => format!("shadows {list}"),
    })
}
