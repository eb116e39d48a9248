//! The output model: what a comparison found, as plain data.
//!
//! A [`Report`] is a header that names the two inputs, a verdict, a summary, the causes and a flat,
//! sorted list of [`Finding`]s, each of which says where it lies. Everything below this module
//! produces findings, everything above only marks or prints them.

mod extraction;
mod finding;
mod location;
mod order;
mod package;
mod severity;
mod value;
mod verdict;
mod verification;

pub use extraction::{Extraction, Refused};
pub use finding::{Change, Finding, Scope, Status};
pub(crate) use location::ImageKey;
pub use location::{EntryPath, Location};
pub use order::sort;
pub use package::{PackageChange, PackageDiff};
pub use severity::Severity;
pub use value::{EntryKind, EntrySummary, Timestamp, Value};
pub use verdict::Verdict;
pub use verification::{
    Checksum, Computed, ComputedLayer, Soundness, Tally, Verification, Verified,
};

use serde::Serialize;

use crate::sides::{Side, Sides};

/// Version of the JSON document; raised when a key changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

/// The result of one run over two inputs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Always [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The first input.
    pub left: Input,
    /// The second input.
    pub right: Input,
    /// Best rung of the ladder that holds.
    pub verdict: Verdict,
    /// Counts over `findings`.
    pub summary: Summary,
    /// Why the images differ, most explaining first.
    pub causes: Vec<Cause>,
    /// Packages that came, went or changed, by manager and name.
    pub packages: Vec<PackageDiff>,
    /// The image pairs that were compared, in the order of their findings.
    pub images: Vec<ImagePair>,
    /// The user's own rules, and how much each ignored.
    pub rules: Vec<RuleUse>,
    /// Facts worth knowing that are not differences, such as platforms an archive does not carry.
    pub notes: Vec<Note>,
    /// Every difference, in the order of [`sort`].
    pub findings: Vec<Finding>,
}

/// One input as the user named it and as it was understood.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The argument, verbatim.
    pub input: String,
    /// Recognised form, such as `oci-archive` or `docker-archive`.
    pub format: String,
    /// Names the chosen images carry.
    pub references: Vec<String>,
    /// The chosen image; absent when several were compared.
    pub image: Option<ImageSummary>,
}

/// Identity of one image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageSummary {
    /// Root digest; absent for docker archives, which carry no manifest.
    pub digest: Option<String>,
    /// Media type of the root document.
    pub media_type: Option<String>,
    /// `os/architecture[/variant]`; absent for an index of several platforms.
    pub platform: Option<String>,
    /// Digest of the configuration (the image id); absent for an index of several platforms.
    pub config_digest: Option<String>,
}

/// Two images that were compared with one another.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImagePair {
    /// The reference both carry; set only when several references were compared in one run.
    pub image: Option<String>,
    /// Platform of the pair, as in [`Location::platform`].
    pub platform: Option<String>,
    /// Each side's identity.
    pub identity: Sides<Option<ImageSummary>>,
    /// How the layers were aligned, bottom layer first.
    pub layers: Vec<LayerPair>,
}

impl ImagePair {
    /// The [`Location::image_key`] of every finding in these images.
    pub(crate) fn image_key(&self) -> ImageKey<'_> {
        (self.image.as_deref(), self.platform.as_deref())
    }
}

/// One row of the layer alignment.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerPair {
    /// Each side's layer; absent on the side that has no counterpart.
    pub layer: Sides<Option<LayerSummary>>,
}

/// One layer as people recognise it.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerSummary {
    /// Position from the bottom, counted from 0.
    pub index: usize,
    /// Digest of the blob as stored, when one is claimed.
    pub digest: Option<String>,
    /// Claimed DiffID.
    pub diff_id: Option<String>,
    /// Bytes as stored.
    pub size: Option<u64>,
    /// History command that made it.
    pub created_by: Option<String>,
    /// It carries what a lazy puller needs, by its annotations.
    #[serde(skip)]
    pub lazy: bool,
}

/// Counts over the findings of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// All findings.
    pub findings: usize,
    /// Those that decide the exit code.
    pub counted: usize,
    /// Those a rule marked.
    pub ignored: usize,
    /// Those fully accounted for by others.
    pub explained: usize,
    /// Those that count and have no known cause.
    pub unexplained: usize,
}

impl Summary {
    /// Counts `findings` by status.
    pub fn of(findings: &[Finding]) -> Self {
        let mut summary = Self { findings: findings.len(), ..Self::default() };
        for finding in findings {
            let count = match finding.status {
                Status::Counted => &mut summary.counted,
                Status::Ignored => &mut summary.ignored,
                Status::Explained => &mut summary.explained,
            };
            *count = count.saturating_add(1);
            if finding.status == Status::Counted && finding.cause.is_none() {
                summary.unexplained = summary.unexplained.saturating_add(1);
            }
        }
        summary
    }
}

/// A reason that explains several findings.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cause {
    /// Stable identifier, such as `file-mtime`.
    pub id: String,
    /// What happened, for people.
    pub title: String,
    /// No program behaves differently for it.
    pub noise: bool,
    /// How many findings it explains.
    pub findings: usize,
    /// What it was recognised by.
    pub evidence: String,
    /// What to do about it.
    pub fix: String,
}

/// A rule the user gave, and how much it ignored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleUse {
    /// The rule as findings name it.
    pub rule: String,
    /// Why the user has it.
    pub reason: String,
    /// How many findings it ignored; a rule that ignores none may be out of date.
    pub findings: usize,
}

/// A fact about the inputs that is not a difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// Which input it speaks of; absent for both.
    pub side: Option<Side>,
    /// Lower-case sentence without a full stop.
    pub message: String,
}
