//! The parts of a run, each beside the bare library it stands on: unpacking, hashing, and the join
//! of two lists of entries.
#![expect(clippy::expect_used, reason = "without its input a benchmark has nothing to measure")]

use std::io::Read;
use std::sync::LazyLock;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use imagekit::{Compression, Entry, Image, Layer, docker_legacy, generate};
use ocidiff::Options;
use ocidiff::compress::{self, Decoder};
use ocidiff::digest::{Algorithm, Hasher};
use ocidiff::limits::Limits;
use ocidiff::progress::Silent;
use ocidiff::sides::Sides;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

const CHUNK: usize = 256 << 10;

/// Entries of each side that are joined.
const ENTRIES: usize = 20_000;

/// 32 MiB in 2,000 files.
static TAR: LazyLock<Vec<u8>> = LazyLock::new(|| generate::layer(1, 2_000, 16 << 10).tar());
static GZIP: LazyLock<Vec<u8>> = LazyLock::new(|| Compression::gzip().compress(&TAR));
static ZSTD: LazyLock<Vec<u8>> = LazyLock::new(|| Compression::zstd().compress(&TAR));

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 20)]
fn inflate_gzip(bencher: Bencher<'_, '_>) {
    unpack(bencher, compress::Compression::Gzip, &GZIP);
}

#[divan::bench(sample_count = 20)]
fn inflate_gzip_bare(bencher: Bencher<'_, '_>) {
    drain(bencher, || flate2::bufread::MultiGzDecoder::new(GZIP.as_slice()));
}

#[divan::bench(sample_count = 20)]
fn inflate_zstd(bencher: Bencher<'_, '_>) {
    unpack(bencher, compress::Compression::Zstd, &ZSTD);
}

#[divan::bench(sample_count = 20)]
fn inflate_zstd_bare(bencher: Bencher<'_, '_>) {
    let decoder = || zstd::stream::read::Decoder::with_buffer(ZSTD.as_slice());
    drain(bencher, || decoder().expect("a decoder"));
}

/// Throughput is that of unpacked bytes.
fn unpack(bencher: Bencher<'_, '_>, compression: compress::Compression, packed: &[u8]) {
    let limits = Limits::default();
    let mut buffer = vec![0; CHUNK];
    bencher.counter(BytesCount::of_slice(&**TAR)).bench_local(|| {
        let mut decoder = Decoder::new(compression, packed, &limits).expect("a decoder");
        let mut total = 0;
        while let Some(chunk) = decoder.next(&mut buffer).expect("a sound stream") {
            total += black_box(chunk).len();
        }
        total
    });
}

fn drain<D: Read>(bencher: Bencher<'_, '_>, decoder: impl Fn() -> D) {
    let mut buffer = vec![0; CHUNK];
    bencher.counter(BytesCount::of_slice(&**TAR)).bench_local(|| {
        let (mut decoder, mut total) = (decoder(), 0);
        loop {
            match decoder.read(&mut buffer).expect("a sound stream") {
                0 => return total,
                read => total += black_box(&buffer).get(..read).map_or(0, <[u8]>::len),
            }
        }
    });
}

#[divan::bench(sample_count = 20)]
fn hash_one(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(&**TAR)).bench(|| {
        let mut hasher = Hasher::new(Algorithm::Sha256);
        TAR.chunks(CHUNK).for_each(|chunk| hasher.update(chunk));
        hasher.finish()
    });
}

#[divan::bench(sample_count = 20)]
fn hash_one_bare(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(&**TAR)).bench(|| Sha256::digest(&**TAR));
}

/// Two digests of the same bytes, chunk by chunk, one after the other.
#[divan::bench(sample_count = 20)]
fn hash_twice(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(&**TAR)).bench(|| {
        let (mut one, mut other) = (Hasher::new(Algorithm::Sha256), Sha256::new());
        for chunk in TAR.chunks(CHUNK) {
            one.update(chunk);
            other.update(chunk);
        }
        (one.finish(), other.finalize())
    });
}

/// The same, a block at a time into both.
#[divan::bench(sample_count = 20)]
fn hash_both(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(&**TAR)).bench(|| {
        let (mut one, mut other) =
            (Hasher::new(Algorithm::Sha256), ocidiff::digest::Sha256::default());
        TAR.chunks(CHUNK).for_each(|chunk| one.update_both(&mut other, chunk));
        (one.finish(), other.finish())
    });
}

/// As many bytes, one half beside the other.
#[divan::bench(sample_count = 20)]
fn hash_beside(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(&**TAR)).bench(|| {
        let [mut one, mut other] = [(); 2].map(|()| Hasher::new(Algorithm::Sha256));
        let (half, rest) = TAR.split_at(TAR.len() / 2);
        for (chunk, beside) in half.chunks(CHUNK).zip(rest.chunks(CHUNK)) {
            one.update_beside(chunk, &mut other, beside, [&[]; 4]);
        }
        (one.finish(), other.finish())
    });
}

/// As many bytes, one half beside the other and both compared with equal ones: so many KiB at a
/// time, while the cache is told what follows, or not.
#[divan::bench(sample_count = 20, args = [(256, false), (4, false), (4, true), (16, true)])]
fn hash_beside_compared(bencher: Bencher<'_, '_>, (kibibytes, ahead): (usize, bool)) {
    let (equal, size) = (TAR.clone(), kibibytes << 10);
    bencher.counter(BytesCount::of_slice(&**TAR)).bench(|| {
        let [mut one, mut other] = [(); 2].map(|()| Hasher::new(Algorithm::Sha256));
        let (mut left, mut right) = (TAR.split_at(TAR.len() / 2), equal.split_at(TAR.len() / 2));
        while left.0.len().min(left.1.len()) >= size {
            let now = [&mut left.0, &mut left.1, &mut right.0, &mut right.1].map(|rest| {
                let (chunk, after) = rest.split_at(size);
                *rest = after;
                chunk
            });
            assert!(now[0] == now[2] && now[1] == now[3]);
            let soon = if ahead { [left.0, left.1, right.0, right.1] } else { [&[][..]; 4] };
            one.update_beside(now[0], &mut other, now[1], soon);
        }
        (one.finish(), other.finish())
    });
}

/// What was tried beside it: SHA-256 of the stream, BLAKE3 of the contents.
#[divan::bench(sample_count = 20)]
fn hash_one_and_blake3(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_slice(&**TAR)).bench(|| {
        let (mut one, mut other) = (Hasher::new(Algorithm::Sha256), blake3::Hasher::new());
        for chunk in TAR.chunks(CHUNK) {
            one.update(chunk);
            other.update(chunk);
        }
        (one.finish(), other.finalize())
    });
}

/// Two plain layers of next to nothing but headers; none differs.
#[divan::bench(sample_count = 20)]
fn join_equal_entries(bencher: Bencher<'_, '_>) {
    join(bencher, 0);
}

/// The same, of another time on the right.
#[divan::bench(sample_count = 20)]
fn join_other_entries(bencher: Bencher<'_, '_>) {
    join(bencher, 1);
}

/// The join has no entrance of its own: this is all of a run over layers without contents.
fn join(bencher: Bencher<'_, '_>, later: i64) {
    let directory = TempDir::new().expect("a temporary directory");
    let write = |name, last, time| {
        let path = directory.path().join(name);
        let file = |file| Entry::file(format!("usr/share/file-{file:06}"), "").mtime(time);
        let more = Entry::file(format!("usr/share/{last}"), "");
        let layer: Layer = (0..ENTRIES).map(file).chain([more]).collect();
        let archive = docker_legacy([Image::new().layer(layer)]).to_tar();
        std::fs::write(&path, archive).expect("room for the archive");
        path
    };
    let paths = Sides::new(write("left.tar", "last", 1), write("right.tar", "end", 1 + later));
    let options = Options { skip_content: true, ..Options::default() };
    let inputs = paths.as_ref().map(|path| path.as_os_str());
    bencher
        .counter(ItemsCount::new(2 * ENTRIES))
        .bench(|| ocidiff::diff(inputs, &options, &Silent).expect("both are images"));
}
