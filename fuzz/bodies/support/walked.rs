//! One walk over a tar stream, kept, and what holds of it whatever the bytes are.

use ocidiff::limits::Limits;
use ocidiff::tar::{Ending, Event, Member, Oddity, Walker};

/// An event that owns what it tells of.
#[derive(Debug, PartialEq)]
pub(crate) enum Seen {
    Entry(Box<Member>),
    Data(Vec<u8>),
    End,
    Odd(u64, Oddity),
}

/// All events, with adjacent pieces of content joined, and the ending.
#[derive(Debug, PartialEq)]
pub(crate) struct Walked {
    pub(crate) seen: Vec<Seen>,
    pub(crate) ending: Ending,
}

/// Walks over `chunks`.
pub(crate) fn walk<'a>(limits: &Limits, chunks: impl IntoIterator<Item = &'a [u8]>) -> Walked {
    let mut walker = Walker::new(limits, limits.entries);
    let mut seen = Vec::new();
    let mut sink = |event: Event<'_>| note(&mut seen, event);
    let mut pushed = 0;
    for chunk in chunks {
        walker.push(chunk, &mut sink);
        pushed += chunk.len() as u64;
        assert_eq!(walker.position(), pushed);
    }
    let ending = walker.finish(&mut sink);
    Walked { seen, ending }
}

fn note(seen: &mut Vec<Seen>, event: Event<'_>) {
    match (event, seen.last_mut()) {
        (Event::Entry(member), _) => seen.push(Seen::Entry(Box::new(member.clone()))),
        (Event::Data(piece), Some(Seen::Data(data))) => data.extend_from_slice(piece),
        (Event::Data(piece), _) => seen.push(Seen::Data(piece.to_vec())),
        (Event::End, _) => seen.push(Seen::End),
        (Event::Oddity { offset, oddity }, _) => seen.push(Seen::Odd(offset, oddity)),
    }
}

/// Walks over `bytes` whole, byte by byte and in pieces of these sizes, which must all be one.
pub(crate) fn in_any_chunks(limits: &Limits, bytes: &[u8], sizes: [u8; 3]) -> Walked {
    let whole = walk(limits, [bytes]);
    check(bytes, limits, &whole);
    assert_eq!(walk(limits, bytes.chunks(1)), whole, "byte by byte");
    assert_eq!(walk(limits, cut(bytes, sizes)), whole, "in pieces");
    whole
}

/// Pieces of up to one block and a half.
fn cut(bytes: &[u8], sizes: [u8; 3]) -> Vec<&[u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::new();
    for size in sizes.into_iter().cycle() {
        let (piece, after) = rest.split_at(rest.len().min(usize::from(size) * 3 + 1));
        pieces.push(piece);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    pieces
}

/// What must hold of any walk.
fn check(bytes: &[u8], limits: &Limits, walked: &Walked) {
    let (ending, length) = (&walked.ending, bytes.len() as u64);
    let (mut members, mut stored) = (0, 0);
    let mut open: Option<(&Member, u64)> = None;
    for seen in &walked.seen {
        match seen {
            Seen::Entry(member) => {
                assert!(open.replace((member, 0)).is_none(), "a member inside another");
                check_member(member, limits);
                members += 1;
            }
            Seen::Data(data) => open.as_mut().expect("a member").1 += data.len() as u64,
            Seen::End => {
                let (member, passed) = open.take().expect("a member");
                assert_eq!(member.size, passed);
                assert!(member.data_offset + passed <= length);
                stored += passed;
            }
            Seen::Odd(offset, _) => assert!(*offset < length),
        }
    }
    assert!(open.is_none() || ending.fault.is_some(), "a member without an end");
    assert!(stored <= length, "{stored} bytes of content in {length}");
    assert_eq!(members, ending.entries);
    assert!(members <= limits.entries as u64);
    assert!(ending.end_offset + ending.trailing <= length);
    assert!(ending.fault.as_ref().is_none_or(|fault| fault.offset <= length));
}

fn check_member(member: &Member, limits: &Limits) {
    assert!(member.path.len() <= limits.path_bytes && member.linkname.len() <= limits.path_bytes);
    assert!(member.header_offset < member.data_offset);
    assert!(member.xattrs.is_sorted() && member.pax.is_sorted());
    let Some(map) = &member.sparse else { return };
    assert!(map.regions.len() <= limits.sparse_regions);
    assert_eq!(map.regions.iter().map(|(_, length)| length).sum::<u64>(), member.size);
    let mut end = 0;
    for (offset, length) in &map.regions {
        assert!(end <= *offset, "regions overlap");
        end = offset + length;
    }
    assert!(end <= map.real_size);
}
