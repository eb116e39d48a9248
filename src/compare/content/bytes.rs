//! Bytes nobody knows more of: a window of each side around the first that differs, and how much
//! differs.

use std::fmt::Write as _;

use super::{File, Inside};
use crate::sides::Sides;

/// Rows of sixteen bytes that are shown: what differs first, with a row before it.
const ROWS: usize = 4;
const ROW: usize = 16;

/// Compares two unequal contents; `reason` says why this has to do.
pub(super) fn compare(files: Sides<File<'_>>, reason: Option<String>) -> Inside {
    let bytes = files.map(|file| file.bytes);
    let first = first_difference(bytes);
    let share = share(bytes, first);
    let note = match reason {
        Some(reason) => format!("{reason}; {share}"),
        None => share,
    };
    Inside { note: Some(note), unified: Some(window(bytes, first)), ..Inside::default() }
}

fn first_difference(bytes: Sides<&[u8]>) -> usize {
    let both = bytes.left.len().min(bytes.right.len());
    bytes.left.iter().zip(bytes.right).position(|(left, right)| left != right).unwrap_or(both)
}

fn share(bytes: Sides<&[u8]>, first: usize) -> String {
    let Sides { left, right } = bytes;
    let pairs = left.iter().zip(right);
    let unequal = pairs.filter(|(left, right)| left != right).count();
    let longer = left.len().max(right.len());
    let differing = unequal.saturating_add(longer.saturating_sub(left.len().min(right.len())));
    let percent = percent(differing, longer);
    format!("{differing} of {longer} bytes differ ({percent}), the first at {first}")
}

/// A percentage of which something is left when something was there.
fn percent(part: usize, whole: usize) -> String {
    let tenths = part.saturating_mul(1000).checked_div(whole).unwrap_or(0);
    match (tenths, part) {
        (0, 1..) => "less than 0.1 %".to_owned(),
        _ => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

/// A diff of hex dumps.
fn window(bytes: Sides<&[u8]>, first: usize) -> String {
    let start = (first / ROW).saturating_sub(1).saturating_mul(ROW);
    let mut out = String::new();
    for row in (0..ROWS).map(|row| start.saturating_add(row.saturating_mul(ROW))) {
        let rows = bytes.map(|bytes| bytes.get(row..).map(|rest| rest.get(..ROW).unwrap_or(rest)));
        let rows = rows.map(|row| row.filter(|row| !row.is_empty()));
        if rows.left == rows.right {
            push(&mut out, ' ', row, rows.left);
        } else {
            push(&mut out, '-', row, rows.left);
            push(&mut out, '+', row, rows.right);
        }
    }
    out
}

fn push(out: &mut String, mark: char, offset: usize, row: Option<&[u8]>) {
    let Some(row) = row else { return };
    write!(out, "{mark}{offset:08x} ").ok();
    for at in 0..ROW {
        match row.get(at) {
            Some(byte) => write!(out, " {byte:02x}").ok(),
            None => out.write_str("   ").ok(),
        };
    }
    let text = row.iter().map(|&byte| match byte {
        b' '..=b'~' => char::from(byte),
        _ => '.',
    });
    writeln!(out, "  |{}|", text.collect::<String>()).ok();
}
