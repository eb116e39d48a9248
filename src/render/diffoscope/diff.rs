//! Diffs in the one form that diffoscope's presenters take.

use std::collections::BTreeSet;

use crate::render::words::diff::hunks;
use crate::render::words::{Form, Safe, pair, said, single};
use crate::report::{Finding, Value};
use crate::sides::Sides;

/// Hunks without a header of files. Every line begins with `@@`, a sign or a blank.
pub(super) struct Diff(String);

impl Diff {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The values of `fields` as lines `field: value`, as diffoscope shows what `stat` says.
    pub(super) fn of_fields(fields: &[&Finding]) -> Option<Self> {
        let mut lines = Sides::new(Vec::new(), Vec::new());
        for finding in fields.iter().filter(|finding| !finding.is_damage()) {
            let values = values(finding).map(|value| value.map(|value| line(finding, value)));
            lines.left.extend(values.left);
            lines.right.extend(values.right);
        }
        Self::of_lines(&lines)
    }

    fn of_lines(lines: &Sides<Vec<Safe>>) -> Option<Self> {
        let Sides { left, right } = lines;
        if left.is_empty() && right.is_empty() {
            return None;
        }
        let mut text = hunk(left.len(), right.len());
        let signed = |sign: char| move |line: &Safe| format!("{sign}{}\n", line.as_str());
        text.extend(left.iter().map(signed('-')));
        text.extend(right.iter().map(signed('+')));
        Some(Self(text))
    }
}

fn line(finding: &Finding, value: Safe) -> Safe {
    Safe::escaped(&*finding.field).then(": ").then(value)
}

/// What is shown of each side; not the same for both, whatever the values look like.
fn values(finding: &Finding) -> Sides<Option<Safe>> {
    let field = &*finding.field;
    match (&finding.left, &finding.right) {
        (Some(left), Some(right)) => pair(field, Sides::new(left, right), Form::Plain).map(Some),
        (left, right) => {
            let value = |value: &Value| single(field, value, Form::Plain);
            Sides::new(left.as_ref().map(value), right.as_ref().map(value))
        }
    }
}

fn hunk(left: usize, right: usize) -> String {
    let range = |lines: usize| match lines {
        0 => "0,0".to_owned(),
        1 => "1".to_owned(),
        more => format!("1,{more}"),
    };
    format!("@@ -{} +{} @@\n", range(left), range(right))
}

/// What else there is to say of `findings`, each thing once.
pub(super) fn remarks(findings: &[&Finding]) -> Vec<Safe> {
    let mut known = BTreeSet::new();
    let remarks = findings.iter().flat_map(|finding| {
        let damage = finding.is_damage().then(|| said(finding, Form::Whole));
        let hint =
            finding.hint.as_ref().map(|hint| Safe::from("hint: ").then(Safe::escaped(&**hint)));
        let note = finding.note.as_ref().map(Safe::escaped);
        let cause =
            finding.cause.as_ref().map(|id| Safe::from("cause: ").then(Safe::escaped(&**id)));
        [damage, hint, note, cause].into_iter().flatten()
    });
    remarks.filter(|remark| known.insert(remark.as_str().to_owned())).collect()
}

/// A diff of contents, and what of it cannot stand in one.
pub(super) fn unified(text: &str) -> (Option<Diff>, Option<Safe>) {
    let lines = hunks(text).unwrap_or_else(|| text.lines());
    // diffoscope 240 fails on the line that says a text has no line break at its end, when the
    // line before it was removed.
    let (unended, lines): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('\\'));
    let (hunks, told): (Vec<&str>, Vec<&str>) =
        lines.into_iter().partition(|line| line.starts_with(['-', '+', ' ', '@']));
    let told = told.into_iter().filter(|line| !line.is_empty()).map(Safe::escaped);
    let unended = (!unended.is_empty()).then(|| "no line break at the end of the text".into());
    let remark = told.chain(unended).reduce(|one, next| one.then("; ").then(next));
    (with_hunk(&hunks), remark)
}

fn with_hunk(lines: &[&str]) -> Option<Diff> {
    let first = lines.first()?;
    let mut text = if first.starts_with("@@ ") { String::new() } else { hunk_of(lines) };
    for line in lines {
        text.push_str(Safe::escaped(line).as_str());
        text.push('\n');
    }
    Some(Diff(text))
}

fn hunk_of(lines: &[&str]) -> String {
    let on = |sign: char| lines.iter().filter(|line| line.starts_with([sign, ' '])).count();
    hunk(on('-'), on('+'))
}
