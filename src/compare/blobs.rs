//! Every blob of both inputs, read once: those of both sides together, in parallel, largest
//! first.
//!
//! A blob that claims the same digest on both sides is hashed on one and compared byte by byte
//! with the other; only what truly differs is unpacked ([`Blobs::read`]). What a merged tree needs
//! beyond that is unpacked later, on demand ([`Blobs::unpack`]).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::Means;
use super::intake::Intake;
use super::queue::largest_first;
use crate::digest::{Algorithm, Digest};
use crate::image::Layer;
use crate::layer::{LayerScan, ScanRequest, scan};
use crate::sides::{Side, Sides};
use crate::source::Blob;
use crate::workers::Idle;

/// What was learnt of one blob.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// Digest of its bytes under the algorithm of the claim; the claim itself when digests are
    /// trusted.
    pub(crate) digest: Option<Digest>,
    /// Number of its bytes.
    pub(crate) size: u64,
    /// What it holds, when it had to be unpacked.
    pub(crate) scan: Option<Arc<LayerScan>>,
}

/// All blobs of a comparison.
pub(crate) struct Blobs<'a> {
    uniques: Vec<Unique<'a>>,
    by_layer: BTreeMap<Address, usize>,
}

/// A blob's identity in this process: where its bytes lie, how they are to be hashed, and whether
/// they are to be unpacked. What one manifest lists as a layer another may list as bytes of any
/// kind; that must not keep the layer from being unpacked.
type Address = (usize, usize, Algorithms, bool);

/// Algorithms of the claimed blob digest and of the claimed DiffID.
type Algorithms = (Algorithm, Algorithm);

fn algorithms(layer: &Layer) -> Algorithms {
    let diff_id = layer.diff_id.as_ref().map(|diff_id| &diff_id.0);
    let algorithm = |claim: Option<&Digest>| claim.map_or(Algorithm::Sha256, Digest::algorithm);
    (algorithm(layer.digest.as_ref()), algorithm(diff_id))
}

/// A blob on one side, or on both with equal claims and equal bytes.
struct Unique<'a> {
    layer: &'a Layer,
    blob: &'a Blob,
    twin: Option<&'a Blob>,
    /// The contents of its files are hashed when it is unpacked.
    contents: bool,
    /// Not everybody who refers to it claims the same DiffID.
    disputed: bool,
    read: OnceLock<Read>,
    unpacked: OnceLock<Arc<LayerScan>>,
}

fn address(layer: &Layer, blob: &Blob) -> Address {
    let bytes = blob.bytes();
    (bytes.as_ptr().addr(), bytes.len(), algorithms(layer), layer.is_tar())
}

impl<'a> Blobs<'a> {
    /// Reads the blobs of `layers` as far as a comparison needs it, and hashes the `contents` of files
    /// if they are wanted: by that files are compared.
    pub(crate) fn read(
        layers: impl Iterator<Item = (Side, &'a Layer)>,
        contents: bool,
        means: Means<'_>,
    ) -> Self {
        let mut plan = Plan { contents, ..Plan::default() };
        for (side, layer) in layers {
            plan.add(side, layer);
        }
        let mut blobs = Self { uniques: plan.uniques, by_layer: plan.by_layer };
        let all: Vec<usize> = (0..blobs.uniques.len()).collect();
        blobs.read_some(&all, means);
        blobs.part_false_twins(means);
        blobs.unpack_lies(means);
        blobs
    }

    /// Gives back what is held of them.
    pub(crate) fn release(self, means: Means<'_>) {
        means.workers.release(self.uniques);
    }

    /// Bytes that are equal on both sides and not what is claimed of them: what they are instead is
    /// part of the answer.
    fn unpack_lies(&self, means: Means<'_>) {
        let lies = |unique: &&Unique<'_>| {
            let read = unique.read.get().and_then(|read| read.digest.as_ref());
            let said = unique.layer.digest.as_ref();
            unique.disputed || read.is_some_and(|read| said.is_some_and(|said| said != read))
        };
        self.unpack(self.uniques.iter().filter(lies).map(|unique| unique.layer), means);
    }

    /// What was learnt of the blob of `layer`.
    pub(crate) fn get(&self, layer: &Layer) -> Option<&Read> {
        self.unique(layer)?.read.get()
    }

    /// What `layer` holds, if it was unpacked.
    pub(crate) fn scan(&self, layer: &Layer) -> Option<Arc<LayerScan>> {
        let unique = self.unique(layer)?;
        let read = unique.read.get().and_then(|read| read.scan.clone());
        read.or_else(|| unique.unpacked.get().cloned())
    }

    /// Unpacks those of `layers` that were only hashed so far.
    pub(super) fn unpack<'b>(&self, layers: impl Iterator<Item = &'b Layer>, means: Means<'_>) {
        let mut wanted: Vec<usize> = layers
            .filter(|layer| layer.is_tar() && self.scan(layer).is_none())
            .filter_map(|layer| self.by_layer.get(&address(layer, layer.blob.as_ref()?)).copied())
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut queue: Vec<&Unique<'a>> = self.at(&wanted).collect();
        largest_first(
            &mut queue,
            |unique| unique.blob.len(),
            means,
            |unique, idle| {
                let scan = unique.scan(idle, means);
                unique.unpacked.get_or_init(|| Arc::new(scan));
                unique.forget();
            },
        );
    }

    fn at(&self, wanted: &[usize]) -> impl Iterator<Item = &Unique<'a>> {
        wanted.iter().filter_map(|at| self.uniques.get(*at))
    }

    fn unique(&self, layer: &Layer) -> Option<&Unique<'a>> {
        let at = self.by_layer.get(&address(layer, layer.blob.as_ref()?))?;
        self.uniques.get(*at)
    }

    /// Reads the blobs at `wanted`: what is only hashed two by two.
    fn read_some(&self, wanted: &[usize], means: Means<'_>) {
        let (mut hashed, others): (Vec<_>, Vec<_>) =
            self.at(wanted).partition(|unique| unique.is_only_hashed(means));
        hashed.sort_by_key(|unique| Reverse(unique.blob.len()));
        let mut queue: Vec<&[&Unique<'a>]> = hashed.chunks(2).chain(others.chunks(1)).collect();
        let size = |jobs: &&[&Unique<'_>]| jobs.iter().map(|unique| unique.blob.len()).sum();
        largest_first(&mut queue, size, means, |jobs, idle| {
            match **jobs {
                [one, two] => Unique::hash_both(one, two, idle, means),
                _ => jobs.iter().for_each(|unique| unique.read(idle, means)),
            }
            jobs.iter().for_each(|unique| unique.forget());
        });
    }

    /// Blobs that claim one digest and hold different bytes: at least one lies. Both are read in
    /// full.
    fn part_false_twins(&mut self, means: Means<'_>) {
        let false_twins: Vec<usize> = self
            .uniques
            .iter()
            .enumerate()
            .filter(|(_, unique)| unique.twin.is_some() && unique.read.get().is_none())
            .map(|(at, _)| at)
            .collect();
        let mut again = false_twins.clone();
        for at in false_twins {
            let Some(unique) = self.uniques.get_mut(at) else { continue };
            let (layer, Some(twin)) = (unique.layer, unique.twin.take()) else { continue };
            let other = Unique::new(layer, twin, unique.contents);
            again.push(self.uniques.len());
            self.by_layer.insert(address(layer, twin), self.uniques.len());
            self.uniques.push(other);
        }
        self.read_some(&again, means);
    }
}

/// Digests that are claimed, the number of bytes, and whether these are to be unpacked.
type Claim = (String, u64, bool);

#[derive(Default)]
struct Plan<'a> {
    contents: bool,
    uniques: Vec<Unique<'a>>,
    by_layer: BTreeMap<Address, usize>,
    by_claim: BTreeMap<Claim, Sides<Option<usize>>>,
}

impl<'a> Plan<'a> {
    fn add(&mut self, side: Side, layer: &'a Layer) {
        let Some(blob) = &layer.blob else { return };
        let address = address(layer, blob);
        let at = match self.by_layer.get(&address) {
            Some(known) => *known,
            None => self.add_blob(side, layer, blob),
        };
        self.by_layer.insert(address, at);
        if let Some(unique) = self.uniques.get_mut(at) {
            unique.disputed |= unique.layer.diff_id != layer.diff_id;
        }
    }

    fn add_blob(&mut self, side: Side, layer: &'a Layer, blob: &'a Blob) -> usize {
        let twin =
            claim(layer).and_then(|claim| self.twin(side, (claim, blob.len(), layer.is_tar())));
        if let Some((at, unique)) = twin.and_then(|at| Some((at, self.uniques.get_mut(at)?))) {
            unique.twin = Some(blob);
            return at;
        }
        self.uniques.push(Unique::new(layer, blob, self.contents));
        self.uniques.len().saturating_sub(1)
    }

    /// The blob of the other side that claims the same, if it has no twin yet. Remembers this
    /// one otherwise.
    fn twin(&mut self, side: Side, key: Claim) -> Option<usize> {
        let known = self.by_claim.entry(key).or_default();
        let next = self.uniques.len();
        let (own, other) = match side {
            Side::Left => (&mut known.left, known.right),
            Side::Right => (&mut known.right, known.left),
        };
        if own.is_some() {
            return None;
        }
        *own = Some(other.unwrap_or(next));
        other
    }
}

/// What must be equal for two blobs to be expected equal. For a packed layer of a docker archive
/// that is its DiffID: two packings of one layer then part again as soon as their bytes differ.
/// Where only the DiffIDs are unequal, one of them lies, and unpacking tells which.
fn claim(layer: &Layer) -> Option<String> {
    let digest = layer.digest.as_ref().map(ToString::to_string);
    let diff_id = layer.diff_id.as_ref().map(ToString::to_string);
    (digest.is_some() || diff_id.is_some())
        .then(|| [digest, diff_id].map(Option::unwrap_or_default).join(" "))
}

impl<'a> Unique<'a> {
    const fn new(layer: &'a Layer, blob: &'a Blob, contents: bool) -> Self {
        Self {
            layer,
            blob,
            twin: None,
            contents,
            disputed: false,
            read: OnceLock::new(),
            unpacked: OnceLock::new(),
        }
    }

    /// Reads it, and leaves `read` unset when it turns out not to equal its twin.
    fn read(&self, idle: &Idle, means: Means<'_>) {
        if self.is_only_hashed(means) {
            let mut intake = self.intake(means);
            intake.run(idle);
            return self.keep(intake);
        }
        let read = match self.twin {
            Some(_) if self.is_trusted(means) => self.trusted(),
            // Only unpacking can bear out a DiffID.
            Some(twin) if twin.bytes() != self.blob.bytes() => return,
            _ => self.unpacked(idle, means),
        };
        self.read.get_or_init(|| read);
    }

    /// Whether its digest is all that has to be learnt of it, and that it equals its twin.
    fn is_only_hashed(&self, means: Means<'_>) -> bool {
        let is_claimed = self.twin.is_some() && self.layer.digest.is_some();
        !self.is_trusted(means) && (is_claimed || !self.layer.is_tar())
    }

    fn is_trusted(&self, means: Means<'_>) -> bool {
        means.trust_digests && self.twin.is_some() && self.layer.digest.is_some()
    }

    /// Hashes two at once.
    fn hash_both(one: &Self, two: &Self, idle: &Idle, means: Means<'_>) {
        let (mut first, mut second) = (one.intake(means), two.intake(means));
        Intake::run_both(&mut first, &mut second, idle);
        one.keep(first);
        two.keep(second);
    }

    fn intake<'h>(&'h self, means: Means<'h>) -> Intake<'h> {
        let twin = self.twin.map(Blob::bytes);
        Intake::new(self.blob_algorithm(), self.blob.bytes(), twin, means.progress)
    }

    fn keep(&self, intake: Intake<'_>) {
        if let Some(digest) = intake.finish() {
            let size = self.blob.len();
            self.read.get_or_init(|| Read { digest: Some(digest), size, scan: None });
        }
    }

    /// Most blobs are not read again.
    fn forget(&self) {
        self.blob.forget();
        if let Some(twin) = self.twin {
            twin.forget();
        }
    }

    fn trusted(&self) -> Read {
        Read { digest: None, size: self.blob.len(), scan: None }
    }

    fn unpacked(&self, idle: &Idle, means: Means<'_>) -> Read {
        let scan = self.scan(idle, means);
        Read { digest: Some(scan.digest.clone()), size: scan.stored, scan: Some(Arc::new(scan)) }
    }

    fn scan(&self, idle: &Idle, means: Means<'_>) -> LayerScan {
        let (blob_algorithm, diff_id_algorithm) = algorithms(self.layer);
        let bytes = self.blob.bytes();
        let contents = self.contents;
        let request = ScanRequest { bytes, blob_algorithm, diff_id_algorithm, contents };
        scan(request, idle, means.limits, means.progress)
    }

    fn blob_algorithm(&self) -> Algorithm {
        algorithms(self.layer).0
    }
}
