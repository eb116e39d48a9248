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
use super::group::{same_image, same_place, same_section};
use super::words::{Commands, Safe, counted, section};
use super::{Renderer, escape, harmless};
use crate::report::{Cause, Finding, Report, Scope, Status};
use crate::sides::Sides;

/// One JSON document that diffoscope reads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Diffoscope;

impl Renderer for Diffoscope {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let counts = |finding: &&Finding| finding.status == Status::Counted;
        let findings: Vec<&Finding> = report.findings.iter().filter(counts).collect();
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
    let verdict = report.verdict;
    let verdict = Safe::from("verdict: ").then(verdict.name()).then(" — ").then(verdict.meaning());
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
        let images = self.findings.chunk_by(|one, next| same_image(one, next));
        serializer.collect_seq(images.map(|findings| {
            let name = name(findings);
            Image { report: self.report, findings, name }
        }))
    }
}

/// Reference and platform, of which one may be absent.
fn name(findings: &[&Finding]) -> Safe {
    let Some(first) = findings.first() else { return Safe::default() };
    let names = [&first.at.image, &first.at.platform].into_iter().flatten();
    let names = names.map(|name| Safe::escaped(&**name));
    names.reduce(|text, name| text.then(" ").then(name)).unwrap_or_else(|| "inputs".into())
}

struct Image<'a> {
    report: &'a Report,
    findings: &'a [&'a Finding],
    name: Safe,
}

impl Serialize for Image<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let commands = match self.findings.first() {
            Some(first) => Commands::find(self.report, &first.at),
            None => Commands::of(None),
        };
        let sections = self.findings.chunk_by(|one, next| same_section(one, next));
        let sections = sections.map(|findings| Section { findings, commands: &commands });
        let details: Vec<Section<'_>> = sections.collect();
        let sources = Sides::new(self.name.as_str(), self.name.as_str());
        Node { sources, comments: Vec::new(), diff: None, details }.serialize(serializer)
    }
}

/// A document or a layer.
struct Section<'a> {
    findings: &'a [&'a Finding],
    commands: &'a Commands,
}

impl Section<'_> {
    fn title(&self) -> Safe {
        match self.findings.first() {
            Some(first) if first.scope == Scope::Rootfs => "merged file system".into(),
            Some(first) => section(first),
            None => Safe::default(),
        }
    }

    /// What made the layer.
    fn command(&self) -> Option<Safe> {
        let first = self.findings.first().filter(|first| first.scope == Scope::Layer)?;
        self.commands.get(first.at.layer?).cloned()
    }
}

impl Serialize for Section<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_field = |finding: &&&Finding| finding.at.path.is_none();
        let fields: Vec<&Finding> = self.findings.iter().filter(is_field).copied().collect();
        let paths = self.findings.chunk_by(|one, next| same_place(one, next));
        let paths = paths.filter(|group| group.iter().all(|finding| finding.at.path.is_some()));
        let details: Vec<Path<'_>> = paths.map(Path::new).collect();
        let title = self.title();
        let sources = Sides::new(title.as_str(), title.as_str());
        let mut comments: Vec<Safe> = self.command().into_iter().collect();
        comments.extend(diff::remarks(&fields));
        let diff = Diff::of_fields(&fields);
        Node { sources, comments, diff, details }.serialize(serializer)
    }
}
