//! Words for what was found: one file per output format.
//!
//! A renderer sees a [`Report`] and nothing else, so that whatever it says can be said by every
//! other format too. All text that comes from an input goes through [`escape()`] (text formats) or
//! its JSON counterpart: no image gets to drive the terminal of the person who looks at it.

mod brief;
mod checksums;
mod escape;
mod json;
mod text;

use std::io;

pub use brief::Brief;
pub use checksums::{Unwritable, checksums};
pub use escape::escape;
pub use json::Json;
pub use text::Text;

use crate::report::Report;

/// An output format.
pub trait Renderer {
    /// Writes the whole of `report` to `out`, the same bytes for the same report.
    ///
    /// # Errors
    /// Whatever writing to `out` returns.
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()>;
}
