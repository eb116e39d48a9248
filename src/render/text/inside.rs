//! What lies inside of a file: members, sections and fields under its row, and hunks of text.

use super::detail::Room;
use super::entry::{Row, marked};
use super::line::Line;
use super::page::{MORE, Plural};
use super::style::Role;
use crate::render::words::Safe;
use crate::report::{Change, Finding, Location};

/// Members of one file that are listed unless everything is asked for.
const FOLD: usize = 8;

/// Lines of a diff that are shown likewise.
const LINES: usize = 10;

const MORE_LINES: Plural = Plural { one: " more line", many: " more lines, --all shows them" };

/// What diff(1) says of a text that ends without a line break.
const NO_NEWLINE: &str = "\\ No newline at end of file";

/// Columns a member stands further in than what it lies in.
const STEP: usize = 2;

/// Rows for `findings` inside of one file.
pub(super) fn rows(findings: &[&Finding], room: Room) -> Vec<Line> {
    let whole = room.whole() || findings.first().is_some_and(|finding| finding.in_full);
    let rows: Vec<&[&Finding]> =
        findings.chunk_by(|one, next| one.at.within == next.at.within).collect();
    let shown = if whole { rows.len() } else { rows.len().min(FOLD) };
    let (shown, folded) = rows.split_at(shown);
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
    let is_header = |line: &&str| line.starts_with("--- ") || line.starts_with("+++ ");
    let mut lines = text.lines();
    if !lines.clone().next().is_some_and(|line| line.starts_with("--- ")) {
        return Vec::new();
    }
    let hunks: Vec<&str> = lines.by_ref().skip_while(is_header).collect();
    let shown = hunks.iter().take(LINES).map(|line| hunk_line(line).cut(room.width()));
    shown.chain(MORE_LINES.of(hunks.len().saturating_sub(LINES))).collect()
}

fn hunk_line(line: &str) -> Line {
    // Escaped, the backslash it begins with would be doubled.
    let line = line.strip_prefix('\\').filter(|_| line == NO_NEWLINE).unwrap_or(line);
    let role = match line.as_bytes() {
        [b'+', ..] => Role::Added,
        [b'-', ..] => Role::Removed,
        [b'@', b'@', ..] => Role::Heading,
        _ => Role::Plain,
    };
    Line::default().with(role, Safe::escaped(line))
}
