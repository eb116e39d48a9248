//! GNU long names, and what all extended headers have in common.

use super::build::*;
use super::{assert_fault, only, walk, walk_chunks};
use crate::limits::Limits;
use crate::tar::{Dialect, Extension, FaultKind, Inside, Oddity};

fn gnu(type_flag: u8, name: &[u8]) -> Head {
    Head::new(type_flag, name).put(MAGIC, GNU)
}

#[test]
fn long_name_and_long_link() {
    let (name, link) = ([b'n'; 300], [b'l'; 700]);
    let tar = Tar::new()
        .extension(b'K', &[&link[..], b"\0"].concat())
        .extension(b'L', &[&name[..], b"\0ignored"].concat())
        .head(gnu(b'2', b"short"))
        .head(gnu(b'2', b"next"))
        .end();
    let walked = walk(&tar);
    let first = walked.members()[0];
    assert_eq!((&*first.path, &*first.linkname), (&name[..], &link[..]));
    assert_eq!(first.dialect, Dialect::Gnu);
    assert_eq!(walked.members()[1].path, b"next");
    assert_eq!(walked.oddities(), []);
}

#[test]
fn an_empty_long_name_counts_for_nothing() {
    for content in [&b""[..], b"\0", b"\0name"] {
        let tar = Tar::new().extension(b'L', content).file("a", b"").end();
        assert_eq!(only(&tar).path, b"a");
    }
}

#[test]
fn long_names_win_over_records_wherever_they_stand() {
    let records: [(&str, &[u8]); 2] = [("path", b"pax"), ("linkpath", b"pax-link")];
    let before = Tar::new().extension(b'L', b"gnu\0").extension(b'K', b"gnu-link\0").pax(&records);
    let after = Tar::new().pax(&records).extension(b'L', b"gnu\0").extension(b'K', b"gnu-link\0");
    for tar in [before, after] {
        let walked = walk(&tar.head(Head::new(b'2', b"a")).end());
        let member = walked.members()[0];
        assert_eq!((&*member.path, &*member.linkname), (&b"gnu"[..], &b"gnu-link"[..]));
        let odd: Vec<_> = walked.oddities().into_iter().map(|(_, oddity)| oddity).collect();
        let both = [Extension::LongName, Extension::LongLink].map(Oddity::TwoNames);
        assert_eq!(odd, both);
    }
}

#[test]
fn of_two_long_names_the_second_counts() {
    let tar = Tar::new().extension(b'L', b"one\0").extension(b'L', b"two\0").file("a", b"").end();
    let walked = walk(&tar);
    assert_eq!(walked.paths(), ["two"]);
    assert_eq!(walked.oddities(), [(1024, Oddity::RepeatedExtension(Extension::LongName))]);
}

#[test]
fn a_long_name_decides_what_the_old_type_is() {
    let tar = Tar::new().extension(b'L', b"dir/\0").head(Head::new(0, b"dir").size(9)).end();
    let walked = walk(&tar);
    assert_eq!(walked.members()[0].kind, crate::report::EntryKind::Directory);
    assert_eq!(walked.ending.fault, None);
}

#[test]
fn an_extended_header_needs_a_member() {
    for flag in [b'x', b'L', b'K'] {
        let alone = Tar::new().extension(flag, b"11 path=ab\n");
        assert_fault(&alone.clone().end(), "extended header without a member at byte 1024");
        assert_fault(&alone.0, "extended header without a member at byte 1024");
        assert_fault(&alone.0[..800], "extended header without a member at byte 800");
    }
}

#[test]
fn an_extended_header_cut_short() {
    let tar = Tar::new().extension(b'x', &[b'x'; 600]).0;
    assert_fault(
        &tar[..600],
        "stream ends inside an extended header at byte 600 (512 bytes missing)",
    );
    let walked = walk(&tar[..1111]);
    let expected = FaultKind::Truncated { inside: Inside::Extension, missing: 1 };
    assert_eq!(walked.fault().kind, expected);
    assert_eq!(walked.fault().to_string().rsplit_once('(').unwrap().1, "1 byte missing)");
}

#[test]
fn extended_headers_are_bounded() {
    let limits = Limits { extension_bytes: 600, ..Limits::default() };
    for flag in [b'x', b'g', b'L', b'K'] {
        // The content is not there: the limit counts before anything is read.
        let tar = Tar::new().head(Head::new(flag, b"n").size(601)).0;
        let walked = walk_chunks(&limits, [&*tar]);
        let message = "more than 600 bytes in an extended header at byte 0";
        assert_eq!(walked.fault().to_string(), message);
    }
    let tar = Tar::new().extension(b'L', &[b'n'; 600]).file("a", b"").end();
    assert_eq!(walk_chunks(&limits, [&*tar]).ending.fault, None);
}

#[test]
fn paths_and_link_targets_are_bounded() {
    let limits = Limits { path_bytes: 100, ..Limits::default() };
    let long = [b'n'; 101];
    let prefixed = Head::new(b'0', &[b'n'; 50]).put(PREFIX, &[b'p'; 50]);
    for (tar, message) in [
        (Tar::new().extension(b'L', &long), "more than 100 bytes in a path at byte 1024"),
        (Tar::new().pax(&[("path", &long)]), "more than 100 bytes in a path at byte 1024"),
        (Tar::new().extension(b'K', &long), "more than 100 bytes in a link target at byte 1024"),
        (Tar::new().head(prefixed), "more than 100 bytes in a path at byte 0"),
    ] {
        let walked = walk_chunks(&limits, [&*tar.file("a", b"").end()]);
        assert_eq!(walked.fault().to_string(), message);
    }
}
