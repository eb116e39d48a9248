//! Gives findings their causes.
//!
//! Every cause is a predicate over one finding and what surrounds it ([`Case`]); the first of the
//! catalogue that holds is the cause. What stays without one is unexplained.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::catalogue::{self, Known};
use crate::report::{
    Cause, Change, EntryKind, EntryPath, Finding, ImagePair, LayerSummary, Location, Scope,
    Timestamp, Value,
};
use crate::sides::Sides;

/// Names the cause of every finding that has a known one. `merged` are the differences of the
/// merged file systems, where they are known.
pub(super) fn assign(findings: &mut [Finding], merged: Option<&[Finding]>, images: &[ImagePair]) {
    let surroundings = Surroundings::of(findings, merged, images);
    let causes: Vec<Option<&'static Known>> = findings
        .iter()
        .map(|finding| {
            let case = Case { finding, surroundings: &surroundings };
            let judged = !finding.derived && !finding.is_damage();
            judged.then(|| catalogue::recognise(&case)).flatten()
        })
        .collect();
    for (finding, cause) in findings.iter_mut().zip(causes) {
        finding.cause = cause.map(|cause| cause.id.into());
    }
}

/// The causes of `findings`, most explaining first; those that are not noise before equals that
/// are.
pub(super) fn summarize(findings: &[Finding], epoch: Option<i64>) -> Vec<Cause> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cause in findings.iter().filter_map(|finding| finding.cause.as_deref()) {
        let count = counts.entry(cause).or_default();
        *count = count.saturating_add(1);
    }
    let mut causes: Vec<Cause> = counts
        .into_iter()
        .filter_map(|(id, count)| Some(cause(catalogue::find(id)?, count, findings, epoch)))
        .collect();
    causes.sort_by(|a, b| (b.findings, a.noise, &a.id).cmp(&(a.findings, b.noise, &b.id)));
    causes
}

fn cause(known: &Known, count: usize, findings: &[Finding], epoch: Option<i64>) -> Cause {
    let late = epoch.map_or(0, |epoch| {
        let own = findings.iter().filter(|finding| finding.cause.as_deref() == Some(known.id));
        own.filter(|finding| is_late(finding, epoch)).count()
    });
    let evidence = match (late, epoch) {
        (0, _) | (_, None) => known.evidence.to_owned(),
        (late, Some(epoch)) => {
            let epoch = Timestamp { seconds: epoch, nanoseconds: 0 };
            format!("{}; {late} later than SOURCE_DATE_EPOCH ({epoch})", known.evidence)
        }
    };
    Cause {
        id: known.id.to_owned(),
        title: known.title.to_owned(),
        noise: known.noise,
        findings: count,
        evidence,
        fix: known.fix.to_owned(),
    }
}

/// Whether either side's time is later than `epoch`.
fn is_late(finding: &Finding, epoch: i64) -> bool {
    [&finding.left, &finding.right].into_iter().flatten().any(|value| match value {
        Value::Time(time) => time.seconds > epoch,
        Value::Json(Json::String(text)) => rfc3339_seconds(text).is_some_and(|it| it > epoch),
        _ => false,
    })
}

/// Seconds since 1970 of a time in UTC as builders write it; `None` for anything else.
fn rfc3339_seconds(text: &str) -> Option<i64> {
    let time = text.strip_suffix('Z')?;
    let (date, clock) = time.split_once('T')?;
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let mut clock = clock.split('.').next()?.splitn(3, ':').map(str::parse::<i64>);
    let next =
        |parts: &mut dyn Iterator<Item = Result<i64, _>>| -> Option<i64> { parts.next()?.ok() };
    let (year, month, day) = (next(&mut date)?, next(&mut date)?, next(&mut date)?);
    let (hour, minute, second) = (next(&mut clock)?, next(&mut clock)?, next(&mut clock)?);
    Timestamp::from_utc((year, month, day), (hour, minute, second)).map(|time| time.seconds)
}

/// What surrounds the findings of a report.
struct Surroundings {
    /// Fields that differ at a place.
    fields: BTreeMap<Location, Vec<String>>,
    /// Directories in which something differs, by image.
    holders: BTreeSet<(Image, Vec<u8>)>,
    /// Paths of entries that come or go in the merged file system, by image.
    merged: Option<BTreeSet<(Image, Vec<u8>)>>,
    /// Layers with annotations of lazy pulling.
    lazy: BTreeSet<Location>,
    /// Layer places that belong to a base image that drifted.
    drifted: BTreeSet<Location>,
}

/// Image name and platform.
type Image = (Option<String>, Option<String>);

fn image(at: &Location) -> Image {
    (at.image.as_deref().map(str::to_owned), at.platform.as_deref().map(str::to_owned))
}

/// The same place without path and members.
fn layer_place(at: &Location) -> Location {
    Location { path: None, within: Vec::new(), ..at.clone() }
}

fn parent(path: &[u8]) -> Option<&[u8]> {
    let slash = path.iter().rposition(|byte| *byte == b'/')?;
    Some(path.get(..slash.max(1)).unwrap_or_default())
}

impl Surroundings {
    fn of(findings: &[Finding], merged: Option<&[Finding]>, images: &[ImagePair]) -> Self {
        let mut all = Self {
            fields: BTreeMap::new(),
            holders: BTreeSet::new(),
            merged: merged.map(come_or_go),
            lazy: images.iter().flat_map(lazy_layers).collect(),
            drifted: drifted(findings, images),
        };
        for finding in findings {
            all.take(finding);
        }
        all
    }

    fn take(&mut self, finding: &Finding) {
        let Some(path) = &finding.at.path else { return };
        self.fields.entry(finding.at.clone()).or_default().push(finding.field.to_string());
        if let Some(parent) = parent(path.as_bytes()) {
            self.holders.insert((image(&finding.at), parent.to_vec()));
        }
    }
}

fn come_or_go(merged: &[Finding]) -> BTreeSet<(Image, Vec<u8>)> {
    let lone = merged.iter().filter(|it| matches!(&*it.field, "entry" | "path" | "type"));
    lone.filter_map(|it| Some((image(&it.at), it.at.path.as_ref()?.as_bytes().to_vec()))).collect()
}

/// The lowest layers of each image that differ while their history says that they are the root
/// file system of a base image, by the same command on both sides.
fn drifted(findings: &[Finding], images: &[ImagePair]) -> BTreeSet<Location> {
    let differing: BTreeSet<Location> = findings
        .iter()
        .filter(|it| it.scope == Scope::Layer && it.field == "diffId")
        .map(|it| layer_place(&it.at))
        .collect();
    images.iter().filter_map(|image| base_layer(image, &differing)).collect()
}

fn base_layer(image: &ImagePair, differing: &BTreeSet<Location>) -> Option<Location> {
    let lowest = image.layers.first()?.layer.as_ref().map(Option::as_ref);
    let (left, right) = (lowest.left?, lowest.right?);
    let same_command =
        base_command(left.created_by.as_deref()?)? == base_command(right.created_by.as_deref()?)?;
    let at = place_of(image, lowest);
    (same_command && differing.contains(&at)).then_some(at)
}

fn place_of(image: &ImagePair, layer: Sides<Option<&LayerSummary>>) -> Location {
    Location {
        image: image.image.as_deref().map(Into::into),
        platform: image.platform.as_deref().map(Into::into),
        layer: Some(layer.map(|layer| layer.map(|layer| layer.index))),
        ..Location::default()
    }
}

/// Places of layers that either side has prepared for lazy pulling.
fn lazy_layers(image: &ImagePair) -> Vec<Location> {
    let rows = image.layers.iter().map(|row| row.layer.as_ref());
    let is_lazy = |row: &Sides<Option<&LayerSummary>>| {
        [row.left, row.right].into_iter().flatten().any(|layer| layer.lazy)
    };
    rows.map(|row| row.map(Option::as_ref))
        .filter(is_lazy)
        .map(|row| place_of(image, row))
        .collect()
}

/// The command that brings in the root file system of a base image, without the digest docker
/// writes into it.
fn base_command(text: &str) -> Option<String> {
    let text = text.strip_prefix("/bin/sh -c ").unwrap_or(text);
    let text = text.strip_prefix("#(nop) ").unwrap_or(text).trim_start();
    let is_root = text.starts_with("ADD file:")
        || text.starts_with("ADD rootfs")
        || text.starts_with("# debian.sh")
        || text.starts_with("ADD alpine-minirootfs")
        || text.starts_with("COPY rootfs")
        || text.starts_with("FROM ");
    if !is_root {
        return None;
    }
    let digest = |word: &&str| !word.starts_with("file:") && !word.contains("sha256");
    Some(text.split_whitespace().filter(digest).collect::<Vec<_>>().join(" "))
}

/// A finding and what surrounds it, as the catalogue asks about it.
pub(super) struct Case<'a> {
    finding: &'a Finding,
    surroundings: &'a Surroundings,
}

impl<'a> Case<'a> {
    pub(super) fn field(&self) -> &'a str {
        &self.finding.field
    }

    pub(super) const fn scope(&self) -> Scope {
        self.finding.scope
    }

    pub(super) const fn kind(&self) -> Option<EntryKind> {
        self.finding.kind
    }

    /// Whether the field is one of `names` or lies below one.
    pub(super) fn field_begins(&self, names: &[&str]) -> bool {
        names.iter().any(|name| {
            self.field()
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    pub(super) fn field_ends(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.field().ends_with(ending))
    }

    pub(super) fn field_contains(&self, parts: &[&str]) -> bool {
        parts.iter().any(|part| self.field().contains(part))
    }

    pub(super) fn text_left(&self) -> Option<&'a str> {
        text(self.finding.left.as_ref())
    }

    pub(super) fn text_right(&self) -> Option<&'a str> {
        text(self.finding.right.as_ref())
    }

    /// The absolute path; empty when there is none or it is not UTF-8.
    pub(super) fn path(&self) -> &'a str {
        self.finding.at.path.as_ref().and_then(EntryPath::as_str).unwrap_or_default()
    }

    pub(super) fn file_name(&self) -> &'a str {
        self.path().rsplit('/').next().unwrap_or_default()
    }

    pub(super) fn is_whiteout(&self) -> bool {
        self.file_name().starts_with(".wh.")
    }

    pub(super) const fn is_one_sided(&self) -> bool {
        matches!(self.finding.change, Change::Added | Change::Removed)
    }

    /// Index, manifest or configuration, not files.
    pub(super) const fn is_of_documents(&self) -> bool {
        matches!(self.finding.scope, Scope::Index | Scope::Manifest | Scope::Config)
    }

    pub(super) const fn is_layer_descriptor(&self) -> bool {
        matches!(self.finding.scope, Scope::Manifest) && self.finding.at.layer.is_some()
    }

    /// What a file holds or that it is there at all, in contrast to its times and formats.
    pub(super) fn is_about_content(&self) -> bool {
        matches!(self.field(), "content" | "size" | "entry" | "linkname" | "type" | "sparse")
    }

    /// An empty file, or a directory, that only one side has.
    pub(super) fn is_empty_entry(&self) -> bool {
        let value = self.finding.left.as_ref().or(self.finding.right.as_ref());
        matches!(value, Some(Value::Entry(entry)) if entry.size == 0)
    }

    /// One value is absent and the other is what absence means. Of sets and maps that users name
    /// the members of, being there is what counts, whatever the value.
    pub(super) fn is_spelt_default(&self) -> bool {
        const NAMED: [&str; 6] = [
            "env.",
            "labels.",
            "config.Volumes.",
            "config.ExposedPorts.",
            "container_config.",
            "history",
        ];
        if NAMED.iter().any(|prefix| self.field().starts_with(prefix)) {
            return false;
        }
        match (&self.finding.left, &self.finding.right) {
            (None, Some(Value::Json(value))) | (Some(Value::Json(value)), None) => {
                is_default(value)
            }
            (Some(Value::Json(left)), Some(Value::Json(right))) => {
                is_default(left) && is_default(right)
            }
            _ => false,
        }
    }

    pub(super) const fn lacks_a_value(&self) -> bool {
        self.finding.left.is_none() || self.finding.right.is_none()
    }

    pub(super) fn is_rounded(&self) -> bool {
        let (Some(Value::Time(left)), Some(Value::Time(right))) =
            (&self.finding.left, &self.finding.right)
        else {
            return false;
        };
        let whole = left.nanoseconds == 0 || right.nanoseconds == 0;
        let (early, late) = (left.min(right), left.max(right));
        let seconds = late.seconds.saturating_sub(early.seconds);
        whole && (seconds == 0 || seconds == 1 && late.nanoseconds < early.nanoseconds)
    }

    pub(super) fn also_differs(&self, field: &str) -> bool {
        let fields = self.surroundings.fields.get(&self.finding.at);
        fields.is_some_and(|fields| fields.iter().any(|other| other == field))
    }

    /// Whether something in this directory differs too.
    pub(super) fn holds_changes(&self) -> bool {
        let key = (image(&self.finding.at), self.path().as_bytes().to_vec());
        self.surroundings.holders.contains(&key)
    }

    pub(super) fn layer_is_lazy(&self) -> bool {
        self.surroundings.lazy.contains(&layer_place(&self.finding.at))
    }

    pub(super) fn is_in_drifted_base(&self) -> bool {
        self.surroundings.drifted.contains(&layer_place(&self.finding.at))
    }

    /// Whether it is known that nothing comes or goes in the merged file system at this path, or
    /// at and below what a whiteout hides.
    pub(super) fn changes_nothing(&self) -> bool {
        let (Some(merged), Some(path)) = (&self.surroundings.merged, &self.finding.at.path) else {
            return false;
        };
        let (target, inclusive) = affected(path.as_bytes());
        let image = image(&self.finding.at);
        let at = (image.clone(), target.clone());
        let below = (image.clone(), [&*target, b"/"].concat());
        let next = merged.range(below.clone()..).next();
        let something_below =
            next.is_some_and(|(other, path)| *other == image && path.starts_with(&below.1));
        !(inclusive && merged.contains(&at)) && !(self.is_whiteout() && something_below)
    }
}

/// The path an entry acts on, and whether on itself too: a whiteout acts on what it hides, an
/// opaque one only on what lies below.
fn affected(path: &[u8]) -> (Vec<u8>, bool) {
    let directory = parent(path).unwrap_or_default();
    let slash = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at.saturating_add(1));
    let name = path.get(slash..).unwrap_or_default();
    match name.strip_prefix(b".wh.") {
        Some(b".wh..opq") => (directory.to_vec(), false),
        Some(hidden) => {
            let directory = path.get(..slash).unwrap_or_default();
            ([directory, hidden].concat(), true)
        }
        None => (path.to_vec(), true),
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    match value? {
        Value::Text(text) | Value::Json(Json::String(text)) => Some(text),
        _ => None,
    }
}

fn is_default(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::Bool(true) => false,
        Json::String(text) => text.is_empty() || text == "0001-01-01T00:00:00Z",
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::Array(list) => list.is_empty(),
        Json::Object(object) => object.values().all(is_default),
    }
}
