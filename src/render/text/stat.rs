//! How much differs in each directory, as `git diff --stat` has it.

use std::collections::BTreeMap;
use std::io;

use super::line::Line;
use super::page::{MORE, Page, Text};
use super::style::Role;
use super::verdict;
use crate::render::Renderer;
use crate::render::group::became;
use crate::render::words::{Safe, mark, size};
use crate::report::{Change, Finding, Report, Status, Value};

/// Directories that are listed; past this, they are taken together with their parents.
const ROWS: usize = 40;

/// How much differs in each directory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stat {
    /// Colours, width, and whether directories may be taken together.
    pub text: Text,
}

impl Renderer for Stat {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let page = &mut Page::new(self.text, out);
        let paths = Paths::of(report);
        let rows = paths.rows(page.all());
        let (shown, folded) = page.folded(&rows, ROWS);
        write_rows(shown, page)?;
        page.fold(folded.len(), MORE)?;
        page.line(&Line::default().text(" ").text(total(&paths, &rows)))?;
        verdict::write(report, page)
    }
}

/// What differs at one path, or in one field of a document.
#[derive(Clone, Copy, Debug)]
struct Step {
    change: Change,
    grown: i128,
}

/// Everything that counts, by place.
struct Paths<'a> {
    documents: BTreeMap<&'static str, Vec<Step>>,
    /// By components.
    files: BTreeMap<Vec<&'a [u8]>, Step>,
}

impl<'a> Paths<'a> {
    fn of(report: &'a Report) -> Self {
        let mut paths = Self { documents: BTreeMap::new(), files: BTreeMap::new() };
        let counted = report.findings.iter().filter(|it| it.status == Status::Counted);
        for finding in counted.filter(|finding| !finding.derived) {
            paths.add(finding);
        }
        paths
    }

    fn add(&mut self, finding: &'a Finding) {
        let step = Step { change: became(&[finding]), grown: grown(finding) };
        let Some(path) = &finding.at.path else {
            return self.documents.entry(finding.scope.name()).or_default().push(step);
        };
        let parts = path.as_bytes().split(|&byte| byte == b'/').filter(|part| !part.is_empty());
        let known = self.files.entry(parts.collect()).or_insert(step);
        // Of one path that stands in several layers or fields, what weighs most.
        known.change = known.change.min(step.change);
        if known.grown == 0 {
            known.grown = step.grown;
        }
    }

    /// Rows by directory: so deep that there are no more than can be read, if that can be.
    fn rows(&self, all: bool) -> Vec<Row> {
        let deepest = self.files.keys().map(Vec::len).max().unwrap_or_default();
        let depths = (1..deepest.max(2)).rev();
        let mut files = Vec::new();
        for depth in depths {
            files = self.directories(depth);
            if all || files.len().saturating_add(self.documents.len()) <= ROWS {
                break;
            }
        }
        let documents = self.documents.iter().map(|(name, steps)| Row::of((*name).into(), steps));
        documents.chain(files).collect()
    }

    /// Directories down to `depth` names.
    fn directories(&self, depth: usize) -> Vec<Row> {
        let mut found: BTreeMap<&[&[u8]], Vec<Step>> = BTreeMap::new();
        for (parts, step) in &self.files {
            let directory = parts.len().saturating_sub(1).min(depth);
            found.entry(parts.get(..directory).unwrap_or_default()).or_default().push(*step);
        }
        let name = |parts: &[&[u8]]| Safe::from("/").then(Safe::escaped(&parts.join(&b'/')));
        found.into_iter().map(|(parts, steps)| Row::of(name(parts), &steps)).collect()
    }
}

/// Bytes that the right side has more.
fn grown(finding: &Finding) -> i128 {
    let size = |value: &Option<Value>| match value {
        Some(Value::Entry(entry)) => i128::from(entry.size),
        _ => 0,
    };
    match finding.sizes.filter(|_| finding.at.within.is_empty()) {
        Some(sizes) => i128::from(sizes.right).saturating_sub(sizes.left.into()),
        None => size(&finding.right).saturating_sub(size(&finding.left)),
    }
}

/// One line: how many places of a directory differ, and in which way.
#[derive(Clone, Debug)]
struct Row {
    name: Safe,
    counts: [usize; 4],
    grown: i128,
}

const CHANGES: [Change; 4] = [Change::Added, Change::Removed, Change::Changed, Change::Moved];

impl Row {
    fn of(name: Safe, steps: &[Step]) -> Self {
        let count = |change| steps.iter().filter(|step| step.change == change).count();
        let grown = steps.iter().fold(0i128, |sum, step| sum.saturating_add(step.grown));
        Self { name, counts: CHANGES.map(count), grown }
    }

    fn total(&self) -> usize {
        self.counts.iter().sum()
    }
}

fn write_rows(rows: &[Row], page: &mut Page<'_>) -> io::Result<()> {
    let widest = |cell: &dyn Fn(&Row) -> usize| rows.iter().map(cell).max().unwrap_or_default();
    let name = widest(&|row| row.name.width()).min(page.width() / 2);
    let count = widest(&|row| row.total().to_string().len());
    let size = widest(&|row| bytes(row.grown).width());
    let most = widest(&Row::total).max(1);
    // Blanks and the bar before the marks take the rest.
    let taken = name.saturating_add(count).saturating_add(size).saturating_add(7);
    let room = page.width().saturating_sub(taken).max(8);
    for row in rows {
        let number = Safe::from(row.total());
        let line = Line::default().text(" ").text(row.name.clone().cut_middle(name));
        let line =
            line.pad(name.saturating_add(2).saturating_add(count.saturating_sub(number.width())));
        let line = line.text(number).with(Role::Dim, " | ").text(bytes(row.grown));
        let line = line.pad(taken.saturating_sub(1)).join(marks(row, most, room));
        page.line(&line)?;
    }
    Ok(())
}

fn bytes(grown: i128) -> Safe {
    let amount = u64::try_from(grown.unsigned_abs()).unwrap_or(u64::MAX);
    match grown {
        0 => Safe::default(),
        1.. => size::delta(0, amount),
        _ => size::delta(amount, 0),
    }
}

/// A mark for each place, or fewer when the largest row would not fit.
fn marks(row: &Row, most: usize, room: usize) -> Line {
    let mut line = Line::default();
    for (change, &count) in CHANGES.into_iter().zip(&row.counts) {
        let scaled = if most > room { count.saturating_mul(room).div_ceil(most) } else { count };
        line = line.with(Role::of(change), Safe::escaped(&mark(change).repeat(scaled)));
    }
    line
}

fn total(paths: &Paths<'_>, rows: &[Row]) -> Safe {
    let fields: usize = paths.documents.values().map(Vec::len).sum();
    let mut counts = [0usize; 4];
    let mut grown = 0i128;
    for row in rows {
        counts.iter_mut().zip(row.counts).for_each(|(sum, count)| *sum = sum.saturating_add(count));
        grown = grown.saturating_add(row.grown);
    }
    let [added, removed, changed, moved] = counts;
    let what = format!("{} paths and {fields} fields differ", paths.files.len());
    let how = [(added, "added"), (removed, "removed"), (changed, "changed"), (moved, "moved")];
    let how: Vec<String> =
        how.iter().filter(|it| it.0 > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let how = if how.is_empty() { String::new() } else { format!(": {}", how.join(", ")) };
    let size = if grown == 0 { String::new() } else { format!(", {}", bytes(grown).as_str()) };
    Safe::escaped(&format!("{what}{how}{size}"))
}
