//! Time: what passes, and what processors spend.

use std::time::{Duration, Instant};

/// What a piece of work took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Took {
    pub(crate) wall: Duration,
    /// Over all threads, in ticks of 10 ms.
    pub(crate) cpu: Duration,
}

/// Does `job` and says what it took in this process.
pub(crate) fn here<T>(job: impl FnOnce() -> T) -> (T, Took) {
    timed(job, |cpu| cpu.own)
}

/// Does `job` and says what the processes took that it waited for.
pub(crate) fn children<T>(job: impl FnOnce() -> T) -> (T, Took) {
    timed(job, |cpu| cpu.children)
}

fn timed<T>(job: impl FnOnce() -> T, which: impl Fn(Cpu) -> Duration) -> (T, Took) {
    let (cpu, start) = (Cpu::now(), Instant::now());
    let result = job();
    let wall = start.elapsed();
    let cpu = which(Cpu::now()).saturating_sub(which(cpu));
    (result, Took { wall, cpu })
}

/// The one in the middle.
pub(crate) fn median(all: &[Took]) -> Took {
    let middle = |time: fn(&Took) -> Duration| {
        let mut times: Vec<Duration> = all.iter().map(time).collect();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or_default()
    };
    Took { wall: middle(|took| took.wall), cpu: middle(|took| took.cpu) }
}

/// How many times as long the runs in `all` took as those in `others`: the one in the middle of what
/// each of them says of the one that it took turns with, so that a slow minute meets both.
pub(crate) fn ratio(all: &[Took], others: &[Took]) -> f64 {
    let turns = all.iter().zip(others);
    let mut ratios: Vec<f64> =
        turns.map(|(one, other)| one.wall.as_secs_f64() / other.wall.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Processor time so far; nothing where the system does not say.
#[derive(Clone, Copy, Debug, Default)]
struct Cpu {
    own: Duration,
    children: Duration,
}

impl Cpu {
    /// Fields 14 to 17 of `/proc/self/stat` in proc(5). Field 2 is a name that may hold anything
    /// and ends with the last parenthesis.
    fn now() -> Self {
        let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let fields = text.rsplit(')').next().unwrap_or_default();
        let tick = |at: usize| {
            let ticks = fields.split_whitespace().nth(at - 3)?.parse::<u64>().ok()?;
            Some(Duration::from_millis(10 * ticks))
        };
        let sum = |user, system| tick(user).unwrap_or_default() + tick(system).unwrap_or_default();
        Self { own: sum(14, 15), children: sum(16, 17) }
    }
}
