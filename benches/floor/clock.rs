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

/// Of each time the one in the middle.
pub(crate) fn median(all: &[Took]) -> Took {
    let middle = |time: fn(&Took) -> Duration| {
        Duration::from_secs_f64(middle(all.iter().map(|took| time(took).as_secs_f64())))
    };
    Took { wall: middle(|took| took.wall), cpu: middle(|took| took.cpu) }
}

/// How many times as long `these` took as `those`: the median over turns, so that a slow minute
/// meets both.
pub(crate) fn ratio(these: &[Took], those: &[Took]) -> f64 {
    let turns = these.iter().zip(those);
    middle(turns.map(|(one, other)| one.wall.as_secs_f64() / other.wall.as_secs_f64()))
}

/// The same of processor time, and of sums: a single run is a few ticks.
pub(crate) fn cpu_ratio(these: &[Took], those: &[Took]) -> f64 {
    let sum = |all: &[Took]| all.iter().map(|took| took.cpu.as_secs_f64()).sum::<f64>();
    sum(these) / sum(those)
}

/// The one in the middle, or between the two that are nearest to it.
fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.len().saturating_sub(1) / 2, values.len() / 2);
    values.get(low).zip(values.get(high)).map_or(0.0, |(low, high)| f64::midpoint(*low, *high))
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
