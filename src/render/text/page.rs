//! The page: its parts in order, and how a line gets onto it.

use std::io;

use super::line::{Line, flow};
use super::style::Role;
use super::{causes, damage, header, packages, section, tally, verdict};
use crate::render::Renderer;
use crate::render::words::Safe;
use crate::report::Report;

/// Text for people.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Use terminal colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Leave nothing out: no folded lists, no shortened values, no findings that do not count.
    pub all: bool,
}

impl Default for Text {
    fn default() -> Self {
        Self { color: false, width: 80, all: false }
    }
}

impl Renderer for Text {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let page = &mut Page::new(*self, out);
        header::write(report, page)?;
        damage::write(report, page)?;
        packages::write(report, page)?;
        causes::write(report, page)?;
        section::write(report, page)?;
        tally::write(report, page)?;
        verdict::write(report, page)
    }
}

/// Where lines go.
pub(super) struct Page<'a> {
    text: Text,
    out: &'a mut dyn io::Write,
}

/// What to say of one thing and of several.
#[derive(Clone, Copy)]
pub(super) struct Plural {
    pub(super) one: &'static str,
    pub(super) many: &'static str,
}

impl Plural {
    /// How many there are; nothing when there are none.
    pub(super) fn of(&self, count: usize) -> Option<Line> {
        let words = if count == 1 { self.one } else { self.many };
        let text = || Safe::from("… ").then(count).then(words);
        (count > 0).then(|| Line::default().with(Role::Dim, text()))
    }
}

/// For lists that are too long to be read.
pub(super) const MORE: Plural =
    Plural { one: " more, --all shows it", many: " more, --all shows them" };

/// What of `list` is shown, and what is only counted unless `all` of it is asked for.
pub(super) fn folded<T>(list: &[T], most: usize, all: bool) -> (&[T], &[T]) {
    list.split_at(if all { list.len() } else { list.len().min(most) })
}

/// Below this, columns do not pay.
const NARROWEST: usize = 40;

impl<'a> Page<'a> {
    pub(super) fn new(text: Text, out: &'a mut dyn io::Write) -> Self {
        Self { text, out }
    }

    pub(super) const fn all(&self) -> bool {
        self.text.all
    }

    pub(super) fn width(&self) -> usize {
        self.text.width.max(NARROWEST)
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    pub(super) fn line(&mut self, line: &Line) -> io::Result<()> {
        line.write(self.text.color, self.out)?;
        self.blank()
    }

    /// `text` behind `label`, in as many lines as it takes.
    pub(super) fn paragraph(&mut self, label: Line, role: Role, text: &str) -> io::Result<()> {
        let indent = label.width();
        let mut start = label;
        for line in flow(Line::words(role, text), " ", self.width().saturating_sub(indent)) {
            self.line(&start.join(line))?;
            start = Line::default().pad(indent);
        }
        Ok(())
    }

    /// What of `list` is shown on this page, and what is only counted.
    pub(super) fn folded<'l, T>(&self, list: &'l [T], most: usize) -> (&'l [T], &'l [T]) {
        folded(list, most, self.all())
    }

    /// Says that `count` things were left out, if any were.
    pub(super) fn fold(&mut self, count: usize, words: Plural) -> io::Result<()> {
        match words.of(count) {
            Some(text) => self.line(&Line::default().text("  ").join(text)),
            None => Ok(()),
        }
    }

    /// A line that may lose its end to the width of the page.
    pub(super) fn cut_line(&mut self, line: Line) -> io::Result<()> {
        let line = if self.all() { line } else { line.cut(self.width()) };
        self.line(&line)
    }
}
