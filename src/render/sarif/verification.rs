//! The results of single images: one for each claim that was found wanting.

use std::io;

use super::result::Found;
use super::rule::{Rule, Rules};
use super::{Log, Sarif, sorted};
use crate::render::words::{Safe, claim};
use crate::render::{Renderer, harmless};
use crate::report::{Finding, Severity, Verification};

impl Renderer<Verification> for Sarif {
    fn render(&self, verification: &Verification, out: &mut dyn io::Write) -> io::Result<()> {
        let mut rules = Rules::default();
        for finding in verification.inputs.iter().flat_map(|input| &input.findings) {
            if rules.get(&finding.field).is_none() {
                rules.add(rule(finding));
            }
        }
        let found = verification.inputs.iter().flat_map(|input| {
            let name = input.input.input.as_str();
            input.findings.iter().map(move |finding| (finding, name))
        });
        let results = found.map(|(finding, name)| Found::graded(finding, name, &rules, text));
        harmless::pretty(&Log { rules: &rules, results: &sorted(results.collect()) }, out)
    }
}

fn rule(finding: &Finding) -> Rule {
    let severity = finding.severity.unwrap_or(Severity::Note);
    let title = match severity {
        Severity::Error => "the image does not bear out what it claims",
        Severity::Warning => "readers may understand the image in two ways",
        Severity::Note => "worth knowing",
    };
    let help = finding.hint.as_deref().unwrap_or(title);
    Rule::new(finding.field.to_string(), severity, [title, title, help])
}

fn text(finding: &Finding) -> Safe {
    let claim = Safe::escaped(&claim(finding));
    match &finding.at.path {
        Some(path) => Safe::escaped(path.as_bytes()).cut_middle(500).then(": ").then(claim),
        None => claim,
    }
}
