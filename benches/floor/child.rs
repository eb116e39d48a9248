//! The program as users run it: a process of its own.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::clock::{self, Took};

/// How often memory is looked at.
const PAUSE: Duration = Duration::from_millis(1);

/// Runs `ocidiff` with `args`.
pub(crate) fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Took {
    let mut command = quiet(env!("CARGO_BIN_EXE_ocidiff"));
    command.args(args);
    let (status, took) = clock::children(|| command.status());
    let code = status.expect("the program can be run").code();
    assert!(matches!(code, Some(0 | 1)), "{command:?} ended with {code:?}");
    took
}

/// Runs it `times` at once, with the same `args`.
pub(crate) fn run_at_once<S: AsRef<OsStr> + Sync>(args: &[S], times: usize) -> Took {
    let all = || {
        std::thread::scope(|scope| {
            (0..times).for_each(|_| drop(scope.spawn(|| run(args))));
        });
    };
    clock::children(all).1
}

/// Runs it once more and says how much anonymous memory it held at most, in bytes. Mapped input
/// counts as resident too and belongs to the page cache, so `RssAnon` of proc(5) it is.
pub(crate) fn peak<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> u64 {
    let mut command = quiet(env!("CARGO_BIN_EXE_ocidiff"));
    let mut child = command.args(args).spawn().expect("the program can be run");
    let status = format!("/proc/{}/status", child.id());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut peak = 0;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(anonymous(&status).unwrap_or_default());
                std::thread::sleep(PAUSE);
            }
            peak
        });
        child.wait().expect("an end");
        done.store(true, Ordering::Relaxed);
        watcher.join().expect("a peak")
    })
}

/// A command that says nothing.
pub(crate) fn quiet(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn anonymous(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes << 10)
}
