//! The walk itself: a state machine that is fed chunks and tells a sink what goes by.

use super::block::{Assembly, BLOCK, BLOCK_BYTES, Block, any_set, is_zero, padding, split};
use super::event::{EndOfArchive, Ending, Event};
use super::fault::{Fault, FaultKind, Inside, SparseError};
use super::header::{Header, with_ustar_version};
use super::member::{Member, has_content, kind};
use super::oddity::{Extension, Oddity};
use super::pax::global;
use super::pending::Pending;
use super::sparse::Builder;
use crate::limits::Limits;
use crate::report::EntryKind;

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
    /// Offset of the last header block.
    header_offset: u64,
    assembly: Assembly,
    pending: Pending,
    member: Member,
    sparse: Option<Builder>,
    oddities: Vec<Oddity>,
    global: Global,
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
            header_offset: 0,
            assembly: Assembly::new(),
            pending: Pending::default(),
            member: Member::default(),
            sparse: None,
            oddities: Vec::new(),
            global: Global::default(),
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
                State::Padding => self.push_padding(rest),
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

    fn push_padding<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        let (_, rest) = self.split_run(input);
        if self.left == 0 {
            self.await_header();
        }
        rest
    }

    fn push_trailing<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        self.ending.trailing = self.ending.trailing.saturating_add(input.len() as u64);
        self.ending.trailing_nonzero = self.ending.trailing_nonzero || any_set(input);
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

/// Whole blocks.
impl Walker {
    fn take_block(&mut self, awaited: Awaited, block: &Block, sink: &mut impl FnMut(Event<'_>)) {
        let offset = self.position.saturating_sub(BLOCK_BYTES);
        let taken = match awaited {
            Awaited::Header => self.take_header(offset, block, sink),
            Awaited::SecondZero => self.take_second_zero(block, sink),
            Awaited::SparseMap => self.take_sparse_map(block, sink),
        };
        if let Err(kind) = taken {
            self.fail(kind.at(offset));
        }
    }

    fn take_header(
        &mut self,
        offset: u64,
        block: &Block,
        sink: &mut impl FnMut(Event<'_>),
    ) -> Result<(), FaultKind> {
        self.header_offset = offset;
        if is_zero(block) {
            return self.take_first_zero();
        }
        let patched = with_ustar_version(block);
        let header = Header::new(block, patched.as_ref()).ok_or(FaultKind::Checksum)?;
        match Extended::of(header.type_flag()) {
            Some(which) => self.begin_extension(which, &header, sink),
            None => self.begin_member(&header, sink),
        }
    }

    fn take_first_zero(&mut self) -> Result<(), FaultKind> {
        self.check_nothing_pending()?;
        self.ending.end_of_archive = EndOfArchive::Single;
        self.ending.end_offset = self.position;
        self.state = State::Block(Awaited::SecondZero);
        Ok(())
    }

    fn take_second_zero(
        &mut self,
        block: &Block,
        sink: &mut impl FnMut(Event<'_>),
    ) -> Result<(), FaultKind> {
        if is_zero(block) {
            self.ending.end_of_archive = EndOfArchive::Full;
            self.ending.end_offset = self.position;
        } else {
            sink(Event::Oddity { offset: self.header_offset, oddity: Oddity::LoneZeroBlock });
            self.ending.trailing = BLOCK_BYTES;
            self.ending.trailing_nonzero = true;
        }
        self.state = State::Ended;
        Ok(())
    }

    fn take_sparse_map(
        &mut self,
        block: &Block,
        sink: &mut impl FnMut(Event<'_>),
    ) -> Result<(), FaultKind> {
        if let Some(map) = &mut self.sparse {
            if map.is_in_content() {
                self.left = self.left.saturating_sub(BLOCK_BYTES);
            }
            map.block(block)?;
        }
        self.go_on_to_content(sink)
    }

    /// Waits for the next block of a sparse map; when there is none to come, the member begins.
    fn go_on_to_content(&mut self, sink: &mut impl FnMut(Event<'_>)) -> Result<(), FaultKind> {
        match &self.sparse {
            Some(map) if map.is_complete() => self.announce(sink),
            None => self.announce(sink),
            Some(map) if map.is_in_content() && self.left < BLOCK_BYTES => {
                Err(FaultKind::Sparse(SparseError::Cut))
            }
            Some(_) => {
                self.state = State::Block(Awaited::SparseMap);
                Ok(())
            }
        }
    }

    fn await_header(&mut self) {
        self.state = State::Block(Awaited::Header);
        if self.pending.is_empty() {
            self.ending.end_offset = self.position;
        }
    }

    fn check_nothing_pending(&self) -> Result<(), FaultKind> {
        if self.pending.is_empty() { Ok(()) } else { Err(FaultKind::Dangling) }
    }
}

/// Extended headers.
impl Walker {
    fn begin_extension(
        &mut self,
        which: Extended,
        header: &Header<'_>,
        sink: &mut impl FnMut(Event<'_>),
    ) -> Result<(), FaultKind> {
        header.check_numbers()?;
        let size = header.size()?;
        within(size, self.limits.extension_bytes, "bytes in an extended header")?;
        let odd = match which {
            Extended::Next(extension) => self.begin_next(extension),
            Extended::Global => self.begin_global(size)?,
        };
        if let Some(oddity) = odd {
            sink(Event::Oddity { offset: self.header_offset, oddity });
        }
        (self.left, self.padding) = (size, padding(size));
        self.state = State::Extension(which);
        // An empty one has no record to find fault with.
        if size == 0 { self.end_extension(which).map_err(|fault| fault.kind) } else { Ok(()) }
    }

    fn begin_next(&mut self, extension: Extension) -> Option<Oddity> {
        self.pending.begin(extension).then_some(Oddity::RepeatedExtension(extension))
    }

    /// All global records are kept, so their sum is bounded, not only each.
    fn begin_global(&mut self, size: u64) -> Result<Option<Oddity>, FaultKind> {
        self.global.text.clear();
        self.global.bytes = self.global.bytes.saturating_add(size);
        within(self.global.bytes, self.limits.extension_bytes, "bytes in global headers")?;
        let forgotten = !self.pending.is_empty();
        self.pending.clear();
        Ok(forgotten.then_some(Oddity::ForgottenExtension))
    }

    fn end_extension(&mut self, which: Extended) -> Result<(), Fault> {
        let offset = self.header_offset.saturating_add(BLOCK_BYTES);
        match which {
            Extended::Next(extension) => self.pending.complete(extension, offset)?,
            Extended::Global => global(&self.global.text, offset, &mut self.ending.global)?,
        }
        self.begin_padding();
        Ok(())
    }
}

/// Members.
impl Walker {
    fn begin_member(
        &mut self,
        header: &Header<'_>,
        sink: &mut impl FnMut(Event<'_>),
    ) -> Result<(), FaultKind> {
        within(self.ending.entries.saturating_add(1), self.entry_limit, "members")?;
        header.decode(&mut self.member, &mut self.oddities)?;
        self.pending.apply(&mut self.member, &mut self.oddities);
        self.settle_kind();
        self.sparse = self.begin_sparse(header)?;
        self.go_on_to_content(sink)
    }

    fn settle_kind(&mut self) {
        let member = &mut self.member;
        member.header_offset = self.header_offset;
        member.kind = kind(member.type_flag, &member.path);
        if member.size > 0 && !has_content(member.kind) {
            self.oddities.push(Oddity::SizeOnHeaderOnly { size: member.size });
            member.size = 0;
        }
        self.left = member.size;
    }

    fn begin_sparse(&mut self, header: &Header<'_>) -> Result<Option<Builder>, FaultKind> {
        let (member, limit) = (&mut self.member, self.limits.sparse_regions);
        if header.type_flag() == b'S' {
            let gnu = header.gnu().ok_or(FaultKind::Sparse(SparseError::Dialect))?;
            return Builder::from_gnu(gnu, limit).map(Some);
        }
        if member.pax.is_empty() {
            return Ok(None);
        }
        let map = Builder::from_pax(member, limit)?;
        if map.is_some() && !has_content(member.kind) {
            return Err(FaultKind::Sparse(SparseError::Kind));
        }
        Ok(map)
    }

    /// Tells of the member, now that its headers and its map have gone by.
    fn announce(&mut self, sink: &mut impl FnMut(Event<'_>)) -> Result<(), FaultKind> {
        self.member.size = self.left;
        self.member.data_offset = self.position;
        if let Some(map) = self.sparse.take() {
            self.member.sparse = Some(map.finish(self.left)?);
        }
        self.check_names()?;
        self.tell_oddities(sink);
        self.ending.entries = self.ending.entries.saturating_add(1);
        sink(Event::Entry(&self.member));
        self.padding = padding(self.left);
        self.state = State::Content;
        if self.left == 0 {
            self.end_content(sink);
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), FaultKind> {
        let (member, limit) = (&self.member, self.limits.path_bytes as u64);
        within(member.path.len() as u64, limit, "bytes in a path")?;
        within(member.linkname.len() as u64, limit, "bytes in a link target")
    }

    fn tell_oddities(&mut self, sink: &mut impl FnMut(Event<'_>)) {
        match self.member.path.last() {
            None => self.oddities.push(Oddity::EmptyPath),
            Some(b'/') if self.member.kind == EntryKind::File => {
                self.oddities.push(Oddity::SlashAfterFile);
            }
            Some(_) => {}
        }
        for oddity in self.oddities.drain(..) {
            sink(Event::Oddity { offset: self.header_offset, oddity });
        }
    }

    fn end_content(&mut self, sink: &mut impl FnMut(Event<'_>)) {
        sink(Event::End);
        self.begin_padding();
    }

    fn begin_padding(&mut self) {
        self.left = self.padding;
        self.state = State::Padding;
        if self.left == 0 {
            self.await_header();
        }
    }
}

/// The end.
impl Walker {
    fn end(&mut self, sink: &mut impl FnMut(Event<'_>)) -> Result<(), FaultKind> {
        match self.state {
            State::Block(awaited) => self.end_in_block(awaited),
            State::Extension(_) => Err(truncated(Inside::Extension, self.left)),
            State::Content => Err(truncated(self.inside_member(), self.left)),
            State::Padding => self.end_in_padding(sink),
            State::Ended | State::Failed => Ok(()),
        }
    }

    fn end_in_block(&self, awaited: Awaited) -> Result<(), FaultKind> {
        let missing = self.assembly.missing();
        match awaited {
            Awaited::Header | Awaited::SecondZero if self.assembly.is_empty() => {
                self.check_nothing_pending()
            }
            Awaited::Header | Awaited::SecondZero => Err(truncated(Inside::Header, missing)),
            Awaited::SparseMap => {
                let here = if self.sparse.as_ref().is_some_and(Builder::is_in_content) {
                    BLOCK_BYTES
                } else {
                    0
                };
                let missing = missing.saturating_add(self.left).saturating_sub(here);
                Err(truncated(self.inside_member(), missing))
            }
        }
    }

    /// Go lets the padding of the last member be missing, and umoci leaves it out.
    fn end_in_padding(&mut self, sink: &mut impl FnMut(Event<'_>)) -> Result<(), FaultKind> {
        self.check_nothing_pending()?;
        self.ending.end_offset = self.position;
        sink(Event::Oddity { offset: self.header_offset, oddity: Oddity::MissingPadding });
        Ok(())
    }

    fn inside_member(&self) -> Inside {
        Inside::Member(self.member.path.clone())
    }

    fn fail(&mut self, fault: Fault) {
        self.ending.fault = Some(fault);
        self.state = State::Failed;
    }
}

fn within(amount: u64, limit: u64, what: &'static str) -> Result<(), FaultKind> {
    if amount > limit { Err(FaultKind::Limit { what, limit }) } else { Ok(()) }
}

const fn truncated(inside: Inside, missing: u64) -> FaultKind {
    FaultKind::Truncated { inside, missing }
}
