//! Which layer of one image stands for which of the other, so that one inserted layer does not
//! shift the rest.
//!
//! One global alignment of the two stacks: equal DiffIDs are anchors and outweigh everything
//! else together; between them equal history texts and shared paths decide.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::digest::DiffId;
use crate::layer::Entry;
use crate::report::EntryKind;
use crate::sides::Sides;

/// What is known of a layer for aligning it.
#[derive(Clone, Debug, Default)]
pub(super) struct Features {
    pub(super) diff_id: Option<DiffId>,
    pub(super) created_by: Option<String>,
    pub(super) sketch: Option<Sketch>,
    /// Its name, when nothing is known of what it holds.
    pub(super) unread: Option<String>,
}

/// Layers that stand for one another, bottom first. A side is absent where the other side's layer
/// has no counterpart.
pub(super) type Row = Sides<Option<usize>>;

/// Two sets of paths are compared by the smallest hashes of each, which estimates the share they
/// have in common (bottom-k sketch).
const SKETCH: usize = 128;

/// Layers with less than this share of their paths in common have nothing to do with each other.
const ALIKE: f64 = 0.5;

/// An anchor outweighs any number of lesser matches that a stack can hold.
const ANCHOR: f64 = 1e6;
/// Empty layers are all equal and anchor nothing.
const EMPTY: f64 = 0.5;
/// DiffIDs of nothing but zeros, 1 KiB and 10 KiB: what need not be unpacked is known by these.
const ZEROS: [&str; 2] = [
    "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "sha256:84ff92691f909a05b224e1c56abb4864f01b4f8e3c854e4bb4c7baf1d3f6d652",
];
const SAME_HISTORY: f64 = 2.0;

/// The smallest hashes of a layer's paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sketch(Vec<u64>);

impl Sketch {
    /// Of what is not a directory, for directories are repeated by layers that only pass through
    /// them; of all, when there is nothing else.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let files = entries.iter().filter(|entry| entry.kind != EntryKind::Directory);
        let sketch = Self::of_paths(files.map(|entry| &*entry.path));
        if !sketch.is_empty() {
            return sketch;
        }
        Self::of_paths(entries.iter().map(|entry| &*entry.path))
    }

    fn of_paths<'a>(paths: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut smallest = BTreeSet::new();
        for path in paths {
            let hash = hash(path);
            if smallest.len() < SKETCH {
                smallest.insert(hash);
            } else if smallest.last().is_some_and(|last| hash < *last) && smallest.insert(hash) {
                smallest.pop_last();
            }
        }
        Self(smallest.into_iter().collect())
    }

    /// Estimated share of common paths, from 0 to 1: that among the smallest hashes of both.
    fn likeness(&self, other: &Self) -> f64 {
        let (mut left, mut right) = (self.0.as_slice(), other.0.as_slice());
        let (mut seen, mut common) = (0, 0);
        while seen < SKETCH {
            let order = match (left.first(), right.first()) {
                (Some(a), Some(b)) => a.cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            if order.is_le() {
                left = left.get(1..).unwrap_or_default();
            }
            if order.is_ge() {
                right = right.get(1..).unwrap_or_default();
            }
            common += usize::from(order.is_eq());
            seen += 1;
        }
        if seen == 0 { 1.0 } else { ratio(common, seen) }
    }

    /// Estimated share of this one's paths that `other` has too, from 0 to 1.
    fn share_in(&self, other: &Self) -> f64 {
        let Some(last) = other.0.last() else { return 0.0 };
        // Of greater hashes it is not known whether the other has them, unless it has few.
        let known: Vec<&u64> =
            self.0.iter().filter(|hash| other.0.len() < SKETCH || *hash <= last).collect();
        let common = known.iter().filter(|hash| other.0.binary_search(hash).is_ok()).count();
        if known.is_empty() { 0.0 } else { ratio(common, known.len()) }
    }

    const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    let count = |number| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    count(part) / count(whole)
}

/// The same for one path in every run, and for paths that hardly differ far apart.
fn hash(path: &[u8]) -> u64 {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let product = (hash ^ word).wrapping_mul(SPREAD);
        product ^ product >> 32
    };
    let (words, rest) = path.as_chunks::<8>();
    let hash =
        words.iter().fold(path.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let last = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    mix(mix(hash, last), 0)
}

/// Aligns two stacks of layers; a layer alone in its place is paired with whatever is there.
pub(super) fn layers(stacks: Sides<&[Features]>) -> Vec<Row> {
    let rows = align(stacks, score, |a, b| {
        let key = |it: &'_ Features| (it.diff_id.clone(), it.created_by.clone(), it.unread.clone());
        key(a).cmp(&key(b))
    });
    let mut kept = Vec::with_capacity(rows.len());
    for gap in rows.chunk_by(|a, b| is_sure(stacks, *a) == is_sure(stacks, *b)) {
        if is_cut_differently(stacks, gap) {
            kept.extend(gap.iter().filter_map(|row| row.left).map(|at| Sides::new(Some(at), None)));
            kept.extend(
                gap.iter().filter_map(|row| row.right).map(|at| Sides::new(None, Some(at))),
            );
        } else {
            kept.extend_from_slice(gap);
        }
    }
    pair_lone_ones(kept)
}

fn of_row(stacks: Sides<&[Features]>, row: Row) -> Sides<Option<&Features>> {
    Sides::new(
        row.left.and_then(|at| stacks.left.get(at)),
        row.right.and_then(|at| stacks.right.get(at)),
    )
}

/// A pair that does not rest on the likeness of paths alone.
fn is_sure(stacks: Sides<&[Features]>, row: Row) -> bool {
    let Sides { left: Some(a), right: Some(b) } = of_row(stacks, row) else { return false };
    a.diff_id.is_some() && a.diff_id == b.diff_id
        || a.created_by.is_some() && a.created_by == b.created_by
        || is_same_unread(a, b)
}

/// Of layers that cannot be read no more is known than what they are called.
fn is_same_unread(a: &Features, b: &Features) -> bool {
    a.unread.is_some() && a.unread == b.unread
}

/// Whether a layer without counterpart went into one that has another: the stacks are cut
/// differently there, and pairing any of their layers would show half of one as missing.
fn is_cut_differently(stacks: Sides<&[Features]>, gap: &[Row]) -> bool {
    let rows: Vec<Sides<Option<&Features>>> = gap.iter().map(|row| of_row(stacks, *row)).collect();
    let went_into = |lone: &Features, other: Option<&Features>| {
        let sketches = lone.sketch.as_ref().zip(other.and_then(|other| other.sketch.as_ref()));
        sketches.is_some_and(|(lone, other)| lone.share_in(other) >= ALIKE)
    };
    let pairs: Vec<_> =
        rows.iter().filter(|row| row.left.is_some() && row.right.is_some()).collect();
    rows.iter().any(|row| match (row.left, row.right) {
        (Some(lone), None) => pairs.iter().any(|pair| went_into(lone, pair.right)),
        (None, Some(lone)) => pairs.iter().any(|pair| went_into(lone, pair.left)),
        _ => false,
    })
}

/// Aligns two lists so that the total of `score` over the pairs is highest. Every item is in
/// exactly one row; rows keep the order of both lists; what scores 0 is no pair. Where two pairs
/// cross and are worth the same, `order` decides which stays, so that swapping the lists swaps the
/// rows and nothing else.
pub(super) fn align<T>(
    stacks: Sides<&[T]>,
    score: impl Fn(&T, &T) -> f64,
    order: impl Fn(&T, &T) -> Ordering,
) -> Vec<Row> {
    let best = best_scores(stacks, &score);
    let mut rows = Vec::new();
    let (mut left, mut right) = (0, 0);
    while let (Some(a), Some(b)) = (stacks.left.get(left), stacks.right.get(right)) {
        let here = at(&best, left, right);
        let matched = score(a, b);
        let (without_left, without_right) =
            (at(&best, left + 1, right), at(&best, left, right + 1));
        if matched > 0.0 && here <= matched + at(&best, left + 1, right + 1) {
            rows.push(Sides::new(Some(left), Some(right)));
            (left, right) = (left + 1, right + 1);
        } else if without_left > without_right
            || (without_left >= without_right && order(a, b).is_lt())
        {
            rows.push(Sides::new(Some(left), None));
            left += 1;
        } else {
            rows.push(Sides::new(None, Some(right)));
            right += 1;
        }
    }
    rows.extend((left..stacks.left.len()).map(|left| Sides::new(Some(left), None)));
    rows.extend((right..stacks.right.len()).map(|right| Sides::new(None, Some(right))));
    rows
}

/// `best[i][j]` is the highest total of scores between the items from `i` and from `j` upwards.
fn best_scores<T>(stacks: Sides<&[T]>, score: impl Fn(&T, &T) -> f64) -> Vec<Vec<f64>> {
    let (rows, columns) = (stacks.left.len(), stacks.right.len());
    let mut below = vec![0.0; columns + 1];
    let mut best = Vec::with_capacity(rows + 1);
    best.push(below.clone());
    for a in stacks.left.iter().rev() {
        let mut row = vec![0.0; columns + 1];
        for (column, b) in stacks.right.iter().enumerate().rev() {
            let cell = |row: &[f64], at: usize| row.get(at).copied().unwrap_or_default();
            let matched = score(a, b) + cell(&below, column + 1);
            let skipped = cell(&below, column).max(cell(&row, column + 1));
            if let Some(cell) = row.get_mut(column) {
                *cell = matched.max(skipped);
            }
        }
        best.push(row.clone());
        below = row;
    }
    best.reverse();
    best
}

fn at(best: &[Vec<f64>], left: usize, right: usize) -> f64 {
    best.get(left).and_then(|row| row.get(right)).copied().unwrap_or_default()
}

/// How much speaks for `a` and `b` being one layer; 0 when nothing does.
fn score(a: &Features, b: &Features) -> f64 {
    if a.diff_id.is_some() && a.diff_id == b.diff_id {
        let seen = a.sketch.as_ref().or(b.sketch.as_ref()).map(Sketch::is_empty);
        let known = || a.diff_id.as_ref().is_some_and(|id| ZEROS.contains(&&*id.to_string()));
        return if seen.unwrap_or_else(known) { EMPTY } else { ANCHOR };
    }
    if is_same_unread(a, b) {
        return SAME_HISTORY + 1.0;
    }
    let likeness = match (&a.sketch, &b.sketch) {
        (Some(a), Some(b)) if a.is_empty() != b.is_empty() => return 0.0,
        (Some(a), Some(b)) => a.likeness(b),
        _ => 0.0,
    };
    let same_history = a.created_by.is_some() && a.created_by == b.created_by;
    match (same_history, likeness >= ALIKE) {
        (true, _) => SAME_HISTORY + likeness,
        (false, true) => likeness,
        (false, false) => 0.0,
    }
}

/// One layer against one layer with nothing else between two matches: whatever they hold, they
/// stand in the same place.
fn pair_lone_ones(rows: Vec<Row>) -> Vec<Row> {
    let is_pair = |row: &Row| row.left.is_some() && row.right.is_some();
    let mut paired = Vec::with_capacity(rows.len());
    for run in rows.chunk_by(|a, b| is_pair(a) == is_pair(b)) {
        match run {
            [Sides { left: Some(left), right: None }, Sides { left: None, right: Some(right) }]
            | [Sides { left: None, right: Some(right) }, Sides { left: Some(left), right: None }] =>
            {
                paired.push(Sides::new(Some(*left), Some(*right)));
            }
            run => paired.extend_from_slice(run),
        }
    }
    paired
}
