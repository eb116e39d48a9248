//! What a comparator says.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use crate::report::{Change, EntryPath, Value};
use crate::sides::Sides;

/// What differs between two contents.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::compare) struct Inside {
    /// A unified diff of the two.
    pub(in crate::compare) unified: Option<String>,
    /// A lower-case fragment about the two as a whole.
    pub(in crate::compare) note: Option<String>,
    /// The cause that all of the difference has, by its identifier in the catalogue, when a look
    /// inside is what it takes to tell.
    pub(in crate::compare) aspect: Option<&'static str>,
    /// Differences of members, sections and fields, in the order they are to be told.
    pub(in crate::compare) parts: Vec<Part>,
}

impl Inside {
    /// Nothing was found.
    pub(in crate::compare) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A difference that one sentence tells fully.
    pub(in crate::compare) fn noted(note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..Self::default() }
    }

    /// Differences of parts alone.
    pub(in crate::compare) fn of(parts: Vec<Part>) -> Self {
        Self { parts, ..Self::default() }
    }

    /// Names the cause of all of it.
    #[must_use]
    pub(in crate::compare) fn because(self, aspect: &'static str) -> Self {
        Self { aspect: Some(aspect), ..self }
    }
}

/// One difference inside a content.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::compare) struct Part {
    /// Names of members, sections or records, outermost first.
    pub(in crate::compare) within: Vec<EntryPath>,
    /// A dotted name, as in [`crate::report::Finding::field`].
    pub(in crate::compare) field: Cow<'static, str>,
    pub(in crate::compare) change: Change,
    pub(in crate::compare) values: Sides<Option<Value>>,
    pub(in crate::compare) unified: Option<String>,
    pub(in crate::compare) note: Option<String>,
    pub(in crate::compare) aspect: Option<&'static str>,
    /// Parts that follow tell what this one is made of.
    pub(in crate::compare) told_inside: bool,
}

impl Part {
    /// `field` has these values; a side that has none lacks the thing.
    pub(in crate::compare) fn new(
        field: impl Into<Cow<'static, str>>,
        values: Sides<Option<Value>>,
    ) -> Self {
        let change = match (&values.left, &values.right) {
            (None, Some(_)) => Change::Added,
            (Some(_), None) => Change::Removed,
            _ => Change::Changed,
        };
        Self {
            within: Vec::new(),
            field: field.into(),
            change,
            values,
            unified: None,
            note: None,
            aspect: None,
            told_inside: false,
        }
    }

    /// `field` as text.
    pub(in crate::compare) fn text(
        field: impl Into<Cow<'static, str>>,
        values: Sides<Option<String>>,
    ) -> Self {
        Self::new(field, values.map(|text| text.map(Value::Text)))
    }

    /// The same part, inside of the member called `name`.
    #[must_use]
    pub(in crate::compare) fn inside_of(mut self, name: EntryPath) -> Self {
        self.within.insert(0, name);
        self
    }

    /// The same part, of something all of which has the cause `aspect`.
    #[must_use]
    pub(super) fn of_aspect(self, aspect: Option<&'static str>) -> Self {
        Self { aspect: self.aspect.or(aspect), ..self }
    }

    /// The same part with what `inside` says of the whole.
    #[must_use]
    pub(in crate::compare) fn explained_by(self, inside: &Inside) -> Self {
        Self {
            unified: inside.unified.clone(),
            note: inside.note.clone(),
            aspect: inside.aspect,
            told_inside: !inside.parts.is_empty(),
            ..self
        }
    }
}

/// How unequal contents are told from one another where nothing better is known.
pub(super) fn digest(bytes: &[u8]) -> Value {
    Value::Sha256(Sha256::digest(bytes).into())
}
