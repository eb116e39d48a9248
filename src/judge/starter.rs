//! A rule file that ignores the present differences: a start, to be read and cut down.

use std::collections::BTreeMap;
use std::io;

use super::catalogue;
use super::file::VERSION;
use super::pattern::FieldPattern;
use crate::report::{Finding, Report, Status};

/// Writes rules for every counted difference of `report`: one for each field of a cause that is
/// noise, one for each path and field of everything else.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "# Differences of the present, as rules for ocidiff --rules.")?;
    writeln!(out, "# Read every rule; keep those whose reason you can stand behind.")?;
    writeln!(out, "version = {VERSION}")?;
    for (rule, count) in rules(&report.findings) {
        writeln!(out, "\n# {count} {}", if count == 1 { "finding" } else { "findings" })?;
        writeln!(out, "[[ignore]]")?;
        if let Some(path) = &rule.path {
            writeln!(out, "path = {}", quote(&escape_glob(path)))?;
        }
        writeln!(out, "field = {}", quote(&FieldPattern::escape(&rule.field)))?;
        if let Some(platform) = &rule.platform {
            writeln!(out, "platform = {}", quote(platform))?;
        }
        writeln!(out, "reason = {}", quote(&rule.reason))?;
    }
    Ok(())
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    path: Option<String>,
    field: String,
    platform: Option<String>,
    reason: String,
}

fn rules(findings: &[Finding]) -> BTreeMap<Line, usize> {
    let mut rules = BTreeMap::new();
    for finding in findings {
        if finding.status == Status::Counted && !finding.is_damage() {
            let count: &mut usize = rules.entry(line(finding)).or_default();
            *count = count.saturating_add(1);
        }
    }
    rules
}

fn line(finding: &Finding) -> Line {
    let known = finding.cause.as_deref().and_then(catalogue::find);
    let field = finding.field.to_string();
    match known {
        Some(cause) if cause.noise => {
            Line { path: None, field, platform: None, reason: cause.title.to_owned() }
        }
        known => Line {
            path: finding.at.path.as_ref().map(|path| path.escaped().into_owned()),
            field,
            platform: finding.at.platform.as_deref().map(str::to_owned),
            reason: known.map_or("unreviewed", |cause| cause.title).to_owned(),
        },
    }
}

/// The path itself, whatever of it would mean something in a glob.
fn escape_glob(path: &str) -> String {
    globset::escape(path).replace('\\', "[\\]")
}

/// A TOML basic string.
fn quote(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
