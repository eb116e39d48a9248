//! Long values, cut to what tells them apart.

use crate::render::words::Safe;
use crate::sides::Sides;

/// Columns of a common beginning that stay, so that the reader knows where he is.
const CONTEXT: usize = 16;

/// Both values in at most `width` columns each. What they begin with in common goes first.
pub(super) fn shorten(values: Sides<Safe>, width: usize) -> Sides<Safe> {
    let longest = values.left.width().max(values.right.width());
    if longest <= width {
        return values;
    }
    let skipped = skippable(&values, longest - width + 1);
    let values = if skipped > 0 { values.map(|value| value.skip(skipped)) } else { values };
    values.map(|value| value.cut(width))
}

/// Bytes at the beginning of both values that may go: what they have in common but for the last
/// few characters, and no more of it than `wanted` characters.
fn skippable(values: &Sides<Safe>, wanted: usize) -> usize {
    let (left, right) = (values.left.as_str(), values.right.as_str());
    let same = left.chars().zip(right.chars()).take_while(|(left, right)| left == right).count();
    let skipped = same.saturating_sub(CONTEXT).min(wanted);
    left.chars().take(skipped).map(char::len_utf8).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_shown_where_they_part() {
        let values = ["a", "b"].map(|end| Safe::escaped(&format!("{}{end}", "x".repeat(100))));
        let [left, right] = values;
        let shown = shorten(Sides::new(left, right), 40);
        assert_eq!(shown.left.as_str(), format!("…{}a", "x".repeat(38)));
        assert_eq!(shown.right.as_str(), format!("…{}b", "x".repeat(38)));
    }
}
