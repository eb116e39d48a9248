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

    fn fits(&self, width: usize) -> bool {
        let most = width.saturating_mul(STACKED);
        self.width() <= width && (self.0.len() <= most || self.0.chars().count() <= most)
    }

    /// The text, or as much of its beginning as fits into `width` columns with an ellipsis.
    pub(in crate::render) fn cut(self, width: usize) -> Self {
        if self.fits(width) {
            return self;
        }
        let kept = prefix(&self.0, width.saturating_sub(1));
        Self(format!("{kept}…").into())
    }

    /// The text, or its two ends around an ellipsis.
    pub(in crate::render) fn cut_middle(self, width: usize) -> Self {
        if self.fits(width) {
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

/// Characters that may share a column: writing has a few marks on a letter, a name made to fill
/// the page has thousands.
const STACKED: usize = 4;

/// Says whether one more character has no room in `width` columns.
fn overflow(width: usize) -> impl FnMut(&(usize, char)) -> bool {
    let (mut used, mut characters) = (0_usize, 0_usize);
    move |(_, character)| {
        used = used.saturating_add(character.width().unwrap_or_default());
        characters = characters.saturating_add(1);
        used > width || characters > width.saturating_mul(STACKED)
    }
}

fn prefix(text: &str, width: usize) -> &str {
    let end = text.char_indices().find(overflow(width));
    end.map_or(text, |(at, _)| &text[..at])
}

fn suffix(text: &str, width: usize) -> &str {
    let start = text.char_indices().rev().find(overflow(width));
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

    #[test]
    fn marks_that_take_no_column_do_not_go_on_for_ever() {
        let pile = Safe::escaped(&format!("e{}", "\u{301}".repeat(10_000)));
        assert_eq!(pile.width(), 1);
        assert!(pile.clone().cut(10).as_str().chars().count() <= 41);
        assert!(pile.cut_middle(10).as_str().chars().count() <= 41);
        let name = "e\u{301}".repeat(10);
        assert_eq!(Safe::escaped(&name).cut(10).as_str(), name);
    }
}
