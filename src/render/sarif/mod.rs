//! SARIF 2.1.0, for code scanning.
//!
//! One run. A rule is a cause, or the kind of field where no cause is known (section 3.49); a result
//! is a finding that counts, or that a rule of the user ignores, which suppresses it (section 3.35).
//! Findings that others explain are left out: there is nothing to do about them.

mod location;
mod result;
mod rule;
mod verification;

use std::io;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::json;

use self::result::Found;
use self::rule::{Rule, Rules};
use super::words::Safe;
use super::{Renderer, harmless};
use crate::report::{Report, Status};

/// A log with one run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sarif;

/// Results of one run: GitHub refuses a log with more.
const MOST: usize = 25_000;

impl Renderer for Sarif {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let told = report.findings.iter().filter(|finding| finding.status != Status::Explained);
        let rules = Rules::of(report, told.clone());
        let results: Vec<Found<'_>> = told.map(|finding| Found::new(finding, &rules)).collect();
        harmless::pretty(&Log { rules: &rules, results: &sorted(results) }, out)
    }
}

/// The gravest first, for what is too much is cut at the end.
fn sorted(mut results: Vec<Found<'_>>) -> Vec<Found<'_>> {
    results.sort_by_key(Found::rank);
    results
}

struct Log<'a> {
    rules: &'a Rules,
    results: &'a [Found<'a>],
}

impl Serialize for Log<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("$schema", "https://json.schemastore.org/sarif-2.1.0.json")?;
        map.serialize_entry("version", "2.1.0")?;
        map.serialize_entry("runs", &[Run(self)])?;
        map.end()
    }
}

struct Run<'a>(&'a Log<'a>);

impl Serialize for Run<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = self.0.results.len().min(MOST);
        let (shown, cut) = self.0.results.split_at(shown);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("tool", &Tool { driver: Driver::of(self.0.rules) })?;
        map.serialize_entry("invocations", &[invocation(cut.len())])?;
        // Columns are not used, but without a word a reader may take them for UTF-16 units.
        map.serialize_entry("columnKind", "unicodeCodePoints")?;
        map.serialize_entry("results", shown)?;
        map.end()
    }
}

/// Section 3.20: whether the program did its work, and what it could not say.
fn invocation(cut: usize) -> serde_json::Value {
    if cut == 0 {
        return json!({ "executionSuccessful": true });
    }
    let text = format!("{cut} more results, the least grave, are left out: {MOST} are the most");
    let notification = json!({ "level": "warning", "message": { "text": text } });
    json!({ "executionSuccessful": true, "toolExecutionNotifications": [notification] })
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    rules: &'a [Rule],
}

impl<'a> Driver<'a> {
    fn of(rules: &'a Rules) -> Self {
        Self {
            name: "ocidiff",
            semantic_version: env!("CARGO_PKG_VERSION"),
            rules: rules.as_slice(),
        }
    }
}

/// Text in which nothing is a link (section 3.11.6): viewers make one of brackets before a
/// parenthesis, wherever a name brings them from.
fn message(text: &Safe) -> String {
    let text = text.as_str();
    if !text.contains("](") {
        return text.to_owned();
    }
    text.replace('[', "\\[").replace(']', "\\]")
}
