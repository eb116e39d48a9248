//! The two inputs of a comparison. They are always called left and right.

use std::fmt;

use serde::Serialize;

/// One of the two inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The first input.
    Left,
    /// The second input.
    Right,
}

impl Side {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Left => "left",
            Self::Right => "right",
        })
    }
}

/// A pair of things of which one belongs to each input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Sides<T> {
    /// What belongs to the first input.
    pub left: T,
    /// What belongs to the second input.
    pub right: T,
}

impl<T> Sides<T> {
    /// Pairs `left` with `right`.
    pub const fn new(left: T, right: T) -> Self {
        Self { left, right }
    }

    /// Borrows both.
    pub const fn as_ref(&self) -> Sides<&T> {
        Sides { left: &self.left, right: &self.right }
    }

    /// Applies `f` to both, left first.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Sides<U> {
        Sides { left: f(self.left), right: f(self.right) }
    }

    /// Applies `f` to both, left first, and stops at the first error.
    ///
    /// # Errors
    /// Whatever `f` returns.
    pub fn try_map<U, E>(self, mut f: impl FnMut(T) -> Result<U, E>) -> Result<Sides<U>, E> {
        Ok(Sides { left: f(self.left)?, right: f(self.right)? })
    }

    /// The thing of one side.
    pub const fn get(&self, side: Side) -> &T {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The thing of one side, to be changed.
    pub const fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }

    /// Pairs each with its counterpart in `other`.
    pub fn zip<U>(self, other: Sides<U>) -> Sides<(T, U)> {
        Sides { left: (self.left, other.left), right: (self.right, other.right) }
    }
}

impl<T> Sides<Option<T>> {
    /// A pair in which only `side` has something.
    pub fn only(side: Side, value: T) -> Self {
        match side {
            Side::Left => Self::new(Some(value), None),
            Side::Right => Self::new(None, Some(value)),
        }
    }
}
