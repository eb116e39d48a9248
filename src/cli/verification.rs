//! Does what `verify` means.

use std::ffi::OsStr;

use ocidiff::VerifyOptions;
use ocidiff::render::{Checksums, Renderer};
use ocidiff::report::{Finding, Severity, Verification, Verified};

use super::diagnostics::Diagnostics;
use super::environment::Environment;
use super::exit::Exit;
use super::output;
use super::outputs::{Manners, Outputs, of_verification};
use super::places;
use super::progress::Meter;
use super::verifying::VerifyArgs;

pub(super) fn run(args: &VerifyArgs, around: &Environment) -> Exit {
    let manners = Manners::new(&args.output, around);
    let diagnostics = Diagnostics::new(manners.color);
    let outputs = match Outputs::new(&args.output, around, printed(args), of_verification) {
        Ok(outputs) => outputs,
        Err(refusal) => return diagnostics.refusal(&refusal),
    };
    if args.images.iter().filter(|image| *image == "-").count() > 1 {
        diagnostics.usage("only one image can come from standard input");
        return Exit::Trouble;
    }
    if places::collide(outputs.paths()) {
        diagnostics.usage("only one report can go to a file");
        return Exit::Trouble;
    }
    if let Some(path) = places::input(outputs.paths(), &args.images) {
        diagnostics.trouble(&places::is_an_input(path), None);
        return Exit::Trouble;
    }
    let options = args.options();
    let meter = Meter::start(manners.progress);
    let inputs = args.images.iter().map(|image| verify(image, &options, &meter, &diagnostics));
    let verification = Verification::of(inputs.collect());
    let done = meter.finish();
    if manners.verbose {
        diagnostics.remark(&done);
    }
    tell(&verification, args, &outputs, manners, &diagnostics)
}

/// What is printed in place of a format.
fn printed(args: &VerifyArgs) -> Option<Box<dyn Renderer<Verification>>> {
    let list = || -> Box<dyn Renderer<Verification>> { Box::new(Checksums) };
    args.checksums.then(list)
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
    outputs: &Outputs<Verification>,
    manners: Manners,
    diagnostics: &Diagnostics,
) -> Exit {
    let no_report = args.checksums || args.output.quiet;
    let tells = |finding: &Finding| {
        finding.is_unreadable() || no_report && finding.severity == Some(Severity::Error)
    };
    for input in &verification.inputs {
        diagnostics.findings(input, tells);
    }
    let failed = output::write_all(verification, outputs, manners.paging);
    failed.iter().for_each(|error| diagnostics.trouble(error, None));
    let incomplete = args.checksums && left_out(verification, diagnostics);
    if failed.is_empty() && !incomplete { verification.verdict.into() } else { Exit::Trouble }
}

/// Says which names are not in the list of checksums; true if there are any.
fn left_out(verification: &Verification, diagnostics: &Diagnostics) -> bool {
    let mut any = false;
    for name in verification.inputs.iter().flat_map(Checksums::left_out) {
        diagnostics.trouble(&format!("{name}: not listed for the characters in it"), None);
        any = true;
    }
    any
}
