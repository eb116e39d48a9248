//! The one way blobs are read: in parallel, largest first.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Means;
use crate::layer::Pace;

/// Below this many bytes, to start and wake threads takes longer than what they would do.
pub(super) const WORTH_A_THREAD: u64 = 256 << 10;

/// Runs `job` over `queue`, largest first by `size`, on every worker. What is begun when
/// others would idle may take two threads. Little work is done where it is asked for.
pub(crate) fn largest_first<T: Sync>(
    queue: &mut [T],
    size: impl Fn(&T) -> u64 + Sync,
    means: Means<'_>,
    job: impl Fn(&T, Pace) + Sync,
) {
    queue.sort_by_key(|item| Reverse(size(item)));
    let total = queue.iter().map(&size).sum();
    means.progress.plan(total);
    let queue = &*queue;
    let next = AtomicUsize::new(0);
    let busy = AtomicUsize::new(0);
    let workers = if total < WORTH_A_THREAD { 1 } else { means.workers.count() };
    let worker = || {
        while let Some(item) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            let others = busy.fetch_add(1, Ordering::Relaxed);
            let waiting = queue.len().saturating_sub(next.load(Ordering::Relaxed));
            let idle = others.saturating_add(waiting).saturating_add(1) < workers;
            let two = idle && size(item) >= WORTH_A_THREAD;
            job(item, if two { Pace::Overlapped } else { Pace::Single });
            busy.fetch_sub(1, Ordering::Relaxed);
        }
    };
    if workers <= 1 || queue.len() <= 1 {
        worker();
    } else {
        means.workers.broadcast(worker);
    }
}

/// What `job` makes of each of `items`, in their order; on every worker when together they are so
/// many bytes, `size`, that it is worth that.
pub(crate) fn each<'a, T: Sync, R: Send>(
    items: &'a [T],
    size: u64,
    means: Means<'_>,
    job: impl Fn(&'a T) -> R + Sync + Send,
) -> Vec<R> {
    if size < WORTH_A_THREAD || items.len() <= 1 {
        return items.iter().map(job).collect();
    }
    means.workers.map(items, job)
}
