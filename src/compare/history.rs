//! Build histories (`config.md#properties`, `history`), entry by entry.

use serde_json::Value;

use super::json::Differences;
use super::layers::Alignment;
use crate::report::{Finding, Value as Found};
use crate::sides::Sides;

/// Compares two histories. Entries that made layers which stand for one another are compared
/// with each other; the entries between such are aligned by their text.
pub(super) fn compare(
    values: Sides<Option<&Value>>,
    alignment: &Alignment,
    differences: &mut Differences<'_>,
) {
    if values.left == values.right {
        return;
    }
    let none = Vec::new();
    let lists = values.map(|value| value.map_or(Some(&none), Value::as_array));
    let (Some(left), Some(right)) = (lists.left, lists.right) else {
        return differences.whole("history", values);
    };
    let before = differences.findings.len();
    let lists = Sides::new(left.as_slice(), right.as_slice());
    for row in rows(lists, alignment) {
        compare_row(lists, row, differences);
    }
    if differences.findings.len() == before {
        // An absent list against an empty one.
        differences.whole("history", values);
    }
}

type Row = Sides<Option<usize>>;

fn compare_row(lists: Sides<&[Value]>, row: Row, differences: &mut Differences<'_>) {
    let entries = Sides::new(
        row.left.and_then(|at| lists.left.get(at)),
        row.right.and_then(|at| lists.right.get(at)),
    );
    let Some(number) = row.left.or(row.right) else { return };
    let field = format!("history[{number}]");
    if entries.left.is_some() && entries.right.is_some() {
        differences.value(&field, entries);
    } else {
        let values = entries.map(|entry| entry.cloned().map(Found::Json));
        let finding = Finding::new(differences.scope, differences.at.clone(), field, values);
        differences.push(finding);
    }
}

fn rows(lists: Sides<&[Value]>, alignment: &Alignment) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut done = Sides::new(0, 0);
    let ends = Sides::new(lists.left.len(), lists.right.len());
    for fixed in alignment.history.iter().copied().chain([ends]) {
        if fixed.left < done.left || fixed.right < done.right {
            continue;
        }
        gap(lists, done, fixed, &mut rows);
        if fixed.left < ends.left && fixed.right < ends.right {
            rows.push(fixed.map(Some));
            done = fixed.map(|at| at.saturating_add(1));
        }
    }
    rows
}

/// Aligns the entries from `from` up to `to`: greedily by text, then by position.
fn gap(lists: Sides<&[Value]>, from: Sides<usize>, to: Sides<usize>, rows: &mut Vec<Row>) {
    let mut next = from.right;
    for left in from.left..to.left {
        let text = lists.left.get(left).and_then(text);
        let found = (next..to.right)
            .find(|at| text.is_some() && lists.right.get(*at).and_then(self::text) == text);
        if let Some(found) = found {
            rows.extend((next..found).map(|right| Sides::new(None, Some(right))));
            rows.push(Sides::new(Some(left), Some(found)));
            next = found.saturating_add(1);
        } else {
            rows.push(Sides::new(Some(left), None));
        }
    }
    rows.extend((next..to.right).map(|right| Sides::new(None, Some(right))));
    pair_neighbours(rows);
}

fn text(entry: &Value) -> Option<&str> {
    entry.get("created_by")?.as_str()
}

/// An entry that is only left next to one that is only right is one entry whose text changed.
fn pair_neighbours(rows: &mut Vec<Row>) {
    let mut at = 0_usize;
    while let Some(next) = at.checked_add(1).filter(|next| *next < rows.len()) {
        let pair = match (rows.get(at), rows.get(next)) {
            (Some(a), Some(b)) if a.right.is_none() && b.left.is_none() => {
                Some(Sides::new(a.left, b.right))
            }
            (Some(a), Some(b)) if a.left.is_none() && b.right.is_none() => {
                Some(Sides::new(b.left, a.right))
            }
            _ => None,
        };
        if let Some(pair) = pair {
            rows.remove(next);
            if let Some(row) = rows.get_mut(at) {
                *row = pair;
            }
        }
        at = next;
    }
}
