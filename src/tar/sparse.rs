//! Sparse files in the four ways GNU tar has stored them (GNU tar manual, "Storing Sparse Files").
//!
//! A map says where the stored bytes go, so a map that lies makes one archive two different files.
//! It is checked like Go's and libarchive's: in order, without overlap, inside the file, and of
//! exactly the stored length. It grows only as its text arrives and never past the limit, whatever
//! number of regions it announces (CVE-2025-58183).

use tar::{GnuExtSparseHeader, GnuHeader, GnuSparseHeader};

use super::block::Block;
use super::fault::{FaultKind, SparseError};
use super::header::set;
use super::member::{Member, SparseMap};
use super::number::{append_digit, decimal, unsigned};
use super::pax::{Record, SPARSE_MAP, SPARSE_PREFIX};

const NUMBER: FaultKind = FaultKind::Sparse(SparseError::Number);
const COUNT: FaultKind = FaultKind::Sparse(SparseError::Count);

/// A map in the making.
pub(super) struct Builder {
    map: SparseMap,
    /// Regions there can still be.
    room: usize,
    limit: usize,
    /// Where the last region ends.
    end: u64,
    /// Bytes in all regions.
    stored: u64,
    rest: Rest,
}

/// What is still to come of a map.
enum Rest {
    Nothing,
    /// A block of regions behind the header.
    Block,
    /// The map is the first part of the content.
    Text(TextState),
}

impl Builder {
    fn new(real_size: u64, limit: usize, rest: Rest) -> Self {
        let map = SparseMap { real_size, regions: Vec::new() };
        Self { map, room: limit, limit, end: 0, stored: 0, rest }
    }

    /// The map in a header of type `S`.
    pub(super) fn from_gnu(gnu: &GnuHeader, limit: usize) -> Result<Self, FaultKind> {
        let real_size = unsigned(&gnu.realsize).ok_or(NUMBER)?;
        let mut builder = Self::new(real_size, limit, Rest::Nothing);
        builder.push_slots(&gnu.sparse, gnu.isextended)?;
        Ok(builder)
    }

    /// The map that PAX records of `member` tell of, which are taken out. Of a format nobody knows
    /// Go makes a regular file; its records then stay.
    pub(super) fn from_pax(member: &mut Member, limit: usize) -> Result<Option<Self>, FaultKind> {
        let Some(format) = Format::of(&member.pax) else { return Ok(None) };
        let is_sparse = |record: &mut Record| record.0.starts_with(SPARSE_PREFIX);
        let records: Vec<Record> = member.pax.extract_if(.., is_sparse).collect();
        if let Some(name) = find(&records, b"GNU.sparse.name") {
            set(&mut member.path, name);
        }
        let real_size = real_size(&records, member.size)?;
        Ok(Some(match format {
            Format::List => Self::from_list(&records, real_size, limit)?,
            Format::Text => Self::new(real_size, limit, Rest::Text(TextState::default())),
        }))
    }

    /// Formats 0.0 and 0.1: numbers between commas.
    fn from_list(records: &[Record], real_size: u64, limit: usize) -> Result<Self, FaultKind> {
        let mut builder = Self::new(real_size, limit, Rest::Nothing);
        let text = find(records, SPARSE_MAP).unwrap_or_default();
        let mut numbers = text.split(|byte| *byte == b',').filter(|_| !text.is_empty());
        let mut seen = 0_u64;
        while let Some(offset) = numbers.next() {
            let length = numbers.next().ok_or(COUNT)?;
            let (offset, length) = decimal(offset).zip(decimal(length)).ok_or(NUMBER)?;
            builder.push(offset, length)?;
            seen = seen.saturating_add(1);
        }
        let announced = find(records, b"GNU.sparse.numblocks").and_then(decimal).ok_or(NUMBER)?;
        if seen == announced { Ok(builder) } else { Err(COUNT) }
    }

    /// Whether no further block belongs to the map.
    pub(super) const fn is_complete(&self) -> bool {
        matches!(self.rest, Rest::Nothing)
    }

    /// Whether the blocks still to come are part of the member's content.
    pub(super) const fn is_in_content(&self) -> bool {
        matches!(self.rest, Rest::Text(_))
    }

    /// Takes a block that [`Self::is_complete`] said was to come.
    pub(super) fn block(&mut self, block: &Block) -> Result<(), FaultKind> {
        match std::mem::replace(&mut self.rest, Rest::Nothing) {
            Rest::Nothing => Ok(()),
            Rest::Block => {
                let mut layout = GnuExtSparseHeader::new();
                *layout.as_mut_bytes() = *block;
                self.push_slots(&layout.sparse, layout.isextended)
            }
            Rest::Text(state) => self.push_text(block, state),
        }
    }

    /// The map, if its regions hold the `stored` bytes of the member, no more and no less.
    pub(super) fn finish(self, stored: u64) -> Result<SparseMap, FaultKind> {
        if self.stored == stored { Ok(self.map) } else { Err(FaultKind::Sparse(SparseError::Sum)) }
    }

    /// Adds a region. Empty ones mean nothing (GNU tar ends a map with one that repeats the size),
    /// are checked all the same and not kept.
    fn push(&mut self, offset: u64, length: u64) -> Result<(), FaultKind> {
        self.room = self.room.checked_sub(1).ok_or(too_many(self.limit))?;
        let end = offset.checked_add(length).filter(|end| *end <= self.map.real_size);
        let end = end.filter(|_| self.end <= offset);
        self.end = end.ok_or(FaultKind::Sparse(SparseError::Regions))?;
        // Regions do not overlap, so their sum cannot pass the end of the last.
        self.stored = self.stored.saturating_add(length);
        if length > 0 {
            self.map.regions.push((offset, length));
        }
        Ok(())
    }

    /// Regions in a header; an unused slot begins with a NUL, and none follows it.
    fn push_slots(
        &mut self,
        slots: &[GnuSparseHeader],
        [extended]: [u8; 1],
    ) -> Result<(), FaultKind> {
        for slot in slots.iter().take_while(|slot| slot.offset.first() != Some(&0)) {
            let numbers = unsigned(&slot.offset).zip(unsigned(&slot.numbytes));
            let (offset, length) = numbers.ok_or(NUMBER)?;
            self.push(offset, length)?;
        }
        self.rest = if extended == 0 { Rest::Nothing } else { Rest::Block };
        Ok(())
    }

    /// Format 1.0: the number of regions, then offset and length of each, every number on a line
    /// of its own, in whole blocks. No text is kept.
    fn push_text(&mut self, block: &Block, mut state: TextState) -> Result<(), FaultKind> {
        for byte in block {
            if let Some(number) = state.number(*byte)? {
                self.push_number(number, &mut state)?;
            }
            if state.regions_left == Some(0) {
                return Ok(());
            }
        }
        self.rest = Rest::Text(state);
        Ok(())
    }

    fn push_number(&mut self, number: u64, state: &mut TextState) -> Result<(), FaultKind> {
        let Some(left) = state.regions_left else {
            state.regions_left = Some(number);
            return if number > self.limit as u64 { Err(too_many(self.limit)) } else { Ok(()) };
        };
        match state.offset.take() {
            None => state.offset = Some(number),
            Some(offset) => {
                self.push(offset, number)?;
                state.regions_left = left.checked_sub(1);
            }
        }
        Ok(())
    }
}

/// What has been read of a map of format 1.0.
#[derive(Default)]
struct TextState {
    /// Regions still to come; unknown before the first line.
    regions_left: Option<u64>,
    /// Of the region that is being read.
    offset: Option<u64>,
    /// The number on the current line, so far.
    number: Option<u64>,
}

impl TextState {
    /// Reads one byte; gives the number it ends.
    fn number(&mut self, byte: u8) -> Result<Option<u64>, FaultKind> {
        if byte == b'\n' {
            return self.number.take().map(Some).ok_or(NUMBER);
        }
        let value = append_digit(self.number.unwrap_or_default(), byte).ok_or(NUMBER)?;
        self.number = Some(value);
        Ok(None)
    }
}

const fn too_many(limit: usize) -> FaultKind {
    FaultKind::Limit { what: "sparse regions", limit: limit as u64 }
}

/// Formats that PAX records tell of.
enum Format {
    /// 0.0 and 0.1: the map is a record.
    List,
    /// 1.0: the map goes before the content.
    Text,
}

impl Format {
    fn of(records: &[Record]) -> Option<Self> {
        let part = |key: &[u8]| find(records, key).unwrap_or_default();
        match (part(b"GNU.sparse.major"), part(b"GNU.sparse.minor")) {
            (b"0", b"0" | b"1") => Some(Self::List),
            (b"1", b"0") => Some(Self::Text),
            (b"", b"") if find(records, SPARSE_MAP).is_some() => Some(Self::List),
            _ => None,
        }
    }
}

/// The value of `key` in sorted records, unless it is empty, which is as good as absent.
fn find<'a>(records: &'a [Record], key: &[u8]) -> Option<&'a [u8]> {
    let at = records.binary_search_by(|(other, _)| other.as_slice().cmp(key)).ok()?;
    records.get(at).map(|(_, value)| value.as_slice()).filter(|value| !value.is_empty())
}

fn real_size(records: &[Record], stored: u64) -> Result<u64, FaultKind> {
    let text = find(records, b"GNU.sparse.size").or_else(|| find(records, b"GNU.sparse.realsize"));
    text.map_or(Ok(stored), |text| decimal(text).ok_or(NUMBER))
}
