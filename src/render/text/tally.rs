//! How much of what kind differs.

use std::collections::BTreeMap;
use std::io;

use super::line::{Line, flow};
use super::page::Page;
use super::style::Role;
use crate::render::group::is_lone_entry;
use crate::render::words::{Safe, counted, counts, unexplained};
use crate::report::{Change, Finding, Report, Scope, Status};

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    if report.findings.is_empty() {
        return Ok(());
    }
    page.blank()?;
    write_kinds(report, page)?;
    page.line(&totals(report, page.all()))
}

fn write_kinds(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let kinds = kinds(&report.findings);
    if kinds.is_empty() {
        return Ok(());
    }
    page.line(&Line::default().with(Role::Heading, "counts by kind"))?;
    for line in flow(cells(&kinds), "   ", page.width() - 2) {
        page.line(&Line::default().text("  ").join(line))?;
    }
    Ok(())
}

/// Counted findings by kind, the most frequent first.
fn kinds(findings: &[Finding]) -> Vec<(&'static str, usize)> {
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.status == Status::Counted) {
        *counts.entry(kind(finding)).or_default() += 1;
    }
    let mut kinds: Vec<_> = counts.into_iter().collect();
    kinds.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    kinds
}

fn cells(kinds: &[(&'static str, usize)]) -> Vec<Line> {
    let name = kinds.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let digits =
        kinds.iter().map(|(_, count)| Safe::from(*count).width()).max().unwrap_or_default();
    let cell = |&(kind, count): &(&'static str, usize)| {
        let count = Safe::from(count);
        let at = name + 2 + digits - count.width();
        Line::default().text(kind).pad(at).text(count)
    };
    kinds.iter().map(cell).collect()
}

/// The family a finding is counted in.
fn kind(finding: &Finding) -> &'static str {
    if finding.is_damage() {
        return "damage";
    }
    if !finding.at.within.is_empty() {
        return "inside";
    }
    match finding.scope {
        Scope::Layer | Scope::Rootfs if finding.at.path.is_some() => entry_kind(finding),
        Scope::Layer | Scope::Rootfs => "layer",
        scope => scope.name(),
    }
}

fn entry_kind(finding: &Finding) -> &'static str {
    match finding.change {
        Change::Added if is_lone_entry(finding) => "added",
        Change::Removed if is_lone_entry(finding) => "removed",
        _ => field_kind(&finding.field),
    }
}

fn field_kind(field: &str) -> &'static str {
    if field == "mode.type-bits" {
        return "tar form";
    }
    match field.split('.').next().unwrap_or(field) {
        "content" => "content",
        "size" => "size",
        "mode" => "mode",
        "uid" | "gid" | "uname" | "gname" => "owner",
        "mtime" | "atime" | "ctime" => "time",
        "linkname" | "hardlink-primary" => "link",
        "type" => "type",
        "device" => "device",
        "xattr" => "xattr",
        "order" => "order",
        "tar-format" | "path-form" | "linkname-form" | "pax" | "duplicates" => "tar form",
        "path" | "layer" => "moved",
        _ => "other",
    }
}

fn totals(report: &Report, all: bool) -> Line {
    let summary = &report.summary;
    let mut line = Line::default().text(counted(summary.findings)).text(": ").text(counts(summary));
    if let Some(unexplained) = unexplained(summary) {
        line = line.text("; ").with(Role::Changed, unexplained);
    }
    if all || summary.explained + summary.ignored == 0 {
        return line;
    }
    line.with(Role::Dim, " (--all lists them all)")
}
