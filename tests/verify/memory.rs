//! Runs that may not take more than 512 MiB and a minute, each in its own process: the system
//! refuses more, and a refused allocation ends the run. What each took at its peak is measured too.

use std::ffi::OsStr;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::support::Run;

/// What an input made to hurt may cost, in KiB.
const MEMORY: u64 = 512 << 10;

const TIME: Duration = Duration::from_secs(60);

/// How often memory is looked at.
const PAUSE: Duration = Duration::from_millis(2);

/// Runs the program with bounded memory and time.
pub(crate) fn bounded<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Run {
    measured(args).0
}

/// Runs it so, and tells its peak of anonymous memory in KiB (zero where the system does not say).
fn measured<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> (Run, u64) {
    let begun = Instant::now();
    let (run, peak) = watch(start(&format!("-d {MEMORY}"), args));
    assert!(begun.elapsed() < TIME, "took {:?}: {}", begun.elapsed(), run.stderr);
    assert!(!run.stderr.contains("memory allocation"), "{}", run.stderr);
    (run, peak)
}

/// Runs it on two threads where the system refuses the one after the first `threads`, and memory
/// does for all else: each takes more addresses than would be left.
pub(crate) fn with_threads<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(
    threads: u32,
    args: I,
) -> Run {
    let stack = 4_000_000_000 / (threads + 1) + 200_000_000;
    let args = args.into_iter().map(|arg| arg.as_ref().to_owned());
    let limit = format!("-v 4000000 && export RUST_MIN_STACK={stack}");
    watch(start(&limit, args.chain(["--threads=2".into()]))).0
}

fn start<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(limit: &str, args: I) -> Child {
    // RLIMIT_DATA counts private writable memory, not mapped files (setrlimit(2)).
    Command::new("sh")
        .args(["-c", &format!("ulimit {limit} && exec \"$@\""), "sh"])
        .arg(env!("CARGO_BIN_EXE_ocidiff"))
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell")
}

fn watch(child: Child) -> (Run, u64) {
    let status = format!("/proc/{}/status", child.id());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut peak = 0;
            while !done.load(Ordering::Relaxed) {
                peak = peak.max(anonymous(&status).unwrap_or(0));
                std::thread::sleep(PAUSE);
            }
            peak
        });
        let output = child.wait_with_output();
        done.store(true, Ordering::Relaxed);
        (Run::of(output.expect("an end")), watcher.join().expect("a peak"))
    })
}

/// `RssAnon` of proc(5).
fn anonymous(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Verifies one input so, as JSON.
pub(crate) fn verify(input: impl AsRef<OsStr>) -> Run {
    verify_with(input, &[])
}

pub(crate) fn verify_with(input: impl AsRef<OsStr>, more: &[&str]) -> Run {
    let mut args = vec![OsStr::new("verify"), input.as_ref(), OsStr::new("--format=json")];
    args.extend(more.iter().map(OsStr::new));
    let (run, peak) = measured(args);
    // Shown with `cargo test -- --nocapture`.
    let name = std::thread::current().name().unwrap_or_default().to_owned();
    eprintln!("{name}: {} MiB at most", peak >> 10);
    run
}

#[test]
fn the_bound_is_enforced() {
    let status = Command::new("sh")
        .args(["-c", "ulimit -d 10000 && exec head -c 100M /dev/zero | tail -c 90M > /dev/null"])
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| !status.success()), "more memory was given than asked for");
}
