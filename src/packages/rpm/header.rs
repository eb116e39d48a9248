//! The header of a package as databases keep it: an index of tags and a store of their values
//! (rpm's manual, "Package format", "Header structure"), without the magic a file begins with.

use super::super::fingerprint::Fingerprint;
use super::slice;

/// Bytes of one entry of the index: tag, type, offset and count, each of four bytes.
const ENTRY: usize = 16;

/// Tags that bracket regions of the index and tell nothing of the package.
const REGIONS: std::ops::RangeInclusive<u32> = 61..=64;

/// Types of values (`rpmTagType`).
mod kind {
    pub(super) const CHAR: u32 = 1;
    pub(super) const INT8: u32 = 2;
    pub(super) const INT16: u32 = 3;
    pub(super) const INT32: u32 = 4;
    pub(super) const INT64: u32 = 5;
    pub(super) const STRING: u32 = 6;
    pub(super) const BIN: u32 = 7;
    pub(super) const STRING_ARRAY: u32 = 8;
    pub(super) const I18NSTRING: u32 = 9;
}

/// A value in its raw form.
#[derive(Clone, Copy, Debug)]
struct Entry<'a> {
    tag: u32,
    kind: u32,
    count: u32,
    data: &'a [u8],
}

/// All tags of one package.
#[derive(Debug)]
pub(super) struct Header<'a>(Vec<Entry<'a>>);

impl<'a> Header<'a> {
    /// Reads the index; every value is found in the store or the header is refused.
    pub(super) fn parse(blob: &'a [u8]) -> Result<Self, &'static str> {
        let count = size(blob, 0).ok_or("a header without index")?;
        let length = size(blob, 4).ok_or("a header without index")?;
        let index = count.checked_mul(ENTRY).and_then(|bytes| slice(blob, 8, bytes));
        let index = index.ok_or("the index of a header is cut short")?;
        let at = index.len().saturating_add(8);
        let store = slice(blob, at, length).ok_or("the store of a header is cut short")?;
        let entries: Option<Vec<Entry<'a>>> = index
            .chunks_exact(ENTRY)
            .filter(|entry| u32_be(entry, 0).is_some_and(|tag| !REGIONS.contains(&tag)))
            .map(|entry| Entry::parse(entry, store))
            .collect();
        let mut entries = entries.ok_or("a value lies outside of the store of its header")?;
        entries.sort_by_key(|entry| entry.tag);
        // Values may not overlap in an honest header; where they do, reading them could cost more
        // than there is.
        let total = entries.iter().fold(0_usize, |sum, it| sum.saturating_add(it.data.len()));
        if total > length {
            return Err("values of a header lie inside one another");
        }
        Ok(Self(entries))
    }

    fn get(&self, tag: u32) -> Option<&Entry<'a>> {
        let at = self.0.binary_search_by_key(&tag, |entry| entry.tag).ok()?;
        self.0.get(at)
    }

    /// The first string under `tag`, as text; `None` when it is empty, too.
    pub(super) fn text(&self, tag: u32) -> Option<String> {
        let first = self.strings(tag).next().filter(|it| !it.is_empty())?;
        Some(String::from_utf8_lossy(first).into_owned())
    }

    /// Every string under `tag`.
    pub(super) fn strings(&self, tag: u32) -> impl Iterator<Item = &'a [u8]> {
        let is_text = |it: &&Entry<'_>| (kind::STRING..=kind::I18NSTRING).contains(&it.kind);
        let data = self.get(tag).filter(is_text).filter(|it| it.kind != kind::BIN);
        let data = data.and_then(|entry| entry.data.strip_suffix(b"\0"));
        data.into_iter().flat_map(|data| data.split(|&byte| byte == 0))
    }

    /// Every 32-bit number under `tag`.
    pub(super) fn numbers(&self, tag: u32) -> impl Iterator<Item = u32> {
        let entry = self.get(tag).filter(|entry| entry.kind == kind::INT32);
        let data = entry.map(|entry| entry.data).unwrap_or_default();
        data.chunks_exact(4).filter_map(|bytes| u32_be(bytes, 0))
    }

    /// Adds every tag but those in `masked`.
    pub(super) fn digest(&self, masked: &[u32], all: &mut Fingerprint) {
        for entry in self.0.iter().filter(|entry| !masked.contains(&entry.tag)) {
            all.add(&entry.tag.to_be_bytes());
            all.add(&entry.kind.to_be_bytes());
            all.add(&entry.count.to_be_bytes());
            all.add(entry.data);
        }
    }
}

impl<'a> Entry<'a> {
    fn parse(entry: &[u8], store: &'a [u8]) -> Option<Self> {
        let kind = u32_be(entry, 4)?;
        let rest = store.get(size(entry, 8)?..)?;
        let count = u32_be(entry, 12)?;
        let length = length(kind, usize::try_from(count).ok()?, rest)?;
        Some(Self { tag: u32_be(entry, 0)?, kind, count, data: rest.get(..length)? })
    }
}

/// Bytes that `count` values of `kind` take at the beginning of `rest`.
fn length(kind: u32, count: usize, rest: &[u8]) -> Option<usize> {
    match kind {
        kind::CHAR | kind::INT8 | kind::BIN => Some(count),
        kind::INT16 => count.checked_mul(2),
        kind::INT32 => count.checked_mul(4),
        kind::INT64 => count.checked_mul(8),
        kind::STRING => strings(1, rest),
        kind::STRING_ARRAY | kind::I18NSTRING => strings(count, rest),
        _ => Some(0),
    }
}

/// Bytes up to the end of the last of `count` strings.
fn strings(count: usize, rest: &[u8]) -> Option<usize> {
    let Some(last) = count.checked_sub(1) else { return Some(0) };
    let end = rest.iter().enumerate().filter(|(_, byte)| **byte == 0).nth(last)?.0;
    end.checked_add(1)
}

fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

fn size(bytes: &[u8], at: usize) -> Option<usize> {
    u32_be(bytes, at).and_then(|number| usize::try_from(number).ok())
}
