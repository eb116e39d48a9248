//! The JSON of diffoscope, version 1, for its own presenters: `diffoscope --load-existing-diff`.
//!
//! A tree: the inputs, image pairs, documents and layers, paths, members. Its presenters print what
//! they are given, so all text is escaped before it is made JSON. What counts is in the tree; the
//! verdict, the causes and what is left out are comments at its root.

mod diff;
mod path;

use std::io;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use self::diff::Diff;
use self::path::Path;
use super::group::{by_section, same_image, same_place, same_section};
use super::words::{self, Pairs, Safe, counted, image, section};
use super::{Renderer, escape, harmless};
use crate::report::{Cause, Finding, Report, Status};
use crate::sides::Sides;

/// One JSON document that diffoscope reads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Diffoscope;

impl Renderer for Diffoscope {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let counts = |finding: &&Finding| finding.status == Status::Counted;
        let findings = by_section(report.findings.iter().filter(counts).collect());
        harmless::compact(&Root { report, findings: &findings }, out)
    }
}

/// One difference as diffoscope's reader wants it.
struct Node<'a, Details> {
    sources: Sides<&'a str>,
    comments: Vec<Safe>,
    diff: Option<Diff>,
    details: Details,
}

impl<Details: Serialize> Node<'_, Details> {
    fn entries<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("source1", self.sources.left)?;
        map.serialize_entry("source2", self.sources.right)?;
        if !self.comments.is_empty() {
            let comments: Vec<&str> = self.comments.iter().map(Safe::as_str).collect();
            map.serialize_entry("comments", &comments)?;
        }
        map.serialize_entry("unified_diff", &self.diff.as_ref().map(Diff::as_str))?;
        map.serialize_entry("details", &self.details)
    }
}

impl<Details: Serialize> Serialize for Node<'_, Details> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.entries(&mut map)?;
        map.end()
    }
}

struct Root<'a> {
    report: &'a Report,
    findings: &'a [&'a Finding],
}

impl Serialize for Root<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { report, findings } = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("diffoscope-json-version", &1)?;
        let (left, right) = (escape(&report.left.input), escape(&report.right.input));
        let sources = Sides::new(&*left, &*right);
        let details = Images { report, findings };
        Node { sources, comments: comments(report), diff: None, details }.entries(&mut map)?;
        map.end()
    }
}

fn comments(report: &Report) -> Vec<Safe> {
    let verdict = words::verdict(report.verdict);
    let rest = report.summary.findings.saturating_sub(report.summary.counted);
    let left_out = (rest > 0).then(|| counted(rest).then(" that do not count are left out"));
    let causes = report.causes.iter().map(cause);
    [verdict].into_iter().chain(causes).chain(left_out).collect()
}

fn cause(cause: &Cause) -> Safe {
    let noise = if cause.noise { " [noise]" } else { "" };
    let head = Safe::from("cause: ").then(Safe::escaped(&cause.id)).then(noise).then(", ");
    let head = head.then(counted(cause.findings)).then(": ").then(Safe::escaped(&cause.title));
    if cause.fix.is_empty() { head } else { head.then("; fix: ").then(Safe::escaped(&cause.fix)) }
}

/// The image pairs; what lies outside of all of them stands beside them.
struct Images<'a> {
    report: &'a Report,
    findings: &'a [&'a Finding],
}

impl Serialize for Images<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = &Pairs::of(self.report);
        let images = self.findings.chunk_by(|one, next| same_image(one, next));
        serializer.collect_seq(images.map(|findings| Image { pairs, findings }))
    }
}

struct Image<'a> {
    pairs: &'a Pairs<'a>,
    findings: &'a [&'a Finding],
}

impl Serialize for Image<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { pairs, findings } = *self;
        let name = findings.first().and_then(|first| image(&first.at));
        let name = name.unwrap_or_else(|| "inputs".into());
        let sections = findings.chunk_by(|one, next| same_section(one, next));
        let sections = sections.map(|findings| Section { findings, pairs });
        let details: Vec<Section<'_>> = sections.collect();
        let sources = Sides::new(name.as_str(), name.as_str());
        Node { sources, comments: Vec::new(), diff: None, details }.serialize(serializer)
    }
}

/// A document or a layer.
struct Section<'a> {
    findings: &'a [&'a Finding],
    pairs: &'a Pairs<'a>,
}

impl Serialize for Section<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_field = |finding: &&&Finding| finding.at.path.is_none();
        let fields: Vec<&Finding> = self.findings.iter().filter(is_field).copied().collect();
        let paths = self.findings.chunk_by(|one, next| same_place(one, next));
        let paths = paths.filter(|group| group.iter().all(|finding| finding.at.path.is_some()));
        let details: Vec<Path<'_>> = paths.map(Path::new).collect();
        let first = self.findings.first();
        let title = first.map(|first| section(first)).unwrap_or_default();
        let sources = Sides::new(title.as_str(), title.as_str());
        let mut comments: Vec<Safe> =
            first.and_then(|first| self.pairs.command(first)).cloned().into_iter().collect();
        comments.extend(diff::remarks(&fields));
        let diff = Diff::of_fields(&fields);
        Node { sources, comments, diff, details }.serialize(serializer)
    }
}
