//! What holds for every image: an image agrees with itself, sides can be swapped, packing is not
//! content, threads do not show, and no cut makes the program fall over.

use std::path::PathBuf;

use imagekit::forms::{docker_flat, docker_hybrid, docker_legacy, docker_v1, jib, oci, skopeo_dir};
use imagekit::{Compression, Dialect, Entry, FlatStyle, Image, Layer};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::support::{Desk, Report, compare, compare_with, ocidiff, sample};

/// A handful of paths, so that layers overwrite, remove and link to each other's entries.
const PATHS: [&str; 8] = ["a", "b", "d", "d/a", "d/b", "d/e", "d/e/a", "name with space"];

fn entry() -> impl Strategy<Value = Entry> {
    let path = select(PATHS.to_vec());
    let other = select(PATHS.to_vec());
    let dialect = select(vec![Dialect::Ustar, Dialect::Gnu, Dialect::Pax]);
    (path, other, 0..10_u8, 0..3_u8, dialect, 0..3_i64).prop_map(
        |(path, other, kind, variety, dialect, time)| {
            let entry = match kind {
                0..=4 => Entry::file(path, vec![b'x'; usize::from(variety) * 300]),
                5 => Entry::dir(path),
                6 => Entry::symlink(path, other),
                7 => Entry::hardlink(path, other),
                8 => Entry::whiteout(path),
                _ => Entry::opaque(path),
            };
            let entry = if variety == 2 { entry.xattr("user.x", "1").uid(1000) } else { entry };
            entry.dialect(dialect).mtime(1_700_000_000 + time)
        },
    )
}

fn compression() -> impl Strategy<Value = Compression> {
    select(vec![
        Compression::Plain,
        Compression::gzip(),
        Compression::Gzip { level: 1, mtime: 1, members: 2 },
        Compression::zstd(),
        Compression::Zstd { level: 1, frames: 2, skippable: true },
    ])
}

fn layers() -> impl Strategy<Value = Vec<Layer>> {
    vec(vec(entry(), 0..6).prop_map(|entries| Layer::new().with_all(entries)), 1..5)
}

fn of(layers: &[Layer], words: (u8, u8)) -> Image {
    let image = Image::new()
        .reference("app:1.0")
        .env("WORD", words.0.to_string())
        .label("word", words.1.to_string());
    layers.iter().fold(image, |image, layer| image.layer(layer.clone()))
}

fn image() -> impl Strategy<Value = Image> {
    (layers(), (0..2_u8, 0..2_u8), compression())
        .prop_map(|(layers, words, compression)| of(&layers, words).compression(compression))
}

/// Two images that have much in common: layers dropped, added and taken over.
fn pair() -> impl Strategy<Value = (Image, Image)> {
    (layers(), layers(), (0..2_u8, 0..2_u8), (0..2_u8, 0..2_u8), 0..4_usize, compression())
        .prop_map(|(left, new, a, b, kept, compression)| {
            let mut right: Vec<Layer> = left.iter().take(kept).cloned().collect();
            right.extend(new.into_iter().take(2));
            right.extend(left.iter().skip(kept + 1).cloned());
            (of(&left, a), of(&right, b).compression(compression))
        })
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn an_image_agrees_with_itself(image in image()) {
        let desk = Desk::new();
        let path = desk.image("a.tar", &image);
        let run = compare(&path, desk.image("b.tar", &image));
        let report = run.checked();
        prop_assert_eq!(run.code, 0, "{}", report);
        prop_assert!(report.findings().is_empty(), "{}", report);
        prop_assert_eq!(report.verdict(), "identical-bytes");
        let unpacked = desk.dir("c", &oci([&image]));
        let report = compare(&path, unpacked).checked();
        prop_assert!(report.counted().is_empty(), "{}", report);
        prop_assert_eq!(report.verdict(), "identical-image");
    }

    #[test]
    fn swapping_sides_mirrors_the_report((left, right) in pair()) {
        let desk = Desk::new();
        let (left, right) = (desk.image("a.tar", &left), desk.image("b.tar", &right));
        let there = compare(&left, &right).checked();
        let back = compare(&right, &left).checked();
        prop_assert_eq!(there.verdict(), back.verdict());
        let odd = odd_ones(&sorted(&there, false), &sorted(&back, true));
        prop_assert!(odd.is_empty(), "only on one way: {:#?}", odd);
    }

    #[test]
    fn packing_is_not_content(image in image(), other in compression()) {
        let desk = Desk::new();
        let reference = desk.image("reference.tar", &image);
        for (name, path) in packings(&desk, &image, other) {
            for (left, right) in [(&reference, &path), (&path, &reference)] {
                let report = compare(left, right).checked();
                let verdicts = ["identical-content", "identical-image", "identical-bytes"];
                prop_assert!(verdicts.contains(&report.verdict()), "{}: {}", name, report);
                for found in report.counted() {
                    let packaging = matches!(found.scope.as_str(), "archive" | "index" | "manifest")
                        || found.field == "compression";
                    prop_assert!(packaging && found.path.is_none(), "{}: {:?}", name, found);
                }
            }
        }
    }

    #[test]
    fn threads_do_not_show((left, right) in pair()) {
        let desk = Desk::new();
        let (left, right) = (desk.image("a.tar", &left), desk.image("b.tar", &right));
        let one = compare_with(&left, &right, &["--threads=1"]);
        let many = compare_with(&left, &right, &["--threads=5"]);
        prop_assert_eq!(one.text(), many.text());
        prop_assert_eq!((one.code, one.stderr), (many.code, many.stderr));
    }
}

/// `image` in every form, compressed in another way where the form allows it.
fn packings(desk: &Desk, image: &Image, compression: Compression) -> Vec<(&'static str, PathBuf)> {
    let repacked = image.clone().compression(compression);
    let plain = image.clone().compression(Compression::Plain);
    vec![
        ("layout", desk.dir("layout", &oci([&repacked]))),
        ("archive", desk.tar("archive", &oci([&repacked]))),
        ("gzipped archive", desk.put("gz", Compression::gzip().compress(&oci([image]).to_tar()))),
        ("dir", desk.dir("dir", &skopeo_dir(&repacked))),
        ("legacy", desk.tar("legacy", &docker_legacy([image]))),
        ("hybrid", desk.tar("hybrid", &docker_hybrid([&plain]))),
        ("podman", desk.tar("podman", &docker_flat([image], FlatStyle::Podman))),
        ("crane", desk.tar("crane", &docker_flat([&repacked], FlatStyle::Crane))),
        ("jib", desk.tar("jib", &jib([&repacked]))),
    ]
}

/// The findings without their numbers, in an order that does not depend on the side; mirrored if
/// `swapped`.
fn sorted(report: &Report, swapped: bool) -> Vec<String> {
    let mut findings = report.0["findings"].as_array().expect("findings").clone();
    if swapped {
        findings.iter_mut().for_each(mirror);
    }
    without_ends_of_moves(&mut findings);
    let mut lines: Vec<String> = findings.into_iter().map(without_numbers).collect();
    lines.sort();
    lines
}

/// The lines that one list has more often than the other.
fn odd_ones(there: &[String], back: &[String]) -> Vec<String> {
    let count = |list: &[String], line: &String| list.iter().filter(|it| *it == line).count();
    let both = there.iter().chain(back);
    both.filter(|line| count(there, line) != count(back, line)).cloned().collect()
}

fn without_numbers(mut finding: Value) -> String {
    let both = !finding["left"].is_null() && !finding["right"].is_null();
    let object = finding.as_object_mut().expect("an object");
    object.remove("id");
    // Lines that one way adds the other removes.
    object.remove("unified");
    // What explains a change of type is told by what the right side has.
    object.remove("cause");
    if object["change"] == "moved" {
        // The note speaks of the path it moved to.
        object.remove("note");
    }
    // Entries of histories are numbered as on the left, or on the side that has them.
    if let Some((_, rest)) = object["field"].as_str().and_then(|it| it.split_once(']'))
        && (both || !rest.is_empty())
    {
        object["field"] = Value::from(format!("history[…]{rest}"));
    }
    finding.to_string()
}

fn mirror(finding: &mut Value) {
    let swap = |object: &mut Value| {
        let (left, right) = (object["left"].take(), object["right"].take());
        object["left"] = right;
        object["right"] = left;
    };
    swap(finding);
    if finding["at"].get("layer").is_some() {
        swap(&mut finding["at"]["layer"]);
    }
    if finding.get("sizes").is_some() {
        swap(&mut finding["sizes"]);
    }
    if let Some(note) = finding["note"].as_str() {
        let mut parts: Vec<String> = note.split("; ").map(mirror_note).collect();
        parts.sort();
        finding["note"] = parts.join("; ").into();
    }
    finding["change"] = match finding["change"].as_str() {
        Some("added") => "removed".into(),
        Some("removed") => "added".into(),
        _ => finding["change"].clone(),
    };
}

/// What is said of a file that moved is said at the path on the right.
fn without_ends_of_moves(findings: &mut [Value]) {
    let moved: Vec<Value> = findings
        .iter()
        .filter(|it| it["change"] == "moved" && it["field"] == "path")
        .flat_map(|it| [it["left"].clone(), it["right"].clone()])
        .collect();
    for finding in findings.iter_mut().filter(|it| moved.contains(&it["at"]["path"])) {
        if finding["change"] == "moved" || finding["field"] == "mtime" {
            finding["at"]["path"] = "…".into();
        }
    }
}

/// `left: shadows layer 0`
fn mirror_note(part: &str) -> String {
    match part.split_once(": ") {
        Some(("left", rest)) => format!("right: {rest}"),
        Some(("right", rest)) => format!("left: {rest}"),
        _ => part.to_owned(),
    }
}

/// The mirror must be able to tell: a report is not its own mirror image.
#[test]
fn the_mirror_swaps_what_it_should() {
    let desk = Desk::new();
    let more = sample().layer(Layer::new().with(Entry::file("new", "x")));
    let (left, right) = (desk.image("a.tar", &sample()), desk.image("b.tar", &more));
    let there = compare(&left, &right).checked();
    let back = compare(&right, &left).checked();
    assert_ne!(sorted(&there, false), sorted(&back, false));
    assert_eq!(sorted(&there, false), sorted(&back, true));
}

/// One small archive of every form.
fn archives() -> Vec<(&'static str, Vec<u8>)> {
    let small = || Image::new().reference("app:1").layer(crate::support::app_layer("1"));
    let plain = small().compression(Compression::Plain);
    let zstd = small().compression(Compression::zstd());
    let tar = oci([small()]).to_tar();
    vec![
        ("oci-gzip", tar.clone()),
        ("oci-zstd", oci([zstd]).to_tar()),
        ("oci-plain", oci([&plain]).to_tar()),
        ("legacy", docker_legacy([small()]).to_tar()),
        ("hybrid", docker_hybrid([&plain]).to_tar()),
        ("podman", docker_flat([small()], FlatStyle::Podman).to_tar()),
        ("jib", jib([small()]).to_tar()),
        ("v1", docker_v1([small()]).to_tar()),
        ("packed", Compression::Gzip { level: 0, mtime: 0, members: 1 }.compress(&tar)),
    ]
}

/// Cut anywhere, an archive is read as far as it goes: what is lost is said, and what is not lost
/// does not differ.
#[test]
fn truncation_at_every_block_is_survived() {
    let desk = Desk::new();
    for (name, bytes) in archives() {
        let whole = desk.put("whole", &bytes);
        let run = compare(&whole, &whole);
        assert_eq!(run.code, 0, "{name}: {}", run.report());
        for end in (0..bytes.len()).step_by(512) {
            let cut = desk.put("cut", &bytes[..end]);
            for (left, right) in [(&whole, &cut), (&cut, &whole)] {
                let run = compare(left, right);
                let said = run.stderr.starts_with("error: ");
                assert_eq!(run.code == 2, said, "{name} cut at {end}: {}", run.stderr);
                if !run.stdout.is_empty() {
                    run.checked();
                }
            }
        }
    }
}

/// The same within a block, where headers and names break off.
#[test]
fn truncation_at_odd_places_is_survived() {
    let desk = Desk::new();
    for (name, bytes) in archives() {
        let whole = desk.put("whole", &bytes);
        for end in (1..bytes.len()).step_by(1999) {
            let cut = desk.put("cut", &bytes[..end]);
            let run = ocidiff([&whole, &cut]);
            let said = run.stderr.starts_with("error: ");
            assert_eq!(run.code == 2, said, "{name} cut at {end}: {}", run.stderr);
        }
    }
}

/// One flipped byte anywhere is damage, a difference or padding; never a panic.
#[test]
fn flipped_bytes_are_survived() {
    let desk = Desk::new();
    for (name, bytes) in archives() {
        let whole = desk.put("whole", &bytes);
        for at in (7..bytes.len()).step_by(211) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x41;
            let run = compare(&whole, desk.put("flipped", flipped));
            if !run.stdout.is_empty() {
                let report = run.checked();
                assert_ne!(report.verdict(), "identical-bytes", "{name} at {at}");
            }
        }
    }
}
