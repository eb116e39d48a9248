//! Layers as streams: media type, what follows the end, oddities of the tar.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::config::at_layer;
use super::ledger::Ledger;
use super::{Case, entries, grade};
use crate::compare::claims::claimed_compression;
use crate::compare::queue::each;
use crate::compress::Compression;
use crate::image::Layer;
use crate::layer::{Hashed, LayerScan, PathHasher};
use crate::report::{Location, Scope, Severity};
use crate::source::Blob;
use crate::tar::EndOfArchive;

/// The last bytes of an eStargz blob: a gzip member whose extra field ends in this word.
const ESTARGZ_FOOTER: usize = 51;
const ESTARGZ_MAGIC: &[u8] = b"STARGZ";

/// Layers, and what is known of their entries.
pub(super) struct Known<'a> {
    pub(super) hasher: PathHasher,
    hashed: BTreeMap<*const LayerScan, Hashed<'a>>,
}

impl<'a> Known<'a> {
    /// What is known of the entries of `scan`.
    pub(super) fn of(&self, scan: &Arc<LayerScan>) -> Option<&Hashed<'a>> {
        self.hashed.get(&Arc::as_ptr(scan))
    }
}

/// A layer that was looked into.
pub(super) struct Inside<'a> {
    scan: Arc<LayerScan>,
    blob: &'a Blob,
    /// Its bytes were looked into before, under digests of other algorithms.
    again: bool,
}

/// The layers that could be looked into, by where they lie; what several images share is one. What
/// is [`Known`] of them borrows from these.
pub(super) fn inside<'a>(case: &Case<'a>) -> Vec<(Location, Vec<Inside<'a>>)> {
    let (mut scans, mut blobs) = (BTreeSet::new(), BTreeSet::new());
    let mut inside: BTreeMap<Location, Vec<Inside<'_>>> = BTreeMap::new();
    for (manifest, at) in case.manifests() {
        for (position, layer) in manifest.layers.iter().enumerate() {
            if let Some((blob, scan)) = layer.blob.as_ref().zip(case.blobs.scan(layer))
                && scans.insert(Arc::as_ptr(&scan))
            {
                let again = !blobs.insert((blob.bytes().as_ptr().addr(), blob.len()));
                let at = at_layer(at, position);
                inside.entry(at).or_default().push(Inside { scan, blob, again });
            }
        }
    }
    inside.into_iter().collect()
}

/// Checks every layer, and says what it learnt of those `inside`.
pub(super) fn check<'a>(
    case: &Case<'_>,
    inside: &'a [(Location, Vec<Inside<'_>>)],
    ledger: &mut Ledger,
) -> Known<'a> {
    for (manifest, at) in case.manifests() {
        for (position, layer) in manifest.layers.iter().enumerate() {
            let Some(blob) = &layer.blob else { continue };
            let at = at_layer(at, position);
            check_media_type(layer, blob, &at, ledger);
            check_unread(layer, &at, ledger);
        }
    }
    let hasher = PathHasher::default();
    let layers = || inside.iter().flat_map(|(_, layers)| layers);
    let unpacked = layers().map(|it| it.scan.unpacked).sum();
    let found = each(inside, unpacked, case.means, |(at, layers)| {
        let mut ledger = Ledger::default();
        let hash = |layer: &'a Inside<'_>| layer.check(at, &hasher, &mut ledger);
        let hashed: Vec<_> = layers.iter().map(hash).collect();
        (ledger, hashed)
    });
    let (ledgers, hashed): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    ledgers.into_iter().for_each(|some| ledger.absorb(some));
    let scans = layers().map(|layer| Arc::as_ptr(&layer.scan));
    Known { hasher, hashed: scans.zip(hashed.into_iter().flatten()).collect() }
}

impl Inside<'_> {
    fn check(&self, at: &Location, hasher: &PathHasher, ledger: &mut Ledger) -> Hashed<'_> {
        let all = &self.scan.entries;
        let hashed = Hashed::new(all, hasher);
        if !self.again {
            check_packing(&self.scan, self.blob, at, ledger);
            check_tar(&self.scan, self.blob, at, ledger);
            entries::check(all, hashed.may_repeat(), at, ledger);
        }
        hashed
    }
}

fn check_media_type(layer: &Layer, blob: &Blob, at: &Location, ledger: &mut Ledger) {
    let Some(said) = layer.media_type.as_deref().filter(|said| !said.is_empty()) else { return };
    let is = Compression::detect(blob.bytes());
    match claimed(said) {
        Some(compression) if compression != is => {
            let message =
                format!("{}: media type {said}, but the bytes are {}", layer.name, word(is));
            ledger.lie(Scope::Layer, at, "media-type", message);
        }
        // No runtime reads it, and whoever does will see.
        None if said.ends_with("json") && !is_json(blob.bytes()) => {
            let message = format!("media type {said}, but the bytes are no JSON");
            ledger.say(Severity::Warning, Scope::Layer, at, "media-type", message);
        }
        _ => {}
    }
}

/// A DiffID is a claim about a tar stream, and this is not known to be one.
fn check_unread(layer: &Layer, at: &Location, ledger: &mut Ledger) {
    if layer.diff_id.is_some() && !layer.is_tar() {
        let said = layer.media_type.as_deref().unwrap_or_default();
        let message = format!("media type {said} is not that of a layer: its DiffID is unchecked");
        ledger.say(Severity::Warning, Scope::Layer, at, "unread-layer", message);
    }
}

fn claimed(media_type: &str) -> Option<Compression> {
    let ends = |ends: &[&str]| ends.iter().any(|end| media_type.ends_with(end));
    claimed_compression(media_type).or_else(|| {
        let suffixes: [(&[&str], Compression); 3] = [
            (&["+gzip", ".gzip", ".tar.gz"], Compression::Gzip),
            (&["+zstd", ".zstd", ".tar.zst"], Compression::Zstd),
            (&[".tar", "+tar"], Compression::Plain),
        ];
        suffixes.into_iter().find(|(names, _)| ends(names)).map(|(_, compression)| compression)
    })
}

const fn word(compression: Compression) -> &'static str {
    match compression {
        Compression::Plain => "not compressed",
        compressed => compressed.name(),
    }
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

fn check_packing(scan: &LayerScan, blob: &Blob, at: &Location, ledger: &mut Ledger) {
    if scan.trailing == 0 {
        return;
    }
    let start = blob.len().saturating_sub(scan.trailing);
    let rest = usize::try_from(start).ok().and_then(|start| blob.bytes().get(start..));
    let only_zeros = rest.is_some_and(|rest| rest.iter().all(|&byte| byte == 0));
    let (severity, what) =
        if only_zeros { (Severity::Note, "zeros") } else { (Severity::Warning, "bytes") };
    let (rest, name) = (scan.trailing, scan.compression.name());
    let message = format!("{rest} {what} follow the end of the {name} stream");
    ledger.say(severity, Scope::Layer, at, "trailing-data", message);
}

fn check_tar(scan: &LayerScan, blob: &Blob, at: &Location, ledger: &mut Ledger) {
    let ending = &scan.ending;
    let mut say = |severity, field, message: String| {
        ledger.say(severity, Scope::Layer, at, field, message);
    };
    if ending.fault.is_none() && ending.end_of_archive != EndOfArchive::Full {
        say(Severity::Note, "tar-end", "the tar does not end in two zero blocks".into());
    }
    if ending.trailing_nonzero {
        let (bytes, offset) = (ending.trailing, ending.end_offset);
        if is_estargz(blob) {
            let message = format!("{bytes} bytes behind the end of the tar: the index of eStargz");
            say(Severity::Note, "estargz-index", message);
        } else {
            let message = format!("{bytes} bytes follow the end of the tar at {offset}");
            say(Severity::Warning, "trailing-data", message);
        }
    }
    if !ending.global.is_empty() {
        let records = ending.global.len();
        let message = format!("global headers with {records} records, which docker ignores");
        say(Severity::Note, "global-headers", message);
    }
    for (offset, oddity) in &scan.oddities {
        say(grade::oddity(*oddity), "tar-oddity", format!("{oddity} at byte {offset}"));
    }
}

fn is_estargz(blob: &Blob) -> bool {
    let bytes = blob.bytes();
    let footer = bytes.get(bytes.len().saturating_sub(ESTARGZ_FOOTER)..).unwrap_or_default();
    footer.windows(ESTARGZ_MAGIC.len()).any(|window| window == ESTARGZ_MAGIC)
}
