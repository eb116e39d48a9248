//! Where unpacked bytes end up: the tar walk, the digests and the entries.

use super::entry::{Entry, Owners};
use super::name::Names;
use super::path::normalize;
use super::stream::Stream;
use crate::digest::{Hasher, Sha256};
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
    stream: Stream,
}

#[derive(Default)]
struct Collect {
    entries: Vec<Entry>,
    names: Names,
    owners: Owners,
    /// Contents are hashed at all.
    wanted: bool,
    /// Takes in the content of the last entry, while that goes by.
    content: Sha256,
    hashing: bool,
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
    /// Takes in a stream from its start, and hashes the `contents` of files if they are wanted.
    pub(super) fn new(contents: bool, limits: &Limits) -> Self {
        let collect =
            Collect { wanted: contents, budget: limits.entry_bytes, ..Collect::default() };
        let walker = Walker::new(limits, limits.entries);
        Self { walker, collect, stream: Stream::default() }
    }

    /// Takes in the next `chunk`, also for the digest of the `whole` stream unless somebody else
    /// does that.
    pub(super) fn push(&mut self, chunk: &[u8], mut whole: Option<&mut Hasher>) {
        let Self { walker, collect, stream } = self;
        walker.push(chunk, &mut |event| match event {
            Event::Data(bytes) => collect.take_content(bytes, chunk, stream, whole.as_deref_mut()),
            event => collect.take(event, stream),
        });
        stream.finish_chunk(chunk, whole);
    }

    /// What the stream held.
    pub(super) fn finish(self) -> Walked {
        let Self { walker, mut collect, mut stream } = self;
        let mut ending = walker.finish(&mut |event| collect.take(event, &mut stream));
        if let Some(offset) = collect.refused {
            let what = "bytes of names and attributes in one layer";
            let kind = FaultKind::Limit { what, limit: collect.budget };
            ending.fault = Some(Fault { offset, kind });
        }
        collect.names.hand_out(&mut collect.entries);
        collect.entries.shrink_to_fit();
        Walked { entries: collect.entries, oddities: collect.oddities, ending }
    }
}

impl Collect {
    /// Headers of little entries may carry much; what they carry is kept as long as the layer is.
    fn affords(&mut self, member: &Member, owner: usize) -> bool {
        let records = member.xattrs.iter().chain(&member.pax);
        let records: usize = records.map(|(name, value)| RECORD + name.len() + value.len()).sum();
        let bytes = owner + member.path.len() + member.linkname.len() + records;
        self.kept = self.kept.saturating_add(bytes as u64);
        if self.kept > self.budget && self.refused.is_none() {
            self.refused = Some(member.header_offset);
        }
        self.refused.is_none()
    }

    fn take_content(
        &mut self,
        bytes: &[u8],
        chunk: &[u8],
        stream: &mut Stream,
        whole: Option<&mut Hasher>,
    ) {
        match whole {
            _ if !self.hashing => {}
            Some(whole) => stream.take(chunk, bytes, &mut self.content, whole),
            None => self.content.update(bytes),
        }
    }

    fn take(&mut self, event: Event<'_>, stream: &mut Stream) {
        match event {
            Event::Entry(member) => {
                stream.content_at(member.data_offset);
                let (owner, bytes) = self.owners.of(member);
                let affordable = self.affords(member, bytes);
                self.hashing = affordable && self.wanted && has_content(member.kind);
                if affordable {
                    let (path, form) = normalize(&member.path);
                    let path = self.names.add(&path, &mut self.entries);
                    self.entries.push(Entry::of(member, path, form, owner));
                }
            }
            // Taken with the chunk it lies in.
            Event::Data(_) => {}
            Event::End => {
                if std::mem::take(&mut self.hashing)
                    && let Some(entry) = self.entries.last_mut()
                {
                    entry.content = Some(self.content.finish_reset());
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
