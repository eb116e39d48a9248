//! The walk itself: a state machine that is fed chunks and tells a sink what goes by.

mod blocks;
mod content;
mod end;
mod extension;

use sha2::{Digest as _, Sha256};

use super::block::{Assembly, BLOCK, any_set, split};
use super::event::{Ending, Event};
use super::fault::{Fault, FaultKind, Inside};
use super::member::Member;
use super::oddity::{Extension, Oddity};
use super::pending::Pending;
use super::sparse::Builder;
use crate::limits::Limits;

/// Parses one tar stream.
pub struct Walker {
    limits: Limits,
    entry_limit: u64,
    position: u64,
    state: State,
    /// Bytes left of what the state is inside of.
    left: u64,
    /// Bytes of padding that come after.
    padding: u64,
    /// Some of the padding that went by is not zero.
    dirty: bool,
    /// Offset of the last header block.
    header_offset: u64,
    assembly: Assembly,
    pending: Pending,
    member: Member,
    sparse: Option<Builder>,
    oddities: Vec<Oddity>,
    global: Global,
    /// Of what follows the end, from the first byte that is not zero.
    trailing: Option<Sha256>,
    ending: Ending,
}

/// Content of a global header, and the size of all there were.
#[derive(Default)]
struct Global {
    text: Vec<u8>,
    bytes: u64,
}

#[derive(Clone, Copy)]
enum State {
    /// Wants a whole block.
    Block(Awaited),
    /// Inside the content of an extended header.
    Extension(Extended),
    /// Inside the content of a member.
    Content,
    /// Between content and the next block.
    Padding,
    /// Behind the end of the archive.
    Ended,
    /// Behind a fault.
    Failed,
}

/// What a block is awaited as.
#[derive(Clone, Copy)]
enum Awaited {
    Header,
    SecondZero,
    SparseMap,
}

/// Types of extended headers.
#[derive(Clone, Copy)]
enum Extended {
    /// About the next member.
    Next(Extension),
    /// About all that follow. Docker skips these, so they are recorded and not applied.
    Global,
}

impl Extended {
    const fn of(type_flag: u8) -> Option<Self> {
        match type_flag {
            b'x' => Some(Self::Next(Extension::Pax)),
            b'L' => Some(Self::Next(Extension::LongName)),
            b'K' => Some(Self::Next(Extension::LongLink)),
            b'g' => Some(Self::Global),
            _ => None,
        }
    }
}

impl Walker {
    /// A walker at the start of a stream that may have `entries` members.
    pub fn new(limits: &Limits, entries: usize) -> Self {
        Self {
            limits: *limits,
            entry_limit: entries as u64,
            position: 0,
            state: State::Block(Awaited::Header),
            left: 0,
            padding: 0,
            dirty: false,
            header_offset: 0,
            assembly: Assembly::new(),
            pending: Pending::default(),
            member: Member::default(),
            sparse: None,
            oddities: Vec::new(),
            global: Global::default(),
            trailing: None,
            ending: Ending::at_start(),
        }
    }

    /// Feeds the next bytes. After the end of the archive, and after a fault, they are only
    /// counted.
    pub fn push(&mut self, chunk: &[u8], sink: &mut impl FnMut(Event<'_>)) {
        let mut rest = chunk;
        while !rest.is_empty() {
            rest = match self.state {
                State::Block(awaited) => self.push_block(awaited, rest, sink),
                State::Extension(which) => self.push_extension(which, rest),
                State::Content => self.push_content(rest, sink),
                State::Padding => self.push_padding(rest, sink),
                State::Ended => self.push_trailing(rest),
                State::Failed => self.advance(rest),
            };
        }
    }

    /// Says that the stream is over and tells how it ended.
    pub fn finish(mut self, sink: &mut impl FnMut(Event<'_>)) -> Ending {
        if let Err(kind) = self.end(sink) {
            self.fail(kind.at(self.position));
        }
        self.ending.trailing_digest = self.trailing.map(|hasher| hasher.finalize().into());
        self.ending
    }

    /// Bytes pushed so far.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Why parsing has stopped, if it has.
    pub const fn failed(&self) -> Option<&Fault> {
        self.ending.fault.as_ref()
    }
}

/// Pieces of chunks.
impl Walker {
    /// A block straight out of the chunk when it lies there whole, else pieced together.
    fn push_block<'a>(
        &mut self,
        awaited: Awaited,
        input: &'a [u8],
        sink: &mut impl FnMut(Event<'_>),
    ) -> &'a [u8] {
        if self.assembly.is_empty()
            && let Some((block, rest)) = input.split_first_chunk::<BLOCK>()
        {
            self.advance(block);
            self.take_block(awaited, block, sink);
            return rest;
        }
        let (piece, rest) = split(input, self.assembly.missing());
        self.advance(piece);
        if let Some(block) = self.assembly.fill(piece) {
            self.take_block(awaited, &block, sink);
        }
        rest
    }

    fn push_extension<'a>(&mut self, which: Extended, input: &'a [u8]) -> &'a [u8] {
        let (piece, rest) = self.split_run(input);
        match which {
            Extended::Next(extension) => self.pending.extend(extension, piece),
            Extended::Global => self.global.text.extend_from_slice(piece),
        }
        if self.left == 0
            && let Err(fault) = self.end_extension(which)
        {
            self.fail(fault);
        }
        rest
    }

    fn push_content<'a>(&mut self, input: &'a [u8], sink: &mut impl FnMut(Event<'_>)) -> &'a [u8] {
        let (piece, rest) = self.split_run(input);
        sink(Event::Data(piece));
        if self.left == 0 {
            self.end_content(sink);
        }
        rest
    }

    fn push_padding<'a>(&mut self, input: &'a [u8], sink: &mut impl FnMut(Event<'_>)) -> &'a [u8] {
        let (piece, rest) = self.split_run(input);
        self.dirty = self.dirty || any_set(piece);
        if self.left == 0 {
            if std::mem::take(&mut self.dirty) {
                sink(Event::Oddity { offset: self.header_offset, oddity: Oddity::DirtyPadding });
            }
            self.await_header();
        }
        rest
    }

    fn push_trailing<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        self.ending.trailing = self.ending.trailing.saturating_add(input.len() as u64);
        if let Some(hasher) = &mut self.trailing {
            hasher.update(input);
        } else if any_set(input) {
            let first = input.iter().position(|byte| *byte != 0).unwrap_or_default();
            let data = input.get(first..).unwrap_or_default();
            self.trailing = Some(Sha256::new_with_prefix(data));
            self.ending.trailing_nonzero = true;
        }
        self.advance(input)
    }

    /// The part of `input` that belongs to the current run, and the rest.
    fn split_run<'a>(&mut self, input: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let (piece, rest) = split(input, self.left);
        self.left = self.left.saturating_sub(piece.len() as u64);
        self.advance(piece);
        (piece, rest)
    }

    /// Counts `bytes` as pushed; nothing of them is left.
    fn advance<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        self.position = self.position.saturating_add(bytes.len() as u64);
        &[]
    }
}

fn within(amount: u64, limit: u64, what: &'static str) -> Result<(), FaultKind> {
    if amount > limit { Err(FaultKind::Limit { what, limit }) } else { Ok(()) }
}

const fn truncated(inside: Inside, missing: u64) -> FaultKind {
    FaultKind::Truncated { inside, missing }
}
