//! Named things of both sides, joined by name, and lists of parts that stay short.

use std::collections::BTreeMap;

use super::Part;
use crate::report::EntryPath;
use crate::sides::Sides;

/// Parts of one kind that are listed; what is longer is read by no one.
pub(super) const MOST: usize = 200;

/// What the two sides have under one name.
pub(super) type Pair<'t, V> = Sides<Option<&'t V>>;

/// Everything either table has, in the order of the names.
pub(super) fn join<'t, K: Ord, V>(
    tables: Sides<&'t BTreeMap<K, V>>,
) -> impl Iterator<Item = (&'t K, Pair<'t, V>)> {
    let mut names: Vec<&K> = tables.left.keys().chain(tables.right.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(move |name| (name, tables.map(|table| table.get(name))))
}

/// What differs of it.
pub(super) fn differing<'t, K: Ord, V: PartialEq>(
    tables: Sides<&'t BTreeMap<K, V>>,
) -> impl Iterator<Item = (&'t K, Pair<'t, V>)> {
    join(tables).filter(|(_, pair)| pair.left != pair.right)
}

/// The first [`MOST`] of `parts`, which are all about `field`, and one that counts the others,
/// which lie in what is called `rest`.
pub(super) fn capped(
    field: &'static str,
    rest: &'static str,
    parts: impl Iterator<Item = Part>,
) -> Vec<Part> {
    let mut parts = parts.fuse();
    let mut listed: Vec<Part> = parts.by_ref().take(MOST).collect();
    listed.extend(counted(field, rest, parts.count()));
    listed
}

/// Stands for differences of `field` that are not listed.
pub(super) fn counted(field: &'static str, rest: &'static str, others: usize) -> Option<Part> {
    let note = Some(format!("{others} more differ that are not listed"));
    let part = Part { note, ..Part::new(field, Sides::new(None, None)) };
    (others > 0).then(|| part.inside_of(EntryPath::new(rest.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_either_side_come_once_and_in_order() {
        let left = BTreeMap::from([("a", 1), ("b", 2), ("d", 4)]);
        let right = BTreeMap::from([("b", 3), ("c", 3), ("d", 4)]);
        let tables = Sides::new(&left, &right);
        let names: Vec<&str> = join(tables).map(|(name, _)| *name).collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
        let names: Vec<&str> = differing(tables).map(|(name, _)| *name).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        let part = || Part::text("x", Sides::new(None, Some(String::new())));
        assert_eq!(capped("x", "(rest)", (0..MOST).map(|_| part())).len(), MOST);
        let parts = capped("x", "(rest)", (0..MOST + 7).map(|_| part()));
        assert_eq!(parts.len(), MOST + 1);
        let note = parts.last().and_then(|part| part.note.clone()).unwrap_or_default();
        assert_eq!(note, "7 more differ that are not listed");
    }
}
