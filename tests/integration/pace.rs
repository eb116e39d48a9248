//! Inputs made to take long: what is small on disk must not take hours.

use std::time::{Duration, Instant};

use imagekit::{Compression, Entry, Image, generate};
use ocidiff::digest::Algorithm;
use ocidiff::layer::{Pace, ScanRequest, scan};
use ocidiff::limits::Limits;
use ocidiff::progress::Silent;
use serde_json::{Value, json};

use crate::support::{Desk, compare, compare_with, sample};

/// Neither time nor memory grows with the product of the lengths of two histories.
#[test]
fn long_histories_are_compared_in_no_time() {
    let desk = Desk::new();
    let of = |name: &str, word: &str| {
        let entry = |at| json!({ "empty_layer": true, "created_by": format!("{word}{at}") });
        let history: Vec<Value> = (0..20_000).map(entry).collect();
        desk.image(name, &sample().config_value("/history", history.into()))
    };
    let started = Instant::now();
    let report = compare(of("left", "a"), of("right", "b")).checked();
    assert_eq!(report.counted().len(), 20_000, "each entry is reported once");
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

/// Nor does either with the number of parts a path has.
#[test]
fn paths_of_many_parts_are_merged_in_no_time() {
    let desk = Desk::new();
    let of = |name: &str, content: &str| {
        let below = |at: usize| {
            let top = if at.is_multiple_of(2) { "a/" } else { "b/" };
            Entry::file(format!("{}{at}", top.repeat(30_000)), content)
        };
        desk.image(name, &Image::new().layer((0..60).map(below).collect()))
    };
    let started = Instant::now();
    let run = compare_with(of("left", "1"), of("right", "2"), &["--rootfs"]);
    assert_eq!(run.checked().counted().len(), 60);
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

/// One thread or two read the same out of a layer, also where its digests are of two kinds.
#[test]
fn a_layer_is_the_same_to_one_thread_and_to_two() {
    let layer = generate::image(7, 1, 300, 10_000).layers()[0].clone();
    for compression in [Compression::Plain, Compression::gzip(), Compression::zstd()] {
        let bytes = compression.compress(&layer.tar());
        for diff_id_algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
            let blob_algorithm = Algorithm::Sha256;
            let request = ScanRequest { bytes: &bytes, blob_algorithm, diff_id_algorithm };
            let read = |pace| format!("{:#?}", scan(request, pace, &Limits::default(), &Silent));
            assert!(read(Pace::Single) == read(Pace::Overlapped), "{compression:?}");
        }
    }
}
