//! Floor and program in turns.

use std::time::{Duration, Instant};

use crate::child;
use crate::clock::{self, Took, median};
use crate::pairs::Pair;
use crate::plan::Plan;
use crate::work;

/// Of one pair, for a median. Those of all others lie between, so a slow minute of the machine spoils
/// one round of some and decides about none.
const ROUNDS: usize = 5;

/// In a round what is short is run again until so much time is spent.
const AT_LEAST: Duration = Duration::from_secs(1);

/// Runs of what takes milliseconds.
const STARTS: usize = 100;

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What was measured of each of `pairs`.
pub(crate) fn run(pairs: &[Pair]) -> Vec<Trial<'_>> {
    let mut trials: Vec<Trial<'_>> = pairs.iter().map(Trial::new).collect();
    if trials.is_empty() {
        return trials;
    }
    for round in 1..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        trials.iter_mut().for_each(Trial::round);
    }
    trials
}

/// A pair, and what was measured of it so far.
pub(crate) struct Trial<'a> {
    pub(crate) pair: &'a Pair,
    both: Plan<'a>,
    left: Plan<'a>,
    /// Entries of both sides.
    pub(crate) entries: u64,
    /// Unpacked bytes of both sides.
    pub(crate) bytes: u64,
    /// Of the side that has fewer.
    pub(crate) layers: usize,
    /// Bytes of memory.
    pub(crate) peak: u64,
    pub(crate) took: Times,
}

/// What runs took, one after the other; those that took turns stand at one place.
#[derive(Default)]
pub(crate) struct Times {
    pub(crate) floor: Vec<Took>,
    pub(crate) ours: Vec<Took>,
    pub(crate) single: Vec<Took>,
    /// As many of that at once as there are cores.
    pub(crate) singles: Vec<Took>,
    pub(crate) content: Vec<Took>,
    pub(crate) verify_floor: Vec<Took>,
    pub(crate) verify: Vec<Took>,
    /// That with `--deleted`, which hashes all contents as the floor does.
    pub(crate) deleted: Vec<Took>,
}

impl<'a> Trial<'a> {
    fn new(pair: &'a Pair) -> Self {
        let both = Plan::new(vec![&pair.left, &pair.right]);
        let left = Plan::new(vec![&pair.left]);
        let (entries, bytes) = both.totals();
        let layers = both.layers().iter().map(Vec::len).min().unwrap_or_default();
        Self { pair, both, left, entries, bytes, layers, peak: 0, took: Times::default() }
    }

    fn round(&mut self) {
        let Self { pair, both, left, peak, took, .. } = self;
        // What this reads is in the page cache for all that follows.
        *peak = child::peak(pair.compare(&["--no-content"])).max(*peak);
        again(|| {
            took.floor.push(floor(both));
            took.ours.push(child::run(pair.compare(&["--no-content"])));
            let single = pair.compare(&["--no-content", "--threads=1"]);
            took.single.push(child::run(&single));
            took.singles.push(child::run_at_once(&single, cores()));
            took.content.push(child::run(pair.compare(&[])));
        });
        let verify = ["verify".as_ref(), pair.left.as_os_str(), "--quiet".as_ref()];
        again(|| {
            took.verify_floor.push(floor(left));
            took.verify.push(child::run(verify));
            took.deleted.push(child::run(verify.iter().chain(&["--deleted".as_ref()])));
        });
    }
}

fn again(mut run: impl FnMut()) {
    let start = Instant::now();
    loop {
        run();
        if start.elapsed() >= AT_LEAST {
            return;
        }
    }
}

fn floor(plan: &Plan<'_>) -> Took {
    let jobs = plan.jobs();
    let all = || {
        work::run(&jobs, cores());
        // What a process has mapped it gives back before it ends.
        drop(jobs);
    };
    clock::here(all).1
}

/// What a run takes that has next to nothing to read, from start to exit.
pub(crate) struct Start {
    pub(crate) none: Duration,
    pub(crate) ours: Took,
    pub(crate) content: Took,
    pub(crate) peak: u64,
}

pub(crate) fn start(pair: &Pair) -> Start {
    let (mut none, mut ours, mut content) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        none.push(child::run(["--version"]));
        ours.push(child::run(pair.compare(&["--no-content"])));
        content.push(child::run(pair.compare(&[])));
    }
    Start {
        none: median(&none).wall,
        ours: median(&ours),
        content: median(&content),
        peak: (0..10).map(|_| child::peak(pair.compare(&[]))).max().unwrap_or_default(),
    }
}
