//! Flags about what counts, and what they mean.

use std::path::PathBuf;

use clap::Args;
use ocidiff::judge::{Preset, Rule, Rules};
use ocidiff::report::Verdict;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What counts")]
pub(super) struct JudgingArgs {
    /// Count only what makes programs behave differently
    ///
    /// Stands for all flags --ignore-… and --treat-… below, and leaves out every cause that is
    /// noise. A file whose time is ignored still counts when its content differs.
    #[arg(long)]
    pub(super) semantic: bool,

    /// Stands for --ignore-file-timestamps and --ignore-image-timestamps
    #[arg(long)]
    ignore_timestamps: bool,

    /// Ignore the build history
    #[arg(long)]
    ignore_history: bool,

    /// Ignore the order of entries in layers
    #[arg(long)]
    ignore_file_order: bool,

    /// Ignore type bits in modes, which repeat the type
    #[arg(long)]
    ignore_file_mode_redundant_bits: bool,

    /// Ignore times of files
    #[arg(long)]
    ignore_file_timestamps: bool,

    /// Ignore times in configurations, labels and annotations
    #[arg(long)]
    ignore_image_timestamps: bool,

    /// Ignore names of images
    #[arg(long)]
    ignore_image_name: bool,

    /// Ignore the dialect of tar headers
    #[arg(long)]
    ignore_tar_format: bool,

    /// Take ./a, /a and a for the same path
    #[arg(long)]
    treat_canonical_paths_equal: bool,

    /// Ignore a field, at paths that match if a glob is given; may be repeated
    ///
    /// A field is a dotted name as the report prints it; it stands for all below it, and `*` for
    /// anything: `--ignore 'xattr@/usr/**' --ignore labels.build`.
    #[arg(long, value_name = "FIELD[@GLOB]")]
    ignore: Vec<String>,

    /// Ignore everything at paths that match, and below; may be repeated
    #[arg(long, value_name = "GLOB")]
    ignore_path: Vec<String>,

    /// Leave out files whose path matches; may be repeated
    ///
    /// `*` stops at a slash and `**` does not: `--exclude '/var/log/**'`.
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,

    /// Read rules from a TOML file; may be repeated
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,

    /// Exit 2 when a rule ignores nothing, so that rules cannot rot
    #[arg(long)]
    pub(super) strict_rules: bool,

    /// Write the differences that count as a rule file to start from
    #[arg(long, value_name = "FILE")]
    pub(super) write_rules: Option<PathBuf>,

    /// Exit 0 when the verdict is this or better, whatever was found
    ///
    /// From best to worst: identical-bytes, identical-image, identical-content, equivalent,
    /// equivalent-rootfs, different. The last three leave noise out, as --semantic does.
    #[arg(long, value_name = "VERDICT")]
    pub(super) require: Option<Verdict>,

    /// Compare what a container would see: the merged file system and what is run
    #[arg(long)]
    pub(super) rootfs: bool,

    /// Name times later than this, in seconds since 1970
    #[arg(long, value_name = "N", env = "SOURCE_DATE_EPOCH", allow_negative_numbers = true)]
    pub(super) source_date_epoch: Option<i64>,
}

impl JudgingArgs {
    /// The rules these flags stand for.
    ///
    /// # Errors
    /// When a glob or a rule file is malformed.
    pub(super) fn rules(&self) -> Result<Rules, ocidiff::Error> {
        let mut own = Vec::new();
        for path in &self.rules {
            own.extend(Rule::read(path)?);
        }
        for text in &self.ignore {
            own.push(Rule::ignoring(text)?);
        }
        for (flag, globs) in [("--ignore-path", &self.ignore_path), ("--exclude", &self.exclude)] {
            for glob in globs {
                own.push(Rule::ignoring_path(flag, glob)?);
            }
        }
        Ok(Rules { presets: self.presets(), noise: self.noise(), rootfs_only: self.rootfs, own })
    }

    /// The rungs that speak of noise can only be reached where it does not count.
    fn noise(&self) -> bool {
        self.semantic || self.require.is_some_and(|rung| rung >= Verdict::Equivalent)
    }

    fn presets(&self) -> Vec<Preset> {
        let asked = [
            (self.ignore_history, Preset::History),
            (self.ignore_file_order, Preset::FileOrder),
            (self.ignore_file_mode_redundant_bits, Preset::FileModeRedundantBits),
            (self.ignore_file_timestamps || self.ignore_timestamps, Preset::FileTimestamps),
            (self.ignore_image_timestamps || self.ignore_timestamps, Preset::ImageTimestamps),
            (self.ignore_image_name, Preset::ImageName),
            (self.ignore_tar_format, Preset::TarFormat),
            (self.treat_canonical_paths_equal, Preset::CanonicalPaths),
        ];
        let all = self.noise();
        asked.into_iter().filter(|(asked, _)| *asked || all).map(|(_, preset)| preset).collect()
    }
}
