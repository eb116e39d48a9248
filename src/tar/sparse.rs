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

/// What is still to come before a map is complete.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing.
    Nothing,
    /// Another block of regions behind the header, type `S`.
    Block,
    /// The map is the first part of the content, PAX format 1.0.
    Text,
}

/// Adds regions to a map, no more than the limit.
pub(super) struct Regions<'a> {
    pub(super) map: &'a mut SparseMap,
    pub(super) limit: usize,
}

impl Regions<'_> {
    fn push(&mut self, offset: u64, length: u64) -> Result<(), FaultKind> {
        if self.map.regions.len() >= self.limit {
            return Err(too_many(self.limit));
        }
        self.map.regions.push((offset, length));
        Ok(())
    }

    /// Regions of a header; an unused slot begins with a NUL, and none follows it.
    fn push_slots(&mut self, slots: &[GnuSparseHeader]) -> Result<(), FaultKind> {
        for slot in slots.iter().take_while(|slot| slot.offset.first() != Some(&0)) {
            let numbers = unsigned(&slot.offset).zip(unsigned(&slot.numbytes));
            let (offset, length) = numbers.ok_or(NUMBER)?;
            self.push(offset, length)?;
        }
        Ok(())
    }

    /// The map in a header of type `S`; tells whether more blocks follow.
    pub(super) fn header(&mut self, gnu: &GnuHeader) -> Result<Rest, FaultKind> {
        self.map.real_size = unsigned(&gnu.realsize).ok_or(NUMBER)?;
        self.push_slots(&gnu.sparse)?;
        Ok(rest_of_blocks(gnu.isextended))
    }

    /// A block of regions behind it; likewise.
    pub(super) fn block(&mut self, block: &Block) -> Result<Rest, FaultKind> {
        let mut layout = GnuExtSparseHeader::new();
        *layout.as_mut_bytes() = *block;
        self.push_slots(&layout.sparse)?;
        Ok(rest_of_blocks(layout.isextended))
    }

    /// The map of PAX formats 0.0 and 0.1: numbers between commas.
    fn list(&mut self, text: &[u8], announced: u64) -> Result<(), FaultKind> {
        let mut numbers = text.split(|byte| *byte == b',').map(decimal);
        while let Some(offset) = numbers.next() {
            let length = numbers.next().ok_or(COUNT)?;
            let (offset, length) = offset.zip(length).ok_or(NUMBER)?;
            self.push(offset, length)?;
        }
        if self.map.regions.len() as u64 == announced { Ok(()) } else { Err(COUNT) }
    }
}

const NUMBER: FaultKind = FaultKind::Sparse(SparseError::Number);
const COUNT: FaultKind = FaultKind::Sparse(SparseError::Count);

const fn too_many(limit: usize) -> FaultKind {
    FaultKind::Limit { what: "sparse regions", limit: limit as u64 }
}

const fn rest_of_blocks([extended]: [u8; 1]) -> Rest {
    if extended == 0 { Rest::Nothing } else { Rest::Block }
}

/// Whether `map` describes a file of which `stored` bytes are there.
pub(super) fn check(map: &SparseMap, stored: u64) -> Result<(), FaultKind> {
    let (mut end, mut sum) = (0_u64, 0_u64);
    for &(offset, length) in &map.regions {
        let region_end = offset.checked_add(length).filter(|end| *end <= map.real_size);
        let region_end = region_end.filter(|_| end <= offset);
        end = region_end.ok_or(FaultKind::Sparse(SparseError::Regions))?;
        // Regions do not overlap, so their sum is at most the end of the last.
        sum = sum.saturating_add(length);
    }
    if sum == stored { Ok(()) } else { Err(FaultKind::Sparse(SparseError::Sum)) }
}

/// Takes the records about a sparse file out of `member` and begins its map, if there are any of
/// a format that is known. Of one that is not, Go makes a regular file; the records then stay.
pub(super) fn from_pax(member: &mut Member, limit: usize) -> Result<Rest, FaultKind> {
    let Some(format) = Format::of(&member.pax) else { return Ok(Rest::Nothing) };
    let records: Vec<Record> =
        member.pax.extract_if(.., |(key, _)| key.starts_with(SPARSE_PREFIX)).collect();
    if let Some(name) = find(&records, b"GNU.sparse.name") {
        set(&mut member.path, name);
    }
    let mut map = SparseMap { real_size: real_size(&records, member.size)?, regions: Vec::new() };
    if format == Format::List {
        list(&records, Regions { map: &mut map, limit })?;
    }
    member.sparse = Some(map);
    Ok(if format == Format::Text { Rest::Text } else { Rest::Nothing })
}

#[derive(Clone, Copy, PartialEq, Eq)]
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

/// The value of `key`, unless it is empty, which is as good as absent.
fn find<'a>(records: &'a [Record], key: &[u8]) -> Option<&'a [u8]> {
    let at = records.binary_search_by(|(other, _)| other.as_slice().cmp(key)).ok()?;
    records.get(at).map(|(_, value)| value.as_slice()).filter(|value| !value.is_empty())
}

fn real_size(records: &[Record], stored: u64) -> Result<u64, FaultKind> {
    let text = find(records, b"GNU.sparse.size").or_else(|| find(records, b"GNU.sparse.realsize"));
    text.map_or(Ok(stored), |text| decimal(text).ok_or(NUMBER))
}

fn list(records: &[Record], mut regions: Regions<'_>) -> Result<(), FaultKind> {
    let announced = find(records, b"GNU.sparse.numblocks").and_then(decimal).ok_or(NUMBER)?;
    match find(records, SPARSE_MAP) {
        Some(text) => regions.list(text, announced),
        None if announced == 0 => Ok(()),
        None => Err(COUNT),
    }
}

/// Reads the map of PAX format 1.0: the number of regions, then offset and length of each, every
/// number on a line of its own, in whole blocks. No text is kept.
#[derive(Default)]
pub(super) struct TextMap {
    announced: Option<u64>,
    offset: Option<u64>,
    digits: Option<u64>,
}

impl TextMap {
    /// Reads one block; tells whether more follow.
    pub(super) fn block(
        &mut self,
        block: &Block,
        regions: &mut Regions<'_>,
    ) -> Result<Rest, FaultKind> {
        for byte in block {
            match byte {
                b'\n' => self.end_number(regions)?,
                digit => {
                    let value = append_digit(self.digits.unwrap_or_default(), *digit);
                    self.digits = Some(value.ok_or(NUMBER)?);
                }
            }
            if self.announced == Some(regions.map.regions.len() as u64) {
                return Ok(Rest::Nothing);
            }
        }
        Ok(Rest::Text)
    }

    fn end_number(&mut self, regions: &mut Regions<'_>) -> Result<(), FaultKind> {
        let value = self.digits.take().ok_or(NUMBER)?;
        if self.announced.is_none() {
            return self.announce(value, regions.limit);
        }
        match self.offset.take() {
            None => self.offset = Some(value),
            Some(offset) => regions.push(offset, value)?,
        }
        Ok(())
    }

    fn announce(&mut self, regions: u64, limit: usize) -> Result<(), FaultKind> {
        if regions > limit as u64 {
            return Err(too_many(limit));
        }
        self.announced = Some(regions);
        Ok(())
    }
}
