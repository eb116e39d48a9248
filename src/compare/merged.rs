//! Runs of layers that have no counterpart, compared by what they make of the file system.
//!
//! Both stacks are merged up to the top of the run, and only the paths the run touched are
//! compared, so that what lower layers differ in is not said twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Means;
use super::align::Row;
use super::blobs::Blobs;
use super::fields::{self, Depth, View};
use crate::image::Layer;
use crate::layer::{LayerScan, Node, RootFs};
use crate::report::{EntryKind, EntryPath, EntrySummary, Finding, Location, Scope, Value};
use crate::sides::{Side, Sides};

/// What differs in the runs of `rows` that are not pairs.
pub(super) fn compare(
    stacks: Sides<&[Layer]>,
    at: &Location,
    rows: &[Row],
    blobs: &Blobs<'_>,
    means: Means<'_>,
) -> Vec<Finding> {
    blobs.unpack(needed(stacks, rows), means);
    let scans = stacks.map(|layers| {
        layers.iter().map(|layer| blobs.scan(layer)).collect::<Vec<Option<Arc<LayerScan>>>>()
    });
    let mut trees = Sides::new(RootFs::default(), RootFs::default());
    let mut findings = Vec::new();
    for run in rows.chunk_by(|a, b| is_pair(*a) == is_pair(*b)) {
        let mut touched = BTreeSet::new();
        for row in run {
            touched.extend(apply(&mut trees.left, row.left, &scans.left));
            touched.extend(apply(&mut trees.right, row.right, &scans.right));
        }
        if run.first().is_some_and(|row| !is_pair(*row)) {
            let inside = Trees::new(trees.as_ref(), at).compare(&touched);
            let lone = run.iter().filter_map(|row| lone_layer(stacks, *row, at));
            // Where nothing comes of the run, that there is a layer more is all there is to say.
            findings.extend(lone.map(|finding| Finding { derived: !inside.is_empty(), ..finding }));
            findings.extend(inside);
        }
    }
    findings
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
) -> BTreeSet<Vec<u8>> {
    let Some(layer) = layer else { return BTreeSet::new() };
    match scans.get(layer) {
        Some(Some(scan)) => tree.apply(layer, &scan.entries),
        _ => BTreeSet::new(),
    }
}

/// That the layer has no counterpart; what it holds says the rest.
fn lone_layer(stacks: Sides<&[Layer]>, row: Row, at: &Location) -> Option<Finding> {
    let describe = |layer: &Layer| Value::Text(layer.name.clone());
    let values = Sides::new(
        row.left.and_then(|at| stacks.left.get(at)).map(describe),
        row.right.and_then(|at| stacks.right.get(at)).map(describe),
    );
    let exists = values.left.is_some() || values.right.is_some();
    exists.then(|| Finding::new(Scope::Layer, at.in_layer(row), "layer", values))
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

    fn compare(&self, touched: &BTreeSet<Vec<u8>>) -> Vec<Finding> {
        touched.iter().flat_map(|path| self.compare_path(path)).collect()
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
                fields::compare(views, Scope::Rootfs, &at, Depth::FileSystem)
            }
            Sides { left: Some(node), right: None } => vec![lone(Side::Left, node, at)],
            Sides { left: None, right: Some(node) } => vec![lone(Side::Right, node, at)],
            Sides { left: None, right: None } => Vec::new(),
        }
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
    }
}

fn lone(side: Side, node: &Node<'_>, at: Location) -> Finding {
    let summary = EntrySummary { content: node.content, size: node.size, ..node.entry.summary() };
    let values = Sides::only(side, Value::Entry(Box::new(summary)));
    Finding::new(Scope::Rootfs, at, "entry", values)
}
