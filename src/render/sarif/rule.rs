//! The rules: causes, and kinds of fields no cause is known for.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use crate::report::{Cause, Finding, Report, Severity};

/// A `reportingDescriptor` (section 3.49).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    id: String,
    short_description: serde_json::Value,
    full_description: serde_json::Value,
    help: serde_json::Value,
    default_configuration: serde_json::Value,
    #[serde(skip)]
    pub(super) level: Severity,
}

impl Rule {
    pub(super) fn new(id: String, level: Severity, [title, detail, help]: [&str; 3]) -> Self {
        let text = |text: &str| json!({ "text": text });
        Self {
            id,
            short_description: text(title),
            full_description: text(detail),
            help: text(help),
            default_configuration: json!({ "level": level.name() }),
            level,
        }
    }

    fn of_cause(cause: &Cause) -> Self {
        let level = if cause.noise { Severity::Note } else { Severity::Warning };
        let help = if cause.fix.is_empty() { &cause.title } else { &cause.fix };
        Self::new(cause.id.clone(), level, [&cause.title, &cause.evidence, help])
    }

    fn of_kind(id: String, finding: &Finding) -> Self {
        if finding.is_damage() {
            let help = finding.hint.as_deref().unwrap_or("copy or build the image again");
            let detail = "the bytes of the image do not bear out what it says of itself";
            return Self::new(id, Severity::Error, ["the image is damaged", detail, help]);
        }
        let title = format!("{} differs", family(finding));
        let detail = "both images have it, with different values, or only one of them has it";
        let help = "no cause is known: look at what makes it in the build of either image";
        Self::new(id, Severity::Warning, [&title, detail, help])
    }
}

/// The rules of a run, by their identifiers.
#[derive(Default)]
pub(super) struct Rules {
    list: Vec<Rule>,
    places: BTreeMap<String, usize>,
}

impl Rules {
    /// Those that `findings` of `report` need.
    pub(super) fn of<'a>(report: &Report, findings: impl Iterator<Item = &'a Finding>) -> Self {
        let mut rules = Self::default();
        for finding in findings {
            let id = id(finding);
            if !rules.places.contains_key(&id) {
                let cause = report.causes.iter().find(|cause| cause.id == id);
                let kind = || Rule::of_kind(id.clone(), finding);
                rules.add(cause.map_or_else(kind, Rule::of_cause));
            }
        }
        rules
    }

    pub(super) fn add(&mut self, rule: Rule) {
        if !self.places.contains_key(&rule.id) {
            self.places.insert(rule.id.clone(), self.list.len());
            self.list.push(rule);
        }
    }

    pub(super) fn as_slice(&self) -> &[Rule] {
        &self.list
    }

    /// The place and rule of an identifier.
    pub(super) fn get(&self, id: &str) -> Option<(usize, &Rule)> {
        let place = *self.places.get(id)?;
        Some((place, self.list.get(place)?))
    }
}

/// The rule `finding` belongs to.
pub(super) fn id(finding: &Finding) -> String {
    match &finding.cause {
        Some(cause) => cause.to_string(),
        None if finding.is_damage() => finding.field.to_string(),
        None => format!("differs.{}", family(finding)),
    }
}

/// What kind of thing differs: names of variables, attributes and records are not part of it.
fn family(finding: &Finding) -> String {
    let field = finding.field.split(['.', '[']).next().unwrap_or_default();
    let is_word =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let known = !field.is_empty() && field.len() < 32 && is_word(field);
    format!("{}.{}", finding.scope.name(), if known { field } else { "other" })
}
