//! Threads that share work.

use std::cmp::Ordering as Order;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, available_parallelism};

use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use rayon::slice::ParallelSliceMut as _;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::sides::Sides;

/// A number of threads, which are started when there is much to read: two small images are compared
/// in the time that takes. Other work is shared by those that there are.
#[derive(Debug)]
pub struct Workers {
    threads: usize,
    /// Empty where one thread is enough or no more can be had; then all work is done by who asks
    /// for it.
    pool: OnceLock<Option<ThreadPool>>,
}

impl Workers {
    /// So many threads; 0 means one per core.
    pub const fn new(threads: usize) -> Self {
        Self { threads, pool: OnceLock::new() }
    }

    /// How many there are. This starts them.
    pub fn count(&self) -> usize {
        self.pool().map_or(1, ThreadPool::current_num_threads)
    }

    /// Runs `job` once on each of them.
    pub fn broadcast(&self, job: impl Fn() + Sync) {
        match self.pool() {
            Some(pool) => {
                pool.broadcast(|_| job());
            }
            None => job(),
        }
    }

    /// What `job` makes of each of `items`, in their order.
    pub fn map<'a, T: Sync, R: Send>(
        &self,
        items: &'a [T],
        job: impl Fn(&'a T) -> R + Sync + Send,
    ) -> Vec<R> {
        match self.started() {
            Some(pool) => pool.install(|| items.par_iter().map(job).collect()),
            None => items.iter().map(job).collect(),
        }
    }

    /// What `job` makes of both sides.
    pub fn both<T: Send, R: Send>(&self, sides: Sides<T>, job: impl Fn(T) -> R + Sync) -> Sides<R> {
        let Sides { left, right } = sides;
        match self.started() {
            Some(pool) => {
                let (left, right) = pool.install(|| rayon::join(|| job(left), || job(right)));
                Sides::new(left, right)
            }
            None => Sides::new(job(left), job(right)),
        }
    }

    /// Sorts `items` by `order`; those that are equal stay in their order.
    pub fn sort<T: Sync>(&self, items: &mut [T], order: impl Fn(&T, &T) -> Order + Send + Sync) {
        // Items may be long: each is moved once, when it is known where to.
        let mut from: Vec<usize> = (0..items.len()).collect();
        let place = |a: &usize, b: &usize| order(&items[*a], &items[*b]).then_with(|| a.cmp(b));
        match self.started() {
            Some(pool) => pool.install(|| from.par_sort_unstable_by(place)),
            None => from.sort_unstable_by(place),
        }
        permute(items, from);
    }

    /// Gives back what `items` hold. Of a million entries that takes as long as some of the work.
    pub fn release<T: Send>(&self, items: Vec<T>) {
        match self.started() {
            Some(pool) => pool.install(|| items.into_par_iter().for_each(drop)),
            None => drop(items),
        }
    }

    /// The threads, where there was enough to read for them to be started.
    fn started(&self) -> Option<&ThreadPool> {
        self.pool.get().and_then(Option::as_ref)
    }

    fn pool(&self) -> Option<&ThreadPool> {
        let start = || {
            let cores = || available_parallelism().map_or(1, NonZero::get);
            let threads = if self.threads == 0 { cores() } else { self.threads };
            let pool = ThreadPoolBuilder::new().num_threads(threads);
            (threads > 1).then(|| pool.build().ok()).flatten()
        };
        self.pool.get_or_init(start).as_ref()
    }
}

/// Puts at each place of `items` what stands at the place that `from` names for it.
fn permute<T>(items: &mut [T], mut from: Vec<usize>) {
    for start in 0..items.len() {
        let mut at = start;
        // What stood at the start is carried along to where it belongs.
        loop {
            let next = std::mem::replace(&mut from[at], at);
            if next == start || next == at {
                break;
            }
            items.swap(at, next);
            at = next;
        }
    }
}

/// How many workers have nothing left to do. Who is still at work may go on in two threads.
#[derive(Debug, Default)]
pub struct Idle {
    count: AtomicUsize,
    /// Bytes that are worth a thread.
    worth: u64,
}

impl Idle {
    /// So many; each takes part only in what is no less than `worth` bytes.
    pub const fn new(count: usize, worth: u64) -> Self {
        Self { count: AtomicUsize::new(count), worth }
    }

    /// One more has nothing left to do.
    pub fn add(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether somebody would take part in work on so many bytes.
    pub fn any_for(&self, bytes: usize) -> bool {
        self.count.load(Ordering::Relaxed) > 0 && bytes as u64 >= self.worth
    }

    /// Runs `own` here and `other` in the place of one of them, who is idle again as soon as that is
    /// done. Neither is run when there is none, or the system refuses the thread.
    pub fn beside<A, B: Send>(
        &self,
        own: impl FnOnce() -> A,
        other: impl FnOnce() -> B + Send,
    ) -> Option<(A, B)> {
        let less = |count: usize| count.checked_sub(1);
        self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).ok()?;
        let other = || {
            let made = other();
            self.add();
            made
        };
        thread::scope(|scope| {
            // A worker in whose place no thread is to be had does not count as idle again.
            let other = thread::Builder::new().spawn_scoped(scope, other).ok()?;
            let own = own();
            // A panic there is a bug here; it goes on in the thread that waits.
            Some((own, other.join().unwrap_or_else(|panic| resume_unwind(panic))))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn who_is_idle_takes_part_in_one_thing_at_a_time() {
        let idle = Idle::new(1, 10);
        assert!(idle.any_for(10) && !idle.any_for(9));
        let (go_on, wait) = channel();
        let own = || {
            let any = idle.any_for(10) || idle.beside(|| (), || ()).is_some();
            let waited = go_on.send(()).is_ok();
            while waited && !idle.any_for(10) {
                thread::yield_now();
            }
            (any, idle.beside(|| 3, || 4))
        };
        let other = move || wait.recv().is_ok();
        assert_eq!(idle.beside(own, other), Some(((false, Some((3, 4))), true)));
        assert!(idle.any_for(10), "and is idle again afterwards");
        assert_eq!(Idle::default().beside(|| 1, || 2), None);
    }

    #[test]
    fn every_worker_runs_the_job_once() {
        for threads in [1, 3] {
            let runs = AtomicUsize::new(0);
            Workers::new(threads).broadcast(|| {
                runs.fetch_add(1, Ordering::Relaxed);
            });
            assert_eq!(runs.into_inner(), threads);
        }
    }

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..10_000).collect();
        for (threads, started) in [(0, true), (1, true), (4, true), (4, false)] {
            let workers = Workers::new(threads);
            if started {
                workers.count();
            }
            assert_eq!(workers.map(&items, |item| *item), items);
            let mut sorted: Vec<_> = items.iter().map(|item| (item * 7_919 % 100, *item)).collect();
            let mut expected = sorted.clone();
            workers.sort(&mut sorted, |one, other| one.0.cmp(&other.0));
            expected.sort_unstable();
            assert_eq!(sorted, expected);
            assert_eq!(workers.both(Sides::new(3, 4), |it| it + 1), Sides::new(4, 5));
        }
    }
}
