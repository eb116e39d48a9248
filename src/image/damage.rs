//! What an input claims and does not bear out.

use std::borrow::Cow;

use crate::report::{Finding, Location, Scope};
use crate::sides::Side;

/// One lie or defect, before it is known which side of a comparison it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The part of the image it lies in.
    pub scope: Scope,
    /// Position of the layer it concerns, from the bottom.
    pub layer: Option<usize>,
    /// Completes the field name `damage.KIND`.
    pub kind: &'static str,
    /// Lower-case fragment that names the object.
    pub message: String,
    /// What the user may do about it.
    pub hint: Option<Cow<'static, str>>,
}

impl Damage {
    /// Damage without a hint.
    pub fn new(scope: Scope, kind: &'static str, message: String) -> Self {
        Self { scope, layer: None, kind, message, hint: None }
    }

    /// Says which layer it concerns.
    #[must_use]
    pub fn in_layer(self, layer: usize) -> Self {
        Self { layer: Some(layer), ..self }
    }

    /// Adds what the user may do about it.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<Cow<'static, str>>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The finding that reports it.
    pub fn into_finding(self, at: &Location, side: Side) -> Finding {
        let at = match self.layer {
            Some(layer) => at.in_layer(crate::sides::Sides::only(side, layer)),
            None => at.clone(),
        };
        Finding::damage(self.scope, at, side, self.kind, self.message).with_hint(self.hint)
    }
}
