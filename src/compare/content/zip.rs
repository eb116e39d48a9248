//! Zip archives (PKWARE APPNOTE 6.3.10) and what is one under another name: jar, whl, apk, nupkg.
//!
//! The central directory says which members there are, as in every reader. Members of one name are
//! all kept, and what lies beside the members is compared too.

mod extra;
mod fields;
mod unpack;

use std::borrow::Cow;
use std::ops::Range;

use rawzip::{ZipArchive, ZipFileHeaderRecord, ZipSliceArchive};
use sha2::{Digest as _, Sha256};

use super::found::Found;
use super::members::{self, Collected, Field, Member, Packing};
use super::{Broken, Comparator, File, Inside, Inspector};
use crate::limits::Limits;
use crate::report::Value;
use crate::sides::Sides;

/// Bytes of the record that ends an archive without a comment (section 4.3.16).
const END: usize = 22;

pub(super) struct Zip;

impl Comparator for Zip {
    fn name(&self) -> &'static str {
        "zip archive"
    }

    /// An archive may have a script before it that runs it, as Python's have.
    fn recognises(&self, file: File<'_>) -> bool {
        let bytes = file.bytes;
        let end = bytes.get(bytes.len().saturating_sub(END)..).unwrap_or_default();
        bytes.starts_with(b"PK\x03\x04")
            || bytes.starts_with(b"PK\x05\x06")
            || (bytes.starts_with(b"#!") && end.starts_with(b"PK\x05\x06"))
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let members = files.try_map(|file| read(file.bytes, inspector.limits))?;
        let members = members.as_ref().map(Vec::as_slice);
        Ok(members::compare(members, unpack::unpack, Found::default(), inspector))
    }
}

/// Where a member lies.
struct Place {
    /// Its record in the central directory.
    record: usize,
    /// Its local header.
    header: usize,
    /// Its content as stored.
    data: Range<usize>,
    /// Where the next member may begin: behind the data descriptor, if there is one.
    end: usize,
}

/// All members, after those that stand for what belongs to none.
fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Vec<Member<'a>>, Broken> {
    let archive = ZipArchive::from_slice(bytes).map_err(Broken::new)?;
    let mut found = Collected::default();
    let mut places = Vec::new();
    let mut packed = 0_usize;
    for record in archive.entries() {
        let record = record.map_err(Broken::new)?;
        let place = place(bytes, &archive, &record)?;
        packed = packed.saturating_add(place.data.len());
        if packed > bytes.len() {
            return Err(Broken::new("members overlap"));
        }
        let member = member(bytes, &record, &place);
        found.push(member.ok_or_else(|| Broken::new("a header is cut short"))?, limits)?;
        places.push(place);
    }
    Ok(around(bytes, &archive, &places).into_iter().chain(found.members).collect())
}

fn place(
    bytes: &[u8],
    archive: &ZipSliceArchive<&[u8]>,
    record: &ZipFileHeaderRecord<'_>,
) -> Result<Place, Broken> {
    let entry = archive.get_entry(record.wayfinder()).map_err(Broken::new)?;
    let (start, end) = entry.compressed_data_range();
    let data = index(start)?..index(end)?;
    let descriptor = match record.flags().has_data_descriptor() {
        true => descriptor(bytes.get(data.end..).unwrap_or_default(), data.len() as u64),
        false => 0,
    };
    Ok(Place {
        record: index(record.central_directory_offset())?,
        header: index(record.local_header_offset())?,
        end: data.end.saturating_add(descriptor),
        data,
    })
}

fn index(offset: u64) -> Result<usize, Broken> {
    usize::try_from(offset).map_err(|_| Broken::new("an offset is out of range"))
}

/// Bytes of the data descriptor that `rest` begins with (section 4.3.9): with or without signature,
/// with sizes of four or eight bytes. None when it does not tell the right size.
fn descriptor(rest: &[u8], size: u64) -> usize {
    let signature = if rest.starts_with(b"PK\x07\x08") { 4 } else { 0 };
    let sizes = rest.get(signature..).and_then(|rest| rest.get(4..)).unwrap_or_default();
    let short = sizes.first_chunk().map(|size| u64::from(u32::from_le_bytes(*size)));
    let long = sizes.first_chunk().map(|size| u64::from_le_bytes(*size));
    match (long == Some(size), short == Some(size)) {
        (true, _) => signature.saturating_add(20),
        (_, true) => signature.saturating_add(12),
        _ => 0,
    }
}

fn member<'a>(
    bytes: &'a [u8],
    record: &ZipFileHeaderRecord<'_>,
    place: &Place,
) -> Option<Member<'a>> {
    let headers = fields::Headers::read(bytes, place.record, place.header)?;
    Some(Member {
        name: Cow::Borrowed(headers.name),
        fields: headers.fields(),
        size: record.uncompressed_size_hint(),
        stored: bytes.get(place.data.clone())?,
        packing: Packing {
            method: record.compression_method().as_u16(),
            crc: record.crc32(),
            encrypted: record.flags().is_encrypted(),
        },
    })
}

/// What lies before and behind the members, each as a member of its own.
fn around<'a>(
    bytes: &'a [u8],
    archive: &ZipSliceArchive<&'a [u8]>,
    places: &[Place],
) -> [Member<'a>; 4] {
    let directory = usize::try_from(archive.directory_offset()).unwrap_or(usize::MAX);
    let end = usize::try_from(archive.end_offset()).unwrap_or(usize::MAX);
    let mut spans: Vec<Range<usize>> = places.iter().map(|place| place.header..place.end).collect();
    spans.sort_unstable_by_key(|span| span.start);
    let first = spans.first().map_or(directory, |span| span.start);
    let last = spans.iter().map(|span| span.end).max().unwrap_or(first);
    let fields = about(archive, places.len()).into_iter().chain(gaps(bytes, &spans));
    let beside = |name, range| Member::beside(name, vec![], range);
    [
        Member::beside(b"(archive)", fields.collect(), &[]),
        beside(b"(before the members)", bytes.get(..first).unwrap_or_default()),
        // Android keeps its signatures here.
        beside(b"(behind the members)", bytes.get(last..directory).unwrap_or_default()),
        beside(b"(behind the archive)", bytes.get(end..).unwrap_or_default()),
    ]
}

/// The comment, and how many members the archive claims to have where that is not true.
fn about(archive: &ZipSliceArchive<&[u8]>, members: usize) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    let comment = archive.comment();
    if !comment.as_bytes().is_empty() {
        fields.push(("comment".into(), Value::Bytes(comment.as_bytes().into())));
    }
    if archive.entries_hint() != members as u64 {
        fields.push(("claimed-members".into(), Value::Number(archive.entries_hint())));
    }
    fields
}

/// A digest of what lies between the members, if anything does.
fn gaps(bytes: &[u8], spans: &[Range<usize>]) -> Option<Field> {
    let mut digest = Sha256::new();
    let mut any = false;
    let mut reached = spans.first()?.start;
    for span in spans {
        if let Some(gap) = bytes.get(reached..span.start).filter(|gap| !gap.is_empty()) {
            digest.update(gap);
            any = true;
        }
        reached = reached.max(span.end);
    }
    any.then(|| ("gaps".into(), Value::Sha256(digest.finalize().into())))
}

#[cfg(test)]
mod tests;
