//! The end of the stream, wherever it comes.

use super::{Awaited, State, Walker, truncated};
use crate::tar::block::BLOCK_BYTES;
use crate::tar::event::Event;
use crate::tar::fault::{Fault, FaultKind, Inside};
use crate::tar::oddity::Oddity;
use crate::tar::sparse::Builder;

impl Walker {
    pub(super) fn end(&mut self, sink: &mut impl FnMut(Event<'_>)) -> Result<(), FaultKind> {
        match self.state {
            State::Block(awaited) => self.end_in_block(awaited),
            State::Extension(_) => Err(truncated(Inside::Extension, self.left)),
            State::Content => Err(truncated(self.inside_member(), self.left)),
            State::Padding => self.end_in_padding(sink),
            State::Ended | State::Failed => Ok(()),
        }
    }

    pub(super) fn end_in_block(&self, awaited: Awaited) -> Result<(), FaultKind> {
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
    pub(super) fn end_in_padding(
        &mut self,
        sink: &mut impl FnMut(Event<'_>),
    ) -> Result<(), FaultKind> {
        self.check_nothing_pending()?;
        self.ending.end_offset = self.position;
        sink(Event::Oddity { offset: self.header_offset, oddity: Oddity::MissingPadding });
        Ok(())
    }

    pub(super) fn inside_member(&self) -> Inside {
        Inside::Member(self.member.path.clone())
    }

    pub(super) fn fail(&mut self, fault: Fault) {
        self.ending.fault = Some(fault);
        self.state = State::Failed;
    }
}
