//! The output model of a verification: what single images claim and do not bear out.

use serde::Serialize;

use super::{Finding, Input, SCHEMA_VERSION, Severity};

/// The result of one run over any number of inputs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Always [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The worst of the inputs.
    pub verdict: Soundness,
    /// Counts over all inputs.
    pub summary: Tally,
    /// The inputs, in the order they were given.
    pub inputs: Vec<Verified>,
}

impl Verification {
    /// What `inputs` are together.
    pub fn of(inputs: Vec<Verified>) -> Self {
        let mut summary = Tally::default();
        for input in &inputs {
            summary.add(input.summary);
        }
        let verdict = inputs.iter().map(|input| input.verdict).max().unwrap_or_default();
        Self { schema_version: SCHEMA_VERSION, verdict, summary, inputs }
    }
}

/// One input and what was found in it.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// What it is.
    #[serde(flatten)]
    pub input: Input,
    /// Whether it is what it claims to be.
    pub verdict: Soundness,
    /// Why it could not be looked into at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Counts over `findings`.
    pub summary: Tally,
    /// What was computed of each manifest.
    pub manifests: Vec<Computed>,
    /// The blobs, for a list of checksums.
    #[serde(skip)]
    pub blobs: Vec<Checksum>,
    /// Everything found, in the order of [`super::sort`].
    pub findings: Vec<Finding>,
}

impl Verified {
    /// An input that could not be opened.
    pub fn unreadable(input: String, error: String) -> Self {
        Self {
            input: Input { input, ..Input::default() },
            verdict: Soundness::Unreadable,
            error: Some(error),
            summary: Tally { errors: 1, unreadable: 1, ..Tally::default() },
            ..Self::default()
        }
    }

    /// Counts the findings, and says what they make of the input when those of `fail_on` and
    /// graver ones tell against it.
    pub fn judge(&mut self, fail_on: Severity) {
        self.summary = Tally::of(&self.findings);
        let fails = |finding: &Finding| finding.severity.is_some_and(|grade| grade >= fail_on);
        self.verdict = if self.summary.unreadable > 0 {
            Soundness::Unreadable
        } else if self.findings.iter().any(fails) {
            Soundness::Unsound
        } else {
            Soundness::Sound
        };
    }
}

/// What was computed of one manifest out of bytes that were read.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Computed {
    /// Platform, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Digest of the manifest; absent for docker archives, which carry none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Digest of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_digest: Option<String>,
    /// ChainID of all layers (`config.md#layer-chainid`), if all could be unpacked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chain_id: Option<String>,
    /// Its layers, bottom first.
    pub layers: Vec<ComputedLayer>,
}

/// What was computed of one layer.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComputedLayer {
    /// Digest of the stored bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Number of the stored bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Digest of the unpacked bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff_id: Option<String>,
}

/// A member and the SHA-256 it should have: the claimed one where there is a claim.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Checksum {
    /// Name of the member, or path below the directory.
    pub name: String,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// Whether an image is what it claims to be, from good to bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Soundness {
    /// Nothing was found that tells against it.
    #[default]
    Sound,
    /// Something was.
    Unsound,
    /// Not all of it could be read.
    Unreadable,
}

impl Soundness {
    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Unsound => "unsound",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Counts over findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// All of them.
    pub findings: usize,
    /// Claims that the bytes do not bear out, and inputs that cannot be opened.
    pub errors: usize,
    /// What two readers may understand in two ways.
    pub warnings: usize,
    /// What is worth knowing.
    pub notes: usize,
    /// Errors about what could not be read at all.
    pub unreadable: usize,
}

impl Tally {
    /// Counts `findings`.
    pub fn of(findings: &[Finding]) -> Self {
        let grade = |grade| findings.iter().filter(|one| one.severity == Some(grade)).count();
        Self {
            findings: findings.len(),
            errors: grade(Severity::Error),
            warnings: grade(Severity::Warning),
            notes: grade(Severity::Note),
            unreadable: findings.iter().filter(|finding| finding.is_unreadable()).count(),
        }
    }

    fn add(&mut self, other: Self) {
        self.findings = self.findings.saturating_add(other.findings);
        self.errors = self.errors.saturating_add(other.errors);
        self.warnings = self.warnings.saturating_add(other.warnings);
        self.notes = self.notes.saturating_add(other.notes);
        self.unreadable = self.unreadable.saturating_add(other.unreadable);
    }
}
