//! Runs the bodies of the fuzz targets over their seeds and over what fuzzing once found, so that
//! neither takes a fuzzer or a nightly toolchain.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

#[path = "../fuzz/bodies/mod.rs"]
pub mod bodies;

/// A target and what it does with its bytes.
type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 9] = [
    ("compare", bodies::compare::run),
    ("container", bodies::container::run),
    ("content", bodies::content::run),
    ("decompress", bodies::decompress::run),
    ("json_document", bodies::json_document::run),
    ("layer", bodies::layer::run),
    ("pax", bodies::pax::run),
    ("rules", bodies::rules::run),
    ("tar_walk", bodies::tar_walk::run),
];

/// The inputs of a target; none where none are kept.
fn files(kind: &str, target: &str) -> Vec<PathBuf> {
    let directory = fuzz().join(kind).join(target);
    let entries = fs::read_dir(directory).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|it| it.path()).collect();
    files.sort();
    files
}

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Runs every input of this kind, so that one failure does not hide another.
fn replay(kind: &str) {
    let fails = |(_, body): Target, file: &PathBuf| {
        let bytes = fs::read(file).expect("a readable file");
        catch_unwind(|| body(&bytes)).is_err()
    };
    let failed: Vec<PathBuf> = TARGETS
        .into_iter()
        .flat_map(|target| files(kind, target.0).into_iter().map(move |file| (target, file)))
        .filter(|(target, file)| fails(*target, file))
        .map(|(_, file)| file)
        .collect();
    assert!(failed.is_empty(), "fails on {failed:#?}");
}

#[test]
fn seeds_pass() {
    for (target, _) in TARGETS {
        assert!(!files("seeds", target).is_empty(), "no seeds for {target}");
    }
    replay("seeds");
}

#[test]
fn what_was_found_is_mended() {
    replay("regressions");
}

/// Inputs that no seed is: the shortest ones.
#[test]
fn short_inputs_pass() {
    for (_, body) in TARGETS {
        for length in 0..6 {
            for byte in [0, 1, 2, 0xff] {
                body(&vec![byte; length]);
            }
        }
    }
}

/// A target that is not in the list here would not be replayed.
#[test]
fn every_target_is_replayed() {
    let mut targets: Vec<String> = fs::read_dir(fuzz().join("fuzz_targets"))
        .expect("the targets")
        .filter_map(Result::ok)
        .filter_map(|it| Some(it.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    targets.sort();
    assert_eq!(targets, TARGETS.map(|(name, _)| name));
}
