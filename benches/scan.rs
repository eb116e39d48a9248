//! Reading: a layer in each compression, alone or beside an idle worker, and the tar walk by itself.

use std::sync::LazyLock;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use imagekit::{Compression, generate};
use ocidiff::digest::Algorithm;
use ocidiff::layer::{ScanRequest, scan};
use ocidiff::limits::Limits;
use ocidiff::progress::Silent;
use ocidiff::tar::{Event, Walker};
use ocidiff::workers::Idle;

const HANDS: [Hands; 2] = [Hands::Alone, Hands::WithAnother];

/// Who reads a layer.
#[derive(Clone, Copy, Debug)]
enum Hands {
    Alone,
    WithAnother,
}

/// 32 MiB in 2,000 files.
static TAR: LazyLock<Vec<u8>> = LazyLock::new(|| generate::layer(1, 2_000, 16 << 10).tar());

/// 50,000 files of a few bytes: all headers.
static HEADERS: LazyLock<Vec<u8>> = LazyLock::new(|| generate::layer(2, 50_000, 10).tar());

fn main() {
    divan::main();
}

#[divan::bench(args = HANDS, sample_count = 20)]
fn plain(bencher: Bencher<'_, '_>, hands: Hands) {
    layer(bencher, Compression::Plain, hands);
}

#[divan::bench(args = HANDS, sample_count = 20)]
fn gzip(bencher: Bencher<'_, '_>, hands: Hands) {
    layer(bencher, Compression::gzip(), hands);
}

#[divan::bench(args = HANDS, sample_count = 20)]
fn zstd(bencher: Bencher<'_, '_>, hands: Hands) {
    layer(bencher, Compression::zstd(), hands);
}

/// Throughput is that of unpacked bytes.
fn layer(bencher: Bencher<'_, '_>, compression: Compression, hands: Hands) {
    let packed = compression.compress(&TAR);
    let request = ScanRequest {
        bytes: &packed,
        blob_algorithm: Algorithm::Sha256,
        diff_id_algorithm: Algorithm::Sha256,
        contents: true,
    };
    let (limits, idle) = (Limits::default(), Idle::new(hands as usize, 0));
    bencher
        .counter(BytesCount::of_slice(&**TAR))
        .bench(|| scan(black_box(request), &idle, &limits, &Silent));
}

#[divan::bench(sample_count = 20)]
fn walk_contents(bencher: Bencher<'_, '_>) {
    walk(bencher, &TAR);
}

#[divan::bench(sample_count = 20)]
fn walk_headers(bencher: Bencher<'_, '_>) {
    walk(bencher, &HEADERS);
}

/// The tar walk over a whole archive in memory, as the outer one is walked: contents go by.
fn walk(bencher: Bencher<'_, '_>, tar: &[u8]) {
    bencher.counter(ItemsCount::new(entries(tar))).bench(|| entries(black_box(tar)));
}

fn entries(tar: &[u8]) -> usize {
    let limits = Limits::default();
    let mut count = 0;
    let mut sink = |event: Event<'_>| count += usize::from(matches!(event, Event::Entry(_)));
    let mut walker = Walker::new(&limits, limits.entries);
    walker.push(tar, &mut sink);
    walker.finish(&mut sink);
    count
}
