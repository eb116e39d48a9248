//! Words that several formats share: values, places and whole findings.
//!
//! All of them are [`Safe`]; what else a format has to escape, it escapes itself.

mod place;
mod safe;
mod said;
pub(super) mod size;
pub(super) mod value;

pub(super) use place::{Commands, graded_place, is_at, section};
pub(super) use safe::Safe;
pub(super) use said::{claim, counted, said};
pub(super) use value::{Form, pair, single};
