#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use super::*;
use crate::compare::content::found::TIMES;
use crate::compare::content::testing;
use crate::compare::content::trial::{self, told};

/// A member as `ar` writes it: the name field as it stands, and `mtime uid gid mode`.
fn member(name: &str, rest: [&str; 4], content: &[u8]) -> Vec<u8> {
    let [mtime, uid, gid, mode] = rest;
    let size = content.len();
    let header = format!("{name:<16}{mtime:<12}{uid:<6}{gid:<6}{mode:<8}{size:<10}`\n");
    let padding: &[u8] = if size % 2 == 1 { b"\n" } else { b"" };
    [header.as_bytes(), content, padding].concat()
}

fn archive(members: &[Vec<u8>]) -> Vec<u8> {
    [MAGIC, &members.concat()].concat()
}

fn file(name: &str, content: &[u8]) -> Vec<u8> {
    member(name, ["1", "0", "0", "100644"], content)
}

fn compare(left: &[u8], right: &[u8]) -> Inside {
    trial::compare(&Ar, "lib.a", left, right).expect("sound archives")
}

#[test]
fn an_archive_is_known_by_its_magic() {
    let known = |bytes| Ar.recognises(File { name: b"x", bytes });
    assert!(known(MAGIC));
    assert!(!known(b"!<thin>\n"));
}

#[test]
fn members_fields_and_contents_are_told() {
    let left = archive(&[file("a.o/", b"one"), file("b.o/", b"two"), file("c.o/", b"x")]);
    let b = member("b.o/", ["2", "7", "0", "100600"], b"two");
    let right = archive(&[file("a.o/", b"1"), b, file("d.o/", b"x")]);
    assert_eq!(compare(&left, &left), Inside::default());
    assert_eq!(
        told(&compare(&left, &right)),
        [
            "a.o content: # -> #",
            "b.o mode: 0644 -> 0600",
            "b.o mtime: 1970-01-01T00:00:01Z -> 1970-01-01T00:00:02Z",
            "b.o uid: 0 -> 7",
            "c.o entry: 0644 0:0 1 B -> -",
            "d.o entry: - -> 0644 0:0 1 B",
        ]
    );
}

#[test]
fn long_names_of_both_kinds_are_read() {
    let long = |content: &[u8]| {
        let bsd = [b"another long name.o\0", content].concat();
        archive(&[
            member("//", ["", "", "", ""], b"first.o/\nquite a long name.o/\n"),
            file("/9", content),
            file("#1/20", &bsd),
        ])
    };
    assert_eq!(
        told(&compare(&long(b"1"), &long(b"2"))),
        ["quite a long name.o content: # -> #", "another long name.o content: # -> #"]
    );
}

#[test]
fn symbols_are_told_by_the_member_they_lie_in() {
    let library = |symbol: &[u8], content: &[u8]| {
        let offset = 8 + 60 + 16 + 60 + content.len() as u32;
        let table = [&[0, 0, 0, 1], &offset.to_be_bytes()[..], symbol, b"\0\0"].concat();
        archive(&[file("/", &table), file("a.o/", content), file("b.o/", b"last")])
    };
    let left = library(b"first", b"one.");
    assert_eq!(told(&compare(&left, &library(b"first", b"longer"))), ["a.o content: # -> #"]);
    let inside = compare(&left, &library(b"other", b"one."));
    assert_eq!(told(&inside), ["(symbol table) content: # -> #"]);
}

#[test]
fn libraries_of_a_distribution_are_read() {
    let good = trial::corpus("ar/libc_nonshared.a");
    let names: Vec<_> = read(&good, &Limits::default())
        .expect("sound")
        .members
        .iter()
        .map(|member| String::from_utf8_lossy(&member.name).into_owned())
        .collect();
    assert!(names.contains(&"atexit.oS".to_owned()), "{names:?}");
    let mut bad = good.clone();
    let at = good.len() - 1000;
    *bad.get_mut(at).expect("inside") ^= 1;
    let lines = told(&compare(&good, &bad));
    assert_eq!(lines.iter().filter(|line| line.contains(".oS content: # -> #")).count(), 1);
}

#[test]
fn times_of_a_debian_package_have_a_cause() {
    let good = trial::corpus("ar/hostname_3.23+nmu1_amd64.deb");
    let mut later = good.clone();
    let digit = later.get_mut(8 + 16 + 9).expect("inside the first time");
    *digit = if *digit == b'1' { b'2' } else { b'1' };
    let inside = compare(&good, &later);
    let lines = told(&inside);
    assert!(lines.len() == 1 && lines.concat().starts_with("debian-binary mtime: 20"), "{lines:?}");
    assert_eq!(inside.aspect, Some(TIMES));
}

#[test]
fn a_broken_archive_is_not_compared() {
    let good = archive(&[
        member("//", ["", "", "", ""], b"quite a long name.o/\n"),
        file("/0", b"one"),
        file("#1/4", b"namecontent"),
    ]);
    let cut = good.get(..good.len() - 4).expect("shorter");
    let reason = trial::compare(&Ar, "x.a", &good, cut).expect_err("it is cut short");
    assert!(reason.0.ends_with("is cut short"), "{reason:?}");
    testing::torture(&Ar, "x.a", &good);
}

#[test]
fn nothing_but_times_is_taken_for_times() {
    let good = archive(&[file("a.o/", b"one."), file("b.o/", b"two.")]);
    let times = [8 + 16, 8 + 17, 8 + 64 + 16, 8 + 64 + 17];
    assert_eq!(trial::fleeting(&Ar, &good, b'3'), times);
}
