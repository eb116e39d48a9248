//! Packages that changed: a table, and one line for all files of one in a layer.

use std::collections::BTreeMap;
use std::io;

use super::entry::marked;
use super::line::Line;
use super::page::{MORE, Page};
use super::style::Role;
use crate::render::words::{Safe, counted};
use crate::report::{Change, Finding, PackageChange, PackageDiff, Report};

/// Packages that are listed unless everything is asked for.
const FOLD: usize = 40;

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.packages.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.line(&Line::default().with(Role::Heading, "packages"))?;
    let (shown, folded) = page.folded(&report.packages, FOLD);
    let rows: Vec<Row> = shown.iter().map(Row::of).collect();
    let width = |cell: fn(&Row) -> &Line| {
        rows.iter().map(|row| cell(row).width()).max().unwrap_or_default().min(page.width() / 2)
    };
    let columns = [width(|row| &row.manager), width(|row| &row.name), width(|row| &row.versions)];
    for row in rows {
        let fit = |line: Line, width| if page.all() { line } else { line.cut(width) };
        let gap = |line: Line, width: usize| fit(line, width).pad(width.saturating_add(2));
        let [manager, name, versions] = columns;
        let line = gap(row.manager, manager)
            .join(gap(row.name, name))
            .join(gap(row.versions, versions))
            .join(row.rest);
        page.cut_line(line)?;
    }
    page.fold(folded.len(), MORE)
}

struct Row {
    manager: Line,
    name: Line,
    versions: Line,
    rest: Line,
}

impl Row {
    fn of(package: &PackageDiff) -> Self {
        let manager =
            Line::default().text("  ").join(marked(mark(package), package.manager.into()));
        let count = match package.findings {
            0 => Safe::default(),
            some => Safe::from(", ").then(counted(some)),
        };
        let what = Safe::from(package.change.name()).then(count);
        Self {
            manager,
            name: Line::default().text(name(package)),
            versions: versions(package),
            rest: Line::default().with(Role::Dim, what),
        }
    }
}

fn name(package: &PackageDiff) -> Safe {
    Safe::escaped(&package.name)
}

const fn mark(package: &PackageDiff) -> Change {
    match package.change {
        PackageChange::Added => Change::Added,
        PackageChange::Removed => Change::Removed,
        PackageChange::Upgraded | PackageChange::Downgraded | PackageChange::Rebuilt => {
            Change::Changed
        }
    }
}

fn versions(package: &PackageDiff) -> Line {
    let text = |role, version: &String| Line::default().with(role, Safe::escaped(version));
    match (&package.left, &package.right) {
        (Some(left), Some(right)) if left != right => {
            let left = text(Role::Removed, left).with(Role::Dim, " → ");
            left.join(text(Role::Added, right))
        }
        (Some(left), None) => text(Role::Removed, left),
        (None, Some(right)) => text(Role::Added, right),
        (Some(same), Some(_)) => text(Role::Plain, same),
        (None, None) => Line::default(),
    }
}

/// One line for each package that `findings` of a section are about.
pub(super) fn fold(report: &Report, findings: &[&Finding], page: &mut Page<'_>) -> io::Result<()> {
    let mut paths: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        if let Some(package) = finding.package {
            paths.entry(package).or_default().push(finding);
        }
    }
    for (package, mut findings) in paths {
        let Some(package) = report.packages.get(package) else { continue };
        findings.dedup_by(|one, next| one.at.path == next.at.path);
        let count = Safe::from("  ").then(findings.len()).then(match findings.len() {
            1 => " path",
            _ => " paths",
        });
        let title = Safe::from(package.manager).then(" ").then(name(package)).then(" ");
        let line = Line::default().text("  ").join(marked(mark(package), title));
        page.cut_line(line.join(versions(package)).with(Role::Dim, count))?;
    }
    Ok(())
}
