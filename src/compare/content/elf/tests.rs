//! Tests of what is told of ELF files.

#![expect(clippy::expect_used, reason = "a test may fail by panicking")]

use super::*;
use crate::compare::content::testing::{self, told};

const REAL: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/corpus/formats/elf/markupsafe-3.0.2-x86_64.so"
));
const OLDER: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/corpus/formats/elf/markupsafe-3.0.1-x86_64.so"
));
const BIG_ENDIAN: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/corpus/formats/elf/charset-normalizer-3.4.0-s390x.so"
));
const NARROW: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/corpus/formats/elf/markupsafe-3.0.2-i686.so"
));

const PROGBITS: u32 = 1;
const SYMTAB: u32 = 2;
const STRTAB: u32 = 3;
const NOTE: u32 = 7;

/// Name, type, flags, `sh_link` and content.
type Planned<'a> = (&'a str, u32, u64, u32, &'a [u8]);

/// An ELF file of 64 bits, little-endian, with these sections from number 1 on and the table of
/// their names as the last one.
fn elf(sections: &[Planned<'_>]) -> Vec<u8> {
    let mut names = b"\0.shstrtab\0".to_vec();
    let mut headers = vec![0; 64];
    let mut contents = Vec::new();
    for (name, kind, flags, link, bytes) in sections {
        headers.extend(section_header(
            names.len(),
            *kind,
            *flags,
            64 + contents.len(),
            bytes.len(),
            *link,
        ));
        names.extend([name.as_bytes(), b"\0"].concat());
        contents.extend(*bytes);
    }
    headers.extend(section_header(1, STRTAB, 0, 64 + contents.len(), names.len(), 0));
    contents.extend(&names);
    contents.resize(contents.len().next_multiple_of(8), 0);
    let mut out = b"\x7fELF\x02\x01\x01".to_vec();
    out.resize(16, 0);
    out.extend([3, 0, 62, 0, 1, 0, 0, 0]);
    out.extend([0; 16]);
    out.extend((64 + contents.len() as u64).to_le_bytes());
    let count = sections.len() as u16 + 2;
    for half in [0, 0, 64, 56, 0, 64, count, count - 1] {
        out.extend(half.to_le_bytes());
    }
    [out, contents, headers].concat()
}

fn section_header(
    name: usize,
    kind: u32,
    flags: u64,
    offset: usize,
    size: usize,
    link: u32,
) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend((name as u32).to_le_bytes());
    out.extend(kind.to_le_bytes());
    for word in [flags, 0, offset as u64, size as u64] {
        out.extend(word.to_le_bytes());
    }
    out.extend([link, 0].iter().flat_map(|half| half.to_le_bytes()));
    out.extend([1_u64, 0].iter().flat_map(|word| word.to_le_bytes()));
    out
}

fn build_id(id: u8) -> Vec<u8> {
    [&[4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0][..], b"GNU\0", &[id; 20]].concat()
}

fn symbol(name: u32, size: u64) -> Vec<u8> {
    [&name.to_le_bytes()[..], &[0x12, 0, 1, 0], &[0; 8], &size.to_le_bytes()].concat()
}

fn aspect(left: &[u8], right: &[u8]) -> Option<&'static str> {
    testing::compare(&Elf, "file", left, right).expect("both are ELF files").aspect
}

#[test]
fn files_are_known_by_their_magic() {
    let known = |bytes: &[u8]| Elf.recognises(File { name: b"x", bytes });
    assert!(known(REAL) && known(BIG_ENDIAN) && !known(b"\x7fELS") && !known(b""));
}

#[test]
fn sections_are_told_by_name() {
    let code: Planned<'_> = (".text", PROGBITS, 6, 0, b"\x01\x02\x03");
    let more: Planned<'_> = (".more", PROGBITS, 0, 0, b"\x01");
    let left = elf(&[code]);
    assert_eq!(
        told(&Elf, &left, &elf(&[(".text", PROGBITS, 6, 0, b"\x01\x02\x04")])),
        [".text section"]
    );
    assert_eq!(told(&Elf, &left, &elf(&[code, more])), [".more section", ".shstrtab section"]);
    let executable = elf(&[(".text", PROGBITS, 7, 0, b"\x01\x02\x03")]);
    assert_eq!(told(&Elf, &left, &executable), ["(section headers) content"]);
}

#[test]
fn a_build_id_alone_has_a_cause() {
    let with = |id: &[u8], comment: &[u8], code: &[u8]| {
        elf(&[
            (".note.gnu.build-id", NOTE, 2, 0, id),
            (".text", PROGBITS, 6, 0, code),
            (".comment", PROGBITS, 0, 0, comment),
        ])
    };
    let left = with(&build_id(1), b"GCC 1\0", b"\x01");
    let right = with(&build_id(2), b"GCC 12\0", b"\x01");
    assert_eq!(
        told(&Elf, &left, &right),
        [".comment elf.comment", ".note.gnu.build-id elf.build-id"]
    );
    assert_eq!(aspect(&left, &right), Some("elf-build-id"));
    let right = with(&build_id(2), b"GCC 1\0", b"\x02");
    assert_eq!(told(&Elf, &left, &right), [".note.gnu.build-id elf.build-id", ".text section"]);
    assert_eq!(aspect(&left, &right), None);
}

#[test]
fn paths_alone_have_a_cause() {
    let with = |id: u8, text: &str| {
        elf(&[
            (".note.gnu.build-id", NOTE, 2, 0, &build_id(id)),
            (".rodata", PROGBITS, 2, 0, text.as_bytes()),
        ])
    };
    let left = with(1, "\0/build/one/x.c\0other\0");
    let right = with(2, "\0/build/two/x.c\0other\0");
    assert_eq!(
        told(&Elf, &left, &right),
        [".note.gnu.build-id elf.build-id", ".rodata elf.strings"]
    );
    assert_eq!(aspect(&left, &right), Some("elf-paths"));
    let right = with(2, "\0/build/one/x.c\0Other\0");
    assert_eq!(
        told(&Elf, &left, &right),
        [".note.gnu.build-id elf.build-id", ".rodata elf.strings"]
    );
    assert_eq!(aspect(&left, &right), None);
}

#[test]
fn symbols_are_told_by_name() {
    let with = |symbols: &[Vec<u8>]| {
        let table = [vec![0; 24], symbols.concat()].concat();
        elf(&[(".symtab", SYMTAB, 0, 2, &table), (".strtab", STRTAB, 0, 0, b"\0same\0gone\0new\0")])
    };
    let left = with(&[symbol(1, 8), symbol(1, 9), symbol(6, 3)]);
    let right = with(&[symbol(1, 9), symbol(1, 7), symbol(11, 3)]);
    assert_eq!(
        told(&Elf, &left, &right),
        [
            ".symtab section",
            ".symtab gone elf.symbol",
            ".symtab new elf.symbol",
            ".symtab same elf.symbol"
        ]
    );
    let parts = testing::compare(&Elf, "file", &left, &right).expect("both are ELF files").parts;
    let same = parts.last().map(|part| part.values.clone());
    let text = |size| Some(Value::Text(format!("STT_FUNC STB_GLOBAL, {size} bytes")));
    assert_eq!(same, Some(Sides::new(text(8), text(7))));
}

#[test]
fn what_lies_in_no_section_is_not_passed_over() {
    let left = elf(&[(".text", PROGBITS, 6, 0, b"\x01")]);
    let right = [&left[..], b"\0"].concat();
    assert_eq!(told(&Elf, &left, &right), ["(outside sections) content"]);
    let mut right = left.clone();
    right[10] = 1;
    assert_eq!(told(&Elf, &left, &right), ["(header) content"]);
}

#[test]
fn a_real_library_of_another_version() {
    let parts = told(&Elf, OLDER, REAL);
    for part in [
        ".debug_str elf.strings",
        ".dynsym PyUnicode_Type elf.symbol",
        ".note.gnu.build-id elf.build-id",
        ".symtab escape_unicode elf.symbol",
        ".text section",
    ] {
        assert!(parts.contains(&part.into()), "{part} is not in {parts:?}");
    }
    assert!(!parts.iter().any(|part| part.starts_with("(outside")), "{parts:?}");
    assert_eq!(told(&Elf, REAL, REAL), Vec::<String>::new());
}

#[test]
fn machines_of_all_kinds_are_read() {
    for other in [BIG_ENDIAN, NARROW] {
        let parts = told(&Elf, REAL, other);
        for part in ["(header) elf.machine", ".text section"] {
            assert!(parts.contains(&part.into()), "{part} is not in {parts:?}");
        }
    }
    let mut other = BIG_ENDIAN.to_vec();
    let id = BIG_ENDIAN.windows(4).position(|bytes| bytes == b"GNU\0").expect("there is a note");
    other[id + 4] ^= 1;
    assert_eq!(told(&Elf, BIG_ENDIAN, &other), [".note.gnu.build-id elf.build-id"]);
}

#[test]
fn what_is_linked_is_told() {
    let with = |old: &[u8], new: &[u8]| {
        let at = REAL.windows(old.len()).position(|bytes| bytes == old).expect("the name is there");
        [&REAL[..at], new, &REAL[at + new.len()..]].concat()
    };
    let parts = told(&Elf, REAL, &with(b"libc.so.6", b"libx.so.6"));
    assert_eq!(parts, [".dynamic elf.needed", ".dynamic elf.needed", ".dynstr section"]);
}

#[test]
fn files_without_section_headers_are_told_by_segments() {
    let stripped = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[0x28..0x30].fill(0);
        bytes[0x3c..0x40].fill(0);
        bytes
    };
    let mut other = REAL.to_vec();
    other[0x1000] ^= 1;
    assert_eq!(told(&Elf, &stripped(REAL), &stripped(&other)), ["(segment 1) section"]);
    let parts = told(&Elf, REAL, &stripped(REAL));
    assert_eq!(
        parts,
        ["(section headers) content", "(segment 0) section", "(outside sections) content"]
    );
}

#[test]
fn damage_is_refused_and_never_fatal() {
    assert!(testing::compare(&Elf, "x", REAL, &REAL[..REAL.len() - 64]).is_err());
    assert!(testing::compare(&Elf, "x", REAL, b"\x7fELF").is_err());
    let table = [vec![0; 24], symbol(1, 8)].concat();
    testing::torture(
        &Elf,
        "x",
        &elf(&[
            (".note.gnu.build-id", NOTE, 2, 0, &build_id(1)),
            (".symtab", SYMTAB, 0, 3, &table),
            (".strtab", STRTAB, 0, 0, b"\0name\0"),
            (".gnu_debuglink", PROGBITS, 0, 0, b"x.debug\0\x01\x02\x03\x04"),
            (".comment", PROGBITS, 0, 0, b"GCC\0"),
        ]),
    );
}
