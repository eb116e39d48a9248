//! Floor and program in turns.

use std::ffi::OsStr;
use std::time::{Duration, Instant};

use crate::child;
use crate::clock::{self, Took, median};
use crate::pairs::Pair;
use crate::plan::Plan;
use crate::work;

/// Of one pair, for a median. Between two of them come those of all other pairs: a slow minute of
/// the machine meets every pair, and decides about none.
const ROUNDS: usize = 5;

/// In a round what is short is run again until so much time is spent.
const ROUND: Duration = Duration::from_secs(1);

/// Runs of what takes milliseconds.
const STARTS: usize = 100;

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What was measured of each of `pairs`.
pub(crate) fn run(pairs: &[Pair]) -> Vec<Trial<'_>> {
    let mut trials: Vec<Trial<'_>> = pairs.iter().map(Trial::new).collect();
    for round in 1..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        trials.iter_mut().for_each(Trial::round);
    }
    trials
}

/// A pair and what its runs took, one after the other.
pub(crate) struct Trial<'a> {
    pub(crate) pair: &'a Pair,
    both: Plan<'a>,
    left: Plan<'a>,
    /// What the floor would take if its work could be cut at will: that of one thread over all
    /// cores, yet no less than the longest blob.
    pub(crate) formula: Vec<Took>,
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
        Self {
            pair,
            both: Plan::new(vec![&pair.left, &pair.right]),
            left: Plan::new(vec![&pair.left]),
            formula: Vec::new(),
            floor: Vec::new(),
            ours: Vec::new(),
            single: Vec::new(),
            singles: Vec::new(),
            content: Vec::new(),
            verify_floor: Vec::new(),
            verify: Vec::new(),
            deleted: Vec::new(),
        }
    }

    /// Entries and unpacked bytes of both sides.
    pub(crate) fn totals(&self) -> (u64, u64) {
        self.both.totals()
    }

    /// Of one image.
    pub(crate) fn layers(&self) -> usize {
        self.left.layers().iter().map(Vec::len).sum()
    }

    /// What it holds at most, in bytes.
    pub(crate) fn peak(&self) -> u64 {
        child::peak(compare(self.pair, &["--no-content"]))
    }

    fn round(&mut self) {
        let pair = self.pair;
        // What this reads is in the page cache for all that follows.
        let jobs = self.both.jobs();
        let (longest, alone) = clock::here(|| work::run(&jobs, 1));
        drop(jobs);
        self.formula.push(formula(longest, alone));
        again(|| {
            self.floor.push(floor(&self.both));
            self.ours.push(child::run(compare(pair, &["--no-content"])));
            let single = compare(pair, &["--no-content", "--threads=1"]);
            self.single.push(child::run(&single));
            self.singles.push(child::run_at_once(&single, cores()));
            self.content.push(child::run(compare(pair, &[])));
        });
        let verify = ["verify".as_ref(), pair.left.as_os_str(), "--quiet".as_ref()];
        again(|| {
            self.verify_floor.push(floor(&self.left));
            self.verify.push(child::run(verify));
            self.deleted.push(child::run(verify.iter().chain(&["--deleted".as_ref()])));
        });
    }
}

/// Processor time over all cores, or that of the longest blob. One thread that waits for nothing
/// spends less of it than passes only because of what else the machine does.
fn formula(longest: Duration, alone: Took) -> Took {
    let cores = u32::try_from(cores()).unwrap_or(u32::MAX);
    let share = alone.cpu.as_secs_f64() / alone.wall.as_secs_f64();
    Took { wall: longest.mul_f64(share.min(1.0)).max(alone.cpu / cores), cpu: alone.cpu }
}

fn again(mut run: impl FnMut()) {
    let start = Instant::now();
    loop {
        run();
        if start.elapsed() >= ROUND {
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

pub(crate) fn compare<'a>(pair: &'a Pair, more: &[&'static str]) -> Vec<&'a OsStr> {
    let mut args = vec![pair.left.as_os_str(), pair.right.as_os_str(), OsStr::new("--quiet")];
    args.extend(more.iter().copied().map(OsStr::new));
    args
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
        ours.push(child::run(compare(pair, &["--no-content"])));
        content.push(child::run(compare(pair, &[])));
    }
    Start {
        none: median(&none).wall,
        ours: median(&ours),
        content: median(&content),
        peak: (0..10).map(|_| child::peak(compare(pair, &[]))).max().unwrap_or_default(),
    }
}
