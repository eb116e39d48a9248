//! Tells what differs between two container images, and why: from files alone, with no daemon,
//! no network, no root and nothing extracted.
//!
//! # Flow
//!
//! One way, nothing runs back up:
//!
//! ```text
//!  bytes          meaning        content              difference       judgement     words
//!  source ──────▶ image ───────▶ layer ─────────────▶ compare ───────▶ judge ──────▶ render
//!  open, index,   index,         decompress, tar      a flat list      rules,        text, json
//!  map, spool     manifest,      walk, hash, merge    of findings      verdict
//!                 config, select
//! ```
//!
//! [`diff`] runs all of it but the last step; [`render`] prints the [`report::Report`]. [`verify()`] holds
//! one image against its own claims instead.
//!
//! # Invariants
//!
//! * Output is a function of the inputs and options: one thread or sixteen print the same bytes.
//! * Comparison reports everything; judgement only marks.
//! * Documents are compared as raw JSON, so that no unknown field is missed.
//! * Unequal bytes never go unmentioned.
//! * Damage is data: it yields findings, and what can still be read is compared.
//! * Memory grows with the number of entries, never with the size of a layer.

pub mod compare;
pub mod compress;
pub mod digest;
pub mod error;
pub mod image;
pub mod judge;
pub mod layer;
pub mod limits;
pub mod media_type;
mod options;
pub mod packages;
pub mod progress;
pub mod render;
pub mod report;
pub mod sides;
pub mod source;
pub mod tar;
pub mod verify;

use std::ffi::OsStr;

pub use crate::compare::Merge;
pub use crate::error::{Error, Result};
pub use crate::image::Platform;
pub use crate::options::Options;
pub use crate::source::exit_when_a_map_shrinks;
pub use crate::verify::VerifyOptions;

use crate::compare::{Look, Means, Outcome};
use crate::image::{Bundle, Image, Manifest, load};
use crate::judge::Judgement;
use crate::progress::Progress;
use crate::report::{ImageSummary, Input, Report, SCHEMA_VERSION, Summary, Verified};
use crate::sides::Sides;
use crate::source::InputSpec;

/// Compares the images in two inputs.
///
/// # Errors
/// When an input cannot be opened, holds no image, or holds several and nothing tells which is
/// meant. Images that are damaged are no error: the report says what is wrong with them.
pub fn diff(inputs: Sides<&OsStr>, options: &Options, progress: &dyn Progress) -> Result<Report> {
    let pool = options.pool()?;
    let specs = inputs.try_map(InputSpec::parse)?;
    let bundles = specs.try_map(|spec| load(spec, &options.limits))?;
    let means = Means {
        limits: &options.limits,
        pool: &pool,
        progress,
        look: options.look(),
        merge: options.merge,
        trust_digests: options.trust_digests,
    };
    let keep = |manifest: &Manifest| options.wants(manifest.platform.as_ref());
    let mut outcome = compare::compare(bundles.as_ref(), &keep, means)?;
    let judgement = judge::judge(&mut outcome, &options.rules, options.source_date_epoch);
    Ok(report(bundles.as_ref(), outcome, judgement))
}

/// Verifies what one input claims of itself.
///
/// # Errors
/// When it cannot be opened, or holds no image that was asked for. What can be opened and does not
/// bear out its claims is no error: the findings say so.
pub fn verify(input: &OsStr, options: &VerifyOptions, progress: &dyn Progress) -> Result<Verified> {
    let pool = options::pool(options.threads)?;
    let bundle = load(InputSpec::parse(input)?, &options.limits)?;
    let means = Means {
        limits: &options.limits,
        pool: &pool,
        progress,
        look: Look::default(),
        merge: Merge::default(),
        trust_digests: false,
    };
    let verified = verify::verify(&bundle, options, means)?;
    let chosen = verify::positions(&bundle)?;
    Ok(Verified { input: crate::input(&bundle, &chosen), ..verified })
}

fn report(bundles: Sides<&Bundle>, outcome: Outcome, judgement: Judgement) -> Report {
    let Outcome { images, mut findings, mut notes, mut packages, chosen, .. } = outcome;
    report::sort(&mut findings);
    for at in findings.iter().filter_map(|finding| finding.package) {
        if let Some(package) = packages.get_mut(at) {
            package.findings = package.findings.saturating_add(1);
        }
    }
    notes.sort();
    notes.dedup();
    let inputs = Sides::new(
        input(bundles.left, &chosen.iter().map(|pair| pair.left).collect::<Vec<_>>()),
        input(bundles.right, &chosen.iter().map(|pair| pair.right).collect::<Vec<_>>()),
    );
    Report {
        schema_version: SCHEMA_VERSION,
        left: inputs.left,
        right: inputs.right,
        verdict: judgement.verdict,
        summary: Summary::of(&findings),
        causes: judgement.causes,
        rules: judgement.rules,
        packages,
        images,
        notes,
        findings,
    }
}

fn input(bundle: &Bundle, chosen: &[usize]) -> Input {
    let images: Vec<&Image> = chosen.iter().filter_map(|at| bundle.images.get(*at)).collect();
    Input {
        input: bundle.spec.typed.clone(),
        format: bundle.form.name().to_owned(),
        references: images.iter().flat_map(|image| image.references.clone()).collect(),
        image: match images.as_slice() {
            [image] => Some(summary(image)),
            _ => None,
        },
    }
}

fn summary(image: &Image) -> ImageSummary {
    let only = match image.manifests.as_slice() {
        [manifest] => Some(manifest),
        _ => None,
    };
    ImageSummary {
        digest: image.digest.as_ref().map(ToString::to_string),
        media_type: image.media_type.clone(),
        platform: only.and_then(|it| it.platform.as_ref()).map(ToString::to_string),
        config_digest: only.and_then(Manifest::image_id).map(|id| id.to_string()),
    }
}
