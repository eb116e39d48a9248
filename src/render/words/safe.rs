//! Text that may be printed.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::render::escape;

/// Text that is harmless to a terminal. Only escaping and literals make one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::render) struct Safe(Cow<'static, str>);

impl Safe {
    /// `text` with everything visible that was not.
    pub(in crate::render) fn escaped<T: AsRef<[u8]> + ?Sized>(text: &T) -> Self {
        Self(escape(text).into_owned().into())
    }

    pub(in crate::render) fn as_str(&self) -> &str {
        &self.0
    }

    /// Columns the text takes.
    pub(in crate::render) fn width(&self) -> usize {
        self.0.width()
    }

    /// The text, or as much of its beginning as fits into `width` columns with an ellipsis.
    pub(in crate::render) fn cut(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let kept = prefix(&self.0, width.saturating_sub(1));
        Self(format!("{kept}…").into())
    }

    /// The text, or its two ends around an ellipsis.
    pub(in crate::render) fn cut_middle(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let head = prefix(&self.0, width / 2);
        let tail = suffix(&self.0, width.saturating_sub(width / 2 + 1));
        Self(format!("{head}…{tail}").into())
    }

    /// The text without its first `bytes` bytes, which end at a character, behind an ellipsis.
    pub(in crate::render) fn skip(&self, bytes: usize) -> Self {
        let tail = self.0.get(bytes..).unwrap_or_default();
        Self(format!("…{tail}").into())
    }

    /// What follows `start`, if the text begins with it.
    pub(in crate::render) fn after(&self, start: &Self) -> Option<Self> {
        let rest = self.0.strip_prefix(start.as_str())?;
        Some(Self(rest.to_owned().into()))
    }

    /// One text after the other.
    #[must_use]
    pub(in crate::render) fn then(self, next: impl Into<Self>) -> Self {
        Self(self.0 + next.into().0)
    }
}

impl From<&'static str> for Safe {
    fn from(literal: &'static str) -> Self {
        Self(literal.into())
    }
}

impl From<usize> for Safe {
    fn from(number: usize) -> Self {
        Self(number.to_string().into())
    }
}

fn prefix(text: &str, width: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find(|(_, character)| {
        used += character.width().unwrap_or_default();
        used > width
    });
    end.map_or(text, |(at, _)| &text[..at])
}

fn suffix(text: &str, width: usize) -> &str {
    let mut used = 0;
    let start = text.char_indices().rev().find(|(_, character)| {
        used += character.width().unwrap_or_default();
        used > width
    });
    start.map_or(text, |(at, character)| &text[at + character.len_utf8()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_count_columns_not_bytes() {
        assert_eq!(Safe::escaped("名名名名").cut(5).as_str(), "名名…");
        assert_eq!(Safe::escaped("abcdef").cut(6).as_str(), "abcdef");
        assert_eq!(Safe::escaped("abcdefgh").cut_middle(5).as_str(), "ab…gh");
        assert_eq!(Safe::escaped("名名名名").cut_middle(6).as_str(), "名…名");
    }
}
