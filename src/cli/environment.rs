//! What surrounds the program: terminals and environment variables, read once.

use std::env;
use std::io::{self, IsTerminal as _};

use terminal_size::{Width, terminal_size};

/// Everything outside the command line that changes what a run prints.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Environment {
    /// `NO_COLOR` is set and not empty (no-color.org).
    pub(super) no_color: bool,
    /// `TERM` says that the terminal can do nothing.
    pub(super) dumb: bool,
    /// `COLUMNS`, where it is a number.
    pub(super) columns: Option<usize>,
    /// Width of the terminal.
    pub(super) width: Option<usize>,
    /// Standard output is a terminal.
    pub(super) stdout: bool,
    /// Standard error is a terminal.
    pub(super) stderr: bool,
}

impl Environment {
    pub(super) fn read() -> Self {
        Self {
            no_color: env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()),
            dumb: env::var_os("TERM").is_some_and(|value| value == "dumb"),
            columns: env::var("COLUMNS").ok().and_then(|value| value.parse().ok()),
            width: terminal_size().map(|(Width(width), _)| width.into()),
            stdout: io::stdout().is_terminal(),
            stderr: io::stderr().is_terminal(),
        }
    }

    /// Columns to print in. A pipe is as wide as a small terminal.
    pub(super) fn columns(&self) -> usize {
        let terminal = self.width.filter(|_| self.stdout);
        self.columns.filter(|&columns| columns > 0).or(terminal).unwrap_or(80)
    }
}
