//! What has been found in a container so far: how much of it is told, and whether all of it is of
//! the kind that every rebuild changes.

use super::members::COARSE_TIME;
use super::{Inside, Part};
use crate::report::EntryPath;
use crate::sides::Sides;

/// Parts of one container that are told one by one; of the rest only the number is.
const MOST_PARTS: usize = 1_000;

/// Nothing but times and the order of members differs, in the container and all that lies in it.
pub(super) const TIMES: &str = "nested-archive-times";
/// Nothing but the header of a gzip stream differs.
pub(super) const GZIP_HEADER: &str = "gzip-header";

/// Fields that every run of an archiver writes anew, whatever it packs. Inode numbers are those
/// of the machine it ran on; which members are links to one file is compared apart from them.
const FLEETING: [&str; 6] = ["mtime", COARSE_TIME, "atime", "ctime", "order", "ino"];

/// Collects parts.
#[derive(Debug, Default)]
pub(super) struct Found {
    parts: Vec<Part>,
    /// How many parts came after [`MOST_PARTS`].
    untold: usize,
    /// Something else than times and order differs.
    weighty: bool,
}

impl Found {
    pub(super) fn add(&mut self, part: Part) {
        self.weighty = self.weighty || weighs(&part);
        if self.parts.len() < MOST_PARTS {
            self.parts.push(part);
        } else {
            self.untold = self.untold.saturating_add(1);
        }
    }

    pub(super) fn extend(&mut self, parts: impl IntoIterator<Item = Part>) {
        for part in parts {
            self.add(part);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// All of it, with the cause if times and order are all there is.
    pub(super) fn into_inside(mut self) -> Inside {
        let aspect = (!self.is_empty() && !self.weighty).then_some(TIMES);
        if self.untold > 0 {
            self.parts.push(rest(self.untold, aspect));
        }
        Inside { aspect, ..Inside::of(self.parts) }
    }
}

/// The part that stands for those that are not told.
fn rest(untold: usize, aspect: Option<&'static str>) -> Part {
    let mut part = Part::new("more", Sides::default()).inside_of(EntryPath::new(*b"(more)"));
    part.note = Some(format!("{untold} more differences are not listed"));
    part.aspect = aspect;
    part
}

/// Whether every run of an archiver writes `field` anew.
pub(super) fn is_fleeting(field: &str) -> bool {
    FLEETING.contains(&field)
}

/// A content that is told part by part adds nothing to its parts, which stand beside it.
fn weighs(part: &Part) -> bool {
    let told = part.told_inside && part.field == "content";
    let named = matches!(part.aspect, Some(TIMES | GZIP_HEADER));
    !told && !named && !is_fleeting(&part.field)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(field: &'static str) -> Part {
        Part::text(field, Sides::new(Some("a".into()), Some("b".into())))
    }

    fn inside(parts: impl IntoIterator<Item = Part>) -> Inside {
        let mut found = Found::default();
        found.extend(parts);
        found.into_inside()
    }

    #[test]
    fn times_and_order_alone_have_a_cause() {
        assert_eq!(inside([part("mtime"), part("order")]).aspect, Some(TIMES));
        assert_eq!(inside([part("mtime"), part("mode")]).aspect, None);
        assert_eq!(inside([]), Inside::default());
    }

    #[test]
    fn a_nested_container_passes_its_cause_on() {
        let told = Part { told_inside: true, ..part("content") };
        let header = Part { aspect: Some(GZIP_HEADER), ..part("gzip.os") };
        assert_eq!(inside([told.clone(), part("mtime"), header]).aspect, Some(TIMES));
        assert_eq!(inside([told, part("symbols")]).aspect, None);
        assert_eq!(inside([part("content")]).aspect, None);
        let reordered = Part { aspect: Some(TIMES), ..part("content") };
        assert_eq!(inside([reordered]).aspect, Some(TIMES));
    }

    #[test]
    fn what_is_too_much_is_counted_and_still_judged() {
        let times = || (0..MOST_PARTS + 7).map(|_| part("mtime"));
        let all = inside(times());
        assert_eq!((all.parts.len(), all.aspect), (MOST_PARTS + 1, Some(TIMES)));
        let note = |part: &Part| part.note.clone();
        let last = all.parts.last().and_then(note);
        assert_eq!(last.as_deref(), Some("7 more differences are not listed"));
        assert_eq!(inside(all.parts.into_iter().skip(MOST_PARTS)).aspect, Some(TIMES));
        assert_eq!(inside(times().chain([part("mode")])).aspect, None);
    }
}
