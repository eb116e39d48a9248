//! One page that opens from a disk, without a network and with scripts switched off.
//!
//! The verdict, the inputs, the causes and the packages are plain HTML. All findings are listed
//! inside of `<noscript>`: with scripts off that is the document, with scripts on the browser takes
//! it for one long text, which costs it next to nothing. The script draws the tree and the map from
//! a compact [`data`] block, and takes what a finding says out of that text when it is looked at.
//! So nothing is stored twice, and 100,000 findings open at once.
//!
//! Whatever comes from an input goes through [`page::Page::text`]. The policy of the page allows
//! one script and one style sheet, by their digests, and no way to make markup out of text.

mod data;
mod diff;
mod facts;
mod finding;
mod listing;
mod page;
mod places;
mod shell;
mod summary;
mod tables;
#[cfg(test)]
mod tests;
mod tree;
mod value;
mod verification;

use std::io;

use self::listing::Listing;
use self::page::Page;
use self::tree::Tree;
use super::Renderer;
use crate::report::{Report, Verification};

/// A page for a browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Html;

impl Renderer for Html {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let page = &mut Page::new(out);
        let listing = Listing::of(report);
        let tree = Tree::of(&listing);
        shell::begin(&[&report.left.input, &report.right.input], page);
        summary::write(report, page);
        tables::write(report, page);
        shell::findings(report.summary.findings, page);
        page.html("<noscript id=\"listing\">\n");
        places::write(&tree, page);
        listing.write(page);
        page.html("</noscript>\n");
        data::write(report, &listing, &tree, page)?;
        shell::end(page);
        page.finish()
    }
}

impl Renderer<Verification> for Html {
    fn render(&self, verification: &Verification, out: &mut dyn io::Write) -> io::Result<()> {
        let page = &mut Page::new(out);
        verification::write(verification, page);
        page.finish()
    }
}
