//! The one order in which findings are printed, whatever order they were found in.

use std::cmp::Ordering;

use super::{Finding, Location, Scope};
use crate::workers::Workers;

/// Sorts `findings` from the outside in: image, platform, scope, layer, path, field. Numbers them.
///
/// The sort is stable, so findings that agree in all of these keep the order they were found in.
pub fn sort(findings: &mut [Finding], workers: &Workers) {
    workers.sort(findings, compare);
    for (id, finding) in findings.iter_mut().enumerate() {
        finding.id = id;
    }
}

fn compare(left: &Finding, right: &Finding) -> Ordering {
    left.at
        .image_key()
        .cmp(&right.at.image_key())
        .then_with(|| left.scope.cmp(&right.scope))
        .then_with(|| own_layer(left).cmp(&own_layer(right)))
        .then_with(|| left.at.path.cmp(&right.at.path))
        .then_with(|| left.at.within.cmp(&right.at.within))
        .then_with(|| by_number(&left.field, &right.field))
        .then_with(|| layer(&left.at).cmp(&layer(&right.at)))
}

/// Compares two field names, numbers in brackets by their value: `history[2]` before
/// `history[10]`.
fn by_number(left: &str, right: &str) -> Ordering {
    fn parts(field: &str) -> impl Iterator<Item = (Option<u64>, &str)> {
        field.split(['[', ']']).map(|part| (part.parse().ok(), part))
    }
    parts(left).cmp(parts(right)).then_with(|| left.cmp(right))
}

/// In the merged file system paths stand in order, whichever layer they come from.
fn own_layer(finding: &Finding) -> Option<(usize, Option<usize>, Option<usize>)> {
    if finding.scope == Scope::Rootfs { None } else { layer(&finding.at) }
}

/// Whole-image findings first, then by position; a layer that only one side has stands where it
/// would be if the other side had it too.
fn layer(at: &Location) -> Option<(usize, Option<usize>, Option<usize>)> {
    let layer = at.layer?;
    let position = layer.left.max(layer.right).unwrap_or_default();
    Some((position, layer.left, layer.right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_brackets_are_numbers() {
        let fields =
            ["a", "a[", "a[18446744073709551616]", "a[b]", "a[2]", "a[2].x", "a[10]", "a.b", "b"];
        let mut sorted = fields;
        sorted.reverse();
        sorted.sort_by(|left, right| by_number(left, right));
        assert_eq!(sorted, fields);
    }
}
