//! Files of both inputs, written into a directory so that other tools can go on with them.
//!
//! The layout is diffoci's: `input-0/manifests-N/layers-N/path`, `input-1` for the second input;
//! manifests and layers by their position in the report. Nothing an archive says gets a file
//! outside of the directory: all writing is confined to it, no link is made but between files
//! written here, and modes are those of any new file. What is not a regular file or a directory
//! becomes a line of text that says what it is.

mod destination;
mod place;
mod plan;
mod sparse;
mod writer;

pub use destination::Destination;

use crate::compare::Stack;
use crate::error::Result;
use crate::layer::Walk;
use crate::limits::Limits;
use crate::report::{Extraction, Report};
use crate::sides::Side;
use crate::workers::Workers;

use self::plan::Plan;
use self::writer::Writer;

/// Which files are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// Those that findings are about which no rule ignores.
    #[default]
    Differing,
    /// All.
    All,
}

/// Writes files of `stacks` that `report` is about into `destination`.
///
/// # Errors
/// When the file system does not take them. Names it does not take, and files past the limit, are
/// listed instead.
pub fn extract(
    stacks: &[Stack<'_>],
    report: &Report,
    (destination, extent): (&Destination, Extent),
    limits: &Limits,
    workers: &Workers,
) -> Result<Extraction> {
    let plan = Plan::of(report, extent);
    let side = |side| one_side(stacks, &plan, side, destination, limits);
    // Either has a budget of its own, so that what is written does not depend on their order.
    let mut all = Extraction::default();
    for some in workers.map(&[Side::Left, Side::Right], |which| side(*which)) {
        let some = some?;
        all.written = all.written.saturating_add(some.written);
        all.refused.extend(some.refused);
    }
    Ok(all)
}

fn one_side(
    stacks: &[Stack<'_>],
    plan: &Plan<'_>,
    side: Side,
    destination: &Destination,
    limits: &Limits,
) -> Result<Extraction> {
    let mut extraction = Extraction::default();
    // There also when nothing goes into it: whoever goes on compares the two.
    destination.subdirectory(input(side))?;
    let mut budget = limits.extracted_bytes;
    for (number, stack) in stacks.iter().enumerate() {
        for (index, layer) in stack.layers.get(side).iter().enumerate() {
            let wanted = plan.wanted(&stack.at, side, index);
            let (Some(wanted), Some(blob)) = (wanted, &layer.blob) else { continue };
            let name = format!("{}/manifests-{number}/layers-{index}", input(side));
            let dir = destination.subdirectory(&name)?;
            let mut writer = Writer::new(dir, name, wanted, budget);
            let mut walk = Walk::new(blob.bytes(), limits);
            while walk.step(&mut |event| writer.take(event)) && !writer.is_stuck() {}
            budget = writer.finish(&mut extraction).map_err(|it| destination.error(it))?;
        }
    }
    Ok(extraction)
}

const fn input(side: Side) -> &'static str {
    match side {
        Side::Left => "input-0",
        Side::Right => "input-1",
    }
}
