//! The first thing to read in a directory of files that differ.

use std::io;

use super::{Renderer, escape};
use crate::report::{Extraction, Refused, Report};

/// Names that are listed; `report.json` has what differs in all of them.
const LISTED: usize = 100;

/// `README.md`: what lies where, and how to go on.
#[derive(Clone, Copy, Debug)]
pub struct Readme<'a> {
    /// What was written.
    pub extraction: &'a Extraction,
}

impl Renderer<Report> for Readme<'_> {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        write!(out, "# What differs between two images\n\n")?;
        for (name, input) in [("input-0", &report.left), ("input-1", &report.right)] {
            writeln!(out, "- `{name}`: files of {}", code(&input.input))?;
        }
        write!(out, "{LAYOUT}")?;
        if !self.extraction.refused.is_empty() {
            self.refused(out)?;
        }
        Ok(())
    }
}

impl Readme<'_> {
    fn refused(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let refused = &self.extraction.refused;
        writeln!(out, "\n## Not written\n")?;
        for Refused { layer, path, reason } in refused.iter().take(LISTED) {
            writeln!(out, "- `{layer}` {}: {}", code(path), escape(reason))?;
        }
        match refused.len().saturating_sub(LISTED) {
            0 => Ok(()),
            more => writeln!(out, "- … {more} more"),
        }
    }
}

/// A code span that no text inside of it can end.
fn code<T: AsRef<[u8]> + ?Sized>(text: &T) -> String {
    let text = escape(text);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1));
    if longest == 0 { format!("`{text}`") } else { format!("{fence} {text} {fence}") }
}

const LAYOUT: &str = "\
- `report.json`: every difference, with owners, modes and times as the images have them

A file of layer 3 of the first image pair lies at `input-0/manifests-0/layers-3/PATH`. To go on:

```sh
diff -ur input-0 input-1
```

These are contents only: every file has the owner, the time and the mode of a file that was just
made. A link or device is a line of text that says what it is; of a file with holes the holes are
kept.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_code_span() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a``b\n# c"), "``` a``b\\n# c ```");
    }
}
