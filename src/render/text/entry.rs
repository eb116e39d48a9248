//! One row of a section: a mark, a name, and all that differs there.

use super::detail::{self, Detail, INDENT, Room};
use super::inside;
use super::line::{Line, flow};
use super::style::Role;
use crate::render::group::became;
use crate::render::words::{Safe, mark};
use crate::report::{Change, Finding, Location, Status};

/// A path or field and everything found there.
pub(super) struct Row {
    name: Line,
    inline: Vec<Line>,
    blocks: Vec<Line>,
}

/// What a row calls its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// All of it.
    Whole,
    /// The last name, for the directory stands above.
    Last,
}

/// Columns between the name and the details.
const GAP: usize = 2;

impl Row {
    /// The row of `findings`, which lie at one path, inside of it or not, or of one finding that
    /// has no path.
    pub(super) fn new(findings: &[&Finding], naming: Naming, room: Room) -> Self {
        let is_outside = |finding: &&&Finding| finding.at.within.is_empty();
        let outside = findings.iter().filter(is_outside).count();
        let name = name(findings, naming, room);
        let (findings, within) = findings.split_at(outside);
        let mut row = Self::of(findings, name, room);
        row.blocks.extend(inside::rows(within, room));
        row
    }

    /// The row called `name`.
    pub(super) fn of(findings: &[&Finding], name: Line, room: Room) -> Self {
        let counts = findings.iter().any(|finding| finding.status == Status::Counted);
        let name = if counts { name } else { name.dimmed() };
        let mut row = Self { name, inline: Vec::new(), blocks: Vec::new() };
        for finding in findings {
            match detail::detail(finding, room) {
                Detail::Inline(line) => row.inline.push(line),
                Detail::Block(lines) => row.blocks.extend(lines),
            }
        }
        for finding in findings {
            row.blocks.extend(remark(finding));
            row.blocks.extend(inside::unified(finding, room));
        }
        row
    }

    /// Columns the mark and the name take.
    pub(super) const fn name_width(&self) -> usize {
        self.name.width()
    }

    /// The row as lines. The details stand beside the name, in line with those of other rows
    /// where there is room, and else below it.
    pub(super) fn lines(self, column: usize, width: usize) -> Vec<Line> {
        let inline = separated(self.inline);
        let whole = inline.iter().map(Line::width).sum::<usize>() + inline.len().saturating_sub(1);
        let name = self.name.width() + GAP;
        let places = [name.max(column + GAP), name];
        let beside = places.into_iter().find(|at| whole > 0 && at + whole <= width);
        let (first, below) = match beside {
            Some(at) => (self.name.pad(at).join(joined(inline)), Vec::new()),
            None => (self.name, flow(inline, " ", width.saturating_sub(INDENT))),
        };
        let rest = below.into_iter().chain(self.blocks);
        let rest = rest.map(|line| Line::default().pad(INDENT).join(line));
        std::iter::once(first).chain(rest).collect()
    }
}

/// Where it comes from: which layer shadows or deletes it.
fn remark(finding: &Finding) -> Option<Line> {
    let note = finding.note.as_ref()?;
    Some(Line::default().with(Role::Dim, Safe::escaped(note)))
}

/// The details with a comma after each but the last.
fn separated(details: Vec<Line>) -> Vec<Line> {
    let last = details.len().saturating_sub(1);
    let comma = |at| if at < last { "," } else { "" };
    details.into_iter().enumerate().map(|(at, detail)| detail.text(comma(at))).collect()
}

fn joined(details: Vec<Line>) -> Line {
    flow(details, " ", usize::MAX).pop().unwrap_or_default()
}

fn name(findings: &[&Finding], naming: Naming, room: Room) -> Line {
    let Some(first) = findings.first() else { return Line::default() };
    let name = place(&first.at, naming, room).unwrap_or_else(|| detail::field(first, room));
    Line::default().text("  ").join(marked(became(findings), name))
}

/// A name after the mark of what became of it.
pub(super) fn marked(change: Change, name: Safe) -> Line {
    let role = match change {
        Change::Added | Change::Removed => Role::of(change),
        Change::Changed | Change::Moved => Role::Plain,
    };
    Line::default().with(Role::of(change), Safe::from(mark(change)).then(" ")).with(role, name)
}

/// Longest path that is written out; a path is for copying, so the width of the terminal does not
/// cut it.
const PATH_WIDTH: usize = 512;

fn place(at: &Location, naming: Naming, room: Room) -> Option<Safe> {
    let path = at.path.as_ref()?.as_bytes();
    let place = match naming {
        Naming::Whole => Safe::escaped(path),
        Naming::Last => Safe::escaped(path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)),
    };
    Some(if room.whole() { place } else { place.cut_middle(PATH_WIDTH) })
}
