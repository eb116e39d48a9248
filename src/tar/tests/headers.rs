//! Header blocks: checksum, dialects, fields, types.

use super::build::*;
use super::{assert_fault, fault, only, walk};
use crate::limits::Limits;
use crate::report::{EntryKind, Timestamp};
use crate::tar::{Dialect, Event, FaultKind, Field, Oddity, Walker, looks_like_header};

#[test]
fn all_fields_of_a_ustar_header() {
    let head = Head::file("name", 3)
        .put(MODE, b"0104755\0")
        .put(UID, b"0001750\0")
        .put(GID, b"0001751\0")
        .put(UNAME, b"user")
        .put(GNAME, b"group")
        .put(PREFIX, b"some/dir");
    let member = only(&Tar::new().head(head).body(b"abc").end());
    assert_eq!(member.path, b"some/dir/name");
    assert_eq!((member.mode, member.uid, member.gid), (0o104_755, 1000, 1001));
    assert_eq!((member.uname, member.gname), (b"user".to_vec(), b"group".to_vec()));
    assert_eq!((member.size, member.mtime.seconds), (3, 1));
    assert_eq!((member.kind, member.type_flag), (EntryKind::File, b'0'));
    assert_eq!((member.dialect, member.device), (Dialect::Ustar, None));
    assert_eq!((member.header_offset, member.data_offset), (0, 512));
}

#[test]
fn nothing_is_left_over_from_the_member_before() {
    let full = Head::new(b'3', b"dev").put(LINK, b"link").put(UNAME, b"u").put(GNAME, b"g");
    let tar = Tar::new()
        .pax(&[("SCHILY.xattr.a", b"1"), ("comment", b"c"), ("atime", b"5"), ("ctime", b"6")])
        .head(full)
        .head(Head::new(b'0', b"plain").put(MAGIC, &[0; 8]))
        .end();
    let walked = walk(&tar);
    let plain = walked.members()[1];
    let fresh = only(&Tar::new().head(Head::new(b'0', b"plain").put(MAGIC, &[0; 8])).end());
    let offsets = (plain.header_offset, plain.data_offset);
    assert_eq!(offsets, (1536, 2048));
    let moved = crate::tar::Member { header_offset: 0, data_offset: 512, ..plain.clone() };
    assert_eq!(moved, fresh);
}

#[test]
fn a_wrong_checksum_stops_the_walk() {
    let mut bytes = Tar::new().file("a", b"1").file("b", b"2").end();
    bytes[1024] ^= 1;
    let walked = walk(&bytes);
    assert_eq!(walked.paths(), ["a"]);
    assert_eq!(walked.fault().to_string(), "header checksum mismatch at byte 1024");
    assert_eq!(walked.ending.end_offset, 1024);
    assert!(looks_like_header(&bytes));
    assert!(!looks_like_header(&bytes[1024..]));
    assert!(!looks_like_header(&bytes[..511]));
    assert!(!looks_like_header(&[0; 512]));
}

#[test]
fn a_checksum_over_signed_bytes_holds() {
    let mut head = Head::file("caf\u{e9}", 0).0;
    let sum: i64 = head.iter().map(|byte| i64::from(byte.cast_signed())).sum();
    let old: i64 = head[CHECKSUM].iter().map(|byte| i64::from(*byte)).sum();
    head[CHECKSUM].copy_from_slice(format!("{:06o}\0 ", sum - old + 256).as_bytes());
    assert_eq!(only(&Tar::new().raw(&head).end()).path, "caf\u{e9}".as_bytes());
}

#[test]
fn checksum_of_a_block_full_of_high_bytes() {
    let head = Head::file("x", 0).put(NAME, &[0xff; 100]).put(PREFIX, &[0xff; 155]);
    assert_eq!(only(&Tar::new().head(head).end()).path.len(), 256);
}

#[test]
fn names_end_at_the_first_nul_or_at_the_end_of_the_field() {
    let full = [b'n'; 100];
    assert_eq!(only(&Tar::new().head(Head::new(b'0', &full)).end()).path, full);
    let cut = Head::new(b'2', b"a\0b").put(LINK, b"c\0d").put(UNAME, b"e\0f");
    let member = only(&Tar::new().head(cut).end());
    assert_eq!(
        (&*member.path, &*member.linkname, &*member.uname),
        (&b"a"[..], &b"c"[..], &b"e"[..])
    );
}

#[test]
fn dialects_by_magic() {
    for (magic, dialect) in [
        (USTAR, Dialect::Ustar),
        (b"ustar\0\0\0", Dialect::Ustar),
        (b"ustar\x0011", Dialect::Ustar),
        (GNU, Dialect::Gnu),
        (b"ustar 00", Dialect::V7),
        (b"\0\0\0\0\0\0\0\0", Dialect::V7),
        (b"Ustar\x0000", Dialect::V7),
    ] {
        let head = Head::new(b'0', b"n").put(MAGIC, magic).put(UNAME, b"user");
        let member = only(&Tar::new().head(head).end());
        let uname: &[u8] = if dialect == Dialect::V7 { b"" } else { b"user" };
        assert_eq!((member.dialect, &*member.uname), (dialect, uname), "{}", magic.escape_ascii());
    }
}

#[test]
fn a_prefix_counts_with_any_version() {
    let head = Head::new(b'0', b"n").put(MAGIC, b"ustar\0\0\0").put(PREFIX, b"p");
    assert_eq!(only(&Tar::new().head(head).end()).path, b"p/n");
}

#[test]
fn gnu_headers_have_times_where_ustar_has_its_prefix() {
    let head = Head::new(b'0', b"n").put(MAGIC, GNU);
    let member = only(&Tar::new().head(head.clone()).end());
    assert_eq!((member.atime, member.ctime), (None, None));
    let head = head.put(PREFIX, b"00000000002\0").put(PREFIX + 12, b"00000000003\0");
    let member = only(&Tar::new().head(head).end());
    assert_eq!(member.path, b"n");
    assert_eq!(member.atime, Some(Timestamp { seconds: 2, nanoseconds: 0 }));
    assert_eq!(member.ctime, Some(Timestamp { seconds: 3, nanoseconds: 0 }));
}

#[test]
fn a_prefix_in_a_gnu_header_counts_if_it_cannot_be_a_time() {
    let head = Head::new(b'0', b"n").put(MAGIC, GNU).put(PREFIX, b"usr/lib");
    let walked = walk(&Tar::new().head(head.clone()).end());
    assert_eq!(walked.paths(), ["usr/lib/n"]);
    assert_eq!(walked.members()[0].atime, None);
    assert_eq!(walked.oddities(), [(0, Oddity::PrefixInGnuHeader)]);
    let head = head.put(PREFIX, "\u{e9}".as_bytes());
    assert_eq!(only(&Tar::new().head(head).end()).path, b"n");
}

#[test]
fn star_headers_have_a_shorter_prefix_and_times() {
    let head = Head::new(b'0', b"n")
        .put(PREFIX, &[b'p'; 131])
        .put(476, b"00000000002\0")
        .put(488, b"00000000003\0")
        .put(508, b"tar\0");
    let member = only(&Tar::new().head(head.clone()).end());
    assert_eq!(member.path.len(), 133);
    assert_eq!((member.atime.unwrap().seconds, member.ctime.unwrap().seconds), (2, 3));
    assert_eq!(fault(&head.put(488, b"x").0).0, FaultKind::Number(Field::Ctime));
}

#[test]
fn kinds_by_type_flag() {
    for (flag, kind) in [
        (b'0', EntryKind::File),
        (0, EntryKind::File),
        (b'7', EntryKind::File),
        (b'1', EntryKind::Hardlink),
        (b'2', EntryKind::Symlink),
        (b'3', EntryKind::CharDevice),
        (b'4', EntryKind::BlockDevice),
        (b'5', EntryKind::Directory),
        (b'6', EntryKind::Fifo),
        (b'V', EntryKind::Unknown(b'V')),
        (b'8', EntryKind::Unknown(b'8')),
        (0xff, EntryKind::Unknown(0xff)),
    ] {
        let member = only(&Tar::new().head(Head::new(flag, b"n")).end());
        assert_eq!((member.kind, member.type_flag), (kind, flag));
        assert_eq!(member.device.is_some(), matches!(flag, b'3' | b'4'));
    }
}

#[test]
fn a_slash_at_the_end_makes_a_directory_of_the_old_type_alone() {
    let old = only(&Tar::new().head(Head::new(0, b"dir/")).end());
    assert_eq!((old.kind, old.type_flag), (EntryKind::Directory, 0));
    let tar = Tar::new().head(Head::file("file/", 3)).body(b"abc").end();
    let walked = walk(&tar);
    assert_eq!(walked.members()[0].kind, EntryKind::File);
    assert_eq!(walked.data(), [b"abc"]);
    assert_eq!(walked.oddities(), [(0, Oddity::SlashAfterFile)]);
}

#[test]
fn an_old_directory_carries_no_content() {
    let tar = Tar::new().head(Head::new(0, b"dir/").size(5)).file("next", b"").end();
    let walked = walk(&tar);
    assert_eq!(walked.paths(), ["dir/", "next"]);
    assert_eq!(walked.oddities(), [(0, Oddity::SizeOnHeaderOnly { size: 5 })]);
}

#[test]
fn types_without_content_carry_none_whatever_they_claim() {
    for flag in b'1'..=b'6' {
        let tar = Tar::new().head(Head::new(flag, b"n").size(1000)).file("next", b"x").end();
        let walked = walk(&tar);
        assert_eq!(walked.paths(), ["n", "next"]);
        assert_eq!(walked.members()[0].size, 0);
        assert_eq!(walked.oddities(), [(0, Oddity::SizeOnHeaderOnly { size: 1000 })]);
        assert_eq!(walked.ending.fault, None);
    }
}

#[test]
fn unknown_types_carry_content_by_their_size() {
    let tar = Tar::new().head(Head::new(b'Z', b"n").size(3)).body(b"abc").file("next", b"").end();
    let walked = walk(&tar);
    assert_eq!(walked.paths(), ["n", "next"]);
    assert_eq!(walked.data(), [b"abc"]);
}

#[test]
fn devices() {
    let head = Head::new(b'4', b"sda").put(MAJOR, b"0000010\0").put(MINOR, b"0000001\0");
    assert_eq!(only(&Tar::new().head(head.clone()).end()).device, Some((8, 1)));
    let old = head.clone().put(MAGIC, &[0; 8]);
    assert_eq!(only(&Tar::new().head(old).end()).device, Some((0, 0)));
    assert_fault(
        &head.put(MINOR, b"x").0,
        "devminor field of the header is not a valid number at byte 0",
    );
}

#[test]
fn device_fields_of_other_types_do_not_matter() {
    let head = Head::new(b'0', b"n").put(MAJOR, b"junk!").put(MINOR, b"\xff\xff");
    assert_eq!(only(&Tar::new().head(head).end()).device, None);
}

#[test]
fn junk_in_a_number_is_a_fault() {
    for (at, field) in [
        (MODE, Field::Mode),
        (UID, Field::Uid),
        (GID, Field::Gid),
        (SIZE, Field::Size),
        (MTIME, Field::Mtime),
    ] {
        for flag in [b'0', b'5', b'x', b'L', b'g'] {
            let tar = Tar::new().file("a", b"").head(Head::new(flag, b"n").put(at, b"12x\0")).end();
            assert_eq!(fault(&tar), (FaultKind::Number(field), 512));
        }
    }
}

#[test]
fn negative_numbers_are_faults_except_for_the_time() {
    let minus_one = [0xff; 8];
    for at in [MODE, UID, GID, SIZE] {
        let head = Head::new(b'0', b"n").put(at, &minus_one);
        let head = if at == SIZE { head.put(SIZE + 8, &[0xff; 4]) } else { head };
        assert!(matches!(fault(&head.0).0, FaultKind::Number(_)));
    }
    let head = Head::new(b'0', b"n").put(MTIME, &[0xff; 12]);
    assert_eq!(only(&Tar::new().head(head).end()).mtime.seconds, -1);
}

#[test]
fn a_mode_has_32_bits() {
    let head = Head::new(b'0', b"n").put(MODE, b"\x80\0\0\0\xff\xff\xff\xff");
    assert_eq!(only(&Tar::new().head(head.clone()).end()).mode, u32::MAX);
    let head = head.put(MODE, b"\x80\0\0\x01\0\0\0\0");
    assert_eq!(fault(&head.0).0, FaultKind::Number(Field::Mode));
}

#[test]
fn large_owners_in_base256() {
    let head = Head::new(b'0', b"n").put(UID, b"\x80\0\0\0\xff\xff\xff\xfe");
    assert_eq!(only(&Tar::new().head(head).end()).uid, 0xffff_fffe);
}

#[test]
fn empty_fields_are_zero() {
    let mut head = Head::new(b'0', b"n");
    head.0[MODE..CHECKSUM.start].fill(0);
    let member = only(&Tar::new().head(head.sealed()).end());
    assert_eq!((member.mode, member.uid, member.size, member.mtime.seconds), (0, 0, 0, 0));
}

#[test]
fn an_empty_path_is_odd() {
    let walked = walk(&Tar::new().head(Head::new(b'0', b"").size(2)).body(b"ab").end());
    assert_eq!(walked.oddities(), [(0, Oddity::EmptyPath)]);
    assert_eq!(walked.data(), [b"ab"]);
}

#[test]
fn too_many_members() {
    let tar = Tar::new().file("a", b"").file("b", b"").file("c", b"").end();
    let mut walker = Walker::new(&Limits::default(), 2);
    let mut entries = 0;
    let mut sink = |event: Event<'_>| entries += u32::from(matches!(event, Event::Entry(_)));
    walker.push(&tar, &mut sink);
    assert_eq!(walker.failed().unwrap().to_string(), "more than 2 members at byte 1024");
    assert_eq!(walker.finish(&mut sink).entries, 2);
    assert_eq!(entries, 2);
}
