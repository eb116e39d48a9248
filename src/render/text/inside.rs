//! What lies inside of a file: members, sections and fields under its row, and hunks of text.

use super::detail::Room;
use super::entry::{Row, marked};
use super::line::Line;
use super::page::{MORE, Plural, folded};
use super::style::Role;
use crate::render::words::{Safe, diff};
use crate::report::{Change, Finding, Location};

/// Members of one file that are listed unless everything is asked for.
const FOLD: usize = 8;

/// Lines of a diff that are shown likewise.
const LINES: usize = 10;

const MORE_LINES: Plural = Plural { one: " more line", many: " more lines, --all shows them" };

/// Columns a member stands further in than what it lies in.
const STEP: usize = 2;

/// Rows for `findings` inside of one file.
pub(super) fn rows(findings: &[&Finding], room: Room) -> Vec<Line> {
    let whole = room.whole() || findings.first().is_some_and(|finding| finding.in_full);
    let rows: Vec<&[&Finding]> =
        findings.chunk_by(|one, next| one.at.within == next.at.within).collect();
    let (shown, folded) = folded(&rows, FOLD, whole);
    let lines = shown.iter().flat_map(|findings| lines(findings, room));
    lines.chain(MORE.of(folded.len())).collect()
}

/// The row of what lies in one member.
fn lines(findings: &[&Finding], room: Room) -> Vec<Line> {
    let Some(first) = findings.first() else { return Vec::new() };
    let change = if findings.len() == 1 { first.change } else { Change::Changed };
    let name = marked(change, place(&first.at));
    let depth = first.at.within.len().saturating_sub(1).saturating_mul(STEP);
    let row = Row::of(findings, name, room).lines(0, room.width().saturating_sub(depth));
    row.into_iter().map(|line| Line::default().pad(depth).join(line)).collect()
}

/// The innermost name; those around it stand above.
fn place(at: &Location) -> Safe {
    Safe::escaped(at.within.last().map(|member| member.escaped()).unwrap_or_default().as_ref())
}

/// A unified diff, in the colours people know it in. Of bytes, only whoever asks sees more than
/// that they differ.
pub(super) fn unified(finding: &Finding, room: Room) -> Vec<Line> {
    let text = finding.unified.as_deref().unwrap_or_default();
    if room.whole() || finding.in_full {
        return text.lines().map(hunk_line).collect();
    }
    let hunks: Vec<&str> = diff::hunks(text).into_iter().flatten().collect();
    let shown = hunks.iter().take(LINES).map(|line| hunk_line(line).cut(room.width()));
    shown.chain(MORE_LINES.of(hunks.len().saturating_sub(LINES))).collect()
}

fn hunk_line(line: &str) -> Line {
    let role = match line.as_bytes() {
        [b'+', ..] => Role::Added,
        [b'-', ..] => Role::Removed,
        [b'@', b'@', ..] => Role::Heading,
        _ => Role::Plain,
    };
    Line::default().with(role, diff::line(line))
}
