#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use imagekit::Compression;

use super::*;
use crate::compare::content::found::TIMES;
use crate::compare::content::testing;
use crate::compare::content::trial::{self, told};

/// A member to be written.
#[derive(Clone, Copy)]
struct Written {
    name: &'static str,
    content: &'static [u8],
    ino: u32,
    mode: u32,
    nlink: u32,
    mtime: u32,
}

fn file(name: &'static str, content: &'static [u8]) -> Written {
    Written { name, content, ino: 1, mode: 0o100_644, nlink: 1, mtime: 1 }
}

fn newc(members: &[Written]) -> Vec<u8> {
    let mut out = Vec::new();
    for member in members.iter().chain([&file("TRAILER!!!", b"")]) {
        let Written { name, content, ino, mode, nlink, mtime } = *member;
        let (size, length) = (content.len(), name.len() + 1);
        out.extend(format!("070701{ino:08x}{mode:08x}{:08x}{:08x}", 0, 0).bytes());
        out.extend(format!("{nlink:08x}{mtime:08x}{size:08x}{:032x}", 0).bytes());
        out.extend(format!("{length:08x}{:08x}{name}\0", 0).bytes());
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend(content);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

fn compare(left: &[u8], right: &[u8]) -> Inside {
    trial::compare(&Cpio, "initrd", left, right).expect("sound archives")
}

fn changed(left: &[Written], right: &[Written]) -> Inside {
    compare(&newc(left), &newc(right))
}

#[test]
fn an_archive_is_known_by_its_magic() {
    let known = |bytes| Cpio.recognises(File { name: b"x", bytes });
    assert!(known(b"070701") && known(b"070702") && known(b"070707"));
    assert!(!known(b"070703") && !known(b"07070"));
}

#[test]
fn members_fields_and_contents_are_told() {
    let left = [file("a", b"one"), file("b", b""), file("l", b"a")];
    let link = |content| Written { mode: 0o120_777, ..file("l", content) };
    let [a, b, _] = left;
    let right = [Written { mode: 0o100_755, ..a }, Written { content: b"two", ..b }, link(b"b")];
    assert_eq!(changed(&left, &left), Inside::default());
    assert_eq!(
        told(&changed(&[a, b, link(b"a")], &right)),
        ["a mode: 0644 -> 0755", "b content: # -> #", "l linkname: a -> b"]
    );
    assert_eq!(told(&changed(&[a, b], &[a])), ["b entry: file 0644 0:0 0 B -> -"]);
}

#[test]
fn inode_numbers_matter_only_for_links() {
    let one = |ino| [Written { ino, mtime: ino, ..file("a", b"") }];
    let inside = changed(&one(3), &one(4));
    assert_eq!(
        told(&inside),
        [
            "(archive) ino: 3 to 3 -> 4 to 4",
            "a mtime: 1970-01-01T00:00:03Z -> 1970-01-01T00:00:04Z"
        ]
    );
    assert_eq!(inside.aspect, Some(TIMES));
    let named = |name, ino| Written { ino, nlink: 2, ..file(name, b"") };
    let linked = |ino| [named("a", 1), named("b", 2), named("c", ino)];
    assert_eq!(told(&changed(&linked(1), &linked(2))), ["c hardlink: a -> b"]);
}

#[test]
fn archives_in_a_row_are_one_and_a_compressed_one_is_opened() {
    let early = newc(&[file("early", b"")]);
    let with = |content| {
        let packed = Compression::gzip().compress(&newc(&[file("init", content)]));
        [early.as_slice(), &[0; 8], &newc(&[file("late", b"")]), &[0; 4], &packed].concat()
    };
    assert_eq!(
        told(&compare(&with(b"one"), &with(b"two"))),
        [
            "(trailing) content: # -> #",
            "(trailing)/content content: # -> #",
            "(trailing)/content/init content: # -> #"
        ]
    );
}

#[test]
fn archives_of_another_hand_are_read() {
    for format in ["newc", "crc", "odc"] {
        let good = trial::corpus(&format!("cpio/{format}.cpio"));
        let members = read(&good, &Limits::default()).expect("sound");
        assert!(members.len() > 2, "{format}");
        let wrong = |member: &Member<'_>| member.fields.iter().any(|it| it.0 == "wrong-checksum");
        assert!(!members.iter().any(wrong), "{format}");
        let word = members.iter().map(|member| member.stored).find(|it| !it.is_empty());
        let at = word.and_then(|word| good.windows(word.len()).position(|it| it == word));
        let mut bad = good.clone();
        *bad.get_mut(at.expect("a file with content")).expect("inside") ^= 1;
        let lines = told(&compare(&good, &bad));
        assert!(lines.iter().any(|line| line.ends_with("content: # -> #")), "{lines:?}");
        testing::torture(&Cpio, "a", &good);
    }
}

#[test]
fn a_broken_archive_is_not_compared() {
    let good = newc(&[file("a", b"one")]);
    let cut = good.get(..110).expect("shorter");
    let reason = trial::compare(&Cpio, "a", &good, cut).expect_err("it is cut short");
    assert_eq!(reason, Broken::new("no whole member at byte 0"));
    testing::torture(&Cpio, "a", &good);
}

#[test]
fn nothing_but_times_and_inode_numbers_is_taken_for_times() {
    let good = newc(&[file("a", b"one"), Written { mode: 0o040_755, ..file("d", b"") }]);
    let second = 116;
    let fields = [6..14, 46..54, second + 6..second + 14, second + 46..second + 54];
    let fields: Vec<usize> = fields.into_iter().flatten().collect();
    assert_eq!(trial::fleeting(&Cpio, &good, b'7'), fields);
}
