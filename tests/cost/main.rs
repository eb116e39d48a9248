//! What a run allocates, counted and not timed: the figures are the same on every machine and in
//! every run, so one allocation more for each entry is seen where no clock would tell.
//!
//! All cases are one test: the allocator counts for the whole process.
#![expect(clippy::expect_used, reason = "a test without its input is a failed test")]
#![expect(clippy::print_stderr, reason = "figures for whoever asks with --nocapture")]

mod inputs;
mod meter;

use std::ffi::OsStr;

use imagekit::Compression;
use ocidiff::digest::Algorithm;
use ocidiff::layer::{ScanRequest, scan};
use ocidiff::limits::Limits;
use ocidiff::progress::Silent;
use ocidiff::sides::Sides;
use ocidiff::workers::Idle;
use ocidiff::{Options, VerifyOptions};

use crate::inputs::{Pair, big_layer, small_files, stack};
use crate::meter::{Cost, Slope, measure};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Enough for what is only grown now and then to vanish beside what each entry costs.
const ENTRIES: usize = 2_000;

#[test]
fn allocations_are_as_many_as_they_were() {
    scanning();
    big_files();
    comparing();
    verifying();
    stacking();
}

/// A path for each entry, and the entry itself in a list that grows.
fn scanning() {
    for compression in [Compression::Plain, Compression::gzip(), Compression::zstd()] {
        let layer = |files| compression.compress(&small_files(files, |_| false).tar());
        let cost = |files| {
            let bytes = layer(files);
            measure(|| scan_all(&bytes))
        };
        let slope = Slope::between(cost, ENTRIES);
        slope.check("scan, an entry", 0.01, 165);
    }
}

fn scan_all(bytes: &[u8]) -> usize {
    let request = ScanRequest {
        bytes,
        blob_algorithm: Algorithm::Sha256,
        diff_id_algorithm: Algorithm::Sha256,
        contents: true,
    };
    scan(request, &Idle::default(), &Limits::default(), &Silent).entries.len()
}

/// What a layer takes does not depend on how large its files are.
fn big_files() {
    for compression in [Compression::Plain, Compression::gzip(), Compression::zstd()] {
        let cost = |mebibytes: usize| {
            let bytes = compression.compress(&big_layer(mebibytes << 20).tar());
            measure(|| scan_all(&bytes))
        };
        let (small, large) = (cost(4), cost(16));
        assert_eq!(small, large, "a layer of 4 MiB and one of 16, as {compression:?}");
    }
}

/// Both sides have `ENTRIES`, so that a figure is for a pair of entries.
fn comparing() {
    let slope = Slope::between(|files| compare(files, |file| file == 0), ENTRIES);
    slope.check("diff, a pair of equal entries", 0.02, 355);
    let slope = Slope::between(|files| compare(files, |file| file % 4 == 0), ENTRIES);
    slope.check("diff, a pair of entries of which a quarter differs", 1.01, 472);
}

fn compare(files: usize, differs: impl Fn(usize) -> bool) -> Cost {
    let pair = Pair::docker(small_files(files, |_| false), small_files(files, differs));
    run(&pair)
}

fn run(pair: &Pair) -> Cost {
    let options = Options { threads: 1, skip_content: true, ..Options::default() };
    let inputs = pair.paths.as_ref().map(|path| path.as_os_str());
    measure(|| ocidiff::diff(inputs, &options, &Silent).expect("both are images"))
}

fn verifying() {
    let cost = |files| {
        let pair = Pair::docker(small_files(files, |_| false), small_files(1, |_| false));
        let options = VerifyOptions { threads: 1, ..VerifyOptions::default() };
        let input: &OsStr = pair.paths.left.as_os_str();
        measure(|| ocidiff::verify(input, &options, &Silent).expect("it is an image"))
    };
    Slope::between(cost, ENTRIES).check("verify, an entry", 0.01, 194);
}

/// Layers cost the same whether there are few or many.
fn stacking() {
    let cost = |layers| {
        let (left, right) = (stack(layers, 0), stack(layers, 1));
        run(&Pair::of(Sides::new(left, right)))
    };
    Slope::between(cost, 40).check("diff, a pair of layers", 274.0, 20_300);
}
