//! The progress bar, for work that lasts.

use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ocidiff::progress::Progress;

/// Work shorter than this needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// Counts bytes, and shows them on standard error once the work has lasted a while.
pub(super) struct Meter {
    start: Instant,
    bytes: AtomicU64,
    bar: Option<Bar>,
}

struct Bar {
    bar: ProgressBar,
    shown: Once,
}

impl Meter {
    /// A meter that starts now.
    pub(super) fn start(visible: bool) -> Self {
        Self { start: Instant::now(), bytes: AtomicU64::new(0), bar: visible.then(Bar::hidden) }
    }

    /// Takes the bar away and tells what was done.
    pub(super) fn finish(self) -> String {
        if let Some(bar) = self.bar {
            bar.bar.finish_and_clear();
        }
        let read = indicatif::BinaryBytes(self.bytes.into_inner());
        format!("read {read} in {:.2} s", self.start.elapsed().as_secs_f64())
    }
}

impl Progress for Meter {
    fn plan(&self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.bar.inc_length(bytes);
        }
    }

    fn advance(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.advance(bytes, self.start);
        }
    }
}

impl Bar {
    fn hidden() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        bar.set_style(style());
        Self { bar, shown: Once::new() }
    }

    fn advance(&self, bytes: u64, start: Instant) {
        self.bar.inc(bytes);
        if start.elapsed() >= PATIENCE {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }
}

fn style() -> ProgressStyle {
    const TEMPLATE: &str =
        "{wide_bar} {binary_bytes} of {binary_total_bytes}, {binary_bytes_per_sec}, {eta} left";
    ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_well_formed() {
        let bar = Bar::hidden();
        bar.advance(1, Instant::now());
        assert_eq!(bar.bar.position(), 1);
    }

    #[test]
    fn bytes_are_counted_without_a_bar() {
        let meter = Meter::start(false);
        meter.plan(4096);
        meter.advance(2048);
        assert!(meter.finish().starts_with("read 2.00 KiB in "));
    }
}
