//! The one way blobs are read: in parallel, largest first.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Means;
use crate::layer::Pace;

/// Runs `job` over `queue`, largest first by `size`, on every worker of the pool. What is begun when
/// others would idle may take two threads.
pub(crate) fn largest_first<T: Sync>(
    queue: &mut [T],
    size: impl Fn(&T) -> u64,
    means: Means<'_>,
    job: impl Fn(&T, Pace) + Sync,
) {
    queue.sort_by_key(|item| Reverse(size(item)));
    means.progress.plan(queue.iter().map(size).sum());
    let queue = &*queue;
    let workers = means.pool.current_num_threads();
    let next = AtomicUsize::new(0);
    let busy = AtomicUsize::new(0);
    let worker = || {
        while let Some(item) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            let others = busy.fetch_add(1, Ordering::Relaxed);
            let waiting = queue.len().saturating_sub(next.load(Ordering::Relaxed));
            let idle = others.saturating_add(waiting).saturating_add(1) < workers;
            job(item, if idle { Pace::Overlapped } else { Pace::Single });
            busy.fetch_sub(1, Ordering::Relaxed);
        }
    };
    if workers <= 1 || queue.len() <= 1 {
        worker();
    } else {
        means.pool.scope(|scope| (0..workers).for_each(|_| scope.spawn(|_| worker())));
    }
}
