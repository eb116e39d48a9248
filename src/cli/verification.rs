//! Does what `verify` means.

use std::ffi::OsStr;
use std::io;

use ocidiff::VerifyOptions;
use ocidiff::render::{Json, Unwritable, checksums, escape};
use ocidiff::report::{Finding, Severity, Verification, Verified};

use super::args::Format;
use super::diagnostics::Diagnostics;
use super::environment::Environment;
use super::exit::Exit;
use super::options::{colored, text};
use super::output;
use super::progress::Meter;
use super::verifying::VerifyArgs;

pub(super) fn run(args: VerifyArgs, around: &Environment) -> Exit {
    let diagnostics = Diagnostics::new(colored(args.output.color, around, around.stderr));
    if args.images.iter().filter(|image| *image == "-").count() > 1 {
        diagnostics.usage("only one image can come from standard input");
        return Exit::Trouble;
    }
    let options = args.options();
    let meter = Meter::start(around.stderr && !around.dumb && !args.output.quiet);
    let inputs = args.images.iter().map(|image| verify(image, &options, &meter, &diagnostics));
    let verification = Verification::of(inputs.collect());
    let done = meter.finish();
    if args.output.verbose {
        diagnostics.remark(&done);
    }
    tell(&verification, &args, around, &diagnostics)
}

/// An input that cannot be opened does not keep the others from being looked into.
fn verify(
    image: &OsStr,
    options: &VerifyOptions,
    meter: &Meter,
    diagnostics: &Diagnostics,
) -> Verified {
    match ocidiff::verify(image, options, meter) {
        Ok(verified) => verified,
        Err(error) => {
            diagnostics.error(&error);
            Verified::unreadable(image.to_string_lossy().into_owned(), error.to_string())
        }
    }
}

/// Errors first: the verdict is to be the last thing on the screen.
fn tell(
    verification: &Verification,
    args: &VerifyArgs,
    around: &Environment,
    diagnostics: &Diagnostics,
) -> Exit {
    let no_report = args.checksums || args.output.quiet;
    let tells = |finding: &Finding| {
        finding.is_unreadable() || no_report && finding.severity == Some(Severity::Error)
    };
    for input in &verification.inputs {
        diagnostics.findings(input, tells);
    }
    match print(verification, args, around) {
        Ok(unwritable) if unwritable.is_empty() => verification.verdict.into(),
        Ok(unwritable) => {
            for Unwritable(name) in unwritable {
                diagnostics.trouble(&format!("{name}: not listed for the characters in it"), None);
            }
            Exit::Trouble
        }
        Err(error) => {
            diagnostics.trouble(&format!("standard output: {error}"), None);
            Exit::Trouble
        }
    }
}

fn print(
    verification: &Verification,
    args: &VerifyArgs,
    around: &Environment,
) -> io::Result<Vec<Unwritable>> {
    let mut unwritable = Vec::new();
    output::write(|out| {
        if args.output.quiet {
            return Ok(());
        }
        if args.checksums {
            unwritable = list(verification, out)?;
            return Ok(());
        }
        match args.output.format {
            Format::Text => text(&args.output, around).verification(verification, out),
            Format::Json => Json.verification(verification, out),
        }
    })?;
    Ok(unwritable)
}

/// The lists of all inputs; where there are several, behind a comment that names each.
fn list(verification: &Verification, out: &mut dyn io::Write) -> io::Result<Vec<Unwritable>> {
    let mut unwritable = Vec::new();
    for input in &verification.inputs {
        if verification.inputs.len() > 1 {
            writeln!(out, "# {}", escape(&input.input.input))?;
        }
        unwritable.extend(checksums(input, out)?);
    }
    Ok(unwritable)
}
