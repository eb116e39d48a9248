//! Floor and program in turns.

use std::ffi::OsStr;
use std::time::{Duration, Instant};

use crate::child;
use crate::clock::{self, Took, median};
use crate::pairs::{Pair, Target};
use crate::peers::{self, Peer};
use crate::plan::Plan;
use crate::work;

/// Rounds go on until there are enough for a median and the time for a pair is spent.
const ROUNDS: usize = 3;
const BUDGET: Duration = Duration::from_secs(12);

/// In a round what is short is run again until so much time is spent.
const ROUND: Duration = Duration::from_secs(1);

/// Runs of what takes milliseconds.
const STARTS: usize = 100;

/// What was measured of one pair.
pub(crate) struct Trial {
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) entries: u64,
    /// Unpacked bytes of both sides.
    pub(crate) bytes: u64,
    pub(crate) floor: Took,
    /// What the floor would take if its work could be cut at will: that of one thread over all
    /// cores, yet no less than the longest blob.
    pub(crate) formula: Duration,
    pub(crate) ours: Took,
    pub(crate) single: Took,
    /// As many of that at once as there are cores.
    pub(crate) singles: Took,
    pub(crate) content: Took,
    pub(crate) verify_floor: Took,
    pub(crate) verify: Took,
    /// That with `--deleted`, which hashes all contents as the floor does.
    pub(crate) deleted: Took,
    pub(crate) peak: u64,
    pub(crate) peers: Vec<(Peer, Option<Duration>)>,
}

#[derive(Default)]
struct Rounds {
    floor: Vec<Took>,
    ours: Vec<Took>,
    single: Vec<Took>,
    singles: Vec<Took>,
    content: Vec<Took>,
    verify_floor: Vec<Took>,
    verify: Vec<Took>,
    deleted: Vec<Took>,
}

pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

pub(crate) fn run(pair: &Pair) -> Trial {
    let plan = Plan::new(vec![&pair.left, &pair.right]);
    let left = Plan::new(vec![&pair.left]);
    let (entries, bytes) = plan.totals();
    // What this reads is in the page cache for all that follows.
    let jobs = plan.jobs();
    let (longest, alone) = clock::here(|| work::run(&jobs, 1));
    drop(jobs);
    let formula = formula(longest, alone);

    let mut rounds = Rounds::default();
    let start = Instant::now();
    for _ in (0..).take_while(|round| *round < ROUNDS || start.elapsed() < BUDGET) {
        rounds.add(pair, &plan, &left);
    }
    Trial {
        name: pair.name.clone(),
        target: pair.target,
        entries,
        bytes,
        floor: median(rounds.floor),
        formula,
        ours: median(rounds.ours),
        single: median(rounds.single),
        singles: median(rounds.singles),
        content: median(rounds.content),
        verify_floor: median(rounds.verify_floor),
        verify: median(rounds.verify),
        deleted: median(rounds.deleted),
        peak: child::peak(compare(pair, &["--no-content"])),
        peers: peers::run(pair),
    }
}

/// Processor time over all cores, or that of the longest blob. One thread that waits for nothing
/// spends less of it than passes only because of what else the machine does.
fn formula(longest: Duration, alone: Took) -> Duration {
    let cores = u32::try_from(cores()).unwrap_or(u32::MAX);
    let share = alone.cpu.as_secs_f64() / alone.wall.as_secs_f64();
    longest.mul_f64(share.min(1.0)).max(alone.cpu / cores)
}

impl Rounds {
    fn add(&mut self, pair: &Pair, plan: &Plan<'_>, left: &Plan<'_>) {
        again(|| {
            self.floor.push(floor(plan));
            self.ours.push(child::run(compare(pair, &["--no-content"])));
            let single = compare(pair, &["--no-content", "--threads=1"]);
            self.single.push(child::run(&single));
            self.singles.push(child::run_at_once(&single, cores()));
            self.content.push(child::run(compare(pair, &[])));
        });
        let verify = ["verify".as_ref(), pair.left.as_os_str(), "--quiet".as_ref()];
        again(|| {
            self.verify_floor.push(floor(left));
            self.verify.push(child::run(verify));
            self.deleted.push(child::run(verify.iter().chain(&["--deleted".as_ref()])));
        });
    }
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

fn compare<'a>(pair: &'a Pair, more: &[&'static str]) -> Vec<&'a OsStr> {
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
        none: median(none).wall,
        ours: median(ours),
        content: median(content),
        peak: (0..10).map(|_| child::peak(compare(pair, &[]))).max().unwrap_or_default(),
    }
}
