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
mod comparison;
pub mod compress;
pub mod digest;
pub mod error;
pub mod extract;
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
pub mod workers;

use std::ffi::OsStr;

pub use crate::compare::Merge;
pub use crate::comparison::Comparison;
pub use crate::error::{Error, Result};
pub use crate::image::Platform;
pub use crate::options::Options;
pub use crate::source::exit_when_a_map_shrinks;
pub use crate::verify::VerifyOptions;

use crate::compare::{Look, Means};
use crate::image::load;
use crate::progress::Progress;
use crate::report::{Report, Verified};
use crate::sides::Sides;
use crate::source::InputSpec;
use crate::workers::Workers;

/// Compares the images in two inputs.
///
/// # Errors
/// When an input cannot be opened, holds no image, or holds several and nothing tells which is
/// meant. Images that are damaged are no error: the report says what is wrong with them.
pub fn diff(inputs: Sides<&OsStr>, options: &Options, progress: &dyn Progress) -> Result<Report> {
    Comparison::open(inputs, options)?.report(progress)
}

/// Verifies what one input claims of itself.
///
/// # Errors
/// When it cannot be opened, or holds no image that was asked for. What can be opened and does not
/// bear out its claims is no error: the findings say so.
pub fn verify(input: &OsStr, options: &VerifyOptions, progress: &dyn Progress) -> Result<Verified> {
    let workers = Workers::new(options.threads);
    let bundle = load(InputSpec::parse(input)?, &options.limits)?;
    let means = Means {
        limits: &options.limits,
        workers: &workers,
        progress,
        look: Look::default(),
        merge: Merge::default(),
        trust_digests: false,
    };
    let verified = verify::verify(&bundle, options, means)?;
    let chosen = verify::positions(&bundle)?;
    Ok(Verified { input: comparison::input(&bundle, &chosen), ..verified })
}
