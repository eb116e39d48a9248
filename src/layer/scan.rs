//! One pass over a layer: blob digest, DiffID, entries with content digests.
//!
//! In one thread a chunk is unpacked, hashed and walked while it is in the cache. When cores
//! would otherwise idle, unpacking and hashing go on in two threads ([`Pace::Overlapped`]).
//! Memory grows with the number of entries only.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::Entry;
use super::chunk::{CHUNK, Chunk};
use super::sink::{Sink, Walked};
use super::stream::{Elsewhere, Here, Stream};
use crate::compress::{Compression, DecodeError, Decoder};
use crate::digest::{Algorithm, DiffId, Digest, Hasher};
use crate::limits::Limits;
use crate::progress::Progress;
use crate::tar::{Ending, Oddity};

/// Chunks in flight between two threads.
const IN_FLIGHT: usize = 4;

/// What to scan, and under which algorithms its digests are claimed.
#[derive(Clone, Copy, Debug)]
pub struct ScanRequest<'a> {
    /// The stored bytes.
    pub bytes: &'a [u8],
    /// Algorithm of the claimed blob digest.
    pub blob_algorithm: Algorithm,
    /// Algorithm of the claimed DiffID.
    pub diff_id_algorithm: Algorithm,
}

/// How a scan uses threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// All in the calling thread.
    Single,
    /// Unpacking and hashing in two threads; hashing the layer and its contents, when there is
    /// nothing to unpack.
    Overlapped,
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

/// Reads all of a layer.
pub fn scan(
    request: ScanRequest<'_>,
    pace: Pace,
    limits: &Limits,
    progress: &dyn Progress,
) -> LayerScan {
    let compression = Compression::detect(request.bytes);
    let unpacked = match (compression, pace) {
        (Compression::Plain, _) => plain(request, pace, limits, progress),
        (_, Pace::Single) => packed(request, compression, limits, progress),
        (_, Pace::Overlapped) => packed_overlapped(request, compression, limits, progress),
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

struct Unpacked {
    blob: Digest,
    diff_id: Digest,
    size: u64,
    broken: Option<DecodeError>,
    trailing: u64,
    walked: Walked,
}

/// For plain bytes the blob digest is the DiffID, unless claimed under another algorithm. To take
/// all bytes into two digests at once is hardly more than into one, so a second thread saves the
/// ninth part only.
fn plain(
    request: ScanRequest<'_>,
    pace: Pace,
    limits: &Limits,
    progress: &dyn Progress,
) -> Unpacked {
    let ScanRequest { bytes, blob_algorithm, diff_id_algorithm } = request;
    let (diff_id, walked) = match pace {
        Pace::Single => {
            let (stream, walked) = walk(bytes, Here::new(diff_id_algorithm), limits, progress);
            (stream.finish(), walked)
        }
        Pace::Overlapped => thread::scope(|scope| {
            let whole = || Digest::of(diff_id_algorithm, bytes);
            let other = thread::Builder::new().spawn_scoped(scope, whole);
            let (_, walked) = walk(bytes, Elsewhere, limits, progress);
            (other.map_or_else(|_| whole(), join), walked)
        }),
    };
    let blob = if blob_algorithm == diff_id_algorithm {
        diff_id.clone()
    } else {
        Digest::of(blob_algorithm, bytes)
    };
    Unpacked { blob, diff_id, size: bytes.len() as u64, broken: None, trailing: 0, walked }
}

fn walk<S: Stream>(
    bytes: &[u8],
    stream: S,
    limits: &Limits,
    progress: &dyn Progress,
) -> (S, Walked) {
    let mut sink = Sink::new(stream, limits);
    for chunk in bytes.chunks(CHUNK) {
        sink.push(chunk);
        progress.advance(chunk.len() as u64);
    }
    sink.finish()
}

/// A panic in a worker is a bug here; it goes on in the thread that waits for the worker.
fn join<T>(handle: thread::ScopedJoinHandle<'_, T>) -> T {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The stored bytes, hashed as they are taken.
struct Stored<'a> {
    input: &'a [u8],
    blob: Hasher,
    hashed: usize,
    progress: &'a dyn Progress,
}

impl<'a> Stored<'a> {
    fn new(request: ScanRequest<'a>, progress: &'a dyn Progress) -> Self {
        let blob = Hasher::new(request.blob_algorithm);
        Self { input: request.bytes, blob, hashed: 0, progress }
    }

    fn hash_up_to(&mut self, end: usize) {
        if let Some(taken) = self.input.get(self.hashed..end) {
            self.blob.update(taken);
            self.hashed = end;
            self.progress.advance(taken.len() as u64);
        }
    }

    fn finish(mut self) -> Digest {
        self.hash_up_to(self.input.len());
        self.blob.finish()
    }
}

/// The compressed side of a scan.
struct Unpacker<'a> {
    decoder: Result<Decoder<'a>, DecodeError>,
    /// An error met after bytes that had to be handed on first.
    pending: Option<DecodeError>,
}

/// How unpacking ended.
struct Unpacking {
    broken: Option<DecodeError>,
    trailing: u64,
}

impl<'a> Unpacker<'a> {
    fn new(request: ScanRequest<'a>, compression: Compression, limits: &Limits) -> Self {
        Self { decoder: Decoder::new(compression, request.bytes, limits), pending: None }
    }

    /// Fills `buffer`; 0 at the end.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, DecodeError> {
        if let Some(error) = self.pending.take() {
            return Err(error);
        }
        let decoder = self.decoder.as_mut().map_err(|error| error.clone())?;
        let mut filled = 0;
        while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
            match decoder.next(free) {
                Ok(Some(chunk)) => filled = filled.saturating_add(chunk.len()),
                Ok(None) => break,
                Err(error) if filled > 0 => {
                    self.pending = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// How many stored bytes were taken so far.
    fn consumed(&self) -> usize {
        let consumed = self.decoder.as_ref().map_or(0, Decoder::consumed);
        usize::try_from(consumed).unwrap_or(usize::MAX)
    }

    fn finish(self, broken: Option<DecodeError>) -> Unpacking {
        let rest = self.decoder.as_ref().map_or(0, |decoder| decoder.rest().len());
        let trailing = if broken.is_none() { rest as u64 } else { 0 };
        Unpacking { broken, trailing }
    }
}

/// The unpacked side of a scan.
struct Hashing {
    sink: Sink<Here>,
    size: u64,
}

impl Hashing {
    fn new(request: ScanRequest<'_>, limits: &Limits) -> Self {
        Self { sink: Sink::new(Here::new(request.diff_id_algorithm), limits), size: 0 }
    }

    fn take(&mut self, chunk: &[u8]) {
        self.sink.push(chunk);
        self.size = self.size.saturating_add(chunk.len() as u64);
    }

    fn finish(self, blob: Digest, unpacking: Unpacking) -> Unpacked {
        let (stream, walked) = self.sink.finish();
        Unpacked {
            blob,
            diff_id: stream.finish(),
            size: self.size,
            broken: unpacking.broken,
            trailing: unpacking.trailing,
            walked,
        }
    }
}

fn packed(
    request: ScanRequest<'_>,
    compression: Compression,
    limits: &Limits,
    progress: &dyn Progress,
) -> Unpacked {
    let mut unpacker = Unpacker::new(request, compression, limits);
    let mut stored = Stored::new(request, progress);
    let mut hashing = Hashing::new(request, limits);
    let mut buffer = Chunk::new();
    let broken = loop {
        match unpacker.fill(&mut buffer) {
            Ok(0) => break None,
            Ok(filled) => {
                stored.hash_up_to(unpacker.consumed());
                hashing.take(buffer.get(..filled).unwrap_or_default());
            }
            Err(error) => break Some(error),
        }
    };
    hashing.finish(stored.finish(), unpacker.finish(broken))
}

/// A buffer on its way from the unpacking to the hashing thread, how much of it is filled, and how
/// many stored bytes were taken for it.
type Filled = (Chunk, usize, usize);

/// All hashing is done by one thread: unpacking takes the other longer. Where the system refuses a
/// thread, one does it all.
fn packed_overlapped(
    request: ScanRequest<'_>,
    compression: Compression,
    limits: &Limits,
    progress: &dyn Progress,
) -> Unpacked {
    let (to_hashing, filled) = sync_channel::<Filled>(IN_FLIGHT);
    let (to_unpacking, empty) = sync_channel::<Chunk>(IN_FLIGHT);
    thread::scope(|scope| {
        let hashing = (Hashing::new(request, limits), Stored::new(request, progress));
        let hash = move || hash_all(hashing, &filled, &to_unpacking);
        let Ok(hash) = thread::Builder::new().spawn_scoped(scope, hash) else {
            return packed(request, compression, limits, progress);
        };
        let unpacking = unpack_all(Unpacker::new(request, compression, limits), to_hashing, &empty);
        let (hashing, blob) = join(hash);
        hashing.finish(blob, unpacking)
    })
}

fn unpack_all(
    mut unpacker: Unpacker<'_>,
    to_hashing: SyncSender<Filled>,
    empty: &Receiver<Chunk>,
) -> Unpacking {
    let mut made = 0;
    let broken = loop {
        // A used buffer comes back warm; a new one costs page faults.
        let mut buffer = match empty.try_recv() {
            Ok(buffer) => buffer,
            Err(_) if made < IN_FLIGHT => {
                made += 1;
                Chunk::new()
            }
            Err(_) => match empty.recv() {
                Ok(buffer) => buffer,
                Err(_) => break None,
            },
        };
        match unpacker.fill(&mut buffer) {
            Ok(0) => break None,
            Ok(filled) => {
                if to_hashing.send((buffer, filled, unpacker.consumed())).is_err() {
                    break None;
                }
            }
            Err(error) => break Some(error),
        }
    };
    drop(to_hashing);
    unpacker.finish(broken)
}

/// What was hashed, and the digest of all stored bytes.
fn hash_all(
    (mut hashing, mut stored): (Hashing, Stored<'_>),
    filled: &Receiver<Filled>,
    to_unpacking: &SyncSender<Chunk>,
) -> (Hashing, Digest) {
    while let Ok((buffer, length, consumed)) = filled.recv() {
        stored.hash_up_to(consumed);
        hashing.take(buffer.get(..length).unwrap_or_default());
        // Refused only when unpacking has ended and nobody needs the buffer.
        let _ = to_unpacking.try_send(buffer);
    }
    (hashing, stored.finish())
}
