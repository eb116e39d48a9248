//! Does what was meant.

use std::process::ExitCode;

use ocidiff::report::Report;

use super::args::{Cli, Command, DiffArgs};
use super::diagnostics::Diagnostics;
use super::environment::Environment;
use super::exit::Exit;
use super::options::{DiffJob, Output};
use super::output;
use super::progress::Meter;

/// The whole program.
pub(crate) fn main() -> ExitCode {
    match Cli::read() {
        Ok(cli) => run(cli, &Environment::read()).into(),
        Err(help) => usage(&help),
    }
}

/// Help and version go to standard output with exit code 0, bad usage to standard error with 2.
fn usage(help: &clap::Error) -> ExitCode {
    help.print().ok();
    u8::try_from(help.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn run(cli: Cli, around: &Environment) -> Exit {
    match cli.command {
        Some(Command::Diff(args)) => diff(args, around),
        None => diff(cli.diff, around),
    }
}

fn diff(args: DiffArgs, around: &Environment) -> Exit {
    match DiffJob::new(args, around) {
        Ok(job) => run_diff(&job),
        Err(reason) => {
            Diagnostics::new(around.stderr && !around.no_color).usage(reason);
            Exit::Trouble
        }
    }
}

fn run_diff(job: &DiffJob) -> Exit {
    let diagnostics = Diagnostics::new(job.output.color);
    let inputs = job.inputs.as_ref().map(AsRef::as_ref);
    let meter = Meter::start(job.output.progress);
    let result = ocidiff::diff(inputs, &job.options, &meter);
    let done = meter.finish();
    if job.output.verbose {
        diagnostics.remark(&done);
    }
    match result {
        Ok(report) => tell(&report, &job.output, &diagnostics),
        Err(error) => {
            diagnostics.error(&error);
            Exit::Trouble
        }
    }
}

/// Errors first: the verdict is to be the last thing on the screen.
fn tell(report: &Report, output: &Output, diagnostics: &Diagnostics) -> Exit {
    diagnostics.damage(report);
    let Some(renderer) = &output.renderer else { return Exit::of(report) };
    match output::print(report, &**renderer) {
        Ok(()) => Exit::of(report),
        Err(error) => {
            diagnostics.trouble(&format!("standard output: {error}"), None);
            Exit::Trouble
        }
    }
}
