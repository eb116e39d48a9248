//! One difference.

use std::borrow::Cow;

use serde::Serialize;

use super::{EntryKind, Location, Severity, Value};
use crate::sides::{Side, Sides};

/// One difference between the two inputs, or one lie an input tells about itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Position in the report, counted from 0; set by [`super::sort`].
    pub id: usize,
    /// Which document or part of the image it lies in.
    pub scope: Scope,
    /// Where exactly.
    pub at: Location,
    /// Whether the thing is on one side only or on both.
    pub change: Change,
    /// Dotted name of what differs, such as `mode` or `labels.version`.
    pub field: Cow<'static, str>,
    /// What the first input has; absent when it has nothing there.
    pub left: Option<Value>,
    /// What the second input has; absent when it has nothing there.
    pub right: Option<Value>,
    /// Bytes each side has at the place of a content that differs, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sizes: Option<Sides<u64>>,
    /// Whether it counts.
    pub status: Status,
    /// The rule that ignores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Cow<'static, str>>,
    /// The cause it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cow<'static, str>>,
    /// Where it comes from, such as the layer that deleted the path on one side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A unified diff of the two contents, when one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unified: Option<String>,
    /// How grave it is, for a finding about a single image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What the user may do about it, for damage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Cow<'static, str>>,
    /// The value is computed from other parts of the image (a digest, a size, a list of digests),
    /// so it says nothing that findings about those parts do not say.
    #[serde(skip)]
    pub derived: bool,
    /// The changed package it belongs to, by its place in [`super::Report::packages`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<usize>,
    /// Findings with more in [`Location::within`] tell what this one is made of.
    #[serde(skip)]
    pub told_inside: bool,
    /// What differs in it was asked for in full.
    #[serde(skip)]
    pub in_full: bool,
    /// The cause that a look inside gave to all of it.
    #[serde(skip)]
    pub aspect: Option<&'static str>,
    /// What stands at the path, for a finding about an entry; the second input's when they differ.
    #[serde(skip)]
    pub kind: Option<EntryKind>,
}

impl Finding {
    /// A difference between two values, of which at least one is present.
    pub fn new(
        scope: Scope,
        at: Location,
        field: impl Into<Cow<'static, str>>,
        values: Sides<Option<Value>>,
    ) -> Self {
        let change = match (&values.left, &values.right) {
            (None, Some(_)) => Change::Added,
            (Some(_), None) => Change::Removed,
            _ => Change::Changed,
        };
        Self {
            id: 0,
            scope,
            at,
            change,
            field: field.into(),
            left: values.left,
            right: values.right,
            sizes: None,
            status: Status::Counted,
            rule: None,
            cause: None,
            note: None,
            unified: None,
            severity: None,
            hint: None,
            derived: false,
            package: None,
            told_inside: false,
            in_full: false,
            aspect: None,
            kind: None,
        }
    }

    /// Something `side` claims that its bytes do not bear out, or that could not be read.
    ///
    /// `kind` completes the field name `damage.KIND`; `message` is a lower-case fragment that
    /// names the object.
    pub fn damage(
        scope: Scope,
        at: Location,
        side: Side,
        kind: &'static str,
        message: String,
    ) -> Self {
        let values = Sides::only(side, Value::Text(message));
        let field = format!("{DAMAGE_PREFIX}{kind}");
        Self { change: Change::Changed, ..Self::new(scope, at, field, values) }
    }

    /// Says that the value is computed from other parts of the image.
    #[must_use]
    pub fn derived(self) -> Self {
        Self { derived: true, ..self }
    }

    /// Adds what the user may do about it.
    #[must_use]
    pub fn with_hint(self, hint: Option<Cow<'static, str>>) -> Self {
        Self { hint, ..self }
    }

    /// Says how grave it is.
    #[must_use]
    pub fn graded(self, severity: Severity) -> Self {
        Self { severity: Some(severity), ..self }
    }

    /// Whether it says that something could not be read, rather than that it is not as claimed.
    pub fn is_unreadable(&self) -> bool {
        self.field.strip_prefix(DAMAGE_PREFIX).is_some_and(|kind| UNREADABLE.contains(&kind))
    }

    /// Whether this is a lie or a defect of one input rather than a difference.
    pub fn is_damage(&self) -> bool {
        self.field.starts_with(DAMAGE_PREFIX)
    }

    /// What it says, with the place where the text does not name the object itself.
    pub fn message(&self) -> String {
        let text = match self.left.as_ref().or(self.right.as_ref()) {
            Some(Value::Text(text)) => text.as_str(),
            _ => self.note.as_deref().unwrap_or(&self.field),
        };
        match (&self.at.path, &self.at.layer) {
            (Some(path), _) => format!("{}: {text}", path.escaped()),
            (None, Some(layer)) if !self.is_damage() => {
                format!("layer {}: {text}", layer.left.max(layer.right).unwrap_or_default())
            }
            _ => text.to_owned(),
        }
    }

    /// The side that is damaged and the message, for a finding made by [`Finding::damage`].
    pub fn damage_message(&self) -> Option<(Side, &str)> {
        match (&self.left, &self.right) {
            (Some(Value::Text(text)), None) if self.is_damage() => Some((Side::Left, text)),
            (None, Some(Value::Text(text))) if self.is_damage() => Some((Side::Right, text)),
            _ => None,
        }
    }
}

const DAMAGE_PREFIX: &str = "damage.";

/// Kinds of damage behind which bytes lie that nobody has looked at.
const UNREADABLE: [&str; 7] =
    ["archive", "compression", "depth", "json", "limit", "missing", "tar"];

/// The part of an image a finding lies in, from the outside in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The archive or directory that holds the images.
    Archive,
    /// An image index.
    Index,
    /// An image manifest.
    Manifest,
    /// An image configuration.
    Config,
    /// The entries of one layer.
    Layer,
    /// The merged file system.
    Rootfs,
}

impl Scope {
    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Index => "index",
            Self::Manifest => "manifest",
            Self::Config => "config",
            Self::Layer => "layer",
            Self::Rootfs => "rootfs",
        }
    }
}

/// How a thing differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Only the second input has it.
    Added,
    /// Only the first input has it.
    Removed,
    /// Both have it, with different values.
    Changed,
    /// Both have it, in different places.
    Moved,
}

/// Whether a finding decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It does.
    Counted,
    /// A rule says it does not matter.
    Ignored,
    /// Other findings account for it fully.
    Explained,
}
