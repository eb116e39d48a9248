//! Extended headers: PAX records and GNU long names.

use super::{Extended, State, Walker, within};
use crate::tar::block::{BLOCK_BYTES, padding};
use crate::tar::event::Event;
use crate::tar::fault::{Fault, FaultKind};
use crate::tar::header::Header;
use crate::tar::oddity::{Extension, Oddity};
use crate::tar::pax::global;

impl Walker {
    pub(super) fn begin_extension(
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

    pub(super) fn begin_next(&mut self, extension: Extension) -> Option<Oddity> {
        self.pending.begin(extension).then_some(Oddity::RepeatedExtension(extension))
    }

    /// All global records are kept, so their sum is bounded, not only each.
    pub(super) fn begin_global(&mut self, size: u64) -> Result<Option<Oddity>, FaultKind> {
        self.global.text.clear();
        self.global.bytes = self.global.bytes.saturating_add(size);
        within(self.global.bytes, self.limits.extension_bytes, "bytes in global headers")?;
        let forgotten = !self.pending.is_empty();
        self.pending.clear();
        Ok(forgotten.then_some(Oddity::ForgottenExtension))
    }

    pub(super) fn end_extension(&mut self, which: Extended) -> Result<(), Fault> {
        let offset = self.header_offset.saturating_add(BLOCK_BYTES);
        match which {
            Extended::Next(extension) => self.pending.complete(extension, offset)?,
            Extended::Global => global(&self.global.text, offset, &mut self.ending.global)?,
        }
        self.begin_padding();
        Ok(())
    }
}
