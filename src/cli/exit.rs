//! What the exit code tells.

use std::process::ExitCode;

use ocidiff::report::{Report, Soundness};

use super::options::Gate;

/// Outcome of a run, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// The images agree; the image is sound.
    Agree,
    /// They differ; something was found.
    Differ,
    /// The job could not be done, or an input is damaged.
    Trouble,
}

impl Exit {
    /// The outcome `report` stands for behind `gate`.
    pub(super) fn of(report: &Report, gate: Gate) -> Self {
        let idle_rule = || report.rules.iter().any(|rule| rule.findings == 0);
        let agree = match gate.require {
            Some(rung) => report.verdict <= rung,
            None => report.summary.counted == 0,
        };
        if report.findings.iter().any(ocidiff::report::Finding::is_damage)
            || gate.strict_rules && idle_rule()
        {
            Self::Trouble
        } else if agree {
            Self::Agree
        } else {
            Self::Differ
        }
    }
}

impl From<Soundness> for Exit {
    fn from(verdict: Soundness) -> Self {
        match verdict {
            Soundness::Sound => Self::Agree,
            Soundness::Unsound => Self::Differ,
            Soundness::Unreadable => Self::Trouble,
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
