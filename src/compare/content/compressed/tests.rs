#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::io::Write as _;

use imagekit::{Compression as Kind, Entry, Layer};

use super::*;
use crate::compare::content::found::TIMES;
use crate::compare::content::testing;
use crate::compare::content::trial::{self, told};

const GZIP_1: Kind = Kind::Gzip { level: 6, mtime: 1, members: 1 };

fn compare(name: &str, left: &[u8], right: &[u8]) -> Inside {
    trial::compare(&Compressed, name, left, right).expect("sound streams")
}

fn tar(mtime: i64) -> Vec<u8> {
    Layer::new().with(Entry::file("a", "one\n").mtime(mtime)).tar()
}

#[test]
fn all_compressions_are_known() {
    for kind in [Kind::gzip(), Kind::zstd(), Kind::Xz, Kind::Bzip2] {
        let bytes = kind.compress(b"content");
        assert!(Compressed.recognises(File { name: b"x", bytes: &bytes }), "{kind:?}");
    }
    assert!(!Compressed.recognises(File { name: b"x.gz", bytes: b"content" }));
}

#[test]
fn contents_are_compared_under_the_name_without_its_ending() {
    for kind in [Kind::gzip(), Kind::zstd(), Kind::Xz, Kind::Bzip2] {
        let (left, right) = (kind.compress(b"one\n"), kind.compress(b"two\n"));
        assert_eq!(compare("a.gz", &left, &left), Inside::default());
        assert_eq!(told(&compare("d/notes.gz", &left, &right)), ["notes content: # -> #"]);
    }
    let name = |name: &'static str| payload_name(File { name: name.as_bytes(), bytes: b"" });
    assert_eq!(name("d/a.tgz"), "a.tar");
    assert_eq!(name(".gz"), "content");
    assert_eq!(name("initrd.img"), "content");
}

#[test]
fn a_gzip_header_alone_has_a_cause() {
    let write = |builder: flate2::GzBuilder| {
        let mut out = builder.write(Vec::new(), flate2::Compression::new(6));
        out.write_all(b"content").expect("memory");
        out.finish().expect("memory")
    };
    let left = write(flate2::GzBuilder::new().mtime(1).filename("a").operating_system(3));
    let right =
        write(flate2::GzBuilder::new().mtime(2).comment("c").extra("x").operating_system(255));
    let inside = compare("x.gz", &left, &right);
    assert_eq!(
        told(&inside),
        [
            "header gzip.mtime: 1970-01-01T00:00:01Z -> 1970-01-01T00:00:02Z",
            "header gzip.name: a -> -",
            "header gzip.comment: - -> c",
            "header gzip.os: 3 (Unix) -> 255 (unknown)",
            "header gzip.extra: - -> x",
        ]
    );
    assert_eq!(inside.note.as_deref(), Some("only the gzip header differs"));
    assert_eq!(inside.aspect, Some(GZIP_HEADER));
}

#[test]
fn the_same_content_in_another_stream_is_said_to_be() {
    let text = b"the same words again, the same words again".repeat(20);
    let fast = Kind::Gzip { level: 1, mtime: 0, members: 1 }.compress(&text);
    let split = Kind::Gzip { level: 6, mtime: 0, members: 3 }.compress(&text);
    let note = Some("the same content, compressed in another way");
    for other in [fast, split, Kind::zstd().compress(&text)] {
        let inside = compare("x.gz", &Kind::gzip().compress(&text), &other);
        assert_eq!((inside.note.as_deref(), inside.aspect), (note, None));
    }
}

#[test]
fn times_inside_and_in_the_header_have_one_cause() {
    let (left, right) = (Kind::gzip().compress(&tar(5)), GZIP_1.compress(&tar(6)));
    let inside = compare("layer.tgz", &left, &right);
    assert_eq!(
        told(&inside),
        [
            "header gzip.mtime: - -> 1970-01-01T00:00:01Z",
            "layer.tar content: # -> #",
            "layer.tar/a mtime: 1970-01-01T00:00:05Z -> 1970-01-01T00:00:06Z",
        ]
    );
    assert_eq!(inside.aspect, Some(TIMES));
}

#[test]
fn what_follows_the_stream_is_told() {
    let left = Kind::gzip().compress(b"content");
    let right = [left.as_slice(), b"hidden"].concat();
    let inside = compare("x.gz", &left, &right);
    assert_eq!(told(&inside), ["(trailing) content: # -> #"]);
    assert_eq!((inside.note, inside.aspect), (None, None));
}

#[test]
fn unpacking_ends_with_the_budget() {
    let left = Kind::gzip().compress(&vec![0; 40 << 20]);
    let right = Kind::gzip().compress(&vec![1; 40 << 20]);
    let reason = trial::compare(&Compressed, "x.gz", &left, &right).expect_err("80 MiB of 64");
    assert!(reason.0.contains("cut short"), "{reason:?}");
}

#[test]
fn a_broken_stream_is_not_compared() {
    for kind in [Kind::gzip(), Kind::zstd(), Kind::Xz, Kind::Bzip2] {
        let good = kind.compress(&tar(5));
        let cut = good.get(..good.len() / 2).expect("shorter");
        trial::compare(&Compressed, "x", &good, cut).expect_err("it is cut short");
        testing::torture(&Compressed, "a", &good);
    }
}

#[test]
fn a_crate_off_the_registry_is_told_to_the_line() {
    let good = trial::corpus("gzip/equivalent-1.0.3.crate");
    let stream = trial::inspect(|inspector| unpack(&good, inspector).map(|it| it.content));
    let tar = String::from_utf8(stream.expect("a sound stream")).expect("a text inside");
    let edited = tar.replacen("pub trait Equivalent<", "pub trait Equivalenz<", 1);
    assert_ne!(tar, edited);
    let inside = compare("a.crate", &good, &Kind::gzip().compress(edited.as_bytes()));
    let lines = told(&inside);
    let last = lines.last().map(String::as_str);
    assert_eq!(last, Some("a.tar/equivalent-1.0.3/src/lib.rs content: # -> #"), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("header gzip.")), "{lines:?}");
}

#[test]
fn bzip2_of_another_hand_is_read() {
    let good = trial::corpus("bzip2/bug_61.bz2");
    let inside = compare("a.bz2", &good, &Kind::Bzip2.compress(b"other"));
    assert_eq!(told(&inside), ["a content: # -> #"]);
}
