//! What colours mean.

use anstyle::{AnsiColor, Style};

use crate::report::Change;

/// Why a piece of text stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::render) enum Role {
    #[default]
    Plain,
    Dim,
    Heading,
    Added,
    Removed,
    Changed,
    Trouble,
    Good,
}

impl Role {
    /// That of the mark of `change`.
    pub(in crate::render) const fn of(change: Change) -> Self {
        match change {
            Change::Added => Self::Added,
            Change::Removed => Self::Removed,
            Change::Changed | Change::Moved => Self::Changed,
        }
    }

    pub(in crate::render) const fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Dim => Style::new().dimmed(),
            Self::Heading => Style::new().bold(),
            Self::Added => AnsiColor::Green.on_default(),
            Self::Removed => AnsiColor::Red.on_default(),
            Self::Changed => AnsiColor::Yellow.on_default(),
            Self::Trouble => AnsiColor::Red.on_default().bold(),
            Self::Good => AnsiColor::Green.on_default().bold(),
        }
    }
}
