//! What was chosen on the way of every byte, beside what else it could be.
#![expect(clippy::expect_used, reason = "without its input a benchmark has nothing to measure")]

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, LazyLock};
use std::thread;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use imagekit::{Compression, generate};
use ocidiff::compress::{self, Decoder};
use ocidiff::digest::{Algorithm, Hasher, Sha256};
use ocidiff::limits::Limits;

/// 32 MiB in 2,000 files.
static TAR: LazyLock<Vec<u8>> = LazyLock::new(|| generate::layer(1, 2_000, 16 << 10).tar());
static GZIP: LazyLock<Vec<u8>> = LazyLock::new(|| Compression::gzip().compress(&TAR));

/// Entries whose names are kept.
const NAMES: usize = 40_000;

fn main() {
    divan::main();
}

fn decoder() -> Decoder<'static> {
    Decoder::new(compress::Compression::Gzip, &GZIP, &Limits::default()).expect("a decoder")
}

/// Fills `buffer`; nothing at the end.
fn fill(decoder: &mut Decoder<'_>, buffer: &mut [u8]) -> usize {
    let mut filled = 0;
    while let Some(free) = buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
        match decoder.next(free).expect("a sound stream") {
            Some(chunk) => filled += chunk.len(),
            None => break,
        }
    }
    filled
}

/// Unpacked and hashed in one thread, in chunks of so many KiB. Chosen: 256 everywhere.
#[divan::bench(sample_count = 20, args = [16, 64, 128, 256, 1024, 4096])]
fn chunk(bencher: Bencher<'_, '_>, kibibytes: usize) {
    bencher.counter(BytesCount::of_slice(&**TAR)).bench_local(|| {
        let (mut one, mut other) = (Hasher::new(Algorithm::Sha256), Sha256::default());
        let (mut decoder, mut buffer) = (decoder(), vec![0; kibibytes << 10]);
        loop {
            match fill(&mut decoder, &mut buffer) {
                0 => return (one.finish(), other.finish()),
                filled => {
                    one.update_both(&mut other, buffer.get(..filled).unwrap_or_default());
                }
            }
        }
    });
}

/// Unpacked in one thread and hashed in another: KiB of a chunk, and chunks in flight. Chosen: 256
/// and 4.
#[divan::bench(sample_count = 20, args = [(64, 4), (256, 2), (256, 4), (256, 16), (1024, 2), (1024, 4)])]
fn channel(bencher: Bencher<'_, '_>, (kibibytes, in_flight): (usize, usize)) {
    bencher.counter(BytesCount::of_slice(&**TAR)).bench_local(|| {
        let (to_hashing, filled) = sync_channel::<(Vec<u8>, usize)>(in_flight);
        let (to_unpacking, empty) = sync_channel(in_flight);
        for _ in 0..in_flight {
            to_unpacking.send(vec![0; kibibytes << 10]).expect("there is room");
        }
        thread::scope(|scope| {
            scope.spawn(move || hash_all(&filled, &to_unpacking));
            let mut decoder = decoder();
            while let Ok(mut buffer) = empty.recv() {
                match fill(&mut decoder, &mut buffer) {
                    0 => break,
                    filled => to_hashing.send((buffer, filled)).expect("somebody hashes"),
                }
            }
            drop(to_hashing);
        });
    });
}

fn hash_all(filled: &Receiver<(Vec<u8>, usize)>, to_unpacking: &SyncSender<Vec<u8>>) {
    let (mut one, mut other) = (Hasher::new(Algorithm::Sha256), Sha256::default());
    while let Ok((buffer, length)) = filled.recv() {
        one.update_both(&mut other, buffer.get(..length).unwrap_or_default());
        // Refused only when unpacking has ended.
        let _ = to_unpacking.try_send(buffer);
    }
    black_box((one.finish(), other.finish()));
}

fn names() -> Vec<Vec<u8>> {
    let name = |at| format!("usr/share/doc/package/examples/{:03}/file-{at:05}", at / 100);
    (0..NAMES).map(name).map(String::into_bytes).collect()
}

/// Names of entries kept one by one, and given back; in a thread of their own, as layers are read.
#[divan::bench(sample_count = 20)]
fn names_alone(bencher: Bencher<'_, '_>) {
    let names = names();
    let keep = || names.iter().map(|name| Box::from(name.as_slice())).collect::<Vec<Box<[u8]>>>();
    bencher
        .counter(ItemsCount::new(NAMES))
        .bench_local(|| thread::scope(|scope| scope.spawn(|| drop(black_box(keep()))).join()));
}

/// The same in pieces of 64 KiB that they share. Chosen.
#[divan::bench(sample_count = 20)]
fn names_together(bencher: Bencher<'_, '_>) {
    const TOGETHER: usize = 64 << 10;
    let names = names();
    let keep = || {
        let mut kept: Vec<(Arc<Vec<u8>>, u32, u32)> = Vec::new();
        for some in names.chunks(TOGETHER / names.first().map_or(1, Vec::len)) {
            let text = Arc::new(some.concat());
            let mut start = 0;
            for name in some {
                let length = u32::try_from(name.len()).expect("it is short");
                kept.push((Arc::clone(&text), start, length));
                start += length;
            }
        }
        kept
    };
    bencher
        .counter(ItemsCount::new(NAMES))
        .bench_local(|| thread::scope(|scope| scope.spawn(|| drop(black_box(keep()))).join()));
}
