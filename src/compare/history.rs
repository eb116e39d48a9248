//! Build histories (`config.md#properties`, `history`), entry by entry.

use serde_json::Value;

use super::align::align;
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
    // The same whichever input is the first.
    let Some(number) = row.left.max(row.right) else { return };
    let field = format!("history[{number}]");
    if entries.left.is_some() && entries.right.is_some() {
        differences.value(&field, entries);
    } else {
        let values = entries.map(|entry| entry.cloned().map(Found::Json));
        let finding = Finding::new(differences.scope, differences.at.clone(), field, values);
        differences.push(finding);
    }
}

/// Pairs of entries that are weighed in aligning two histories; where there are more, entries are
/// paired by their position. Builders write some hundred entries, of which few differ.
const WEIGHED: usize = 1 << 20;

fn rows(lists: Sides<&[Value]>, alignment: &Alignment) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut budget = WEIGHED;
    let mut done = Sides::new(0, 0);
    let ends = Sides::new(lists.left.len(), lists.right.len());
    for fixed in alignment.history.iter().copied().chain([ends]) {
        if fixed.left < done.left || fixed.right < done.right {
            continue;
        }
        gap(lists, done, fixed, &mut budget, &mut rows);
        if fixed.left < ends.left && fixed.right < ends.right {
            rows.push(fixed.map(Some));
            done = fixed.map(|at| at.saturating_add(1));
        }
    }
    rows
}

/// Aligns the entries from `from` up to `to`, so that as much as possible agrees. What is equal at
/// both ends is no question.
fn gap(
    lists: Sides<&[Value]>,
    from: Sides<usize>,
    to: Sides<usize>,
    budget: &mut usize,
    rows: &mut Vec<Row>,
) {
    let left = lists.left.get(from.left..to.left).unwrap_or_default();
    let right = lists.right.get(from.right..to.right).unwrap_or_default();
    let equal = |pair: &(&Value, &Value)| pair.0 == pair.1;
    let head = left.iter().zip(right).take_while(equal).count();
    let (left, right) =
        (left.get(head..).unwrap_or_default(), right.get(head..).unwrap_or_default());
    let tail = left.iter().rev().zip(right.iter().rev()).take_while(equal).count();
    let ends = Sides::new(left.len(), right.len()).map(|length| length.saturating_sub(tail));
    let inner = Sides::new(
        left.get(..ends.left).unwrap_or_default(),
        right.get(..ends.right).unwrap_or_default(),
    );
    let both = |number: usize| Sides::new(Some(number), Some(number));
    let mut push = |start: usize, row: Row| {
        let shift = |at: Option<usize>, from: usize| {
            at.map(|at| at.saturating_add(start).saturating_add(from))
        };
        rows.push(Sides::new(shift(row.left, from.left), shift(row.right, from.right)));
    };
    (0..head).for_each(|number| push(0, both(number)));
    aligned(inner, budget).into_iter().for_each(|row| push(head, row));
    let after = ends.map(|end| end.saturating_add(head));
    (0..tail).for_each(|number| {
        push(number, Sides::new(Some(after.left), Some(after.right)));
    });
}

fn aligned(lists: Sides<&[Value]>, budget: &mut usize) -> Vec<Row> {
    let pairs = lists.left.len().saturating_mul(lists.right.len());
    if pairs > *budget {
        let most = lists.left.len().max(lists.right.len());
        let within = |number: usize, list: &[Value]| (number < list.len()).then_some(number);
        return (0..most)
            .map(|at| Sides::new(within(at, lists.left), within(at, lists.right)))
            .collect();
    }
    *budget = budget.saturating_sub(pairs);
    align(lists, likeness, |left, right| left.to_string().cmp(&right.to_string()))
}

/// How much speaks for two entries being one: the same text, or at least the same instruction.
fn likeness(left: &Value, right: &Value) -> f64 {
    let empty =
        |entry: &Value| entry.get("empty_layer").and_then(Value::as_bool).unwrap_or_default();
    if empty(left) != empty(right) {
        return 0.0;
    }
    match (text(left), text(right)) {
        (Some(left), Some(right)) if left == right => 3.0,
        (Some(left), Some(right)) if instruction(left) == instruction(right) => 1.0,
        (None, None) => 1.0,
        _ => 0.0,
    }
}

/// The Dockerfile instruction of a history text, without the shell the classic builder writes
/// before it.
fn instruction(text: &str) -> Option<&str> {
    let text = text.strip_prefix("/bin/sh -c ").unwrap_or(text);
    let text = text.strip_prefix("#(nop)").unwrap_or(text);
    text.split_whitespace().next()
}

fn text(entry: &Value) -> Option<&str> {
    entry.get("created_by")?.as_str()
}
