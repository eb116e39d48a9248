//! Does what was meant.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use ocidiff::report::Report;

use super::args::{Cli, Command, DiffArgs};
use super::diagnostics::Diagnostics;
use super::environment::Environment;
use super::exit::Exit;
use super::options::DiffJob;
use super::output;
use super::progress::Meter;
use super::{schema, verification};

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
        Some(Command::Diff(args)) => diff(*args, around),
        Some(Command::Verify(args)) => verification::run(&args, around),
        Some(Command::Schema) => schema::run(around),
        None => diff(cli.diff, around),
    }
}

fn diff(args: DiffArgs, around: &Environment) -> Exit {
    match DiffJob::new(args, around) {
        Ok(job) => run_diff(&job),
        Err(refusal) => Diagnostics::new(around.stderr && !around.no_color).refusal(&refusal),
    }
}

fn run_diff(job: &DiffJob) -> Exit {
    let diagnostics = Diagnostics::new(job.manners.color);
    let inputs = job.inputs.as_ref().map(AsRef::as_ref);
    let meter = Meter::start(job.manners.progress);
    let result = ocidiff::diff(inputs, &job.options, &meter);
    let done = meter.finish();
    if job.manners.verbose {
        diagnostics.remark(&done);
    }
    match result {
        Ok(report) => tell(&report, job, &diagnostics),
        Err(error) => {
            diagnostics.error(&error);
            Exit::Trouble
        }
    }
}

/// Errors first: the verdict is to be the last thing on the screen.
fn tell(report: &Report, job: &DiffJob, diagnostics: &Diagnostics) -> Exit {
    diagnostics.damage(report);
    diagnostics.idle_rules(report, job.gate.strict_rules);
    let written = job.write_rules.as_ref().map_or(Ok(()), |path| write_rules(report, path));
    if let Err(error) = written {
        diagnostics.trouble(&error, None);
        return Exit::Trouble;
    }
    match output::write_all(report, &job.outputs, job.manners.paging) {
        Ok(()) => Exit::of(report, job.gate),
        Err(error) => {
            diagnostics.trouble(&error, None);
            Exit::Trouble
        }
    }
}

fn write_rules(report: &Report, path: &Path) -> Result<(), String> {
    let mut text = Vec::new();
    ocidiff::judge::write_rules(report, &mut text)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}
