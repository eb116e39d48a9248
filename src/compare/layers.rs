//! Two stacks of layers: aligned, then compared pair by pair, and run by run where there are no
//! pairs.

use std::sync::Arc;

use serde_json::Value as Json;

use super::align::{self, Features, Row, Sketch};
use super::blobs::Blobs;
use super::json::Differences;
use super::queue::each;
use super::{Means, Merge, entries, gather, merged, moves};
use crate::digest::DiffId;
use crate::image::{Layer, Manifest};
use crate::layer::{LayerScan, Whiteout};
use crate::report::{Change, EntryKind, EntryPath, Finding, Location, Scope, Value};
use crate::sides::Sides;
use crate::workers::Workers;

/// How two stacks were aligned.
#[derive(Clone, Debug, Default)]
pub(super) struct Alignment {
    /// Every layer in one row, bottom first.
    pub(super) rows: Vec<Row>,
    /// Positions of history entries that made layers of one row.
    pub(super) history: Vec<Sides<usize>>,
}

/// What two stacks showed.
pub(super) struct Stacks {
    pub(super) findings: Vec<Finding>,
    /// What differs between the merged file systems, if they were compared.
    pub(super) merged: Option<Vec<Finding>>,
    /// Every layer has a counterpart with the same verified DiffID.
    pub(super) same: bool,
    /// Every layer has a counterpart of the same bytes as they are stored.
    pub(super) same_bytes: bool,
    /// How many layers have no counterpart and are compared by what they make of the file system.
    pub(super) unpaired: usize,
}

/// Aligns the layers of two manifests.
pub(super) fn align(manifests: Sides<&Manifest>, blobs: &Blobs<'_>, means: Means<'_>) -> Alignment {
    let features = manifests.map(|manifest| {
        let layers = &manifest.layers;
        let unpacked = layers.iter().filter_map(|it| blobs.scan(it)).map(|it| it.unpacked).sum();
        each(layers, unpacked, means, |layer| features(layer, blobs))
    });
    let rows = align::layers(Sides::new(&features.left, &features.right));
    let history = rows
        .iter()
        .filter_map(|row| {
            Some(Sides::new(
                manifests.left.layers.get(row.left?)?.history?,
                manifests.right.layers.get(row.right?)?.history?,
            ))
        })
        .collect();
    Alignment { rows, history }
}

fn features(layer: &Layer, blobs: &Blobs<'_>) -> Features {
    let diff_id = likely_diff_id(layer, blobs);
    let sketch = blobs.scan(layer).map(|scan| Sketch::of(&scan.entries));
    let unread = (diff_id.is_none() && sketch.is_none()).then(|| layer.name.clone());
    Features { diff_id, created_by: layer.created_by.clone(), sketch, unread }
}

/// The DiffID as computed, else as claimed of a layer that equals one of the other side and was
/// not unpacked for that. Good enough to align by, and no proof of anything.
fn likely_diff_id(layer: &Layer, blobs: &Blobs<'_>) -> Option<DiffId> {
    match blobs.scan(layer) {
        Some(scan) => scan.diff_id.clone(),
        None if layer.is_tar() => blobs.get(layer).and_then(|_| layer.diff_id.clone()),
        None => None,
    }
}

/// The DiffID as computed.
fn diff_id(layer: &Layer, blobs: &Blobs<'_>) -> Option<DiffId> {
    blobs.scan(layer).and_then(|scan| scan.diff_id.clone())
}

/// Layers of rows in which the bytes differ and at least one side was not unpacked so far, because
/// it equals another layer: only unpacking tells whether they hold the same.
fn unread<'a>(stacks: Sides<&'a [Layer]>, rows: &[Row], blobs: &Blobs<'_>) -> Vec<&'a Layer> {
    let pairs = rows.iter().filter_map(|row| {
        Some(Sides::new(stacks.left.get(row.left?)?, stacks.right.get(row.right?)?))
    });
    let differing = pairs.filter(|pair| !same_bytes(*pair, blobs));
    differing.flat_map(|pair| [pair.left, pair.right]).collect()
}

/// Both have bytes, and these were found to be one and the same.
fn same_bytes(layers: Sides<&Layer>, blobs: &Blobs<'_>) -> bool {
    match (blobs.get(layers.left), blobs.get(layers.right)) {
        // A blob that was unpacked on account of one side only was read twice.
        (Some(left), Some(right)) => {
            std::ptr::eq(left, right)
                || left.scan.is_some() && right.scan.is_some() && left.digest == right.digest
        }
        _ => false,
    }
}

/// Compares the layers of two manifests as aligned.
pub(super) fn compare(
    manifests: Sides<&Manifest>,
    at: &Location,
    alignment: &Alignment,
    blobs: &Blobs<'_>,
    means: Means<'_>,
) -> Stacks {
    let stacks = manifests.map(|manifest| manifest.layers.as_slice());
    let rows = &alignment.rows;
    blobs.unpack(unread(stacks, rows, blobs).into_iter(), means);
    let pairs: Vec<LayerCase<'_>> =
        rows.iter().filter_map(|row| LayerCase::new(stacks, *row, at, blobs)).collect();
    let paired = pairs.len() == rows.len();
    let same = paired && pairs.iter().all(LayerCase::is_same);
    let same_bytes = paired && pairs.iter().all(|pair| pair.same_bytes);
    let unpaired = rows.len().saturating_sub(pairs.len());
    if means.merge == Merge::Only {
        let merged = moves::join(merged::whole(stacks, at, blobs, means));
        return Stacks {
            findings: merged.clone(),
            merged: Some(merged),
            same,
            same_bytes,
            unpaired,
        };
    }
    let stored = pairs.iter().map(LayerCase::stored).sum();
    let compared: Vec<Vec<Finding>> =
        each(&pairs, stored, means, |pair| pair.compare(means.workers));
    let mut findings = Vec::new();
    compared.into_iter().for_each(|some| gather(&mut findings, some));
    if !paired {
        findings.extend(merged::runs(stacks, at, rows, blobs, means));
    }
    let findings = moves::join(findings);
    let decides = !paired || some_may_change_nothing(&findings);
    let merged = (!same && (decides || means.merge == Merge::Always))
        .then(|| moves::join(merged::whole(stacks, at, blobs, means)));
    Stacks { findings, merged, same, same_bytes, unpaired }
}

/// Whether there are findings of which only the merged file system tells whether they change
/// anything: directories on one side only, which may repeat what lies below them; whiteouts, which
/// may hide what is not there; files that went from one layer to another.
fn some_may_change_nothing(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| {
        let path = finding.at.path.as_ref().map(EntryPath::as_bytes).unwrap_or_default();
        let repeats_or_hides =
            || finding.kind == Some(EntryKind::Directory) || Whiteout::of(path).is_some();
        finding.field == "entry" && repeats_or_hides() || finding.change == Change::Moved
    })
}

/// Two layers that stand for one another.
struct LayerCase<'a> {
    at: Location,
    layers: Sides<&'a Layer>,
    diff_ids: Sides<Option<DiffId>>,
    scans: Sides<Option<Arc<LayerScan>>>,
    /// Both have bytes, and these are one and the same.
    same_bytes: bool,
}

impl<'a> LayerCase<'a> {
    fn new(stacks: Sides<&'a [Layer]>, row: Row, at: &Location, blobs: &Blobs<'_>) -> Option<Self> {
        let layers = Sides::new(stacks.left.get(row.left?)?, stacks.right.get(row.right?)?);
        let same_bytes = same_bytes(layers, blobs);
        Some(Self {
            at: at.in_layer(row),
            layers,
            diff_ids: layers.map(|layer| diff_id(layer, blobs)),
            scans: layers.map(|layer| blobs.scan(layer)),
            same_bytes,
        })
    }

    /// The same content, verified on both sides.
    fn is_same(&self) -> bool {
        self.same_bytes
            || (self.diff_ids.left.is_some() && self.diff_ids.left == self.diff_ids.right)
    }

    /// Stored bytes of what was unpacked.
    fn stored(&self) -> u64 {
        let scans = [&self.scans.left, &self.scans.right].into_iter().flatten();
        scans.map(|scan| scan.stored).sum()
    }

    fn compare(&self, workers: &Workers) -> Vec<Finding> {
        let mut findings = self.descriptors();
        if let Sides { left: Some(left), right: Some(right) } =
            self.scans.as_ref().map(Option::as_deref)
        {
            let scans = Sides::new(left, right);
            findings.extend(self.compression(scans));
            if !self.is_same() {
                let inside = entries::compare(scans, &self.at, workers);
                findings.extend(self.differing_diff_ids());
                findings.extend(self.unseen(scans, &inside));
                gather(&mut findings, inside);
            }
        }
        findings
    }

    fn descriptors(&self) -> Vec<Finding> {
        let mut differences = Differences::new(Scope::Manifest, &self.at);
        let raw = self.layers.map(|layer| layer.descriptor.as_ref());
        if let Sides { left: Some(left), right: Some(right) } = raw {
            differences.descriptors("", Sides::<Option<&Json>>::new(Some(left), Some(right)));
        }
        let mut findings = differences.findings;
        for finding in &mut findings {
            // Explained by what differs in the layer itself.
            if finding.derived {
                finding.scope = Scope::Layer;
            }
        }
        findings
    }

    fn compression(&self, scans: Sides<&LayerScan>) -> Option<Finding> {
        let same_codec = scans.left.compression == scans.right.compression;
        let same_bytes = self.same_bytes || scans.left.digest == scans.right.digest;
        if same_bytes || (same_codec && !self.is_same()) {
            return None;
        }
        let values = scans.map(|scan| {
            let name = scan.compression.name();
            Some(Value::Text(if same_codec {
                format!("{name}, {} bytes, {}", scan.stored, scan.digest)
            } else {
                name.to_owned()
            }))
        });
        Some(Finding::new(Scope::Layer, self.at.clone(), "compression", values))
    }

    /// Nothing where neither is known, which damage has been told for.
    fn differing_diff_ids(&self) -> Option<Finding> {
        let values =
            self.diff_ids.as_ref().map(|it| it.as_ref().map(|id| Value::Text(id.to_string())));
        let known = values.left.is_some() || values.right.is_some();
        known.then(|| Finding::new(Scope::Layer, self.at.clone(), "diffId", values).derived())
    }

    /// Unequal bytes in which no field differs: padding, number formats and the like.
    fn unseen(&self, scans: Sides<&LayerScan>, inside: &[Finding]) -> Option<Finding> {
        // Digests of two algorithms differ whatever the bytes are.
        let algorithms = self.diff_ids.as_ref().map(|id| id.as_ref().map(|id| id.0.algorithm()));
        let unknown = algorithms.left != algorithms.right;
        if unknown || !inside.is_empty() || !scans.left.is_whole() || !scans.right.is_whole() {
            return None;
        }
        let values = scans.map(|scan| {
            let diff_id = scan.diff_id.as_ref().map(ToString::to_string).unwrap_or_default();
            Some(Value::Text(format!("{} bytes, {diff_id}", scan.unpacked)))
        });
        Some(Finding::new(Scope::Layer, self.at.clone(), "tar-encoding", values))
    }
}
