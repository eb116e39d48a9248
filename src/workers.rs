//! Threads that share work.

use std::num::NonZero;
use std::sync::OnceLock;
use std::thread::available_parallelism;

use rayon::iter::{IntoParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// A number of threads, which are started when there is work for them: two small images are
/// compared in the time that takes.
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
        match self.pool() {
            Some(pool) => pool.install(|| items.par_iter().map(job).collect()),
            None => items.iter().map(job).collect(),
        }
    }

    /// Gives back what `items` hold. Of a million entries that takes as long as some of the work.
    pub fn release<T: Send>(&self, items: Vec<T>) {
        match self.pool.get().and_then(Option::as_ref) {
            Some(pool) => pool.install(|| items.into_par_iter().for_each(drop)),
            None => drop(items),
        }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

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
        let items: Vec<usize> = (0..1000).collect();
        for threads in [0, 1, 4] {
            assert_eq!(Workers::new(threads).map(&items, |item| *item), items);
        }
    }
}
