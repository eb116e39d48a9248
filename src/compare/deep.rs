//! The contents of changed files, line by line, where they were asked for.
//!
//! Only files that differ are read a second time, each layer at most once more.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use similar::TextDiff;

use super::Means;
use super::blobs::Blobs;
use crate::digest::Sha256Bytes;
use crate::image::{Layer, Manifest};
use crate::layer::extract;
use crate::report::{EntryKind, EntryPath, Finding, Scope, Value};
use crate::sides::Sides;

/// Bytes of a content that is compared line by line; what is longer is said to be.
const MOST_BYTES: u64 = 1 << 20;
/// Lines likewise: finding the least difference takes the product of the lines that differ.
const MOST_LINES: usize = 20_000;
/// A zero this early is how `grep` and `git` tell binary from text.
const PROBE: usize = 8000;

/// Adds a unified diff to every finding about the content of a file at or below one of
/// `means.deep`.
pub(super) fn add(
    findings: &mut [Finding],
    manifests: Sides<&Manifest>,
    blobs: &Blobs<'_>,
    means: Means<'_>,
) {
    let asked = |finding: &Finding| {
        finding.at.path.as_ref().is_some_and(|path| lies_below(path, means.deep))
    };
    let wanted: Vec<(usize, Sides<Option<Sha256Bytes>>)> = findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| asked(finding))
        .filter_map(|(at, finding)| Some((at, contents(finding)?)))
        .collect();
    let digests = Sides::new(
        wanted.iter().filter_map(|(_, digests)| digests.left).collect(),
        wanted.iter().filter_map(|(_, digests)| digests.right).collect(),
    );
    let texts = Sides::new(
        read(&digests.left, &manifests.left.layers, blobs, means),
        read(&digests.right, &manifests.right.layers, blobs, means),
    );
    for (at, digests) in wanted {
        if let Some(finding) = findings.get_mut(at) {
            let held = Sides::new(
                digests.left.map(|digest| texts.left.get(&digest)),
                digests.right.map(|digest| texts.right.get(&digest)),
            );
            finding.unified = Some(unified(finding, held));
        }
    }
}

fn lies_below(path: &EntryPath, directories: &[String]) -> bool {
    directories.iter().any(|directory| {
        let directory = directory.trim_matches('/').as_bytes();
        let path = path.as_bytes().strip_prefix(b"/").unwrap_or(path.as_bytes());
        let rest = path.strip_prefix(directory);
        directory.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    })
}

/// Digests of what a finding says of the content of a file on either side.
fn contents(finding: &Finding) -> Option<Sides<Option<Sha256Bytes>>> {
    let of_files = matches!(finding.scope, Scope::Layer | Scope::Rootfs);
    let digest = |value: Option<&Value>| match value? {
        Value::Sha256(digest) => Some(*digest),
        Value::Entry(entry) if entry.kind == EntryKind::File => entry.content,
        _ => None,
    };
    let digests = Sides::new(digest(finding.left.as_ref()), digest(finding.right.as_ref()));
    (of_files && digests != Sides::default()).then_some(digests)
}

/// The contents with these digests, out of whichever layers hold them.
fn read(
    digests: &BTreeSet<Sha256Bytes>,
    layers: &[Layer],
    blobs: &Blobs<'_>,
    means: Means<'_>,
) -> BTreeMap<Sha256Bytes, Vec<u8>> {
    let mut missing = digests.clone();
    let mut tasks = Vec::new();
    for layer in layers {
        let (Some(scan), Some(blob)) = (blobs.scan(layer), &layer.blob) else { continue };
        let held = scan.entries.iter().enumerate().filter_map(|(at, entry)| {
            let digest = entry.content?;
            missing.remove(&digest).then_some((at, digest))
        });
        let positions: BTreeMap<usize, Sha256Bytes> = held.collect();
        if !positions.is_empty() {
            tasks.push((blob, positions));
        }
    }
    let read_layer = |(blob, positions): &(&crate::source::Blob, BTreeMap<usize, Sha256Bytes>)| {
        let wanted = positions.keys().copied().collect();
        let found = extract(blob.bytes(), &wanted, MOST_BYTES, means.limits);
        let named = found.into_iter();
        named.filter_map(|(at, text)| Some((*positions.get(&at)?, text))).collect::<Vec<_>>()
    };
    let read: Vec<Vec<(Sha256Bytes, Vec<u8>)>> =
        means.pool.install(|| tasks.par_iter().map(read_layer).collect());
    read.into_iter().flatten().collect()
}

/// The diff of two contents, of which one may not exist; a sentence when they are no texts.
fn unified(finding: &Finding, held: Sides<Option<Option<&Vec<u8>>>>) -> String {
    let none = Vec::new();
    let (left, right) = match (held.left, held.right) {
        (Some(None), _) | (_, Some(None)) => {
            return format!("content longer than {MOST_BYTES} bytes");
        }
        (left, right) => (left.flatten().unwrap_or(&none), right.flatten().unwrap_or(&none)),
    };
    match (text(left), text(right)) {
        (Some(left), Some(right))
            if left.lines().count().max(right.lines().count()) > MOST_LINES =>
        {
            format!("content longer than {MOST_LINES} lines")
        }
        (Some(left), Some(right)) => {
            let path = finding.at.path.as_ref().map(EntryPath::escaped).unwrap_or_default();
            let name = |side: &str, exists: bool| {
                if exists { format!("{side}{path}") } else { "/dev/null".to_owned() }
            };
            TextDiff::from_lines(left, right)
                .unified_diff()
                .header(&name("left", held.left.is_some()), &name("right", held.right.is_some()))
                .to_string()
        }
        _ => format!("binary content, {} and {} bytes", left.len(), right.len()),
    }
}

fn text(content: &[u8]) -> Option<&str> {
    let probe = content.get(..PROBE).unwrap_or(content);
    std::str::from_utf8(content).ok().filter(|_| !probe.contains(&0))
}
