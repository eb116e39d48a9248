//! A layer: a tar stream in any compression, scanned in one thread and in two.
//!
//! Input: a byte of choices (mended checksums, two threads, compression), the stream.

use imagekit::Compression;
use ocidiff::digest::{Algorithm, Digest};
use ocidiff::layer::{LayerScan, RootFs, ScanRequest, scan};
use ocidiff::limits::Limits;
use ocidiff::progress::{Progress, Silent};
use ocidiff::workers::Idle;

use super::support::{limits, mend};

/// Scans the layer in `data`.
pub fn run(data: &[u8]) {
    let Some((choices, stream)) = data.split_first() else { return };
    let stream = mend::tar_if(choices & 1 != 0, stream);
    let stored = compression(choices >> 2).compress(&stream);
    for limits in [limits::quick(), limits::tight()] {
        let scanned = of(&stored, &Idle::default(), &Silent, &limits);
        check(&scanned, &stored, &limits);
        merge(&scanned);
        if choices & 2 != 0 {
            let two = of(&stored, &Idle::new(1, 0), &Silent, &limits);
            assert_eq!(format!("{two:?}"), format!("{scanned:?}"), "two threads");
            let later = Later::default();
            let two = of(&stored, &later.0, &later, &limits);
            assert_eq!(format!("{two:?}"), format!("{scanned:?}"), "two threads, later");
        }
    }
}

fn compression(choice: u8) -> Compression {
    match choice % 3 {
        0 => Compression::Plain,
        1 => Compression::Gzip { level: 1, mtime: 0, members: 2 },
        _ => Compression::Zstd { level: 1, frames: 2, skippable: true },
    }
}

/// Somebody becomes idle with every chunk that is read.
#[derive(Default)]
struct Later(Idle);

impl Progress for Later {
    fn plan(&self, _: u64) {}

    fn advance(&self, _: u64) {
        self.0.add();
    }
}

fn of(bytes: &[u8], idle: &Idle, progress: &dyn Progress, limits: &Limits) -> LayerScan {
    let request = ScanRequest {
        bytes,
        blob_algorithm: Algorithm::Sha256,
        diff_id_algorithm: Algorithm::Sha256,
        contents: true,
    };
    let mut scanned = scan(request, idle, limits, progress);
    let without = scan(ScanRequest { contents: false, ..request }, idle, limits, progress);
    let contents: Vec<_> = scanned.entries.iter_mut().map(|it| it.content.take()).collect();
    assert_eq!(format!("{scanned:?}"), format!("{without:?}"), "without contents");
    scanned.entries.iter_mut().zip(contents).for_each(|(it, content)| it.content = content);
    scanned
}

fn check(scanned: &LayerScan, stored: &[u8], limits: &Limits) {
    assert_eq!(scanned.stored, stored.len() as u64);
    assert_eq!(scanned.digest, Digest::of(Algorithm::Sha256, stored));
    assert_eq!(scanned.diff_id.is_some(), scanned.broken.is_none());
    let plain = scanned.compression == ocidiff::compress::Compression::Plain;
    assert!(plain || scanned.unpacked <= limits.decompressed_bytes);
    assert!(scanned.entries.len() <= limits.entries);
    let whole = scanned.entries.iter().filter(|entry| entry.content.is_some());
    assert!(whole.map(|entry| entry.size).sum::<u64>() <= scanned.unpacked);
    for entry in &scanned.entries {
        drop((entry.summary(), entry.absolute_path(), entry.raw_path()));
    }
}

/// The layer on top of itself: what a tree says of itself is consistent.
fn merge(scanned: &LayerScan) {
    let mut tree = RootFs::default();
    for layer in 0..2 {
        tree.apply(layer, &scanned.entries);
    }
    let first = tree.first_names();
    for (path, node) in tree.iter() {
        assert!(tree.holds(path) && tree.get(path).is_some());
        assert!(node.layer < 2 && first.values().all(|name| tree.get(name).is_some()));
    }
    for entry in &scanned.entries {
        let deleted = tree.buried(&entry.path).is_some_and(|it| it.deleted_by.is_some());
        assert!(!deleted || tree.get(&entry.path).is_none());
    }
}
