//! What was typed.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueHint};
use ocidiff::Platform;
use ocidiff::packages::Manager;
use ocidiff::render::escape;

use super::judging::JudgingArgs;
use super::manual::{CompletionsArgs, ManArgs};
use super::reporting::{DirectoryArgs, OutputArgs};
use super::verifying::VerifyArgs;

/// Tells what differs between two container images, and why: from files alone.
///
/// No daemon, registry, network or root is needed, and nothing is extracted to disk.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    after_help = "Exit: 0 the images agree, 1 they differ, 2 trouble. `--help` shows examples.",
    after_long_help = AFTER_LONG_HELP
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,

    #[command(flatten)]
    pub(super) diff: DiffArgs,
}

impl Cli {
    /// Reads the command line of the process.
    ///
    /// # Errors
    /// Bad usage; also a demand for help or the version.
    pub(super) fn read() -> Result<Self, clap::Error> {
        Self::try_parse().map_err(clarify)
    }
}

/// clap takes a third image for a command that may not stand there.
fn clarify(error: clap::Error) -> clap::Error {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) if error.kind() == ErrorKind::ArgumentConflict => {
            let message = format!("unexpected argument '{}' after two images", escape(word));
            Cli::command().error(ErrorKind::UnknownArgument, message)
        }
        _ => error,
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Compare two images; `ocidiff A B` is short for it
    #[command(after_long_help = AFTER_LONG_HELP)]
    Diff(Box<DiffArgs>),
    /// Recompute everything an image claims of itself, and list all that is odd in it
    Verify(Box<VerifyArgs>),
    /// Print completions for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write all of them into a directory
    Man(ManArgs),
    /// Print the JSON Schema of --format json
    Schema,
}

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The first image
    ///
    /// A path is recognised by its content: an OCI layout directory or archive, a `docker save`
    /// archive of any age, a skopeo `dir:`; an archive may be compressed. `-` is standard input.
    #[arg(required = true, value_name = "LEFT", value_hint = ValueHint::AnyPath)]
    pub(super) left: Option<OsString>,

    /// The second image
    #[arg(required = true, value_name = "RIGHT", value_hint = ValueHint::AnyPath)]
    pub(super) right: Option<OsString>,

    #[command(flatten)]
    pub(super) selection: SelectionArgs,

    #[command(flatten)]
    pub(super) judging: JudgingArgs,

    #[command(flatten)]
    pub(super) output: OutputArgs,

    #[command(flatten)]
    pub(super) directory: DirectoryArgs,

    /// One line for each path, like `diff -qr`
    #[arg(long, conflicts_with = "format", help_heading = "Output")]
    pub(super) brief: bool,

    /// One line for each directory, like `git diff --stat`
    #[arg(long, conflicts_with_all = ["format", "brief"], help_heading = "Output")]
    pub(super) stat: bool,

    /// Take equal digests for equal content without reading it
    #[arg(long, help_heading = "How to work")]
    pub(super) trust_digests: bool,

    #[command(flatten)]
    pub(super) work: WorkArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "What to compare")]
pub(super) struct SelectionArgs {
    /// Compare only images of this platform; may be repeated
    #[arg(long, value_name = "OS/ARCH[/VARIANT]", conflicts_with = "all_platforms")]
    pub(super) platform: Vec<Platform>,

    /// Compare the images of all platforms (the default)
    #[arg(long)]
    pub(super) all_platforms: bool,

    /// Show all that differs in files at or below this path, and what only one side has; may be
    /// repeated
    #[arg(long, value_name = "PATH")]
    pub(super) deep: Vec<String>,

    /// Do not look inside the files that differ
    #[arg(long)]
    pub(super) no_content: bool,

    /// Compare only packages of these managers: apt, apk, rpm, pacman, pip, npm, gem, go, cargo
    #[arg(
        long = "type",
        value_name = "LIST",
        value_delimiter = ',',
        conflicts_with = "no_content"
    )]
    pub(super) managers: Vec<Manager>,

    /// How deep archives inside of files are opened in one another
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=32))]
    pub(super) max_container_depth: u8,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "How to work")]
pub(super) struct WorkArgs {
    /// Worker threads; 0 means one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) threads: usize,

    /// Multiply the limits on what an input may ask for
    ///
    /// Unless multiplied: 16 MiB and a million values of JSON, 10,000 descriptors, 1,000 layers of
    /// an image, 100,000 members of an archive with 32 MiB of names; of a layer 10,000,000 entries,
    /// 256 MiB of names and attributes, 1 MiB in one extended header, 64 KiB in one path, 1,000,000
    /// regions of a sparse file; 1 TiB unpacked, past 1 GiB no more than 2,000 times what is packed,
    /// and a zstd window of 128 MiB. Indexes nest 16 deep and
    /// JSON 120, and 1,000 whatever the factor.
    #[arg(long, value_name = "N", default_value = "1", value_parser = scale)]
    pub(super) max_scale: u32,
}

/// diffoci takes a fraction here, so its users may write one; a limit is not worth one.
fn scale(text: &str) -> Result<u32, String> {
    let factor: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    let whole = factor.ceil();
    if (1.0..=1e6).contains(&whole) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number in the range just checked"
        )]
        return Ok(whole as u32);
    }
    Err("not between 1 and 1000000".into())
}

const AFTER_LONG_HELP: &str = "\
Exit codes:
  0  the images agree
  1  they differ
  2  trouble: an input cannot be read or is damaged, or the usage is wrong

Examples:
  Compare two builds:
      ocidiff build-1.tar build-2.tar
  Compare what arrived with what was promised, in a script:
      ocidiff --quiet arrived.tar promised.tar || echo 'not the same image'
  Choose one of several images in an archive:
      ocidiff docker-archive:all.tar:app:1.0 oci:layout:app
  Leave out what is known to differ:
      ocidiff --exclude '/var/log/**' --exclude '/tmp/**' a.tar b.tar
  Leave out what no program notices, and see what is left:
      ocidiff --semantic a.tar b.tar
  Compare what a container would see:
      ocidiff --rootfs --brief a.tar b.tar
  Compare an image on its way through a pipe:
      docker save app:1.0 | ocidiff - app.tar
  See where most of it is:
      ocidiff --stat a.tar b.tar
  Write a page for a reviewer and a comment for the pull request, in one run:
      ocidiff --html report.html --markdown comment.md a.tar b.tar
  Go on with other tools:
      ocidiff --report-dir out a.tar b.tar; diff -ur out/input-0 out/input-1
  List the paths whose content differs:
      ocidiff --format json a.tar b.tar \\
        | jq -r '.findings[] | select(.field == \"content\") | .at.path'
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_third_image_is_no_command() {
        let error = Cli::try_parse_from(["ocidiff", "a", "b", "c"]).map_err(clarify);
        let message = error.map_or_else(|error| error.to_string(), |_| String::new());
        assert!(
            message.starts_with("error: unexpected argument 'c' after two images\n"),
            "{message}"
        );
    }

    #[test]
    fn limits_scale_by_whole_numbers() {
        assert_eq!(scale("1.0"), Ok(1));
        assert_eq!(scale("2.5"), Ok(3));
        assert!(scale("0").is_err());
        assert!(scale("NaN").is_err());
        assert!(scale("inf").is_err());
    }
}
