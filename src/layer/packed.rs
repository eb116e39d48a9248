//! The scan of a layer that has to be unpacked: in one thread, or unpacking in one and hashing in
//! another.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::chunk::Chunk;
use super::scan::{ScanRequest, Unpacked};
use super::sink::Sink;
use crate::compress::{Compression, DecodeError, Decoder};
use crate::digest::{Digest, Hasher};
use crate::limits::Limits;
use crate::progress::Progress;
use crate::workers::Idle;

/// Chunks in flight between two threads.
const IN_FLIGHT: usize = 4;

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
        self.take_up_to(end, |blob, taken| blob.update(taken));
    }

    /// Hashes them while `other` takes in `bytes` of its own.
    fn hash_beside(&mut self, end: usize, other: &mut Hasher, bytes: &[u8]) {
        self.take_up_to(end, |blob, taken| other.update_beside(bytes, blob, taken, [&[]; 4]));
    }

    fn take_up_to(&mut self, end: usize, take: impl FnOnce(&mut Hasher, &[u8])) {
        let taken = self.input.get(self.hashed..end).unwrap_or_default();
        take(&mut self.blob, taken);
        self.hashed = self.hashed.saturating_add(taken.len());
        self.progress.advance(taken.len() as u64);
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

/// The hashing side of a scan.
struct Hashing<'a> {
    stored: Stored<'a>,
    whole: Hasher,
    sink: Sink,
    contents: bool,
    size: u64,
}

impl<'a> Hashing<'a> {
    fn new(request: ScanRequest<'a>, limits: &Limits, progress: &'a dyn Progress) -> Self {
        let stored = Stored::new(request, progress);
        let whole = Hasher::new(request.diff_id_algorithm);
        let contents = request.contents;
        Self { stored, whole, sink: Sink::new(contents, limits), contents, size: 0 }
    }

    /// Takes in an unpacked `chunk`, for which the stored bytes up to `consumed` were taken.
    fn take(&mut self, chunk: &[u8], consumed: usize) {
        if self.contents {
            self.stored.hash_up_to(consumed);
            self.sink.push(chunk, Some(&mut self.whole));
        } else {
            // Instead of the contents.
            self.stored.hash_beside(consumed, &mut self.whole, chunk);
            self.sink.push(chunk, None);
        }
        self.size = self.size.saturating_add(chunk.len() as u64);
    }

    fn finish(self, unpacking: Unpacking) -> Unpacked {
        Unpacked {
            blob: self.stored.finish(),
            diff_id: self.whole.finish(),
            size: self.size,
            broken: unpacking.broken,
            trailing: unpacking.trailing,
            walked: self.sink.finish(),
        }
    }
}

/// Scans a layer whose bytes have to be unpacked.
pub(super) fn packed(
    request: ScanRequest<'_>,
    compression: Compression,
    idle: &Idle,
    limits: &Limits,
    progress: &dyn Progress,
) -> Unpacked {
    let mut unpacker = Unpacker::new(request, compression, limits);
    let mut hashing = Hashing::new(request, limits, progress);
    let mut buffer = Chunk::new();
    let broken = loop {
        let left = request.bytes.len().saturating_sub(unpacker.consumed());
        if idle.any_for(left)
            && let Some(unpacked) = overlap(&mut unpacker, &mut hashing, idle)
        {
            break unpacked.err();
        }
        match unpacker.fill(&mut buffer) {
            Ok(0) => break None,
            Ok(filled) => {
                hashing.take(buffer.get(..filled).unwrap_or_default(), unpacker.consumed());
            }
            Err(error) => break Some(error),
        }
    };
    hashing.finish(unpacker.finish(broken))
}

/// A buffer on its way from the unpacking to the hashing thread, how much of it is filled, and how
/// many stored bytes were taken for it.
type Filled = (Chunk, usize, usize);

/// Unpacks here and hashes in another thread, if anybody is idle; says how unpacking ended. All
/// hashing is done by one thread: unpacking takes the other longer.
fn overlap(
    unpacker: &mut Unpacker<'_>,
    hashing: &mut Hashing<'_>,
    idle: &Idle,
) -> Option<Result<(), DecodeError>> {
    let (to_hashing, filled) = sync_channel(IN_FLIGHT);
    let (to_unpacking, empty) = sync_channel(IN_FLIGHT);
    let unpack = move || unpack_all(unpacker, to_hashing, &empty);
    let hash = move || hash_all(hashing, &filled, &to_unpacking);
    idle.beside(unpack, hash).map(|(unpacked, ())| unpacked)
}

fn unpack_all(
    unpacker: &mut Unpacker<'_>,
    to_hashing: SyncSender<Filled>,
    empty: &Receiver<Chunk>,
) -> Result<(), DecodeError> {
    let mut made = 0;
    loop {
        // A used buffer comes back warm; a new one costs page faults.
        let mut buffer = match empty.try_recv() {
            Ok(buffer) => buffer,
            Err(_) if made < IN_FLIGHT => {
                made += 1;
                Chunk::new()
            }
            // Whoever hashes ends before only when it panics.
            Err(_) => match empty.recv() {
                Ok(buffer) => buffer,
                Err(_) => return Ok(()),
            },
        };
        let filled = unpacker.fill(&mut buffer)?;
        if filled == 0 || to_hashing.send((buffer, filled, unpacker.consumed())).is_err() {
            return Ok(());
        }
    }
}

fn hash_all(
    hashing: &mut Hashing<'_>,
    filled: &Receiver<Filled>,
    to_unpacking: &SyncSender<Chunk>,
) {
    while let Ok((buffer, length, consumed)) = filled.recv() {
        hashing.take(buffer.get(..length).unwrap_or_default(), consumed);
        // Refused only when unpacking has ended and nobody needs the buffer.
        let _ = to_unpacking.try_send(buffer);
    }
}
