//! Header blocks and what they mean for what comes next.

use super::{Awaited, Extended, State, Walker};
use crate::tar::block::{BLOCK_BYTES, Block, is_zero};
use crate::tar::event::{EndOfArchive, Event};
use crate::tar::fault::{FaultKind, SparseError};
use crate::tar::header::{Header, with_ustar_version};

impl Walker {
    pub(super) fn take_block(
        &mut self,
        awaited: Awaited,
        block: &Block,
        sink: &mut impl FnMut(Event<'_>),
    ) {
        let offset = self.position.saturating_sub(BLOCK_BYTES);
        let taken = match awaited {
            Awaited::Header => self.take_header(offset, block, sink),
            Awaited::SecondZero => self.take_second_zero(block),
            Awaited::SparseMap => self.take_sparse_map(block, sink),
        };
        if let Err(kind) = taken {
            self.fail(kind.at(offset));
        }
    }

    pub(super) fn take_header(
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

    pub(super) fn take_first_zero(&mut self) -> Result<(), FaultKind> {
        self.check_nothing_pending()?;
        self.ending.end_of_archive = EndOfArchive::Single;
        self.ending.end_offset = self.position;
        self.state = State::Block(Awaited::SecondZero);
        Ok(())
    }

    pub(super) fn take_second_zero(&mut self, block: &Block) -> Result<(), FaultKind> {
        if !is_zero(block) {
            return Err(FaultKind::LoneZeroBlock);
        }
        self.ending.end_of_archive = EndOfArchive::Full;
        self.ending.end_offset = self.position;
        self.state = State::Ended;
        Ok(())
    }

    pub(super) fn take_sparse_map(
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
    pub(super) fn go_on_to_content(
        &mut self,
        sink: &mut impl FnMut(Event<'_>),
    ) -> Result<(), FaultKind> {
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

    pub(super) fn await_header(&mut self) {
        self.state = State::Block(Awaited::Header);
        if self.pending.is_empty() {
            self.ending.end_offset = self.position;
        }
    }

    pub(super) fn check_nothing_pending(&self) -> Result<(), FaultKind> {
        if self.pending.is_empty() { Ok(()) } else { Err(FaultKind::Dangling) }
    }
}
