//! A piece of a line: texts with the reason they stand out.

use std::io;

use super::style::Role;
use crate::render::words::Safe;

/// Styled text without a line break.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    spans: Vec<(Role, Safe)>,
    width: usize,
}

impl Line {
    /// The line with `text` at its end.
    #[must_use]
    pub(super) fn with(mut self, role: Role, text: impl Into<Safe>) -> Self {
        let text = text.into();
        self.width += text.width();
        self.spans.push((role, text));
        self
    }

    /// The line with `text` at its end, in plain type.
    #[must_use]
    pub(super) fn text(self, text: impl Into<Safe>) -> Self {
        self.with(Role::Plain, text)
    }

    /// The line with `other` at its end.
    #[must_use]
    pub(super) fn join(mut self, other: Self) -> Self {
        self.width += other.width;
        self.spans.extend(other.spans);
        self
    }

    /// The line with blanks at its end, up to column `width`.
    #[must_use]
    pub(super) fn pad(self, width: usize) -> Self {
        let blanks = " ".repeat(width.saturating_sub(self.width));
        self.text(Safe::escaped(&blanks))
    }

    /// The words of `text` as items to lay out.
    pub(super) fn words(role: Role, text: &str) -> Vec<Self> {
        text.split(' ').map(|word| Self::default().with(role, Safe::escaped(word))).collect()
    }

    /// The same words in the background.
    #[must_use]
    pub(super) fn dimmed(mut self) -> Self {
        for (role, _) in &mut self.spans {
            *role = Role::Dim;
        }
        self
    }

    /// As much of the beginning as fits into `width` columns.
    pub(super) fn cut(self, width: usize) -> Self {
        let mut cut = Self::default();
        for (role, text) in self.spans {
            let room = width.saturating_sub(cut.width);
            if room == 0 {
                break;
            }
            cut = cut.with(role, text.cut(room));
        }
        cut
    }

    /// Columns the line takes.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) fn write(&self, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
        for (role, text) in &self.spans {
            if color && *role != Role::Plain && text.width() > 0 {
                let style = role.style();
                write!(out, "{style}{}{style:#}", text.as_str())?;
            } else {
                out.write_all(text.as_str().as_bytes())?;
            }
        }
        Ok(())
    }
}

/// Lays `items` out beside one another, separated by `gap`, in as few lines as fit into `width`.
pub(super) fn flow(items: Vec<Line>, gap: &'static str, width: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for item in items {
        match lines.last_mut() {
            Some(last) if last.width + gap.len() + item.width <= width => {
                *last = std::mem::take(last).text(gap).join(item);
            }
            _ => lines.push(item),
        }
    }
    lines
}
