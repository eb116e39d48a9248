//! Inputs made to take long: what is small on disk must not take hours.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::{Duration, Instant};

use imagekit::{Compression, Entry, Image, generate};
use ocidiff::digest::{Algorithm, Digest};
use ocidiff::layer::{ScanRequest, scan};
use ocidiff::limits::Limits;
use ocidiff::progress::{Progress, Silent};
use ocidiff::workers::Idle;
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

/// Calls a worker idle as soon as so many bytes have been read.
struct Later<'a> {
    idle: &'a Idle,
    left: AtomicI64,
}

impl Progress for Later<'_> {
    fn plan(&self, _: u64) {}

    fn advance(&self, bytes: u64) {
        let bytes = i64::try_from(bytes).expect("a chunk is small");
        if (1..=bytes).contains(&self.left.fetch_sub(bytes, Relaxed)) {
            self.idle.add();
        }
    }
}

/// One thread or two read the same out of a layer, whenever the second comes, also where its
/// digests are of two kinds, and where no contents are hashed.
#[test]
fn a_layer_is_the_same_to_one_thread_and_to_two() {
    let layer = generate::image(7, 1, 300, 10_000).layers()[0].clone();
    for compression in [Compression::Plain, Compression::gzip(), Compression::zstd()] {
        let bytes = compression.compress(&layer.tar());
        for (diff_id_algorithm, contents) in
            [(Algorithm::Sha256, true), (Algorithm::Sha512, true), (Algorithm::Sha256, false)]
        {
            let blob_algorithm = Algorithm::Sha256;
            let request =
                ScanRequest { bytes: &bytes, blob_algorithm, diff_id_algorithm, contents };
            let read = |idle: &Idle, progress: &dyn Progress| {
                format!("{:#?}", scan(request, idle, &Limits::default(), progress))
            };
            let alone = read(&Idle::default(), &Silent);
            assert!(read(&Idle::new(1, 0), &Silent) == alone, "{compression:?}");
            let length = i64::try_from(bytes.len()).expect("it is small");
            for after in [length / 4, length / 2, length - 1] {
                let idle = Idle::default();
                let later = Later { idle: &idle, left: after.into() };
                assert!(read(&idle, &later) == alone, "{compression:?}, after {after} bytes");
                assert!(idle.any_for(0), "nobody became idle");
            }
        }
    }
}

/// Counts what it is told.
#[derive(Default)]
struct Told(AtomicU64);

impl Progress for Told {
    fn plan(&self, _: u64) {}

    fn advance(&self, bytes: u64) {
        self.0.fetch_add(bytes, Relaxed);
    }
}

/// Who does not ask for the digests of contents is told all else, also of a stream that breaks off
/// or goes on behind its end.
#[test]
fn contents_need_not_be_hashed() {
    let tar = generate::image(7, 1, 300, 10_000).layers()[0].tar();
    let algorithms = [Algorithm::Sha256, Algorithm::Sha512];
    for compression in [Compression::Plain, Compression::gzip(), Compression::zstd()] {
        let whole = compression.compress(&tar);
        let (cut, more) = (whole[..whole.len() / 2].to_vec(), [&whole[..], b"more"].concat());
        let pairs = algorithms.map(|blob| algorithms.map(|diff_id| (blob, diff_id)));
        for (bytes, (blob_algorithm, diff_id_algorithm)) in [&whole, &cut, &more]
            .into_iter()
            .flat_map(|it| pairs.concat().into_iter().map(move |pair| (it, pair)))
        {
            let read = |contents, hands| {
                let told = Told::default();
                let request = ScanRequest { bytes, blob_algorithm, diff_id_algorithm, contents };
                let scanned = scan(request, &Idle::new(hands, 0), &Limits::default(), &told);
                assert_eq!(told.0.into_inner(), bytes.len() as u64, "{compression:?}");
                assert_eq!(scanned.digest, Digest::of(blob_algorithm, bytes), "{compression:?}");
                scanned
            };
            let (mut with, without) = (read(true, 0), read(false, 0));
            assert!(with.entries.iter().any(|entry| entry.content.is_some()), "there are files");
            with.entries.iter_mut().for_each(|entry| entry.content = None);
            assert_eq!(format!("{with:#?}"), format!("{without:#?}"), "{compression:?}");
            assert_eq!(
                format!("{without:#?}"),
                format!("{:#?}", read(false, 1)),
                "{compression:?}"
            );
        }
    }
}

/// Bytes that claim to be what they are not are found out, however many threads compare however many
/// blobs at once.
#[test]
fn false_twins_are_found_out_by_any_number_of_threads() {
    let desk = Desk::new();
    let image = desk.image("image", &generate::image(3, 3, 3, 600 << 10));
    let bytes = std::fs::read(&image).expect("it was just written");
    for at in (1..10).map(|tenth| bytes.len() * tenth / 10) {
        let mut other = bytes.clone();
        other[at] ^= 1;
        let other = desk.put("other", other);
        let run = |threads| compare_with(&image, &other, &["--threads", threads]).checked().0;
        let one = run("1");
        assert!(one.to_string().contains("damage."), "byte {at} went unnoticed");
        assert_eq!(run("2"), one, "byte {at}");
        assert_eq!(run("5"), one, "byte {at}");
    }
}
