//! Where the commands of a page are run.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use crate::root;

/// What stands before the files a page speaks of: `NAME=PATH`, by blanks.
const FILES: &str = "<!-- files: ";

/// A directory with the corpus and the files a page speaks of.
pub(crate) struct Desk(tempfile::TempDir);

pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new(page: &str) -> Self {
        let desk = tempfile::tempdir().expect("a temporary directory");
        symlink(root().join("corpus"), desk.path().join("corpus")).expect("a link");
        let files = page.lines().filter_map(|line| line.strip_prefix(FILES));
        let files = files.flat_map(|line| line.trim_end_matches(" -->").split(' '));
        for (name, path) in files.filter_map(|file| file.split_once('=')) {
            fs::copy(root().join(path), desk.path().join(name)).expect("a copy of the corpus");
        }
        Self(desk)
    }

    /// Runs `script`. What differs is no failure.
    pub(crate) fn run(&self, script: &str) -> Run {
        const DIFFERENT_IS_FINE: &str = "set -e; ocidiff() { command ocidiff \"$@\" || { code=$?; test $code -eq 1 || return $code; }; }";
        let output = Command::new("bash")
            .arg("-c")
            .arg(format!("{DIFFERENT_IS_FINE}\n{script}"))
            .current_dir(self.0.path())
            .env("PATH", path())
            .env_remove("NO_COLOR")
            .env_remove("COLUMNS")
            .env_remove("SOURCE_DATE_EPOCH")
            .stdin(Stdio::null())
            .output()
            .expect("bash runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let code = output.status.code().expect("an exit code");
        Run { code, stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// The program under test before everything else.
fn path() -> OsString {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_ocidiff"));
    let mut path = program.parent().expect("a directory").as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}
