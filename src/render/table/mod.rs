//! The four columns of diffoci, for scripts that were written for it.
//!
//! The words are those of diffoci's own table: `File` rows name a path as it stands in the archive
//! and what either input has there, `Layer` rows say what only one input has, rows about documents
//! are called `ctx:/…`. Two things are better here: rows about documents have values, and the order
//! does not change from run to run.

mod cells;

use std::io;

use unicode_width::UnicodeWidthStr as _;

use self::cells::Cells;
use super::Renderer;
use super::words::Pairs;
use crate::report::{Finding, Report, Status};

/// `TYPE NAME INPUT-0 INPUT-1`, one row for each finding that counts; nothing at all when none does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Table;

const HEADER: [&str; 4] = ["TYPE", "NAME", "INPUT-0", "INPUT-1"];

/// Blanks between two columns.
const GAP: usize = 4;

/// Widest a column gets; one long name must not fill a hundred thousand rows with blanks.
const WIDEST: usize = 256;

impl Renderer for Table {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        // Cells are made twice, so that rows need not be kept to learn how wide columns are.
        let pairs = &Pairs::of(report);
        let Some(widths) = widths(report, pairs) else { return Ok(()) };
        write_row(&HEADER.map(Into::into), widths, out)?;
        rows(report, pairs).try_for_each(|cells| write_row(&cells, widths, out))
    }
}

fn widths<'a>(report: &'a Report, pairs: &Pairs<'a>) -> Option<[usize; 4]> {
    let widest = |one: [usize; 4], next: [usize; 4]| {
        let mut both = one.into_iter().zip(next).map(|(one, next)| one.max(next));
        one.map(|_| both.next().unwrap_or_default())
    };
    let rows = rows(report, pairs).map(|cells| cells.each_ref().map(|cell| cell.width()));
    Some(widest(rows.reduce(widest)?, HEADER.map(str::len)).map(|width| width.min(WIDEST)))
}

fn rows<'a>(report: &'a Report, pairs: &Pairs<'a>) -> impl Iterator<Item = Cells> {
    let listed = |finding: &&Finding| finding.status == Status::Counted && is_known(finding);
    report.findings.iter().filter(listed).map(|finding| cells::of(finding, pairs))
}

/// diffoci does not look into files, so a script has no use for what lies inside of them. The
/// content as a whole counts whenever anything in it does.
fn is_known(finding: &Finding) -> bool {
    finding.at.within.is_empty()
}

fn write_row(cells: &Cells, widths: [usize; 4], out: &mut dyn io::Write) -> io::Result<()> {
    let [name, one, two, last] = cells;
    for (cell, width) in [name, one, two].into_iter().zip(widths) {
        let blanks = width.saturating_sub(cell.width()).saturating_add(GAP);
        write!(out, "{cell}{:blanks$}", "")?;
    }
    writeln!(out, "{last}")
}
