//! Extended headers that wait for the member they describe.
//!
//! The rules are Go's: a later header of one kind replaces the earlier whole, GNU names win over
//! PAX records wherever they stand, and a global header in between makes all forgotten.

use super::fault::Fault;
use super::header::set;
use super::member::Member;
use super::oddity::{Extension, Oddity};
use super::pax::Pax;

/// What stands before the next member.
#[derive(Default)]
pub(super) struct Pending {
    pax: Pax,
    long_name: Vec<u8>,
    long_link: Vec<u8>,
    seen: Seen,
}

/// Which kinds have been seen.
#[derive(Clone, Copy, Default)]
struct Seen {
    pax: bool,
    long_name: bool,
    long_link: bool,
}

impl Seen {
    const fn flag(&mut self, extension: Extension) -> &mut bool {
        match extension {
            Extension::Pax => &mut self.pax,
            Extension::LongName => &mut self.long_name,
            Extension::LongLink => &mut self.long_link,
        }
    }

    const fn any(self) -> bool {
        self.pax || self.long_name || self.long_link
    }
}

impl Pending {
    /// Whether nothing waits.
    pub(super) const fn is_empty(&self) -> bool {
        !self.seen.any()
    }

    /// Makes room for the content of an extended header; tells whether it replaces another.
    pub(super) fn begin(&mut self, extension: Extension) -> bool {
        match extension {
            Extension::Pax => self.pax.clear(),
            Extension::LongName => self.long_name.clear(),
            Extension::LongLink => self.long_link.clear(),
        }
        std::mem::replace(self.seen.flag(extension), true)
    }

    /// Adds a piece of content.
    pub(super) fn extend(&mut self, extension: Extension, piece: &[u8]) {
        match extension {
            Extension::Pax => self.pax.extend(piece),
            Extension::LongName => self.long_name.extend_from_slice(piece),
            Extension::LongLink => self.long_link.extend_from_slice(piece),
        }
    }

    /// Reads the content, which began at `offset` and is now complete.
    pub(super) fn complete(&mut self, extension: Extension, offset: u64) -> Result<(), Fault> {
        match extension {
            Extension::Pax => self.pax.parse(offset)?,
            Extension::LongName => cut_at_nul(&mut self.long_name),
            Extension::LongLink => cut_at_nul(&mut self.long_link),
        }
        Ok(())
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.pax.clear();
        self.long_name.clear();
        self.long_link.clear();
        self.seen = Seen::default();
    }

    /// Overrides what the header block of `member` says, and is empty again.
    pub(super) fn apply(&mut self, member: &mut Member, oddities: &mut Vec<Oddity>) {
        if self.is_empty() {
            return;
        }
        if self.seen.pax {
            self.pax.apply(member, oddities);
        }
        if apply_long(&self.long_name, &mut member.path) && self.pax.has_path() {
            oddities.push(Oddity::TwoNames(Extension::LongName));
        }
        if apply_long(&self.long_link, &mut member.linkname) && self.pax.has_linkname() {
            oddities.push(Oddity::TwoNames(Extension::LongLink));
        }
        self.clear();
    }
}

fn cut_at_nul(name: &mut Vec<u8>) {
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(name.len());
    name.truncate(end);
}

/// An empty long name counts for nothing.
fn apply_long(long: &[u8], to: &mut Vec<u8>) -> bool {
    if !long.is_empty() {
        set(to, long);
    }
    !long.is_empty()
}
