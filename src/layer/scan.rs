//! One pass over a layer: blob digest, DiffID, entries, and the digests of their contents if these
//! are wanted.
//!
//! In one thread a chunk is unpacked, hashed and walked while it is in the cache. As soon as a
//! worker is idle the scan goes on in two: unpacking in one and hashing in the other, or, where
//! there is nothing to unpack, hashing the layer in one and walking it in the other. Memory grows
//! with the number of entries only.

use super::Entry;
use super::chunk::CHUNK;
use super::packed::packed;
use super::sink::{Sink, Walked};
use crate::compress::{Compression, DecodeError};
use crate::digest::{Algorithm, DiffId, Digest, Hasher};
use crate::limits::Limits;
use crate::progress::Progress;
use crate::tar::{Ending, Oddity};
use crate::workers::Idle;

/// What to scan, and under which algorithms its digests are claimed.
#[derive(Clone, Copy, Debug)]
pub struct ScanRequest<'a> {
    /// The stored bytes.
    pub bytes: &'a [u8],
    /// Algorithm of the claimed blob digest.
    pub blob_algorithm: Algorithm,
    /// Algorithm of the claimed DiffID.
    pub diff_id_algorithm: Algorithm,
    /// Whether the content of each file is hashed for itself.
    pub contents: bool,
}

/// What a layer turned out to hold.
#[derive(Debug)]
pub struct LayerScan {
    /// Digest of the stored bytes.
    pub digest: Digest,
    /// Number of stored bytes.
    pub stored: u64,
    /// How they are compressed, by their magic bytes.
    pub compression: Compression,
    /// Digest of the unpacked bytes; absent when they could not all be unpacked.
    pub diff_id: Option<DiffId>,
    /// Number of unpacked bytes.
    pub unpacked: u64,
    /// Why they could not all be unpacked.
    pub broken: Option<DecodeError>,
    /// Stored bytes that follow the last member or frame.
    pub trailing: u64,
    /// Entries in the order of the archive.
    pub entries: Vec<Entry>,
    /// How the tar archive ended.
    pub ending: Ending,
    /// What was odd about it, with offsets.
    pub oddities: Vec<(u64, Oddity)>,
}

impl LayerScan {
    /// Whether all of the layer was read and understood.
    pub const fn is_whole(&self) -> bool {
        self.broken.is_none() && self.ending.fault.is_none()
    }
}

/// Reads all of a layer, together with who is `idle`.
pub fn scan(
    request: ScanRequest<'_>,
    idle: &Idle,
    limits: &Limits,
    progress: &dyn Progress,
) -> LayerScan {
    let compression = Compression::detect(request.bytes);
    let unpacked = match compression {
        Compression::Plain => plain(request, idle, limits, progress),
        _ => packed(request, compression, idle, limits, progress),
    };
    let whole = unpacked.broken.is_none();
    LayerScan {
        digest: unpacked.blob,
        stored: request.bytes.len() as u64,
        compression,
        diff_id: whole.then_some(DiffId(unpacked.diff_id)),
        unpacked: unpacked.size,
        broken: unpacked.broken,
        trailing: unpacked.trailing,
        entries: unpacked.walked.entries,
        ending: unpacked.walked.ending,
        oddities: unpacked.walked.oddities,
    }
}

/// What a scan learns, whatever has to be done for it.
pub(super) struct Unpacked {
    pub(super) blob: Digest,
    pub(super) diff_id: Digest,
    pub(super) size: u64,
    pub(super) broken: Option<DecodeError>,
    pub(super) trailing: u64,
    pub(super) walked: Walked,
}

/// For plain bytes the blob digest is the DiffID, unless claimed under another algorithm.
fn plain(
    request: ScanRequest<'_>,
    idle: &Idle,
    limits: &Limits,
    progress: &dyn Progress,
) -> Unpacked {
    let ScanRequest { bytes, blob_algorithm, diff_id_algorithm, contents } = request;
    let (mut whole, mut sink) = (Hasher::new(diff_id_algorithm), Sink::new(contents, limits));
    let mut rest = bytes;
    while !rest.is_empty() {
        if idle.any_for(rest.len()) && in_two(rest, &mut sink, &mut whole, idle, progress) {
            break;
        }
        let chunk;
        (chunk, rest) = rest.split_at(CHUNK.min(rest.len()));
        if contents {
            sink.push(chunk, Some(&mut whole));
        } else {
            // Then its headers are in the cache.
            whole.update(chunk);
            sink.push(chunk, None);
        }
        progress.advance(chunk.len() as u64);
    }
    let diff_id = whole.finish();
    let same = blob_algorithm == diff_id_algorithm;
    let blob = if same { diff_id.clone() } else { Digest::of(blob_algorithm, bytes) };
    let walked = sink.finish();
    Unpacked { blob, diff_id, size: bytes.len() as u64, broken: None, trailing: 0, walked }
}

/// Hashes the `rest` of a plain layer in one thread, and walks it and hashes its contents in another,
/// if anybody is idle. To take all bytes into two digests at once is hardly more than into one, so
/// that saves the ninth part of large files, and half where they are small.
fn in_two(
    rest: &[u8],
    sink: &mut Sink,
    whole: &mut Hasher,
    idle: &Idle,
    progress: &dyn Progress,
) -> bool {
    let walk = || rest.chunks(CHUNK).for_each(|chunk| sink.push(chunk, None));
    let hash = || {
        for chunk in rest.chunks(CHUNK) {
            whole.update(chunk);
            progress.advance(chunk.len() as u64);
        }
    };
    idle.beside(walk, hash).is_some()
}
