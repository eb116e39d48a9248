//! Rows under the directories they lie in.

use std::io;

use super::detail::Room;
use super::entry::{Naming, Row};
use super::line::Line;
use super::page::Page;
use super::style::Role;
use crate::render::words::Safe;
use crate::report::Finding;

/// Columns a row stands further in than its directory.
const STEP: usize = 2;

/// The findings of one path, or one that has none.
type Group<'a> = &'a [&'a Finding];

/// `rows` with those of one directory together, before what lies in directories below it.
pub(super) fn sorted<'a>(mut rows: Vec<Group<'a>>) -> Vec<Group<'a>> {
    rows.sort_by_key(|row| directory(row));
    rows
}

/// Writes `rows`, under the name of their directory where it has several.
pub(super) fn write(rows: &[Group<'_>], page: &mut Page<'_>) -> io::Result<()> {
    let room = Room::of(page);
    let mut parts = Vec::new();
    for rows in rows.chunk_by(|one, next| directory(one) == directory(next)) {
        let shared = rows.first().and_then(|row| directory(row)).filter(|_| rows.len() > 1);
        parts.push((shared, rows_of(rows, shared.is_some(), room)));
    }
    let widest = page.width() / 2;
    let widths = parts.iter().flat_map(|(shared, rows)| {
        rows.iter().map(|row| row.name_width().saturating_add(indent(shared.is_some())))
    });
    let column = widths.filter(|&width| width <= widest).max().unwrap_or_default();
    for (shared, rows) in parts {
        if let Some(directory) = shared {
            page.line(&heading(directory))?;
        }
        let indent = indent(shared.is_some());
        let (column, width) = (column.saturating_sub(indent), page.width().saturating_sub(indent));
        for line in rows.into_iter().flat_map(|row| row.lines(column, width)) {
            page.line(&Line::default().pad(indent).join(line))?;
        }
    }
    Ok(())
}

fn rows_of(rows: &[Group<'_>], shared: bool, room: Room) -> Vec<Row> {
    let naming = if shared { Naming::Last } else { Naming::Whole };
    let room = room.less(indent(shared));
    rows.iter().map(|findings| Row::new(findings, naming, room)).collect()
}

const fn indent(shared: bool) -> usize {
    if shared { STEP } else { 0 }
}

fn heading(directory: &[u8]) -> Line {
    let slash = if directory.ends_with(b"/") { "" } else { "/" };
    Line::default().text("  ").with(Role::Dim, Safe::escaped(directory).then(slash))
}

/// The directory of the path a row is about.
fn directory<'a>(row: Group<'a>) -> Option<&'a [u8]> {
    let path = row.first()?.at.path.as_ref()?.as_bytes();
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(0) if path.len() == 1 => None,
        Some(0) => Some(b"/"),
        Some(slash) => path.get(..slash),
        None => None,
    }
}
