//! What the exit code tells.

use std::process::ExitCode;

use ocidiff::report::Report;

/// Outcome of a run, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// The images agree.
    Agree,
    /// They differ.
    Differ,
    /// The job could not be done, or an input is damaged.
    Trouble,
}

impl Exit {
    /// The outcome `report` stands for.
    pub(super) fn of(report: &Report) -> Self {
        if report.findings.iter().any(ocidiff::report::Finding::is_damage) {
            Self::Trouble
        } else if report.summary.counted > 0 {
            Self::Differ
        } else {
            Self::Agree
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Agree => 0,
            Exit::Differ => 1,
            Exit::Trouble => 2,
        })
    }
}
