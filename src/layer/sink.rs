//! Where unpacked bytes end up: the tar walk, the content digests and the entries.

use sha2::{Digest as _, Sha256};

use super::entry::{Entry, Names};
use crate::limits::Limits;
use crate::report::EntryKind;
use crate::tar::{Ending, Event, Fault, FaultKind, Member, Oddity, Walker};

/// How many oddities of one layer are kept; a hostile one has one in each header.
const ODDITIES: usize = 100;

/// What keeping one record costs beside its bytes.
const RECORD: usize = 64;

/// Takes in a tar stream chunk by chunk.
pub(super) struct Sink {
    walker: Walker,
    collect: Collect,
}

#[derive(Default)]
struct Collect {
    entries: Vec<Entry>,
    names: Names,
    content: Option<Sha256>,
    /// Bytes that the entries keep beside their fixed size.
    kept: u64,
    /// Where the first entry stands that would keep too much.
    refused: Option<u64>,
    budget: u64,
    oddities: Vec<(u64, Oddity)>,
}

/// What a tar stream held.
pub(super) struct Walked {
    pub(super) entries: Vec<Entry>,
    pub(super) oddities: Vec<(u64, Oddity)>,
    pub(super) ending: Ending,
}

impl Sink {
    pub(super) fn new(limits: &Limits) -> Self {
        let collect = Collect { budget: limits.entry_bytes, ..Collect::default() };
        Self { walker: Walker::new(limits, limits.entries), collect }
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        let Self { walker, collect } = self;
        walker.push(chunk, &mut |event| collect.take(event));
    }

    pub(super) fn finish(self) -> Walked {
        let Self { walker, mut collect } = self;
        let mut ending = walker.finish(&mut |event| collect.take(event));
        if let Some(offset) = collect.refused {
            let what = "bytes of names and attributes in one layer";
            let kind = FaultKind::Limit { what, limit: collect.budget };
            ending.fault = Some(Fault { offset, kind });
        }
        collect.entries.shrink_to_fit();
        Walked { entries: collect.entries, oddities: collect.oddities, ending }
    }
}

impl Collect {
    /// Headers of little entries may carry much; what they carry is kept as long as the layer is.
    fn affords(&mut self, member: &Member) -> bool {
        let records = member.xattrs.iter().chain(&member.pax);
        let records: usize = records.map(|(name, value)| RECORD + name.len() + value.len()).sum();
        let bytes = member.path.len() + member.linkname.len() + records;
        self.kept = self.kept.saturating_add(bytes as u64);
        if self.kept > self.budget && self.refused.is_none() {
            self.refused = Some(member.header_offset);
            self.content = None;
        }
        self.refused.is_none()
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Entry(member) => {
                if !self.affords(member) {
                    return;
                }
                let entry = Entry::of(member, &mut self.names);
                self.content = has_content(entry.kind).then(Sha256::new);
                self.entries.push(entry);
            }
            Event::Data(bytes) => {
                if let Some(content) = &mut self.content {
                    content.update(bytes);
                }
            }
            Event::End => {
                if let (Some(content), Some(entry)) = (self.content.take(), self.entries.last_mut())
                {
                    entry.content = Some(content.finalize().into());
                }
            }
            Event::Oddity { offset, oddity } => {
                if self.oddities.len() < ODDITIES {
                    self.oddities.push((offset, oddity));
                }
            }
        }
    }
}

const fn has_content(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::File | EntryKind::Unknown(_))
}
