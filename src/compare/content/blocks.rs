//! Contents too long to be held, compared by digests of their blocks.

use super::Inside;
use crate::layer::{BLOCK, Long};
use crate::sides::Sides;

/// Ranges of blocks that are listed.
const RANGES: usize = 8;

/// Compares two unequal contents.
pub(in crate::compare) fn compare(contents: Sides<Long>) -> Inside {
    let Sides { left, right } = &contents;
    let blocks = left.blocks.len().max(right.blocks.len());
    let differs = |at: &usize| left.blocks.get(*at) != right.blocks.get(*at);
    let differing: Vec<usize> = (0..blocks).filter(differs).collect();
    let ranges: Vec<&[usize]> =
        differing.chunk_by(|one, next| one.checked_add(1) == Some(*next)).collect();
    let listed: Vec<String> = ranges.iter().take(RANGES).filter_map(|it| offsets(it)).collect();
    let more = ranges.len().saturating_sub(RANGES);
    let more = if more > 0 { format!(" and {more} more ranges") } else { String::new() };
    Inside::noted(format!(
        "{} and {} bytes, too long to look into; {} of {blocks} blocks of {BLOCK} bytes differ, at \
         {}{more}",
        left.size,
        right.size,
        differing.len(),
        listed.join(", ")
    ))
}

/// The bytes a range of blocks stands for.
fn offsets(range: &[usize]) -> Option<String> {
    let start = range.first()?.saturating_mul(BLOCK);
    let end = range.last()?.saturating_add(1).saturating_mul(BLOCK).saturating_sub(1);
    Some(format!("{start}-{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Content;

    #[test]
    fn blocks_that_differ_are_named() {
        let left = vec![0; 4 * BLOCK];
        let mut right = left.clone();
        right[BLOCK] = 1;
        right[3 * BLOCK] = 1;
        right.push(1);
        let long = |bytes: &[u8]| Content::Whole(bytes.into()).to_long();
        let note = compare(Sides::new(long(&left), long(&right))).note.unwrap_or_default();
        assert!(note.contains("3 of 5 blocks"), "{note}");
        assert!(note.ends_with("at 65536-131071, 196608-327679"), "{note}");
    }
}
