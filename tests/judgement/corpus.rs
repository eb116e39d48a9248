//! The shipped corpus: rebuilt images are equivalent, copies are identical in content, and
//! builders differ only in what they truly drop.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{Report, compare};

/// An input of the corpus, a file or a directory.
fn input(producer: &str, name: &str) -> PathBuf {
    let at = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/tiny").join(producer);
    let archive = at.join(format!("{name}.tar"));
    if archive.exists() { archive } else { at.join(name) }
}

/// Producers that have this input.
fn producers(name: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/tiny");
    let names = std::fs::read_dir(root).unwrap().map(|it| it.unwrap().file_name());
    let mut names: Vec<String> = names.map(|it| it.into_string().unwrap()).collect();
    names.retain(|producer| input(producer, name).exists());
    names.sort();
    names
}

fn judged(left: &Path, right: &Path, flags: &[&str]) -> (i32, Report) {
    assert!(left.exists() && right.exists(), "{left:?} {right:?}");
    compare(left, right, flags)
}

#[test]
fn rebuilt_images_are_equivalent() {
    let producers = producers("left2");
    assert!(producers.len() >= 22, "{producers:?}");
    for producer in producers {
        let (left, right) = (input(&producer, "left"), input(&producer, "left2"));
        let (code, report) = judged(&left, &right, &["--semantic"]);
        assert_eq!((code, report.count("unexplained")), (0, 0), "{producer}\n{report}");
        if producer == "buildkit-oci-sde" {
            let (code, report) = judged(&left, &right, &[]);
            assert_eq!((code, report.verdict()), (0, "identical-bytes"), "{report}");
            assert_eq!(judged(&left, &right, &["--require=identical-image"]).0, 0);
        } else {
            assert_eq!(report.verdict(), "equivalent", "{producer}");
            let (code, report) = judged(&left, &right, &[]);
            assert_eq!((code, report.verdict()), (1, "different"), "{producer}");
            assert_eq!(report.count("unexplained"), 0, "{producer} strictly\n{report}");
            assert!(report.list("causes").iter().all(|it| it["noise"] == true), "{producer}");
        }
    }
}

#[test]
fn rebuilt_images_have_the_same_file_system() {
    for producer in producers("left2") {
        let (left, right) = (input(&producer, "left"), input(&producer, "left2"));
        let (code, report) = judged(&left, &right, &["--semantic", "--rootfs"]);
        assert_eq!((code, report.count("unexplained")), (0, 0), "{producer}\n{report}");
    }
}

#[test]
fn changed_images_are_different() {
    for producer in producers("right") {
        let (left, right) = (input(&producer, "left"), input(&producer, "right"));
        for flags in [&["--semantic"][..], &["--semantic", "--rootfs"]] {
            let (code, report) = judged(&left, &right, flags);
            assert_eq!((code, report.verdict()), (1, "different"), "{producer} {flags:?}");
            let mode = report.counted().contains("/opt/rich/suid mode");
            assert!(mode || producer.starts_with("umoci-0.4.7-insert"), "{producer}\n{report}");
        }
    }
}

#[test]
fn one_image_in_several_forms_is_identical_in_content() {
    let forms: [&[&str]; 2] = [
        &["docker-29.7-containerd", "docker-29.7-containerd-platform"],
        &[
            "buildkit-oci-gzip",
            "skopeo-1.18-oci-zstd",
            "skopeo-1.18-oci-zstdchunked",
            "skopeo-1.9-dir",
        ],
    ];
    for (family, name) in forms.into_iter().flat_map(|it| ["left", "right"].map(|name| (it, name)))
    {
        for (one, other) in pairs(family) {
            let (left, right) = (input(one, name), input(other, name));
            let (code, report) = judged(&left, &right, &["--require=identical-content"]);
            assert_eq!(code, 0, "{one} {other}\n{report}");
            assert_eq!(report.count("unexplained"), 0, "{one} {other}\n{report}");
            assert_eq!(judged(&left, &right, &["--semantic"]).0, 0, "{one} {other}");
        }
    }
}

fn pairs<'a>(names: &'a [&'a str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let later = |at: usize| names.iter().skip(at + 1);
    names.iter().enumerate().flat_map(move |(at, one)| later(at).map(|other| (*one, *other)))
}

/// Those that keep extended attributes of users, and those that do not.
const KEEPERS: [&str; 4] = [
    "podman-4.3-docker-archive",
    "podman-4.3-oci-archive",
    "umoci-0.4.7-raw",
    "umoci-0.4.7-repack",
];
const DROPPERS: [&str; 10] = [
    "buildkit-oci-estargz",
    "buildkit-oci-gzip",
    "buildkit-oci-provenance",
    "buildkit-oci-sde",
    "buildkit-oci-uncompressed",
    "buildkit-oci-zstd",
    "docker-20.10-save",
    "docker-26.1-overlay2",
    "docker-29.7-containerd",
    "docker-29.7-overlay2",
];

/// Which causes count between two builders' images of one Dockerfile; all must have one.
fn counted_causes(one: &str, other: &str, flags: &[&str]) -> BTreeSet<String> {
    let (_, report) = judged(&input(one, "left"), &input(other, "left"), flags);
    let counted = report.findings().iter().filter(|it| it["status"] == "counted");
    assert_eq!(report.count("unexplained"), 0, "{one} {other} {flags:?}\n{report}");
    counted.map(|it| it["cause"].as_str().unwrap().to_owned()).collect()
}

fn check_builders(flags: &[&str]) {
    let all: Vec<&str> = KEEPERS.into_iter().chain(DROPPERS).collect();
    for (one, other) in pairs(&all) {
        let drops = KEEPERS.contains(&one) != KEEPERS.contains(&other);
        let expected: BTreeSet<String> =
            drops.then(|| "builder-drops".to_owned()).into_iter().collect();
        assert_eq!(counted_causes(one, other, flags), expected, "{one} {other} {flags:?}");
    }
}

#[test]
fn builders_differ_in_what_they_drop_only() {
    check_builders(&["--semantic"]);
}

#[test]
fn file_systems_of_builders_differ_in_what_they_drop_only() {
    check_builders(&["--semantic", "--rootfs"]);
}

/// Times of sources differ in noise, whichever builder they went through.
#[test]
fn every_strict_difference_between_builders_has_a_cause() {
    for (one, other) in pairs(&["buildkit-oci-gzip", "docker-20.10-save", "podman-4.3-oci-archive"])
    {
        counted_causes(one, other, &[]);
    }
}
