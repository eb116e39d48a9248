//! Does what was meant.

use std::path::Path;
use std::process::ExitCode;

use ocidiff::Comparison;
use ocidiff::error::Result;
use ocidiff::extract::{Destination, Extent};
use ocidiff::render::{Json, Readme, Renderer as _, SCHEMA};
use ocidiff::report::Report;

use super::args::{Cli, Command, DiffArgs};
use super::diagnostics::Diagnostics;
use super::environment::Environment;
use super::exit::Exit;
use super::options::DiffJob;
use super::output;
use super::places;
use super::progress::Meter;
use super::verification;

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
        Some(Command::Completions(args)) => done(&args.run(), around),
        Some(Command::Man(args)) => done(&args.run(), around),
        Some(Command::Schema) => done(&schema(), around),
        None => diff(cli.diff, around),
    }
}

/// Prints the schema of the documents.
fn schema() -> std::result::Result<(), String> {
    output::print(None, |out| out.write_all(SCHEMA.as_bytes()))
}

/// What becomes of a command that only prints.
fn done(result: &std::result::Result<(), String>, around: &Environment) -> Exit {
    if let Err(error) = result {
        Diagnostics::early(around).trouble(error, None);
        return Exit::Trouble;
    }
    Exit::Agree
}

fn diff(args: DiffArgs, around: &Environment) -> Exit {
    match DiffJob::new(args, around) {
        Ok(job) => run_diff(&job),
        Err(refusal) => Diagnostics::early(around).refusal(&refusal),
    }
}

fn run_diff(job: &DiffJob) -> Exit {
    let diagnostics = Diagnostics::new(job.manners.color);
    match compare(job, &diagnostics) {
        Ok(exit) => exit,
        Err(error) => {
            diagnostics.error(&error);
            Exit::Trouble
        }
    }
}

fn compare(job: &DiffJob, diagnostics: &Diagnostics) -> Result<Exit> {
    let inputs = [&job.inputs.left, &job.inputs.right];
    if let Some(path) = places::input(job.written(), &inputs) {
        diagnostics.trouble(&places::is_an_input(path), None);
        return Ok(Exit::Trouble);
    }
    let directory = job.directory.as_ref();
    let directory = directory.map(|(path, extent)| Ok((Destination::create(path)?, *extent)));
    let directory = directory.transpose()?;
    let comparison = Comparison::open(job.inputs.as_ref().map(AsRef::as_ref), &job.options)?;
    let meter = Meter::start(job.manners.progress);
    let report = comparison.report(&meter);
    let done = meter.finish();
    if job.manners.verbose {
        diagnostics.remark(&done);
    }
    let report = report?;
    if let Some((destination, extent)) = &directory {
        fill(destination, *extent, &comparison, &report, diagnostics)?;
        // It was empty, so what is there now belongs to it.
        if let Some(path) = job.written().find(|path| places::lies_in(path, destination.path())) {
            let message = format!("{}: is a part of --report-dir", path.display());
            diagnostics.trouble(&message, None);
            return Ok(Exit::Trouble);
        }
    }
    Ok(tell(&report, job, diagnostics))
}

/// Writes the directory of files that differ.
fn fill(
    destination: &Destination,
    extent: Extent,
    comparison: &Comparison<'_>,
    report: &Report,
    diagnostics: &Diagnostics,
) -> Result<()> {
    let extraction = comparison.extract(report, destination, extent)?;
    diagnostics.refused(&extraction);
    destination.write("report.json", |out| Json.render(report, out))?;
    destination.write("README.md", |out| Readme { extraction: &extraction }.render(report, out))
}

/// Errors first: the verdict is to be the last thing on the screen.
fn tell(report: &Report, job: &DiffJob, diagnostics: &Diagnostics) -> Exit {
    diagnostics.damage(report);
    diagnostics.idle_rules(report, job.gate.strict_rules);
    let rules = job.write_rules.as_ref().map_or(Ok(()), |path| write_rules(report, path));
    let reports = output::write_all(report, &job.outputs, job.manners.paging);
    let mut failed = false;
    for error in rules.err().into_iter().chain(reports) {
        diagnostics.trouble(&error, None);
        failed = true;
    }
    if failed { Exit::Trouble } else { Exit::of(report, job.gate) }
}

fn write_rules(report: &Report, path: &Path) -> std::result::Result<(), String> {
    output::write_file(path, |out| ocidiff::judge::write_rules(report, out))
}
