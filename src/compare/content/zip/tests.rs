#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::io::Write as _;

use super::*;
use crate::compare::content::found::TIMES;
use crate::compare::content::testing;
use crate::compare::content::trial::{self, told};

/// A member to be written.
#[derive(Clone)]
struct Written {
    name: &'static str,
    content: Vec<u8>,
    level: u32,
    time: u16,
    mode: u32,
    extra: Vec<u8>,
    local_extra: Vec<u8>,
}

fn file(name: &'static str, content: &[u8]) -> Written {
    let content = content.to_vec();
    Written {
        name,
        content,
        level: 6,
        time: 0,
        mode: 0o100_644,
        extra: vec![],
        local_extra: vec![],
    }
}

fn base() -> [Written; 2] {
    [file("a", b"one\n"), file("d/b", b"two\n")]
}

/// Numbers in little-endian, each in as many bytes as is said.
fn numbers(numbers: &[(usize, usize)]) -> Vec<u8> {
    let bytes = numbers.iter().flat_map(|(size, it)| it.to_le_bytes().into_iter().take(*size));
    bytes.collect()
}

/// What both headers have in common: from the version to the length of the name.
fn common(member: &Written, packed: usize) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(&member.content);
    let (sum, size) = (sum.sum() as usize, member.content.len());
    let time = member.time.into();
    numbers(&[(2, 20), (2, 0), (2, 8), (2, time), (2, 0x5821), (4, sum), (4, packed), (4, size)])
}

fn zip(members: &[Written]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let level = flate2::Compression::new(member.level);
        let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), level);
        deflate.write_all(&member.content).expect("memory");
        let packed = deflate.finish().expect("memory");
        let common = common(member, packed.len());
        let (name, offset) = (member.name.as_bytes(), out.len());
        directory.extend([b"PK\x01\x02\x14\x03", common.as_slice()].concat());
        let mode = (member.mode as usize) << 16;
        let lengths = [(2, name.len()), (2, member.extra.len()), (2, 0), (2, 0), (2, 0), (4, mode)];
        directory.extend(numbers(&lengths));
        directory.extend([&numbers(&[(4, offset)]), name, &member.extra].concat());
        out.extend([b"PK\x03\x04", common.as_slice()].concat());
        out.extend(numbers(&[(2, name.len()), (2, member.local_extra.len())]));
        out.extend([name, &member.local_extra, &packed].concat());
    }
    let (count, offset, size) = (members.len(), out.len(), directory.len());
    out.extend(directory);
    out.extend(b"PK\x05\x06");
    out.extend(numbers(&[(4, 0), (2, count), (2, count), (4, size), (4, offset), (2, 0)]));
    out
}

fn compare(left: &[u8], right: &[u8]) -> Inside {
    trial::compare(&Zip, "a.jar", left, right).expect("sound archives")
}

fn changed(right: &[Written]) -> Inside {
    compare(&zip(&base()), &zip(right))
}

#[test]
fn an_archive_is_known_by_its_start_or_behind_a_script() {
    let known = |bytes: &[u8]| Zip.recognises(File { name: b"x", bytes });
    let good = zip(&base());
    assert!(known(&good));
    assert!(known(&[b"#!/usr/bin/python3\n", good.as_slice()].concat()));
    assert!(!known(&[b"text\n", good.as_slice()].concat()));
    assert!(!known(b"PK"));
}

#[test]
fn equal_archives_give_nothing() {
    assert_eq!(changed(&base()), Inside::default());
}

#[test]
fn members_fields_and_contents_are_told() {
    let [a, b] = base();
    let a = Written { mode: 0o100_755, content: b"three\n".to_vec(), ..a };
    let inside = changed(&[a, b.clone(), file("n", b"")]);
    assert_eq!(
        told(&inside),
        ["a mode: 0644 -> 0755", "a content: # -> #", "n entry: - -> file 0644 0 B"]
    );
    let link = Written { mode: 0o120_777, ..b.clone() };
    let [a, b] = base();
    assert_eq!(
        told(&compare(&zip(&[a.clone(), b]), &zip(&[a, link]))),
        ["d/b mode: 0644 -> 0777", "d/b type: file -> symlink"]
    );
}

#[test]
fn times_and_order_alone_have_a_cause() {
    let [a, b] = base();
    let later = Written { time: 0x6000, ..a.clone() };
    let inside = changed(&[later, b.clone()]);
    assert_eq!(told(&inside), ["a mtime: 2024-01-01T00:00:00Z -> 2024-01-01T12:00:00Z"]);
    assert_eq!(inside.aspect, Some(TIMES));
    let inside = changed(&[b, a]);
    assert_eq!(inside, Inside::noted("members in another order").because(TIMES));
}

#[test]
fn extra_fields_hold_times_owners_and_more() {
    let with = |time: u8, uid: u8, other: u8| {
        let [a, b] = base();
        let extra = [b'U', b'T', 5, 0, 3, time, 0, 0, 0].to_vec();
        let local = [
            vec![b'U', b'T', 9, 0, 3, time, 0, 0, 0, time, 0, 0, 0],
            vec![b'u', b'x', 5, 0, 1, 1, uid, 1, 0],
            vec![0xfe, 0xca, 1, 0, other],
        ];
        let time = u16::from(time) << 11;
        [Written { extra, local_extra: local.concat(), time, ..a }, b]
    };
    let inside = compare(&zip(&with(1, 2, b'x')), &zip(&with(2, 3, b'y')));
    assert_eq!(
        told(&inside),
        [
            "a atime: 1970-01-01T00:00:01Z -> 1970-01-01T00:00:02Z",
            "a local-extra.0xcafe: x -> y",
            "a mtime: 1970-01-01T00:00:01Z -> 1970-01-01T00:00:02Z",
            "a uid: 2 -> 3",
        ]
    );
    let inside = compare(&zip(&with(1, 2, b'x')), &zip(&with(2, 2, b'x')));
    assert_eq!(inside.aspect, Some(TIMES));
}

#[test]
fn the_same_content_packed_otherwise_is_said_to_be() {
    let [a, b] = base();
    let inside = changed(&[Written { level: 0, ..a }, b]);
    assert_eq!(told(&inside), ["(packing) packing: - -> -"]);
}

#[test]
fn several_members_of_one_name_are_told_apart() {
    let twice = |second| zip(&[file("a", b"x"), file("a", second)]);
    let inside = compare(&twice(b"y"), &twice(b"z"));
    assert_eq!(told(&inside), ["a (number 2 of that name) content: # -> #"]);
}

#[test]
fn what_lies_beside_the_members_is_told() {
    let good = zip(&base());
    let script = |line: &str| [line.as_bytes(), &good].concat();
    let inside = compare(&script("#!/bin/one\n"), &script("#!/bin/two\n"));
    assert_eq!(told(&inside), ["(before the members) content: # -> #"]);
}

#[test]
fn a_member_claims_no_more_than_it_holds() {
    let good = zip(&base());
    let sum_in_directory = good.len() - END - 2 * 46 - 4 + 16;
    let mut bad = good.clone();
    *bad.get_mut(sum_in_directory).expect("inside") ^= 1;
    let inside = compare(&good, &bad);
    assert_eq!(told(&inside), ["a stored: # -> #"]);
    let note = inside.parts.first().and_then(|part| part.note.as_deref());
    assert_eq!(note, Some("its checksum is wrong"));
    let mut bad = good.clone();
    *bad.get_mut(sum_in_directory + 8).expect("inside") = 1;
    let note = compare(&good, &bad).parts.first().and_then(|part| part.note.clone());
    assert_eq!(note.as_deref(), Some("more than the 1 bytes it claims"));
}

#[test]
fn members_that_share_bytes_are_refused() {
    let big = zip(&[Written { level: 0, ..file("a", &[7; 400]) }]);
    let directory = big.len() - END - 47;
    let record = big.get(directory..directory + 47).expect("inside");
    let body = big.get(..directory).expect("inside");
    let mut bomb = [body, record, record, record, record, b"PK\x05\x06"].concat();
    let size = record.len() * 4;
    bomb.extend(numbers(&[(4, 0), (2, 4), (2, 4), (4, size), (4, directory), (2, 0)]));
    let reason = trial::compare(&Zip, "a.zip", &bomb, &big).expect_err("a bomb");
    assert_eq!(reason, Broken::new("members overlap"));
}

#[test]
fn wheels_off_the_registry_are_read() {
    let [left, right] = ["2.3.0", "2.3.1"]
        .map(|version| trial::corpus(&format!("zip/iniconfig-{version}-py3-none-any.whl")));
    let lines = told(&compare(&left, &right));
    let has = |line: &str| lines.iter().any(|it| it.starts_with(line));
    assert!(has("iniconfig/_version.py content: #"), "{lines:#?}");
    assert!(has("iniconfig-2.3.0.dist-info/METADATA entry: file 0644 "), "{lines:#?}");
    assert!(!has("iniconfig/exceptions.py content"), "{lines:#?}");
}

#[test]
fn a_broken_archive_is_not_compared() {
    let good = zip(&base());
    let cut = good.get(..good.len() - 1).expect("shorter");
    trial::compare(&Zip, "a.zip", &good, cut).expect_err("it has no end");
    testing::torture(&Zip, "a.zip", &good);
}

#[test]
fn nothing_but_times_is_taken_for_times() {
    let good = zip(&base());
    let directory = good.windows(4).position(|it| it == b"PK\x01\x02").expect("a directory");
    let second = directory + 46 + "a".len();
    let times = [directory + 12..directory + 16, second + 12..second + 16];
    let times: Vec<usize> = times.into_iter().flatten().collect();
    assert_eq!(trial::fleeting(&Zip, &good, 0x31), times);
}
