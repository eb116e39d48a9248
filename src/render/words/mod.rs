//! Words that several formats share: values, places and whole findings.
//!
//! All of them are [`Safe`]; what else a format has to escape, it escapes itself.

pub(super) mod diff;
mod place;
mod safe;
mod said;
pub(super) mod size;
pub(super) mod value;

pub(super) use place::{
    MEMBER, Pairs, graded_place, image, image_part, members, origin, part, section,
};
pub(super) use safe::Safe;
pub(super) use said::{claim, counted, counts, mark, said, unexplained, verdict};
pub(super) use value::{Form, pair, single};
