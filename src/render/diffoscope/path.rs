//! A path, and what lies inside of the file.

use serde::{Serialize, Serializer};

use super::Node;
use super::diff::{self, Diff};
use crate::render::escape;
use crate::report::Finding;
use crate::sides::Sides;

/// Findings at one path, or at one member of it, and at what lies in there.
pub(super) struct Path<'a> {
    findings: &'a [&'a Finding],
    /// How many of the names in [`crate::report::Location::within`] lead here.
    depth: usize,
}

impl<'a> Path<'a> {
    pub(super) const fn new(findings: &'a [&'a Finding]) -> Self {
        Self { findings, depth: 0 }
    }

    fn name(&self) -> String {
        let Some(first) = self.findings.first() else { return String::new() };
        let member = self.depth.checked_sub(1).and_then(|last| first.at.within.get(last));
        let name = member.or(first.at.path.as_ref());
        name.map(|name| escape(name.as_bytes()).into_owned()).unwrap_or_default()
    }
}

impl Serialize for Path<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = self.findings.iter().take_while(|it| it.at.within.len() <= self.depth).count();
        let (own, inside) = self.findings.split_at(own);
        let (shown, fields): (Vec<&Finding>, Vec<&Finding>) =
            own.iter().copied().partition(|finding| finding.unified.is_some());
        let name = self.name();
        let details = Details { shown: &shown, inside, depth: self.depth };
        Node {
            sources: Sides::new(name.as_str(), name.as_str()),
            comments: diff::remarks(&fields),
            diff: Diff::of_fields(&fields),
            details,
        }
        .serialize(serializer)
    }
}

/// Contents that differ, then members.
struct Details<'a> {
    shown: &'a [&'a Finding],
    inside: &'a [&'a Finding],
    depth: usize,
}

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let member = |finding: &Finding| finding.at.within.get(self.depth).cloned();
        let members = self.inside.chunk_by(|one, next| member(one) == member(next));
        let members = members.map(|findings| Path { findings, depth: self.depth + 1 });
        let contents = self.shown.iter().map(|finding| Content(finding));
        serializer.collect_seq(contents.map(Detail::Content).chain(members.map(Detail::Member)))
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Detail<'a> {
    Content(Content<'a>),
    Member(Path<'a>),
}

/// A finding with a diff of its own.
struct Content<'a>(&'a Finding);

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let field = escape(&*self.0.field);
        let (diff, remark) = diff::unified(self.0.unified.as_deref().unwrap_or_default());
        let mut comments = diff::remarks(&[self.0]);
        comments.extend(remark);
        let details: [Detail<'_>; 0] = [];
        Node { sources: Sides::new(&*field, &*field), comments, diff, details }
            .serialize(serializer)
    }
}
