//! Flags of `verify`, and what they mean.

use std::ffi::OsString;

use clap::{Args, ValueEnum, ValueHint};
use ocidiff::digest::Digest;
use ocidiff::limits::Limits;
use ocidiff::report::Severity;
use ocidiff::{Platform, VerifyOptions};

use super::args::WorkArgs;
use super::reporting::OutputArgs;

#[derive(Debug, Args)]
#[command(
    after_help = "Exit: 0 sound, 1 something was found, 2 not all of it could be read.",
    after_long_help = AFTER_LONG_HELP
)]
pub(super) struct VerifyArgs {
    /// The images; `-` is standard input
    #[arg(required = true, value_name = "IMAGE", value_hint = ValueHint::AnyPath)]
    pub(super) images: Vec<OsString>,

    /// Verify only images of this platform; may be repeated
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    pub(super) platform: Vec<Platform>,

    /// Find it wrong when nothing in the image has this digest; may be repeated
    ///
    /// The digest of an index, manifest, configuration or layer, or a DiffID, as computed from the
    /// bytes; what stands before an `@` is left out.
    #[arg(long, value_name = "DIGEST", value_parser = digest)]
    pub(super) expect: Vec<Digest>,

    /// The lightest finding that decides the exit code
    #[arg(long, value_name = "GRADE", value_enum, default_value_t)]
    pub(super) fail_on: FailOn,

    /// List files that upper layers delete or replace and lower ones still carry
    #[arg(long)]
    pub(super) deleted: bool,

    /// Print what `sha256sum -c` takes instead of a report: a line for each blob
    #[arg(long, conflicts_with_all = ["format", "quiet"])]
    pub(super) checksums: bool,

    #[command(flatten)]
    pub(super) output: OutputArgs,

    #[command(flatten)]
    pub(super) work: WorkArgs,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Claims that the bytes do not bear out
    Error,
    /// Also what two readers may take in two ways
    #[default]
    Warning,
    /// Also what honest builders do too
    Note,
}

impl VerifyArgs {
    pub(super) fn options(&self) -> VerifyOptions {
        VerifyOptions {
            platforms: self.platform.clone(),
            expect: self.expect.clone(),
            deleted: self.deleted,
            fail_on: match self.fail_on {
                FailOn::Error => Severity::Error,
                FailOn::Warning => Severity::Warning,
                FailOn::Note => Severity::Note,
            },
            threads: self.work.threads,
            limits: Limits::default().scaled(self.work.max_scale),
        }
    }
}

fn digest(text: &str) -> Result<Digest, String> {
    let digest = text.rsplit('@').next().unwrap_or(text);
    digest.parse().map_err(|error: ocidiff::digest::DigestError| error.to_string())
}

const AFTER_LONG_HELP: &str = "\
Exit codes:
  0  sound
  1  something was found that --fail-on counts
  2  trouble: not all of an image could be read, or the usage is wrong

Examples:
  Is it what was promised?
      ocidiff verify --expect sha256:… arrived.tar
  What is in there that nobody should see?
      ocidiff verify --deleted --all image.tar
  A list to check the blobs of a layout with, wherever it goes:
      ocidiff verify --checksums layout/ > layout/SHA256SUMS
";

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::args::{Cli, Command};
    use super::*;

    fn options(line: &str) -> Option<VerifyOptions> {
        match Cli::try_parse_from(line.split(' ')).ok()?.command? {
            Command::Verify(args) => Some(args.options()),
            Command::Diff(_) | Command::Schema => None,
        }
    }

    #[test]
    fn flags_reach_the_library() {
        let hex = "a".repeat(64);
        let line = format!(
            "ocidiff verify a b --expect app@sha256:{hex} --deleted --fail-on note --threads 2"
        );
        let options = options(&line).unwrap_or_default();
        assert_eq!(options.expect.len(), 1);
        assert!(options.deleted);
        assert_eq!(options.fail_on, Severity::Note);
        assert_eq!(options.threads, 2);
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "ocidiff verify",
            "ocidiff verify a --expect sha256:abc",
            "ocidiff verify a --fail-on never",
            "ocidiff verify a --checksums --format json",
            "ocidiff verify a --brief",
            "ocidiff verify a --semantic",
        ] {
            assert!(options(line).is_none(), "{line}");
        }
    }
}
