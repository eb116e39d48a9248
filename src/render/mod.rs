//! Words for what was found: one file per output format.
//!
//! A renderer sees a [`Report`] and nothing else, so that whatever it says can be said by every
//! other format too. All text that comes from an input goes through [`escape()`] (text formats) or
//! its JSON counterpart: no image gets to drive the terminal of the person who looks at it.

mod brief;
mod checksums;
mod diffoscope;
mod escape;
#[cfg(test)]
mod fixture;
mod group;
mod harmless;
mod html;
mod json;
mod junit;
mod markdown;
mod ndjson;
mod readme;
mod sarif;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod words;

use std::io;

pub use brief::Brief;
pub use checksums::Checksums;
pub use diffoscope::Diffoscope;
pub use escape::escape;
pub use html::Html;
pub use json::Json;
pub use junit::Junit;
pub use markdown::Markdown;
pub use ndjson::Ndjson;
pub use readme::Readme;
pub use sarif::Sarif;
pub use table::Table;
pub use text::{Stat, Text};

use crate::report::Report;

/// The JSON Schema, draft 2020-12, of what [`Json`] writes, and of each line of [`Ndjson`].
///
/// It is open: keys may be added to any object.
pub const SCHEMA: &str = include_str!("schema.json");

/// An output format for what a comparison found, or for another document of [`crate::report`].
pub trait Renderer<Document = Report> {
    /// Writes the whole of `document` to `out`, the same bytes for the same document.
    ///
    /// # Errors
    /// Whatever writing to `out` returns.
    fn render(&self, document: &Document, out: &mut dyn io::Write) -> io::Result<()>;
}
