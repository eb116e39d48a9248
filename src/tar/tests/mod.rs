//! Tests of the parser against bytes written here by hand.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test may fail by panicking"
)]

mod build;
mod ends;
mod extensions;
mod headers;
mod numbers;
mod pax;
mod properties;
mod sparse;

use super::{Ending, Event, Fault, FaultKind, Member, Oddity, Walker};
use crate::limits::Limits;

/// An event that owns what it tells of.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Entry(Box<Member>),
    Data(Vec<u8>),
    End,
    Odd(u64, Oddity),
}

/// All events, with adjacent pieces of content joined, and the ending.
#[derive(Debug, PartialEq)]
struct Walked {
    seen: Vec<Seen>,
    ending: Ending,
}

fn walk(bytes: &[u8]) -> Walked {
    walk_chunks(&Limits::default(), [bytes])
}

fn walk_chunks<'a>(limits: &Limits, chunks: impl IntoIterator<Item = &'a [u8]>) -> Walked {
    let mut walker = Walker::new(limits, 1000);
    let mut seen = Vec::new();
    let mut sink = |event: Event<'_>| note(&mut seen, event);
    let mut pushed = 0;
    for chunk in chunks {
        walker.push(chunk, &mut sink);
        pushed += chunk.len() as u64;
        assert_eq!(walker.position(), pushed);
    }
    let failed = walker.failed().cloned();
    let ending = walker.finish(&mut sink);
    assert!(failed.is_none() || failed == ending.fault);
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

impl Walked {
    fn members(&self) -> Vec<&Member> {
        self.seen
            .iter()
            .filter_map(|seen| if let Seen::Entry(it) = seen { Some(&**it) } else { None })
            .collect()
    }

    fn oddities(&self) -> Vec<(u64, Oddity)> {
        self.seen
            .iter()
            .filter_map(|seen| if let Seen::Odd(at, it) = seen { Some((*at, *it)) } else { None })
            .collect()
    }

    fn paths(&self) -> Vec<String> {
        self.members().iter().map(|member| member.path.escape_ascii().to_string()).collect()
    }

    fn data(&self) -> Vec<&[u8]> {
        self.seen
            .iter()
            .filter_map(|seen| if let Seen::Data(it) = seen { Some(&**it) } else { None })
            .collect()
    }

    fn fault(&self) -> &Fault {
        self.ending.fault.as_ref().unwrap()
    }
}

/// The only member of an archive that must be without fault or oddity.
fn only(bytes: &[u8]) -> Member {
    let walked = walk(bytes);
    assert_eq!(walked.ending.fault, None);
    assert_eq!(walked.oddities(), []);
    assert_eq!(walked.members().len(), 1);
    walked.members()[0].clone()
}

/// What is wrong with an archive, and the message.
fn fault(bytes: &[u8]) -> (FaultKind, u64) {
    let walked = walk(bytes);
    let fault = walked.fault().clone();
    (fault.kind, fault.offset)
}

#[track_caller]
fn assert_fault(bytes: &[u8], message: &str) {
    assert_eq!(walk(bytes).fault().to_string(), message);
}
