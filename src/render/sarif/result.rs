//! One finding as a result (section 3.27).

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::json;

use super::location::{self, Location};
use super::message;
use super::rule::{self, Rules};
use crate::render::escape;
use crate::render::words::{Form, MEMBER, Safe, members, said};
use crate::report::{Finding, Severity, Status};

/// A finding, and what SARIF calls it.
pub(super) struct Found<'a> {
    finding: &'a Finding,
    rule: String,
    place: Option<usize>,
    level: Severity,
    text: fn(&Finding) -> Safe,
    input: Option<&'a str>,
}

/// Characters of a message: a page has to show it.
const WIDTH: usize = 1000;

impl<'a> Found<'a> {
    pub(super) fn new(finding: &'a Finding, rules: &Rules) -> Self {
        let rule = rule::id(finding);
        let known = rules.get(&rule);
        let place = known.map(|(place, _)| place);
        let level = known.map_or(Severity::Warning, |(_, rule)| rule.level);
        Self { finding, rule, place, level, text, input: None }
    }

    /// A finding about a single image called `input`.
    pub(super) fn graded(
        finding: &'a Finding,
        input: &'a str,
        rules: &Rules,
        text: fn(&Finding) -> Safe,
    ) -> Self {
        let rule = finding.field.to_string();
        let place = rules.get(&rule).map(|(place, _)| place);
        let level = finding.severity.unwrap_or(Severity::Note);
        Self { finding, rule, place, level, text, input: Some(input) }
    }

    /// From grave to light; what is suppressed comes last.
    pub(super) fn rank(&self) -> (bool, std::cmp::Reverse<Severity>) {
        (self.finding.status == Status::Ignored, std::cmp::Reverse(self.level))
    }
}

/// What the finding says, with its place, for a message may stand alone (section 3.27.11).
fn text(finding: &Finding) -> Safe {
    let said = said(finding, Form::Short);
    let Some(path) = &finding.at.path else { return said };
    let path = Safe::escaped(path.as_bytes());
    let place = members(&finding.at).into_iter().fold(path, |path, it| path.then(MEMBER).then(it));
    place.cut_middle(WIDTH / 2).then(": ").then(said)
}

impl Serialize for Found<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("ruleId", &self.rule)?;
        if let Some(place) = self.place {
            map.serialize_entry("ruleIndex", &place)?;
        }
        map.serialize_entry("level", self.level.name())?;
        let text = message(&(self.text)(self.finding).cut(WIDTH));
        map.serialize_entry("message", &json!({ "text": text }))?;
        map.serialize_entry("locations", &[Location::new(self.finding, self.input)])?;
        let print = location::fingerprint(self.finding, self.input);
        // GitHub tells results apart by this one and no other.
        map.serialize_entry("partialFingerprints", &json!({ "primaryLocationLineHash": print }))?;
        if let Some(suppression) = suppression(self.finding) {
            map.serialize_entry("suppressions", &[suppression])?;
        }
        map.end()
    }
}

fn suppression(finding: &Finding) -> Option<serde_json::Value> {
    let rule = finding.rule.as_ref().filter(|_| finding.status == Status::Ignored)?;
    Some(json!({ "kind": "external", "justification": escape(&**rule) }))
}
