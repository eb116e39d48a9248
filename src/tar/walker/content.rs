//! Members: what their headers say together, and their stored bytes.

use super::{State, Walker, within};
use crate::report::EntryKind;
use crate::tar::block::padding;
use crate::tar::event::Event;
use crate::tar::fault::{FaultKind, SparseError};
use crate::tar::header::Header;
use crate::tar::member::{has_content, kind};
use crate::tar::oddity::Oddity;
use crate::tar::sparse::Builder;

impl Walker {
    pub(super) fn begin_member(
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

    pub(super) fn settle_kind(&mut self) {
        let member = &mut self.member;
        member.header_offset = self.header_offset;
        member.kind = kind(member.type_flag, &member.path);
        if member.size > 0 && !has_content(member.kind) {
            self.oddities.push(Oddity::SizeOnHeaderOnly { size: member.size });
            member.size = 0;
        }
        self.left = member.size;
    }

    pub(super) fn begin_sparse(
        &mut self,
        header: &Header<'_>,
    ) -> Result<Option<Builder>, FaultKind> {
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
    pub(super) fn announce(&mut self, sink: &mut impl FnMut(Event<'_>)) -> Result<(), FaultKind> {
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

    pub(super) fn check_names(&self) -> Result<(), FaultKind> {
        let (member, limit) = (&self.member, self.limits.path_bytes as u64);
        within(member.path.len() as u64, limit, "bytes in a path")?;
        within(member.linkname.len() as u64, limit, "bytes in a link target")
    }

    pub(super) fn tell_oddities(&mut self, sink: &mut impl FnMut(Event<'_>)) {
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

    pub(super) fn end_content(&mut self, sink: &mut impl FnMut(Event<'_>)) {
        sink(Event::End);
        self.begin_padding();
    }

    pub(super) fn begin_padding(&mut self) {
        self.left = self.padding;
        self.state = State::Padding;
        if self.left == 0 {
            self.await_header();
        }
    }
}
