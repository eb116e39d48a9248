//! What was meant.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use ocidiff::Merge;
use ocidiff::limits::Limits;
use ocidiff::render::{Brief, Json, Renderer, Text};
use ocidiff::report::Verdict;
use ocidiff::sides::Sides;

use super::args::{Color, DiffArgs, Format, OutputArgs, SelectionArgs, WorkArgs};
use super::environment::Environment;
use super::judging::JudgingArgs;

/// A comparison to be done.
pub(super) struct DiffJob {
    pub(super) inputs: Sides<OsString>,
    pub(super) options: ocidiff::Options,
    pub(super) output: Output,
    pub(super) gate: Gate,
    /// Where the present differences are to be written as rules.
    pub(super) write_rules: Option<PathBuf>,
}

/// What the exit code depends on beside what was found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Gate {
    /// The worst verdict that is good enough; when absent, nothing may count.
    pub(super) require: Option<Verdict>,
    /// A rule that ignores nothing is trouble.
    pub(super) strict_rules: bool,
}

/// Why a job cannot begin.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The command line contradicts itself.
    Usage(&'static str),
    /// An option means nothing.
    Option(ocidiff::Error),
}

/// What to print where.
pub(super) struct Output {
    /// Absent when nothing shall be printed.
    pub(super) renderer: Option<Box<dyn Renderer>>,
    /// Colour on standard error.
    pub(super) color: bool,
    /// Show a progress bar when work lasts.
    pub(super) progress: bool,
    /// Say how long it took.
    pub(super) verbose: bool,
}

impl DiffJob {
    /// Makes sense of `args`.
    ///
    /// # Errors
    /// What is wrong with them, when they contradict one another or name no rules.
    pub(super) fn new(args: DiffArgs, around: &Environment) -> Result<Self, Refusal> {
        let options = options(&args).map_err(Refusal::Option)?;
        let (Some(left), Some(right)) = (args.left, args.right) else {
            return Err(Refusal::Usage("two images are needed"));
        };
        if left == OsStr::new("-") && right == OsStr::new("-") {
            return Err(Refusal::Usage("only one image can come from standard input"));
        }
        let JudgingArgs { require, strict_rules, write_rules, .. } = args.judging;
        Ok(Self {
            inputs: Sides::new(left, right),
            options,
            output: Output::new(&args.output, args.brief, around),
            gate: Gate { require, strict_rules },
            write_rules,
        })
    }
}

fn options(args: &DiffArgs) -> Result<ocidiff::Options, ocidiff::Error> {
    let DiffArgs { selection, judging, work, .. } = args;
    Ok(ocidiff::Options {
        platforms: selection.platform.clone(),
        rules: judging.rules()?,
        source_date_epoch: judging.source_date_epoch,
        merge: merge(judging),
        skip_content: selection.no_content,
        managers: selection.managers.clone(),
        deep: selection.deep.clone(),
        threads: work.threads,
        trust_digests: args.trust_digests,
        limits: limits(selection, work),
    })
}

fn limits(selection: &SelectionArgs, work: &WorkArgs) -> Limits {
    let mut limits = Limits::default().scaled(work.max_scale);
    limits.container_depth = usize::from(selection.max_container_depth);
    limits
}

fn merge(judging: &JudgingArgs) -> Merge {
    match judging.require {
        _ if judging.rootfs => Merge::Only,
        Some(Verdict::EquivalentRootfs) => Merge::Always,
        _ => Merge::WhereItDecides,
    }
}

impl Output {
    fn new(args: &OutputArgs, brief: bool, around: &Environment) -> Self {
        Self {
            renderer: (!args.quiet).then(|| renderer(args, brief, around)),
            color: colored(args.color, around, around.stderr),
            progress: around.stderr && !around.dumb && !args.quiet,
            verbose: args.verbose,
        }
    }
}

fn renderer(args: &OutputArgs, brief: bool, around: &Environment) -> Box<dyn Renderer> {
    if brief {
        return Box::new(Brief { color: colored(args.color, around, around.stdout) });
    }
    match args.format {
        Format::Text => Box::new(text(args, around)),
        Format::Json => Box::new(Json),
    }
}

/// The text form as it was asked for.
pub(super) fn text(args: &OutputArgs, around: &Environment) -> Text {
    Text {
        color: colored(args.color, around, around.stdout),
        width: around.columns(),
        all: args.all,
    }
}

pub(super) const fn colored(color: Color, around: &Environment, terminal: bool) -> bool {
    match color {
        Color::Auto => terminal && !around.no_color && !around.dumb,
        Color::Always => true,
        Color::Never => false,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::args::{Cli, Command};
    use super::*;

    fn job(line: &str, around: &Environment) -> Result<DiffJob, String> {
        let cli = Cli::try_parse_from(line.split(' ')).map_err(|error| error.to_string())?;
        let args = match cli.command {
            Some(Command::Diff(args)) => *args,
            Some(Command::Verify(_)) => return Err("another command".into()),
            None => cli.diff,
        };
        DiffJob::new(args, around).map_err(|refusal| format!("{refusal:?}"))
    }

    fn parsed(line: &str) -> Option<DiffJob> {
        job(line, &Environment::default()).ok()
    }

    #[test]
    fn the_word_diff_may_be_left_out() {
        for line in ["ocidiff a b", "ocidiff diff a b"] {
            let inputs = parsed(line).map(|job| job.inputs);
            assert_eq!(inputs, Some(Sides::new("a".into(), "b".into())), "{line}");
        }
    }

    #[test]
    fn flags_reach_the_library() {
        let line =
            "ocidiff a --exclude /x --exclude /y --threads 3 --trust-digests --max-scale 2 b";
        let options = parsed(line).map(|job| job.options).unwrap_or_default();
        assert_eq!(options.rules.own.len(), 2);
        assert_eq!(options.threads, 3);
        assert!(options.trust_digests);
        assert_eq!(options.limits, Limits::default().scaled(2));
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "ocidiff",
            "ocidiff a",
            "ocidiff a b c",
            "ocidiff diff a",
            "ocidiff - -",
            "ocidiff a b --platform linux",
            "ocidiff a b --platform linux/arm64 --all-platforms",
            "ocidiff a b --quiet --verbose",
            "ocidiff a b --format yaml",
        ] {
            assert!(parsed(line).is_none(), "{line}");
        }
    }

    #[test]
    fn colour_follows_the_flag_then_no_color_then_the_terminal() {
        let terminal = Environment { stdout: true, ..Environment::default() };
        let plain = Environment { no_color: true, ..terminal };
        assert!(colored(Color::Auto, &terminal, true));
        assert!(!colored(Color::Auto, &terminal, false));
        assert!(!colored(Color::Auto, &plain, true));
        assert!(colored(Color::Always, &plain, false));
        assert!(!colored(Color::Never, &terminal, true));
    }

    #[test]
    fn width_follows_columns_then_the_terminal() {
        let terminal = Environment { stdout: true, width: Some(120), ..Environment::default() };
        assert_eq!(terminal.columns(), 120);
        assert_eq!(Environment { columns: Some(100), ..terminal }.columns(), 100);
        assert_eq!(Environment { stdout: false, ..terminal }.columns(), 80);
    }

    #[test]
    fn quiet_has_no_output_and_no_bar() {
        let terminal = Environment { stderr: true, ..Environment::default() };
        let output = job("ocidiff -q a b", &terminal).map(|job| job.output);
        assert!(output.is_ok_and(|output| output.renderer.is_none() && !output.progress));
    }
}
