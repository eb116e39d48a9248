//! SARIF, read as GitHub would.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::{large, rendered};
use crate::render::{Sarif, fixture};
use crate::report::{Finding, Report, Value};

#[test]
fn a_log_holds_no_more_results_than_are_taken() {
    let mut report = large(25_010);
    for finding in &mut report.findings {
        finding.unified = None;
    }
    let damage = fixture::report().findings.into_iter().filter(Finding::is_damage);
    report.findings.extend(damage);
    let read: Json = serde_json::from_str(&rendered(&Sarif, &report)).unwrap_or_default();
    let run = &read["runs"][0];
    assert_eq!(run["results"].as_array().map(Vec::len), Some(25_000));
    assert_eq!(run["results"][0]["ruleId"], "damage.size");
    let said = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert!(said.as_str().is_some_and(|text| text.starts_with("11 more results")), "{said}");
}

#[test]
fn results_are_known_again_by_their_places() {
    let prints = |report: &Report| -> Vec<Json> {
        let read: Json = serde_json::from_str(&rendered(&Sarif, report)).unwrap_or_default();
        let results = read["runs"][0]["results"].as_array().cloned().unwrap_or_default();
        results.iter().map(|result| result["partialFingerprints"].clone()).collect()
    };
    let mut report = fixture::report();
    let before = prints(&report);
    for finding in &mut report.findings {
        if finding.right.is_some() && !finding.is_damage() {
            finding.right = Some(Value::Text("another".into()));
        }
    }
    assert_eq!(prints(&report), before);
    let distinct: BTreeSet<String> = before.iter().map(ToString::to_string).collect();
    assert_eq!(distinct.len(), before.len());
}
