//! One finding as a few words.

use super::line::Line;
use super::page::Page;
use super::shorten::shorten;
use super::style::Role;
use crate::render::words::Safe;
use crate::render::words::{Form, pair, single};
use crate::report::{Change, Finding, Status, Value};
use crate::sides::Sides;

/// How much a finding may say.
#[derive(Clone, Copy)]
pub(super) struct Room {
    width: usize,
    form: Form,
}

/// Columns before what continues a row.
pub(super) const INDENT: usize = 6;

impl Room {
    pub(super) fn of(page: &Page<'_>) -> Self {
        // One column is for the comma between two details.
        let width = page.width().saturating_sub(INDENT + 1);
        Self { width, form: if page.all() { Form::Whole } else { Form::Short } }
    }

    /// The room further in.
    pub(super) const fn less(self, columns: usize) -> Self {
        Self { width: self.width.saturating_sub(columns), ..self }
    }

    /// Columns a row may take.
    pub(super) const fn width(self) -> usize {
        self.width
    }

    pub(super) fn whole(self) -> bool {
        self.form == Form::Whole
    }

    fn cut(self, text: Safe, width: usize) -> Safe {
        if self.whole() { text } else { text.cut(width) }
    }

    fn shorten(self, values: Sides<Safe>, width: usize) -> Sides<Safe> {
        if self.whole() { values } else { shorten(values, width) }
    }
}

/// What a finding says.
pub(super) enum Detail {
    /// In one line, which may share it with others.
    Inline(Line),
    /// In lines of their own, because the values are long.
    Block(Vec<Line>),
}

/// What `finding` says beside its place, which is a path or else the field.
pub(super) fn detail(finding: &Finding, room: Room) -> Detail {
    let label = finding.at.path.as_ref().map(|_| field(finding, room));
    match (&finding.left, &finding.right) {
        (Some(left), Some(right)) => change(finding, label, Sides::new(left, right), room),
        (left, right) => {
            let value = left.as_ref().or(right.as_ref());
            Detail::Inline(finish(one_sided(finding, label, value, room), finding, room))
        }
    }
}

/// Name of the differing field.
pub(super) fn field(finding: &Finding, room: Room) -> Safe {
    let name = Safe::escaped(&*finding.field);
    if room.whole() { name } else { name.cut_middle(room.width / 2) }
}

fn change(finding: &Finding, label: Option<Safe>, values: Sides<&Value>, room: Room) -> Detail {
    let shown = pair(&finding.field, values, room.form);
    let arrow = label.as_ref().map_or(ARROW_WIDTH, |label| label.width() + 1 + ARROW_WIDTH);
    if arrow + shown.left.width() + shown.right.width() <= room.width {
        Detail::Inline(finish(beside(label, shown), finding, room))
    } else {
        Detail::Block(below(label, shown, finding, room))
    }
}

const ARROW: &str = " → ";
const ARROW_WIDTH: usize = 3;

fn beside(label: Option<Safe>, values: Sides<Safe>) -> Line {
    let line = label.map_or_else(Line::default, |label| Line::default().text(label).text(" "));
    line.with(Role::Removed, values.left).with(Role::Dim, ARROW).with(Role::Added, values.right)
}

fn below(label: Option<Safe>, values: Sides<Safe>, finding: &Finding, room: Room) -> Vec<Line> {
    let shown = room.shorten(values, room.width.saturating_sub(4));
    let inner = if label.is_some() { "  " } else { "" };
    let value = |role, sign: &'static str, value| {
        Line::default().text(inner).with(role, Safe::from(sign).then(value))
    };
    let left = value(Role::Removed, "- ", shown.left);
    let right = value(Role::Added, "+ ", shown.right);
    let mut lines: Vec<Line> = label.map(|label| Line::default().text(label)).into_iter().collect();
    lines.push(dimmed(left, finding));
    lines.push(finish(right, finding, room));
    lines
}

fn one_sided(finding: &Finding, label: Option<Safe>, value: Option<&Value>, room: Room) -> Line {
    let (sign, role) = match finding.change {
        Change::Added => ("+", Role::Added),
        Change::Removed => ("-", Role::Removed),
        Change::Changed | Change::Moved => ("", Role::Plain),
    };
    let value = value.map(|value| (value, single(&finding.field, value, room.form)));
    match (label, value) {
        // The mark before the name says that it came or went.
        (Some(_), Some((_, text))) if finding.field == "entry" => {
            Line::default().text(room.cut(text, room.width))
        }
        (Some(label), Some((_, text))) => {
            let label = Safe::from(sign).then(label).then(" ");
            let text = room.cut(text, room.width.saturating_sub(label.width()));
            Line::default().with(role, label).text(text)
        }
        (None, Some((_, text))) => Line::default().with(role, room.cut(text, room.width)),
        (label, None) => Line::default().with(role, label.unwrap_or_default()),
    }
}

/// Whoever asks for everything sees which rule or cause a finding belongs to.
fn finish(line: Line, finding: &Finding, room: Room) -> Line {
    let tag = finding.rule.as_ref().or(finding.cause.as_ref()).filter(|_| room.whole());
    let line = match tag {
        Some(tag) => line.with(Role::Dim, Safe::from(" [").then(Safe::escaped(&**tag)).then("]")),
        None => line,
    };
    dimmed(line, finding)
}

fn dimmed(line: Line, finding: &Finding) -> Line {
    if finding.status == Status::Counted { line } else { line.dimmed() }
}
