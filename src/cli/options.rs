//! What was meant.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use ocidiff::Merge;
use ocidiff::extract::Extent;
use ocidiff::limits::Limits;
use ocidiff::render::{Brief, Renderer, Stat};
use ocidiff::report::{Report, Verdict};
use ocidiff::sides::Sides;

use super::args::{DiffArgs, SelectionArgs, WorkArgs};
use super::environment::Environment;
use super::judging::JudgingArgs;
use super::outputs::{Manners, Outputs, Style, of_report};
use super::places;
use super::reporting::DirectoryArgs;

/// A comparison to be done.
pub(super) struct DiffJob {
    pub(super) inputs: Sides<OsString>,
    pub(super) options: ocidiff::Options,
    pub(super) outputs: Outputs<Report>,
    pub(super) manners: Manners,
    /// Where files are to be written, and which.
    pub(super) directory: Option<(PathBuf, Extent)>,
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

impl DiffJob {
    /// Makes sense of `args`.
    ///
    /// # Errors
    /// What is wrong with them, when they contradict one another or name no rules.
    pub(super) fn new(args: DiffArgs, around: &Environment) -> Result<Self, Refusal> {
        let options = options(&args).map_err(Refusal::Option)?;
        let outputs = Outputs::new(&args.output, around, printed(&args, around), of_report)?;
        let (Some(left), Some(right)) = (args.left, args.right) else {
            return Err(Refusal::Usage("two images are needed"));
        };
        if left == OsStr::new("-") && right == OsStr::new("-") {
            return Err(Refusal::Usage("only one image can come from standard input"));
        }
        let JudgingArgs { require, strict_rules, write_rules, .. } = args.judging;
        let job = Self {
            inputs: Sides::new(left, right),
            options,
            outputs,
            manners: Manners::new(&args.output, around),
            directory: directory(args.directory),
            gate: Gate { require, strict_rules },
            write_rules,
        };
        if places::collide(job.written()) {
            return Err(Refusal::Usage("only one report can go to a file"));
        }
        Ok(job)
    }
}

impl DiffJob {
    /// Every file the run writes.
    pub(super) fn written(&self) -> impl Iterator<Item = &Path> {
        self.outputs.paths().chain(self.write_rules.as_deref())
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

fn directory(args: DirectoryArgs) -> Option<(PathBuf, Extent)> {
    let extent = if args.report_dir_all { Extent::All } else { Extent::Differing };
    Some((args.report_dir?, extent))
}

/// What is printed in place of a format.
fn printed(args: &DiffArgs, around: &Environment) -> Option<Box<dyn Renderer<Report>>> {
    let style = Style { args: &args.output, around, standard: true };
    match (args.brief, args.stat) {
        _ if args.output.quiet => None,
        (true, _) => Some(Box::new(Brief { color: style.color() })),
        (_, true) => Some(Box::new(Stat { text: style.text() })),
        _ => None,
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
            Some(_) => return Err("another command".into()),
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
            "ocidiff a b --json - --html -",
            "ocidiff a b --json - --brief",
            "ocidiff a b --json - --format html",
            "ocidiff a b --json x --html x",
        ] {
            assert!(parsed(line).is_none(), "{line}");
        }
    }

    #[test]
    fn quiet_has_no_output_and_no_bar() {
        let terminal = Environment { stderr: true, ..Environment::default() };
        let job = job("ocidiff -q a b", &terminal);
        assert!(job.is_ok_and(|job| job.outputs.standard.is_none() && !job.manners.progress));
    }
}
