//! The first thing to read in a directory of files that differ: what lies where, and below that the
//! report as a comment has it.

use std::io;

use super::Renderer;
use super::markdown::{Markdown, code, prose};
use super::words::Safe;
use crate::report::{Extraction, Refused, Report};

/// Names that are listed; `report.json` has what differs in all of them.
const LISTED: usize = 100;

/// Characters of a name.
const NAME: usize = 512;

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
            writeln!(out, "- `{name}`: files of {}", code(&Safe::escaped(&input.input)))?;
        }
        write!(out, "{LAYOUT}")?;
        if !self.extraction.refused.is_empty() {
            self.refused(out)?;
        }
        writeln!(out)?;
        Markdown.render(report, out)
    }
}

impl Readme<'_> {
    fn refused(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let refused = &self.extraction.refused;
        writeln!(out, "\n## Not written\n")?;
        for Refused { layer, path, reason } in refused.iter().take(LISTED) {
            writeln!(
                out,
                "- `{layer}` {}: {}",
                code(&Safe::escaped(path).cut_middle(NAME)),
                prose(reason)
            )?;
        }
        match refused.len().saturating_sub(LISTED) {
            0 => Ok(()),
            more => writeln!(out, "- … {more} more"),
        }
    }
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
    use crate::render::fixture::{self, HOSTILE, MARKUP};

    fn rendered(refused: Vec<Refused>) -> String {
        let extraction = Extraction { written: 0, refused };
        let mut out = Vec::new();
        Readme { extraction: &extraction }.render(&fixture::report(), &mut out).ok();
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn the_report_stands_below_the_layout() {
        let mut report = Vec::new();
        Markdown.render(&fixture::report(), &mut report).ok();
        let text = rendered(Vec::new());
        assert!(text.ends_with(&format!("\n\n{}", String::from_utf8_lossy(&report))), "{text}");
        assert!(!text.contains("## Not written"));
    }

    #[test]
    fn names_that_were_refused_are_inert() {
        let one = Refused {
            layer: "input-0/manifests-0/layers-0".into(),
            path: format!("{MARKUP}``{HOSTILE}").into_bytes(),
            reason: "<b>no</b>".into(),
        };
        let text = rendered(vec![one; LISTED + 1]);
        assert!(text.contains("```</script>"), "{text}");
        assert!(text.contains("txt.exe\\u{200b}```: `<b>no</b>`\n- … 1 more\n\n### ocidiff"));
    }
}
