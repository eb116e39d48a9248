//! Images found in the wild, which nobody made for this program. They are not part of the project:
//! the tests run where the environment variable `OCIDIFF_WILD` names a directory that holds them,
//! and pass with a word about it where it does not.
#![expect(clippy::print_stderr, reason = "why a test did nothing must be seen")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{Found, Report, compare, compare_with};

/// The directory, if there is one.
fn wild() -> Option<PathBuf> {
    let directory = std::env::var_os("OCIDIFF_WILD").map(PathBuf::from);
    let found = directory.filter(|path| path.is_dir());
    if found.is_none() {
        eprintln!("skipped: OCIDIFF_WILD names no directory of images found in the wild");
    }
    found
}

fn report(wild: &Path, left: &str, right: &str) -> Report {
    compare(wild.join(left), wild.join(right)).checked()
}

/// Paths with a finding for which `wanted` holds.
fn paths(findings: &[Found], wanted: impl Fn(&Found) -> bool) -> BTreeSet<String> {
    findings.iter().filter(|it| wanted(it)).filter_map(|it| it.path.clone()).collect()
}

fn files(report: &Report) -> BTreeSet<String> {
    paths(&report.findings(), |_| true)
}

#[test]
fn alpine_was_updated_in_place() {
    let Some(wild) = wild() else { return };
    let report = report(&wild, "alpine-3.10/2019-08.tar.gz", "alpine-3.10/2020-01.tar.gz");
    let findings = report.findings();
    let content = paths(&findings, |it| it.field == "content");
    assert_eq!(content.len(), 12, "{content:?}");
    for path in [
        "/etc/alpine-release",
        "/etc/os-release",
        "/lib/apk/db/installed",
        "/lib/apk/db/scripts.tar",
        "/lib/libssl.so.1.1",
    ] {
        assert!(content.contains(path), "{path}");
    }
    let touched = paths(&findings, |it| it.field == "mtime");
    assert_eq!(touched.difference(&content).count(), 428);
    assert!(findings.iter().all(|it| it.field != "entry"), "none added or removed");
    assert_eq!(report.verdict(), "different");
}

#[test]
fn other_compression_is_packaging() {
    let Some(wild) = wild() else { return };
    for other in ["dive-oci/zstd.tar", "dive-oci/uncompressed.tar"] {
        let report = report(&wild, "dive-oci/gzip.tar", other);
        assert_eq!(report.verdict(), "identical-content", "{other}");
        assert!(report.places().contains("layer compression"), "{other}");
    }
}

#[test]
fn the_table_of_contents_of_estargz_lies_behind_the_archive() {
    let Some(wild) = wild() else { return };
    let report = report(&wild, "dive-oci/gzip.tar", "dive-oci/estargz.tar");
    assert!(report.places().contains("layer trailing-data"), "{report}");
    assert!(files(&report).is_empty(), "the file systems are equal");
    assert!(!report.verdict().starts_with("identical-"), "the DiffIDs differ");
}

#[test]
fn two_builders_made_fourteen_layers_each() {
    let Some(wild) = wild() else { return };
    let (left, right) = (wild.join("dive-build/docker.tar"), wild.join("dive-build/kaniko.tar"));
    let layered = compare(&left, &right).checked();
    let rows = layered.0["images"][0]["layers"].as_array().expect("layers").clone();
    assert_eq!(rows.len(), 14);
    for (position, row) in rows.iter().enumerate() {
        assert_eq!(row["layer"]["left"]["index"], position);
        assert_eq!(row["layer"]["right"]["index"], position);
    }
    let merged = compare_with(&left, &right, &["--rootfs"]).checked();
    let findings = merged.findings();
    // A file that was renamed is one removed and one added. That kaniko writes the root directory
    // itself was no path to the reader that counted.
    let moved = paths(&findings, |it| it.change == "moved");
    let mut added = paths(&findings, |it| it.field == "entry" && it.change == "added");
    assert!(added.remove("/"));
    let removed = paths(&findings, |it| it.field == "entry" && it.change == "removed");
    assert_eq!((added.len() + moved.len(), removed.len() + moved.len()), (7, 1), "{findings:#?}");
    let both = |it: &Found| it.path.as_ref().is_some_and(|path| !moved.contains(path));
    let beyond = paths(&findings, |it| it.field != "entry" && it.field != "mtime" && both(it));
    let times = paths(&findings, |it| it.field == "mtime" && both(it));
    assert_eq!((beyond.len(), times.difference(&beyond).count()), (402, 20));
}

#[test]
fn ostree_shares_the_base() {
    let Some(wild) = wild() else { return };
    let report = report(&wild, "ostree/v1.ociarchive", "ostree/v2.ociarchive");
    let findings = report.findings();
    let entry =
        |change: &'static str| paths(&findings, |it| it.field == "entry" && it.change == change);
    assert_eq!(entry("removed"), BTreeSet::from(["/usr/share/anewfile".to_owned()]));
    assert_eq!(entry("added"), BTreeSet::from(["/usr/share/anewfile2".to_owned()]));
    assert_eq!(paths(&findings, |it| it.field == "mtime").len(), 2);
    assert_eq!(files(&report).len(), 4);
}

#[test]
fn a_stop_signal_is_found_among_empty_fields() {
    let Some(wild) = wild() else { return };
    let report = report(&wild, "nomad-busybox/plain.tar", "nomad-busybox/stopsignal.tar");
    let findings = report.findings();
    let signal = findings.iter().find(|it| it.field == "config.StopSignal").expect("the signal");
    assert_eq!(signal.change, "added");
    assert!(files(&report).is_empty());
    let empty = findings.iter().filter(|it| it.field.starts_with("config.") && it.right.is_null());
    assert!(empty.count() >= 12, "a dozen fields are absent on one side");
}

#[test]
fn jib_writes_keys_in_lower_case() {
    let Some(wild) = wild() else { return };
    let report = report(&wild, "jib/busybox-docker.tar", "jib/busybox-jib.tar");
    assert_eq!(report.format("right"), "docker-archive");
    assert!(!report.findings().iter().any(Found::is_damage));
}

#[test]
fn oddities_of_go_containerregistry_open() {
    let Some(wild) = wild() else { return };
    let hello = report(&wild, "ggcr/hello-world-v25.tar", "ggcr/hello-world-v25.tar");
    assert_eq!(hello.verdict(), "identical-bytes");
    let linked = report(&wild, "ggcr/test_link.tar", "ggcr/test_image_1.tar");
    assert!(!linked.findings().iter().any(Found::is_damage), "{linked}");
    let null = compare(wild.join("ggcr/null_manifest.tar"), wild.join("ggcr/test_link.tar"));
    assert_eq!(null.code, 2);
    let message = null.stderr.lines().next().expect("a message");
    assert!(message.starts_with("error: ") && message.contains("manifest.json"), "{message}");
}

#[test]
fn all_damage_of_the_rotten_layout_is_named() {
    let Some(wild) = wild() else { return };
    let rotten = "rotten/rhop-rotten-layer";
    let run = compare(wild.join(rotten), wild.join(rotten));
    let report = run.checked();
    assert_eq!((run.code, report.verdict()), (2, "different"));
    for side in ["left", "right"] {
        let messages: Vec<String> = report
            .findings()
            .iter()
            .filter(|it| it.is_damage())
            .filter_map(|it| {
                if side == "left" { it.left.as_str() } else { it.right.as_str() }.map(str::to_owned)
            })
            .collect();
        let named = |words: &[&str]| {
            messages.iter().any(|message| words.iter().all(|word| message.contains(word)))
        };
        for words in [
            &["manifest", "426 bytes", "1199"][..],
            &["manifest", "digest"],
            &["layer", "12 bytes", "82548392"],
            &["layer", "digest"],
            &["layer", "ends inside a header"],
            &["6 DiffIDs", "1 layer"],
        ] {
            assert!(named(words), "{side} {words:?}: {messages:#?}");
        }
    }
}

#[test]
fn a_layout_of_many_images_compares_name_by_name() {
    let Some(wild) = wild() else { return };
    let report = report(&wild, "regclient/testrepo", "regclient/testrepo");
    assert!(report.findings().is_empty(), "{report}");
    let images = report.0["images"].as_array().expect("images");
    let names: BTreeSet<&str> = images.iter().filter_map(|it| it["image"].as_str()).collect();
    for name in ["b1", "b2", "b3", "v1", "v2", "v3"] {
        assert!(names.contains(name), "{name} in {names:?}");
    }
}
