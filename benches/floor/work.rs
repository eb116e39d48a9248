//! The least any honest tool must do: take in every blob once, bear out its digest and its DiffID,
//! and know every file's content by a digest of its own. No headers are parsed, nothing is kept.

use std::hint::black_box;
use std::io::Read;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use flate2::bufread::MultiGzDecoder;
use ocidiff::compress::Compression;
use sha2::{Digest as _, Sha256};

use crate::plan::{Job, Kind};

/// Chunk in one thread, and chunks on their way between two.
const CHUNK: usize = 256 << 10;
const OVERLAPPED: usize = 1 << 20;
const IN_FLIGHT: usize = 4;

/// Does `jobs` on `threads` threads.
pub(crate) fn run(jobs: &[Job], threads: usize) {
    let next = AtomicUsize::new(0);
    let worker = || {
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            job.run(jobs.len() < threads);
        }
    };
    thread::scope(|scope| {
        (0..threads.min(jobs.len())).for_each(|_| drop(scope.spawn(worker)));
    });
}

impl Job {
    fn run(&self, overlapped: bool) {
        let bytes = self.blob.bytes();
        match &self.kind {
            Kind::Twin(other) => twin(bytes, other.bytes()),
            Kind::Layer(Compression::Plain, contents) => plain(bytes, &contents.files, overlapped),
            Kind::Layer(compression, contents) => {
                let input = Packed::new(*compression, bytes);
                if overlapped {
                    overlap(input, &contents.files);
                } else {
                    alone(input, &contents.files);
                }
            }
        }
    }
}

fn twin(bytes: &[u8], other: &[u8]) {
    let mut hasher = Sha256::new();
    for (chunk, other) in bytes.chunks(CHUNK).zip(other.chunks(CHUNK)) {
        assert!(chunk == other, "twins differ");
        hasher.update(chunk);
    }
    black_box(hasher.finalize());
}

/// The blob digest of a plain layer is its DiffID.
fn plain(bytes: &[u8], files: &[Range<u64>], overlapped: bool) {
    if overlapped {
        thread::scope(|scope| {
            scope.spawn(|| black_box(Sha256::digest(bytes)));
            let mut contents = Digests::new(files);
            bytes.chunks(CHUNK).for_each(|chunk| contents.take(chunk));
        });
        return;
    }
    let (mut whole, mut contents) = (Sha256::new(), Digests::new(files));
    for chunk in bytes.chunks(CHUNK) {
        whole.update(chunk);
        contents.take(chunk);
    }
    black_box(whole.finalize());
}

fn alone(mut input: Packed<'_>, files: &[Range<u64>]) {
    let (mut blob, mut whole, mut contents) = (Sha256::new(), Sha256::new(), Digests::new(files));
    let mut buffer = vec![0; CHUNK];
    loop {
        let (filled, taken) = input.fill(&mut buffer);
        blob.update(taken);
        if filled == 0 {
            break;
        }
        let chunk = buffer.get(..filled).unwrap_or_default();
        whole.update(chunk);
        contents.take(chunk);
    }
    black_box((blob.finalize(), whole.finalize()));
}

/// A buffer, how much of it is filled, and the stored bytes that came of.
type Filled<'a> = (Vec<u8>, usize, &'a [u8]);

/// Unpacking in one thread, hashing in another.
fn overlap(mut input: Packed<'_>, files: &[Range<u64>]) {
    let (to_hashing, filled) = sync_channel::<Filled<'_>>(IN_FLIGHT);
    let (to_unpacking, empty) = sync_channel::<Vec<u8>>(IN_FLIGHT);
    for _ in 0..IN_FLIGHT {
        to_unpacking.send(vec![0; OVERLAPPED]).expect("there is room");
    }
    // Inflating takes longer than hashing, zstd does not: the stored bytes go where time is left.
    let pass_on = matches!(input, Packed::Gzip(_));
    thread::scope(|scope| {
        scope.spawn(move || hash_all(&filled, &to_unpacking, files));
        unpack_all(&mut input, to_hashing, &empty, pass_on);
    });
}

fn unpack_all<'a>(
    input: &mut Packed<'a>,
    to_hashing: SyncSender<Filled<'a>>,
    empty: &Receiver<Vec<u8>>,
    pass_on: bool,
) {
    let mut blob = Sha256::new();
    while let Ok(mut buffer) = empty.recv() {
        let (filled, mut taken) = input.fill(&mut buffer);
        if !pass_on {
            blob.update(std::mem::take(&mut taken));
        }
        if to_hashing.send((buffer, filled, taken)).is_err() || filled == 0 {
            break;
        }
    }
    drop(to_hashing);
    black_box(blob.finalize());
}

fn hash_all(
    filled: &Receiver<Filled<'_>>,
    to_unpacking: &SyncSender<Vec<u8>>,
    files: &[Range<u64>],
) {
    let (mut blob, mut whole, mut contents) = (Sha256::new(), Sha256::new(), Digests::new(files));
    while let Ok((buffer, length, taken)) = filled.recv() {
        blob.update(taken);
        let chunk = buffer.get(..length).unwrap_or_default();
        whole.update(chunk);
        contents.take(chunk);
        // Refused only when unpacking has ended.
        let _ = to_unpacking.try_send(buffer);
    }
    black_box((blob.finalize(), whole.finalize()));
}

/// A compressed stream and the bare library that unpacks it.
enum Packed<'a> {
    Gzip(Stream<'a, Box<MultiGzDecoder<&'a [u8]>>>),
    Zstd(Stream<'a, zstd::stream::read::Decoder<'a, &'a [u8]>>),
}

struct Stream<'a, D> {
    decoder: D,
    rest: &'a [u8],
}

impl<'a> Packed<'a> {
    fn new(compression: Compression, rest: &'a [u8]) -> Self {
        match compression {
            Compression::Gzip => {
                Self::Gzip(Stream { decoder: Box::new(MultiGzDecoder::new(rest)), rest })
            }
            Compression::Zstd => {
                let decoder = zstd::stream::read::Decoder::with_buffer(rest).expect("a decoder");
                Self::Zstd(Stream { decoder, rest })
            }
            other => unreachable!("no pair is packed as {other:?}"),
        }
    }

    /// Fills `buffer`, and gives the stored bytes that took.
    fn fill(&mut self, buffer: &mut [u8]) -> (usize, &'a [u8]) {
        match self {
            Self::Gzip(stream) => stream.fill(buffer, |decoder| decoder.get_ref().len()),
            Self::Zstd(stream) => stream.fill(buffer, |decoder| decoder.get_ref().len()),
        }
    }
}

impl<'a, D: Read> Stream<'a, D> {
    fn fill(&mut self, buffer: &mut [u8], left: impl Fn(&D) -> usize) -> (usize, &'a [u8]) {
        let mut filled = 0;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.decoder.read(room).expect("a sound stream") {
                0 => break,
                read => filled += read,
            }
        }
        let (taken, rest) = self.rest.split_at(self.rest.len() - left(&self.decoder));
        self.rest = rest;
        (filled, taken)
    }
}

/// A digest for the content of each file.
struct Digests<'a> {
    files: &'a [Range<u64>],
    at: u64,
    hasher: Sha256,
}

impl<'a> Digests<'a> {
    fn new(files: &'a [Range<u64>]) -> Self {
        Self { files, at: 0, hasher: Sha256::new() }
    }

    fn take(&mut self, chunk: &[u8]) {
        let begin = self.at;
        self.at += chunk.len() as u64;
        while let Some((file, rest)) = self.files.split_first() {
            let [from, to] = [file.start, file.end]
                .map(|at| usize::try_from(at.clamp(begin, self.at) - begin).expect("it is short"));
            self.hasher.update(chunk.get(from..to).unwrap_or_default());
            if file.end > self.at {
                return;
            }
            black_box(self.hasher.finalize_reset());
            self.files = rest;
        }
    }
}
