//! A whole finding in one line.

use super::value::{Form, pair, single};
use super::{Safe, size};
use crate::report::{Change, Finding, Summary, Value, Verdict};
use crate::sides::Sides;

/// What `finding` says beside its place: the field and both values, or what is damaged.
pub(in crate::render) fn said(finding: &Finding, form: Form) -> Safe {
    if let Some((side, message)) = finding.damage_message() {
        return Safe::escaped(&side.to_string()).then(": ").then(Safe::escaped(message));
    }
    let field = Safe::escaped(&*finding.field);
    match (&finding.left, &finding.right) {
        (Some(left), Some(right)) => {
            let shown = pair(&finding.field, Sides::new(left, right), form);
            field.then(" ").then(shown.left).then(" → ").then(shown.right)
        }
        (left, right) => {
            let value = left.as_ref().or(right.as_ref());
            one_sided(finding, field, value.map(|value| single(&finding.field, value, form)))
        }
    }
}

fn one_sided(finding: &Finding, field: Safe, value: Option<Safe>) -> Safe {
    let verb = match finding.change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
        Change::Moved => "moved",
    };
    let subject = match value {
        Some(value) if finding.field == "entry" => value,
        Some(value) => field.then(" ").then(value),
        None => field,
    };
    Safe::from(verb).then(": ").then(subject)
}

/// What a finding about a single image says beside its path, not escaped yet.
pub(in crate::render) fn claim(finding: &Finding) -> String {
    match &finding.left {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Entry(entry)) => {
            let content =
                entry.content.map(|digest| format!(", sha256:{}", crate::digest::hex(&digest)));
            let note = finding.note.as_deref().unwrap_or(&finding.field);
            let size = size::human(entry.size);
            format!("{}, {}{}, {note}", entry.kind, size.as_str(), content.unwrap_or_default())
        }
        _ => finding.note.clone().unwrap_or_else(|| finding.field.to_string()),
    }
}

/// The mark of a change, in front of the place that changed.
pub(in crate::render) const fn mark(change: Change) -> &'static str {
    match change {
        Change::Added => "+",
        Change::Removed => "-",
        Change::Changed => "~",
        Change::Moved => ">",
    }
}

/// How many findings there are of each status.
pub(in crate::render) fn counts(summary: &Summary) -> Safe {
    let parts = [
        (summary.counted, " counted"),
        (summary.explained, " explained"),
        (summary.ignored, " ignored"),
    ];
    let parts = parts.into_iter().filter(|&(count, _)| count > 0);
    let parts = parts.map(|(count, word)| Safe::from(count).then(word));
    parts.reduce(|list, part| list.then(", ").then(part)).unwrap_or_default()
}

/// How many findings count and nobody knows why; nothing when there are none.
pub(in crate::render) fn unexplained(summary: &Summary) -> Option<Safe> {
    let count = summary.unexplained;
    (count > 0).then(|| Safe::from(count).then(" without a known cause"))
}

/// The verdict and what it means.
pub(in crate::render) fn verdict(verdict: Verdict) -> Safe {
    Safe::from("verdict: ").then(verdict.name()).then(" — ").then(verdict.meaning())
}

/// `count` findings, in words.
pub(in crate::render) fn counted(count: usize) -> Safe {
    Safe::from(count).then(if count == 1 { " finding" } else { " findings" })
}
