//! How time and memory grow with entries and with layers: each row takes some times as many as the
//! one before, and what each costs should stay the same.

use crate::child;
use crate::clock::median;
use crate::pairs::{Pair, scaled};

const ENTRIES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
const LAYERS: [usize; 4] = [1, 10, 50, 200];
const FILES_PER_LAYER: usize = 500;
const ROUNDS: usize = 5;

/// One row.
pub(crate) struct Row {
    /// Entries or layers of each side.
    pub(crate) count: usize,
    pub(crate) seconds: f64,
    pub(crate) cpu: f64,
    pub(crate) peak: u64,
}

/// One plain layer of more and more entries.
pub(crate) fn entries(wants: &dyn Fn(&str) -> bool) -> Vec<Row> {
    let wanted = wants("scale-entries");
    ENTRIES.into_iter().filter(|_| wanted).map(|count| row(count, &scaled(1, count))).collect()
}

/// More and more plain layers of 500 entries.
pub(crate) fn layers(wants: &dyn Fn(&str) -> bool) -> Vec<Row> {
    let wanted = wants("scale-layers");
    let row = |count| row(count, &scaled(count, FILES_PER_LAYER));
    LAYERS.into_iter().filter(|_| wanted).map(row).collect()
}

fn row(count: usize, pair: &Pair) -> Row {
    let args = || pair.compare(&["--no-content"]);
    child::run(args());
    let took = median(&(0..ROUNDS).map(|_| child::run(args())).collect::<Vec<_>>());
    Row {
        count,
        seconds: took.wall.as_secs_f64(),
        cpu: took.cpu.as_secs_f64(),
        peak: child::peak(args()),
    }
}
