//! What the tests of all formats share.

use super::{Broken, Budget, Comparator, File, Inside, Inspector};
use crate::limits::Limits;
use crate::report::EntryPath;
use crate::sides::Sides;

/// Compares two files called `name` as `format` does.
pub(super) fn compare(
    format: &dyn Comparator,
    name: &str,
    left: &[u8],
    right: &[u8],
) -> Result<Inside, Broken> {
    let limits = Limits::default();
    let budget = Budget::of(limits.inspected_bytes, 1);
    let inspector = Inspector { depth: limits.container_depth, budget: &budget, limits: &limits };
    let name = name.as_bytes();
    format.compare(Sides::new(left, right).map(|bytes| File { name, bytes }), &inspector)
}

/// Where each part lies, and its field.
pub(super) fn told(format: &dyn Comparator, left: &[u8], right: &[u8]) -> Vec<String> {
    match compare(format, "file", left, right) {
        Ok(inside) => inside.parts.iter().map(place).collect(),
        Err(Broken(reason)) => vec![format!("broken: {reason}")],
    }
}

fn place(part: &super::Part) -> String {
    let within = part.within.iter().map(EntryPath::escaped);
    within.chain([part.field.clone()]).collect::<Vec<_>>().join(" ")
}

/// Bytes up to which every single one is cut behind and turned over; of longer files some are.
const THOROUGH: usize = 400;

/// Compares `good` with what it may be cut to, and with it after single bytes are turned over: what
/// is told does not matter, that the comparison comes to its end does.
pub(super) fn torture(format: &dyn Comparator, name: &str, good: &[u8]) {
    let places = (0..good.len()).step_by(good.len() / THOROUGH + 1);
    let mut bad = good.to_vec();
    for at in places {
        survives(format, name, good, &good[..at]);
        for mask in [0xff, 0x01, 0x80] {
            bad[at] ^= mask;
            survives(format, name, good, &bad);
            bad[at] ^= mask;
        }
    }
}

fn survives(format: &dyn Comparator, name: &str, good: &[u8], bad: &[u8]) {
    format.recognises(File { name: name.as_bytes(), bytes: bad });
    drop(compare(format, name, good, bad));
    drop(compare(format, name, bad, good));
}
