//! Runs that may not take more than 512 MiB and a minute, each in its own process: the system
//! refuses more, and a refused allocation ends the run.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::Run;

/// What the issue of bounded memory allows, in KiB.
const MEMORY: u64 = 512 << 10;

const TIME: Duration = Duration::from_secs(60);

/// Runs the program with bounded memory and time.
pub(crate) fn bounded<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Run {
    let start = Instant::now();
    // RLIMIT_DATA counts private writable memory, not mapped files (setrlimit(2)).
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -d {MEMORY} && exec \"$@\""), "sh"])
        .arg(env!("CARGO_BIN_EXE_ocidiff"))
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    let run = Run::of(output);
    assert!(start.elapsed() < TIME, "took {:?}: {}", start.elapsed(), run.stderr);
    assert!(!run.stderr.contains("memory allocation"), "{}", run.stderr);
    run
}

/// Verifies one input so, as JSON.
pub(crate) fn verify(input: impl AsRef<OsStr>) -> Run {
    verify_with(input, &[])
}

pub(crate) fn verify_with(input: impl AsRef<OsStr>, more: &[&str]) -> Run {
    let mut args = vec![OsStr::new("verify"), input.as_ref(), OsStr::new("--format=json")];
    args.extend(more.iter().map(OsStr::new));
    bounded(args)
}

#[test]
fn the_bound_is_enforced() {
    let status = Command::new("sh")
        .args(["-c", "ulimit -d 10000 && exec head -c 100M /dev/zero | tail -c 90M > /dev/null"])
        .stderr(Stdio::null())
        .status();
    assert!(status.is_ok_and(|status| !status.success()), "more memory was given than asked for");
}
