//! The one way blobs are read: in parallel, largest first.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Means;
use crate::workers::Idle;

/// Below this many bytes, to start and wake threads takes longer than what they would do.
pub(super) const WORTH_A_THREAD: u64 = 256 << 10;

/// Runs `job` over `queue`, largest first by `size`, on every worker. Who finds nothing left takes
/// part in what the others are still at. Little work is done where it is asked for.
pub(crate) fn largest_first<T: Sync>(
    queue: &mut [T],
    size: impl Fn(&T) -> u64,
    means: Means<'_>,
    job: impl Fn(&T, &Idle) + Sync,
) {
    queue.sort_by_key(|item| Reverse(size(item)));
    let total = queue.iter().map(&size).sum();
    means.progress.plan(total);
    let workers = if total < WORTH_A_THREAD { 1 } else { means.workers.count() };
    if workers <= 1 || queue.len() <= 1 {
        let idle = Idle::new(workers.saturating_sub(1), WORTH_A_THREAD);
        return queue.iter().for_each(|item| job(item, &idle));
    }
    let (queue, next) = (&*queue, AtomicUsize::new(0));
    let idle = Idle::new(0, WORTH_A_THREAD);
    means.workers.broadcast(|| {
        while let Some(item) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
            job(item, &idle);
        }
        idle.add();
    });
}

/// What `job` makes of each of `items`, in their order; on every worker when together they are so
/// many bytes, `size`, that it is worth that.
pub(crate) fn each<'a, T: Sync, R: Send>(
    items: &'a [T],
    size: u64,
    means: Means<'_>,
    job: impl Fn(&'a T) -> R + Sync + Send,
) -> Vec<R> {
    if size < WORTH_A_THREAD || items.len() <= 1 || means.workers.count() <= 1 {
        return items.iter().map(job).collect();
    }
    means.workers.map(items, job)
}
