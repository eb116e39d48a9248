//! PAX extended headers.

use super::build::*;
use super::{assert_fault, only, walk, walk_chunks};
use crate::limits::Limits;
use crate::report::{EntryKind, Timestamp};
use crate::tar::{Dialect, Extension, FaultKind, Oddity, PaxError};

/// A file that a PAX header with these records goes before.
fn file_with(records: &[(&str, &[u8])]) -> Vec<u8> {
    Tar::new().pax(records).head(Head::file("header", 0)).end()
}

fn pair(key: &[u8], value: &[u8]) -> (Vec<u8>, Vec<u8>) {
    (key.to_vec(), value.to_vec())
}

/// The fault in a PAX header with this content.
#[track_caller]
fn assert_pax_fault(content: &[u8], error: PaxError, at: u64) {
    let walked = walk(&Tar::new().extension(b'x', content).file("next", b"").end());
    assert_eq!(walked.fault().kind, FaultKind::Pax(error), "{}", content.escape_ascii());
    assert_eq!(walked.fault().offset, 512 + at);
    assert_eq!(walked.ending.entries, 0);
}

#[test]
fn records_override_the_header() {
    let member = only(&file_with(&[
        ("path", b"long/path"),
        ("linkpath", b"target"),
        ("uid", b"4000000000"),
        ("gid", b"4000000001"),
        ("uname", "\u{fc}".as_bytes()),
        ("gname", b"g"),
        ("mtime", b"1700000000.123456789"),
        ("atime", b"-1.5"),
        ("ctime", b"7"),
    ]));
    assert_eq!((&*member.path, &*member.linkname), (&b"long/path"[..], &b"target"[..]));
    assert_eq!((member.uid, member.gid), (4_000_000_000, 4_000_000_001));
    assert_eq!((&*member.uname, &*member.gname), ("\u{fc}".as_bytes(), &b"g"[..]));
    assert_eq!(member.mtime, Timestamp { seconds: 1_700_000_000, nanoseconds: 123_456_789 });
    assert_eq!(member.atime, Some(Timestamp { seconds: -2, nanoseconds: 500_000_000 }));
    assert_eq!(member.ctime, Some(Timestamp { seconds: 7, nanoseconds: 0 }));
    assert_eq!((member.dialect, member.pax.len()), (Dialect::Pax, 0));
    assert_eq!(member.header_offset, 1024);
}

#[test]
fn records_count_for_one_member_only() {
    let tar = Tar::new().pax(&[("path", b"first")]).file("a", b"").file("b", b"").end();
    let walked = walk(&tar);
    assert_eq!(walked.paths(), ["first", "b"]);
    assert_eq!(walked.members()[1].dialect, Dialect::Ustar);
}

#[test]
fn the_size_record_governs_the_skip() {
    // The header says 0, or 512, and content that looks like a header lies in between: whoever
    // goes by the header sees a member that is not there (CVE-2025-62518).
    let hidden = Head::file("smuggled", 0);
    for claimed in [0, 512, 1 << 30] {
        let tar = Tar::new()
            .pax(&[("size", b"1024")])
            .head(Head::file("outer", claimed))
            .raw(&hidden.0)
            .raw(&hidden.0)
            .file("next", b"")
            .end();
        let walked = walk(&tar);
        assert_eq!(walked.paths(), ["outer", "next"]);
        assert_eq!(walked.members()[0].size, 1024);
        assert_eq!(walked.data(), [[hidden.0, hidden.0].concat()]);
    }
}

#[test]
fn the_size_record_does_not_touch_extended_headers_in_between() {
    let tar = Tar::new()
        .pax(&[("size", b"3")])
        .extension(b'L', b"a-long-name\0")
        .head(Head::file("short", 0))
        .body(b"abc")
        .file("next", b"")
        .end();
    let walked = walk(&tar);
    assert_eq!(walked.paths(), ["a-long-name", "next"]);
    assert_eq!(walked.data(), [b"abc"]);
}

#[test]
fn the_size_record_of_a_link_is_not_skipped() {
    let tar = Tar::new()
        .pax(&[("size", b"512")])
        .head(Head::new(b'1', b"link").put(LINK, b"to"))
        .file("next", b"")
        .end();
    let walked = walk(&tar);
    assert_eq!(walked.paths(), ["link", "next"]);
    assert_eq!(walked.members()[0].kind, EntryKind::Hardlink);
    assert_eq!(walked.oddities(), [(1024, Oddity::SizeOnHeaderOnly { size: 512 })]);
}

#[test]
fn extended_attributes_are_sorted_and_raw() {
    let member = only(&file_with(&[
        ("SCHILY.xattr.user.b", b"\0\n=\xff"),
        ("SCHILY.xattr.user.a", b"1"),
        ("SCHILY.xattr.with=equals", b"x"),
    ]));
    // The key ends at the first equals sign, as everywhere in PAX.
    let expected =
        [pair(b"user.a", b"1"), pair(b"user.b", b"\0\n=\xff"), pair(b"with", b"equals=x")];
    assert_eq!(member.xattrs, expected);
    assert!(member.pax.is_empty());
}

#[test]
fn libarchive_attributes_are_decoded() {
    let member = only(&file_with(&[
        ("LIBARCHIVE.xattr.user.sp%20ace", b"aGk"),
        ("LIBARCHIVE.xattr.user.padded", b"aGk="),
        ("LIBARCHIVE.xattr.user.bad", b"!!"),
        ("LIBARCHIVE.xattr.user.%zz", b"aGk"),
        ("LIBARCHIVE.creationtime", b"5"),
    ]));
    assert_eq!(member.xattrs, [pair(b"user.padded", b"hi"), pair(b"user.sp ace", b"hi")]);
    let left: Vec<_> = member.pax.iter().map(|(key, _)| key.escape_ascii().to_string()).collect();
    assert_eq!(
        left,
        ["LIBARCHIVE.creationtime", "LIBARCHIVE.xattr.user.%zz", "LIBARCHIVE.xattr.user.bad"]
    );
}

#[test]
fn an_attribute_recorded_both_ways_is_one() {
    let same: [(&str, &[u8]); 2] =
        [("SCHILY.xattr.user.a", b"hi"), ("LIBARCHIVE.xattr.user.a", b"aGk")];
    assert_eq!(only(&file_with(&same)).xattrs, [pair(b"user.a", b"hi")]);
    let other: [(&str, &[u8]); 2] =
        [("SCHILY.xattr.user.a", b"ho"), ("LIBARCHIVE.xattr.user.a", b"aGk")];
    let walked = walk(&file_with(&other));
    assert_eq!(walked.members()[0].xattrs, [pair(b"user.a", b"ho")]);
    assert_eq!(walked.oddities(), [(1024, Oddity::ConflictingXattr)]);
}

#[test]
fn records_nobody_consumed_stay_sorted_by_key() {
    let member = only(&file_with(&[
        ("comment", b"hello"),
        ("VENDOR.key", b""),
        ("SCHILY.devmajor", b"1"),
        ("SCHILY.xattr.user.empty", b""),
    ]));
    let expected = [
        pair(b"SCHILY.devmajor", b"1"),
        pair(b"SCHILY.xattr.user.empty", b""),
        pair(b"VENDOR.key", b""),
        pair(b"comment", b"hello"),
    ];
    assert_eq!(member.pax, expected);
}

#[test]
fn of_two_records_with_one_key_the_last_counts() {
    let member = only(&file_with(&[
        ("path", b"one"),
        ("path", b"two"),
        ("comment", b"one"),
        ("SCHILY.xattr.a", b"one"),
        ("comment", b"two"),
        ("SCHILY.xattr.a", b"two"),
    ]));
    assert_eq!(member.path, b"two");
    assert_eq!(member.pax, [pair(b"comment", b"two")]);
    assert_eq!(member.xattrs, [pair(b"a", b"two")]);
}

#[test]
fn an_empty_value_takes_earlier_ones_back() {
    let member = only(&file_with(&[
        ("path", b"gone"),
        ("path", b""),
        ("uid", b"5"),
        ("uid", b""),
        ("mtime", b"9"),
        ("mtime", b""),
    ]));
    assert_eq!((&*member.path, member.uid, member.mtime.seconds), (&b"header"[..], 0, 1));
}

#[test]
fn the_grammar_is_held_to() {
    for (content, error, at) in [
        (&b"12 path=abc"[..], PaxError::Length, 0),
        (b"12 path=abcd", PaxError::Newline, 0),
        (b"12 path=ab\n ", PaxError::Newline, 0),
        (b"12 path=abc\n12 path=abc", PaxError::Length, 12),
        (b"12 path=abc\n\0\0", PaxError::Length, 12),
        (b"path=abc\n", PaxError::Length, 0),
        (b"x path=abc\n", PaxError::Length, 0),
        (b"-12 path=abc\n", PaxError::Length, 0),
        (b"+13 path=abc\n", PaxError::Length, 0),
        (b" 13 path=abc\n", PaxError::Length, 0),
        (b"0 \n", PaxError::Length, 0),
        (b"1 \n", PaxError::Length, 0),
        (b"2 \n", PaxError::Length, 0),
        (b"3 \n", PaxError::Equals, 0),
        (b"4 =\n", PaxError::Key, 0),
        (b"9 nothing\n", PaxError::Newline, 0),
        (b"11 nothing\n", PaxError::Equals, 0),
        (b"8 k\0y=v\n", PaxError::Nul, 0),
        (b"13 path=a\0bc\n", PaxError::Nul, 0),
        (b"17 linkpath=a\0bc\n", PaxError::Nul, 0),
        (b"14 uname=a\0bc\n", PaxError::Nul, 0),
        (b"9 uid=-1\n", PaxError::Value("uid"), 0),
        (b"9 gid=1x\n", PaxError::Value("gid"), 0),
        (b"11 size=-1\n", PaxError::Value("size"), 0),
        (b"28 size=9223372036854775808\n", PaxError::Value("size"), 0),
        (b"13 mtime=now\n", PaxError::Value("mtime"), 0),
        (b"99999999999999999999 a=b\n", PaxError::Length, 0),
        (b"18446744073709551615 a=b\n", PaxError::Length, 0),
    ] {
        assert_pax_fault(content, error, at);
    }
}

#[test]
fn leading_zeros_of_a_length_are_let_pass_as_in_go() {
    let tar = Tar::new().extension(b'x', b"013 path=abc\n").file("a", b"").end();
    assert_eq!(only(&tar).path, b"abc");
}

#[test]
fn an_empty_header_says_nothing() {
    let member = only(&Tar::new().extension(b'x', b"").file("a", b"").end());
    assert_eq!((&*member.path, member.dialect), (&b"a"[..], Dialect::Pax));
}

#[test]
fn of_two_headers_the_second_counts_alone() {
    let tar = Tar::new()
        .pax(&[("path", b"one"), ("uid", b"7"), ("comment", b"c")])
        .pax(&[("path", b"two")])
        .file("a", b"")
        .end();
    let walked = walk(&tar);
    let member = walked.members()[0];
    assert_eq!((&*member.path, member.uid, member.pax.len()), (&b"two"[..], 0, 0));
    assert_eq!(walked.oddities(), [(1024, Oddity::RepeatedExtension(Extension::Pax))]);
}

#[test]
fn global_records_are_kept_but_not_applied() {
    let records = [record("path", b"global"), record("uid", b"5"), record("path", b"again")];
    let tar = Tar::new().extension(b'g', &records.concat()).file("a", b"").end();
    let walked = walk(&tar);
    let member = walked.members()[0];
    assert_eq!((&*member.path, member.uid, member.dialect), (&b"a"[..], 0, Dialect::Ustar));
    let expected = [pair(b"path", b"global"), pair(b"uid", b"5"), pair(b"path", b"again")];
    assert_eq!(walked.ending.global, expected);
    assert_eq!((walked.ending.entries, walked.oddities()), (1, Vec::new()));
}

#[test]
fn a_broken_global_header_is_a_fault() {
    let tar = Tar::new().extension(b'g', b"5 a=\n9 wrong").file("a", b"").end();
    assert_fault(&tar, "PAX extended header: record length is wrong at byte 517");
}

#[test]
fn a_global_header_makes_pending_ones_forgotten() {
    let tar = Tar::new()
        .pax(&[("path", b"forgotten"), ("size", b"512")])
        .extension(b'g', &record("comment", b"c"))
        .file("a", b"x")
        .file("b", b"")
        .end();
    let walked = walk(&tar);
    assert_eq!(walked.paths(), ["a", "b"]);
    assert_eq!(walked.oddities(), [(1024, Oddity::ForgottenExtension)]);
}

#[test]
fn global_headers_are_bounded_together() {
    let limits = Limits { extension_bytes: 20, ..Limits::default() };
    let one = Tar::new().extension(b'g', &record("comment", b"x"));
    let two = one.clone().extension(b'g', &record("comment", b"y")).end();
    assert_eq!(walk_chunks(&limits, [&*one.end()]).ending.fault, None);
    let walked = walk_chunks(&limits, [&*two]);
    assert_eq!(walked.fault().to_string(), "more than 20 bytes in global headers at byte 1024");
}
