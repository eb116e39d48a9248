//! Counting.

/// What a run allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Calls of the allocator that gave memory.
    blocks: u64,
    /// Bytes it held at most.
    peak: usize,
}

/// Counts what `job` allocates, on every thread.
pub(crate) fn measure<T>(job: impl FnOnce() -> T) -> Cost {
    let profiler = dhat::Profiler::builder().testing().trim_backtraces(Some(4)).build();
    drop(job());
    let stats = dhat::HeapStats::get();
    drop(profiler);
    Cost { blocks: stats.total_blocks, peak: stats.max_bytes }
}

/// What one item more costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slope {
    blocks: f64,
    peak: f64,
    /// How much more the second thousand cost than the first.
    bend: f64,
}

impl Slope {
    /// Runs with `count` items, twice and four times as many.
    pub(crate) fn between(cost: impl Fn(usize) -> Cost, count: usize) -> Self {
        let [one, two, four] = [1, 2, 4].map(|factor| cost(factor * count));
        let per = |more: f64, items: usize| more / items as f64;
        let first = per((two.blocks - one.blocks) as f64, count);
        let second = per((four.blocks - two.blocks) as f64, 2 * count);
        let peak = per(four.peak as f64 - two.peak as f64, 2 * count);
        Self { blocks: second, peak, bend: second - first }
    }

    /// Holds it against what it was when this was written.
    pub(crate) fn check(self, what: &str, blocks: f64, peak: u64) {
        // Shown with `cargo test -- --nocapture`.
        eprintln!("{what}: {:.2} allocations, {:.0} bytes at most", self.blocks, self.peak);
        assert!(self.bend < 0.05 * blocks, "{what}: more for each of more: {self:?}");
        assert!(self.blocks < 1.05 * blocks, "{what}: over {blocks} allocations: {self:?}");
        assert!(self.peak <= peak as f64, "{what}: over {peak} bytes: {self:?}");
    }
}
