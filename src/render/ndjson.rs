//! One JSON object a line, for programs that read while it is written.

use std::io;

use serde::Serialize;

use super::{Renderer, harmless};
use crate::report::{
    Cause, Computed, Finding, ImagePair, Input, Note, PackageDiff, Report, RuleUse, Soundness,
    Summary, Tally, Verdict, Verification, Verified,
};

/// A line for all that is not a finding, one for each finding, and a last one with the verdict.
///
/// The `type` of a line says which it is; its other keys are those of [`super::Json`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Ndjson;

impl Renderer for Ndjson {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        harmless::compact(&Line::Report(Header::of(report)), out)?;
        for finding in &report.findings {
            harmless::compact(&Line::Finding { input: None, finding }, out)?;
        }
        let Report { verdict, summary, .. } = report;
        harmless::compact(&Line::Summary(Last { verdict, summary }), out)
    }
}

impl Renderer<Verification> for Ndjson {
    fn render(&self, verification: &Verification, out: &mut dyn io::Write) -> io::Result<()> {
        let schema_version = verification.schema_version;
        harmless::compact(&Line::Verification { schema_version }, out)?;
        for (position, input) in verification.inputs.iter().enumerate() {
            harmless::compact(&Line::Input(Sole::of(input)), out)?;
            for finding in &input.findings {
                harmless::compact(&Line::Finding { input: Some(position), finding }, out)?;
            }
        }
        let Verification { verdict, summary, .. } = verification;
        harmless::compact(&Line::Tally(Last { verdict, summary }), out)
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Report(Header<'a>),
    #[serde(rename_all = "camelCase")]
    Verification {
        schema_version: u32,
    },
    Input(Sole<'a>),
    Finding {
        /// Position of the input, where there may be several.
        #[serde(skip_serializing_if = "Option::is_none")]
        input: Option<usize>,
        #[serde(flatten)]
        finding: &'a Finding,
    },
    Summary(Last<'a, Verdict, Summary>),
    #[serde(rename = "summary")]
    Tally(Last<'a, Soundness, Tally>),
}

/// A report but for its findings and what they come to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    schema_version: u32,
    left: &'a Input,
    right: &'a Input,
    causes: &'a [Cause],
    packages: &'a [PackageDiff],
    images: &'a [ImagePair],
    rules: &'a [RuleUse],
    notes: &'a [Note],
}

impl<'a> Header<'a> {
    fn of(report: &'a Report) -> Self {
        Self {
            schema_version: report.schema_version,
            left: &report.left,
            right: &report.right,
            causes: &report.causes,
            packages: &report.packages,
            images: &report.images,
            rules: &report.rules,
            notes: &report.notes,
        }
    }
}

/// One input of a verification but for its findings.
#[derive(Serialize)]
struct Sole<'a> {
    #[serde(flatten)]
    input: &'a Input,
    verdict: Soundness,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    summary: Tally,
    manifests: &'a [Computed],
}

impl<'a> Sole<'a> {
    fn of(input: &'a Verified) -> Self {
        Self {
            input: &input.input,
            verdict: input.verdict,
            error: input.error.as_deref(),
            summary: input.summary,
            manifests: &input.manifests,
        }
    }
}

#[derive(Serialize)]
struct Last<'a, Rung, Counts> {
    verdict: &'a Rung,
    summary: &'a Counts,
}
