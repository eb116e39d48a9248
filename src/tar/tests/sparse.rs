//! Sparse files.

use super::build::*;
use super::{assert_fault, fault, only, walk, walk_chunks};
use crate::limits::Limits;
use crate::report::EntryKind;
use crate::tar::{FaultKind, SparseError, SparseMap};

const SPARSE: usize = 386;
const EXTENDED: usize = 482;
const REAL_SIZE: usize = 483;

fn slot(offset: u64, length: u64) -> Vec<u8> {
    format!("{offset:011o}\0{length:011o}\0").into_bytes()
}

fn slots(regions: &[(u64, u64)]) -> Vec<u8> {
    regions.iter().flat_map(|(offset, length)| slot(*offset, *length)).collect()
}

/// A header of type `S`.
fn gnu(stored: u64, real_size: u64, regions: &[(u64, u64)]) -> Head {
    Head::new(b'S', b"sparse")
        .put(MAGIC, GNU)
        .size(stored)
        .put(REAL_SIZE, format!("{real_size:011o}\0").as_bytes())
        .put(SPARSE, &slots(regions))
}

/// A block of regions behind it.
fn more(regions: &[(u64, u64)], extended: bool) -> [u8; 512] {
    let mut block = [0; 512];
    let bytes = slots(regions);
    block[..bytes.len()].copy_from_slice(&bytes);
    block[504] = extended.into();
    block
}

/// A file of PAX format 1.0 with this map.
fn text_map(map: &str, content: &[u8], real_size: &[u8]) -> Vec<u8> {
    let map = Tar::new().body(map.as_bytes()).0;
    Tar::new()
        .pax(&[
            ("GNU.sparse.major", b"1"),
            ("GNU.sparse.minor", b"0"),
            ("GNU.sparse.name", b"real/name"),
            ("GNU.sparse.realsize", real_size),
        ])
        .head(Head::file("GNUSparseFile.0/name", (map.len() + content.len()) as u64))
        .body(&[&map[..], content].concat())
        .file("next", b"")
        .end()
}

/// A file of PAX format 0.1 with this map.
fn list_map(map: &[u8], numblocks: &[u8]) -> Vec<u8> {
    Tar::new()
        .pax(&[
            ("GNU.sparse.size", b"100"),
            ("GNU.sparse.numblocks", numblocks),
            ("GNU.sparse.name", b"real/name"),
            ("GNU.sparse.map", map),
        ])
        .head(Head::file("GNUSparseFile.0/name", 3))
        .body(b"abc")
        .file("next", b"")
        .end()
}

#[track_caller]
fn assert_sparse(bytes: &[u8], error: SparseError) {
    assert_eq!(fault(bytes).0, FaultKind::Sparse(error));
}

fn map(real_size: u64, regions: &[(u64, u64)]) -> Option<SparseMap> {
    Some(SparseMap { real_size, regions: regions.to_vec() })
}

#[test]
fn gnu_header() {
    let head = gnu(3, 4096, &[(0, 1), (1024, 2), (4096, 0)]);
    let walked = walk(&Tar::new().head(head).body(b"abc").file("next", b"").end());
    let member = walked.members()[0];
    assert_eq!((member.kind, member.type_flag, member.size), (EntryKind::File, b'S', 3));
    assert_eq!(member.sparse, map(4096, &[(0, 1), (1024, 2)]));
    assert_eq!(walked.data(), [b"abc"]);
    assert_eq!(walked.paths(), ["sparse", "next"]);
    assert_eq!(walked.members()[1].sparse, None);
}

#[test]
fn gnu_header_with_more_blocks() {
    let all: Vec<_> = (0..30).map(|index| (index * 10, 1)).collect();
    let tar = Tar::new()
        .head(gnu(30, 300, &all[..4]).put(EXTENDED, &[1]))
        .raw(&more(&all[4..25], true))
        .raw(&more(&all[25..], false))
        .body(&[7; 30])
        .file("next", b"")
        .end();
    let walked = walk(&tar);
    let member = walked.members()[0];
    assert_eq!((member.data_offset, member.size), (1536, 30));
    assert_eq!(member.sparse, map(300, &all));
    assert_eq!(walked.paths(), ["sparse", "next"]);
}

#[test]
fn gnu_header_cut_short() {
    let tar = Tar::new().head(gnu(3, 100, &[]).put(EXTENDED, &[1])).raw(&[0; 12]).0;
    assert_fault(&tar, "stream ends inside sparse at byte 524 (503 bytes missing)");
}

#[test]
fn gnu_type_needs_a_gnu_header() {
    assert_sparse(&gnu(0, 0, &[]).put(MAGIC, USTAR).0, SparseError::Dialect);
}

#[test]
fn maps_that_cannot_be() {
    for (stored, real_size, regions, error) in [
        (3, 100, &[(50, 1), (10, 2)][..], SparseError::Regions),
        (3, 100, &[(10, 2), (11, 1)], SparseError::Regions),
        (3, 100, &[(98, 3)], SparseError::Regions),
        (3, 100, &[(101, 0), (0, 3)], SparseError::Regions),
        (3, 100, &[(0, 2)], SparseError::Sum),
        (3, 100, &[(0, 4)], SparseError::Sum),
        (3, 100, &[], SparseError::Sum),
    ] {
        assert_sparse(&gnu(stored, real_size, regions).0, error);
    }
    let huge = [b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", &slot(1, 1)[..12]].concat();
    assert_sparse(&gnu(1, 100, &[]).put(SPARSE, &huge).0, SparseError::Regions);
    assert_sparse(&gnu(1, 100, &[]).put(SPARSE, b"junk").0, SparseError::Number);
    assert_sparse(&gnu(1, 100, &[]).put(REAL_SIZE, b"junk").0, SparseError::Number);
    assert_sparse(&gnu(1, 100, &[]).put(REAL_SIZE, &[0xff; 12]).0, SparseError::Number);
}

#[test]
fn pax_0_0() {
    let tar = Tar::new()
        .pax(&[
            ("GNU.sparse.size", b"100"),
            ("GNU.sparse.numblocks", b"2"),
            ("GNU.sparse.offset", b"10"),
            ("GNU.sparse.numbytes", b"1"),
            ("GNU.sparse.offset", b"50"),
            ("GNU.sparse.numbytes", b"2"),
        ])
        .head(Head::file("name", 3))
        .body(b"abc")
        .end();
    let member = only(&tar);
    assert_eq!((member.sparse, member.size), (map(100, &[(10, 1), (50, 2)]), 3));
    assert_eq!((&*member.path, member.pax.len()), (&b"name"[..], 0));
}

#[test]
fn pax_0_0_takes_turns() {
    for records in [
        &[("GNU.sparse.numbytes", &b"1"[..])][..],
        &[("GNU.sparse.offset", b"1")],
        &[("GNU.sparse.offset", b"1"), ("GNU.sparse.offset", b"2")],
        &[("GNU.sparse.offset", b"1,2")],
        &[("GNU.sparse.offset", b"")],
    ] {
        let walked = walk(&Tar::new().pax(records).file("a", b"").end());
        assert!(matches!(walked.fault().kind, FaultKind::Pax(_)), "{records:?}");
    }
}

#[test]
fn pax_0_1() {
    let walked = walk(&list_map(b"10,1,50,2", b"2"));
    let member = walked.members()[0];
    assert_eq!(member.sparse, map(100, &[(10, 1), (50, 2)]));
    assert_eq!((&*member.path, member.size), (&b"real/name"[..], 3));
    assert_eq!(walked.data(), [b"abc"]);
    assert_eq!(walked.ending.fault, None);
    for (map, numblocks, error) in [
        (&b"10,1,50,2"[..], &b"3"[..], SparseError::Count),
        (b"10,1,50", b"2", SparseError::Count),
        (b"10,1,50,x", b"2", SparseError::Number),
        (b"10,1,50,", b"2", SparseError::Number),
        (b"10,1,50,2", b"two", SparseError::Number),
        (b"10,1,50,-2", b"2", SparseError::Number),
        (b"10,1,50,3", b"2", SparseError::Sum),
    ] {
        assert_sparse(&list_map(map, numblocks), error);
    }
}

#[test]
fn pax_0_1_without_any_region() {
    let records: [(&str, &[u8]); 4] = [
        ("GNU.sparse.major", b"0"),
        ("GNU.sparse.minor", b"1"),
        ("GNU.sparse.numblocks", b"0"),
        ("GNU.sparse.size", b"100"),
    ];
    let member = only(&Tar::new().pax(&records).file("a", b"").end());
    assert_eq!(member.sparse, map(100, &[]));
}

#[test]
fn pax_1_0() {
    let walked = walk(&text_map("2\n10\n1\n50\n2\n", b"abc", b"100"));
    let member = walked.members()[0];
    assert_eq!(member.sparse, map(100, &[(10, 1), (50, 2)]));
    assert_eq!((&*member.path, member.size), (&b"real/name"[..], 3));
    assert_eq!(member.data_offset, member.header_offset + 1024);
    assert_eq!(walked.data(), [b"abc"]);
    assert_eq!(walked.paths(), ["real/name", "next"]);
    assert_eq!(walked.ending.fault, None);
}

#[test]
fn pax_1_0_with_a_map_of_many_blocks() {
    let regions: Vec<_> = (0..1000).map(|index| (index * 1000, 1)).collect();
    let lines: String = regions.iter().map(|(at, length)| format!("{at}\n{length}\n")).collect();
    let walked = walk(&text_map(&format!("1000\n{lines}"), &[1; 1000], b"1000000"));
    assert_eq!(walked.members()[0].sparse, map(1_000_000, &regions));
    assert_eq!(walked.members()[0].size, 1000);
    assert_eq!(walked.ending.fault, None);
}

#[test]
fn pax_1_0_without_any_region() {
    let walked = walk(&text_map("0\n", b"", b"100"));
    assert_eq!(walked.members()[0].sparse, map(100, &[]));
    assert_eq!((walked.members()[0].size, walked.ending.fault), (0, None));
}

#[test]
fn pax_1_0_maps_that_cannot_be() {
    for (map, error) in [
        ("2\n10\n1\n", SparseError::Number),
        ("x\n", SparseError::Number),
        ("\n", SparseError::Number),
        ("-1\n", SparseError::Number),
        ("1\n10\n\n", SparseError::Number),
        ("1\n99999999999999999999\n3\n", SparseError::Number),
        ("1\n10\n4\n", SparseError::Sum),
        ("1\n100\n3\n", SparseError::Regions),
    ] {
        assert_sparse(&text_map(map, b"abc", b"100"), error);
    }
    let endless = format!("9\n{}", "1".repeat(600));
    assert_sparse(&text_map(&endless, b"", b"100"), SparseError::Number);
    let cut = format!("1000\n{}", "1\n0\n".repeat(400));
    let cut = &cut[..1536];
    assert_sparse(&text_map(cut, b"abc", b"100"), SparseError::Cut);
}

#[test]
fn pax_1_0_cut_short() {
    let bytes = text_map("1\n10\n3\n", b"abc", b"100");
    assert_fault(&bytes[..1540], "stream ends inside real/name at byte 1540 (511 bytes missing)");
    assert_fault(&bytes[..2049], "stream ends inside real/name at byte 2049 (2 bytes missing)");
}

#[test]
fn regions_are_bounded() {
    let limits = Limits { sparse_regions: 4, ..Limits::default() };
    let five: Vec<_> = (0..5).map(|index| (index * 10, 1)).collect();
    let gnu = Tar::new()
        .head(gnu(5, 100, &five[..4]).put(EXTENDED, &[1]))
        .raw(&more(&five[4..], false))
        .body(&[1; 5]);
    let empty = Tar::new()
        .pax(&[("GNU.sparse.numblocks", b"5"), ("GNU.sparse.map", b"0,0,0,0,0,0,0,0,0,0")]);
    let bomb = text_map("999999999\n0\n1\n", b"a", b"100");
    for tar in [gnu.end(), empty.file("a", b"").end(), bomb] {
        let walked = walk_chunks(&limits, [&*tar]);
        let limit = FaultKind::Limit { what: "sparse regions", limit: 4 };
        assert_eq!(walked.fault().kind, limit);
    }
}

#[test]
fn records_of_an_unknown_format_stay() {
    let records: [(&str, &[u8]); 3] =
        [("GNU.sparse.major", b"2"), ("GNU.sparse.minor", b"0"), ("GNU.sparse.name", b"other")];
    let member = only(&Tar::new().pax(&records).file("a", b"abc").end());
    assert_eq!((&*member.path, member.sparse, member.pax.len()), (&b"a"[..], None, 3));
}

#[test]
fn a_map_on_a_type_without_content() {
    let records: [(&str, &[u8]); 2] = [("GNU.sparse.numblocks", b"1"), ("GNU.sparse.map", b"0,0")];
    let tar = Tar::new().pax(&records).head(Head::new(b'5', b"dir")).end();
    assert_sparse(&tar, SparseError::Kind);
}
