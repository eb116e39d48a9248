//! How streams end, and break.

use super::build::*;
use super::{Seen, assert_fault, walk};
use crate::tar::{EndOfArchive, Oddity};

#[test]
fn nothing_at_all() {
    let walked = walk(b"");
    assert_eq!(walked.ending, crate::tar::Ending::at_start());
}

#[test]
fn two_zero_blocks() {
    let walked = walk(&Tar::new().file("a", b"abc").end());
    let ending = walked.ending;
    assert_eq!((ending.entries, ending.end_of_archive), (1, EndOfArchive::Full));
    assert_eq!((ending.end_offset, ending.trailing, ending.fault), (2048, 0, None));
    assert_eq!(walked.seen.len(), 3);
    assert_eq!(walked.seen[1..], [Seen::Data(b"abc".to_vec()), Seen::End]);
}

#[test]
fn one_zero_block() {
    let tar = Tar::new().file("a", b"").raw(&[0; 512]).0;
    let ending = walk(&tar).ending;
    assert_eq!((ending.end_of_archive, ending.end_offset), (EndOfArchive::Single, 1024));
    assert_eq!((ending.trailing, ending.fault), (0, None));
}

#[test]
fn no_end_of_archive() {
    let ending = walk(&Tar::new().file("a", b"abc").0).ending;
    assert_eq!((ending.end_of_archive, ending.end_offset), (EndOfArchive::Missing, 1024));
    assert_eq!(ending.fault, None);
}

#[test]
fn no_padding_after_the_last_member() {
    let tar = Tar::new().file("a", b"").file("b", b"abc").0;
    for length in [1027, 1028, 1535] {
        let walked = walk(&tar[..length]);
        assert_eq!(walked.seen.last(), Some(&Seen::Odd(512, Oddity::MissingPadding)));
        assert_eq!(walked.seen[3..5], [Seen::Data(b"abc".to_vec()), Seen::End][..]);
        assert_eq!((walked.ending.end_offset, walked.ending.fault), (length as u64, None));
    }
}

#[test]
fn a_lone_zero_block_is_no_end() {
    let tar = Tar::new().file("a", b"").raw(&[0; 512]).file("b", b"").end();
    let walked = walk(&tar);
    assert_eq!(walked.paths(), ["a"]);
    assert_eq!(walked.fault().to_string(), "lone zero block at byte 1024");
    assert_eq!(walked.ending.end_of_archive, EndOfArchive::Single);
}

#[test]
fn what_follows_the_end_is_counted() {
    let tar = Tar::new().file("a", b"").end();
    let zeros = walk(&[&tar[..], &[0; 9000]].concat()).ending;
    assert_eq!((zeros.trailing, zeros.trailing_nonzero, zeros.end_offset), (9000, false, 1536));
    let mut more = [&tar[..], &[0; 9000]].concat();
    *more.last_mut().unwrap() = 1;
    let junk = walk(&more).ending;
    assert_eq!((junk.trailing, junk.trailing_nonzero), (9000, true));
    assert_ne!(junk.trailing_digest, None);
    *more.last_mut().unwrap() = 2;
    assert_ne!(walk(&more).ending.trailing_digest, junk.trailing_digest);
    let second = walk(&[&tar[..], &tar[..]].concat()).ending;
    assert_eq!((second.entries, second.trailing, second.fault), (1, 1536, None));
}

#[test]
fn a_header_cut_short() {
    let tar = Tar::new().file("a", b"").file("b", b"").end();
    assert_fault(&tar[..600], "stream ends inside a header at byte 600 (424 bytes missing)");
    assert_fault(&tar[..1600], "stream ends inside a header at byte 1600 (448 bytes missing)");
    assert_fault(&[0; 100], "stream ends inside a header at byte 100 (412 bytes missing)");
}

#[test]
fn content_cut_short() {
    let tar = Tar::new().file("a", b"").file("dir/b", &[1; 1000]).0;
    let walked = walk(&tar[..1124]);
    let message = "stream ends inside dir/b at byte 1124 (900 bytes missing)";
    assert_eq!(walked.fault().to_string(), message);
    assert_eq!(walked.seen.last(), Some(&Seen::Data(vec![1; 100])));
    assert_eq!((walked.ending.entries, walked.ending.end_offset), (2, 512));
}

#[test]
fn a_member_larger_than_the_world() {
    let head = Head::file("huge", 0).put(SIZE, b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff");
    let message = "stream ends inside huge at byte 512 (9223372036854775807 bytes missing)";
    assert_fault(&head.0, message);
}

#[test]
fn names_in_messages_cannot_move_the_cursor() {
    let head = Head::new(b'0', b"a\x1b[2J\n\xff").size(1);
    let message = "stream ends inside a\\u{1b}[2J\\n\\xff at byte 512 (1 byte missing)";
    assert_fault(&head.0, message);
}

#[test]
fn bytes_after_a_fault_are_counted_only() {
    let tar = Tar::new().raw(&[b'x'; 512]).file("a", b"").end();
    let walked = walk(&tar);
    assert!(walked.seen.is_empty());
    assert_eq!((walked.ending.trailing, walked.ending.end_offset), (0, 0));
}
