//! The command line: `args` is what was typed, `options` is what it means, `run` does it.
//!
//! Sees only the library's façade. Results go to standard output, everything else to standard
//! error.

mod args;
mod diagnostics;
mod environment;
mod exit;
mod judging;
mod manual;
mod options;
mod output;
mod outputs;
mod pager;
mod places;
mod progress;
mod reporting;
mod run;
mod verification;
mod verifying;

pub(crate) use run::main;
