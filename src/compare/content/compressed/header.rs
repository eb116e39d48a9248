//! The header of the first gzip member, field by field (RFC 1952 section 2.3).

use crate::compare::content::Part;
use crate::compare::content::found::GZIP_HEADER;
use crate::report::{Change, EntryPath, Timestamp, Value};
use crate::sides::Sides;

const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header<'a> {
    /// Seconds since 1970; 0 says that no time is given.
    mtime: u32,
    /// Flags beyond those that only say which of the fields below are there.
    flags: u8,
    extra_flags: u8,
    os: u8,
    extra: Option<&'a [u8]>,
    name: Option<&'a [u8]>,
    comment: Option<&'a [u8]>,
    checksum: Option<u16>,
}

impl<'a> Header<'a> {
    /// The header that `member` begins with, and what follows it.
    pub(super) fn read(member: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (fixed, mut rest) = member.split_first_chunk::<10>()?;
        let [_, _, _, flags, m0, m1, m2, m3, extra_flags, os] = *fixed;
        let mut header = Self {
            mtime: u32::from_le_bytes([m0, m1, m2, m3]),
            flags: flags & !(FHCRC | FEXTRA | FNAME | FCOMMENT),
            extra_flags,
            os,
            extra: None,
            name: None,
            comment: None,
            checksum: None,
        };
        if flags & FEXTRA != 0 {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (extra, after) = after.split_at_checked(u16::from_le_bytes(*length).into())?;
            (header.extra, rest) = (Some(extra), after);
        }
        if flags & FNAME != 0 {
            let (name, after) = string(rest)?;
            (header.name, rest) = (Some(name), after);
        }
        if flags & FCOMMENT != 0 {
            let (comment, after) = string(rest)?;
            (header.comment, rest) = (Some(comment), after);
        }
        if flags & FHCRC != 0 {
            let (sum, after) = rest.split_first_chunk::<2>()?;
            (header.checksum, rest) = (Some(u16::from_le_bytes(*sum)), after);
        }
        Some((header, rest))
    }

    /// The checksum comes last and is told only when nothing that it covers differs.
    fn values(&self) -> [(&'static str, Option<Value>); 8] {
        let bytes = |bytes: Option<&[u8]>| bytes.map(|bytes| Value::Bytes(bytes.into()));
        let time = Timestamp { seconds: self.mtime.into(), nanoseconds: 0 };
        [
            ("gzip.mtime", (self.mtime != 0).then_some(Value::Time(time))),
            ("gzip.name", bytes(self.name)),
            ("gzip.comment", bytes(self.comment)),
            ("gzip.os", Some(Value::Text(os(self.os)))),
            ("gzip.flags", Some(Value::Number(self.flags.into()))),
            ("gzip.extra-flags", Some(Value::Number(self.extra_flags.into()))),
            ("gzip.extra", bytes(self.extra)),
            ("gzip.header-checksum", self.checksum.map(|sum| Value::Number(sum.into()))),
        ]
    }
}

fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|&byte| byte == 0)?;
    let (text, rest) = bytes.split_at_checked(end)?;
    Some((text, rest.get(1..)?))
}

fn os(number: u8) -> String {
    let name = match number {
        0 => "FAT",
        3 => "Unix",
        7 => "Macintosh",
        10 => "TOPS-20",
        11 => "NTFS",
        255 => "unknown",
        _ => return number.to_string(),
    };
    format!("{number} ({name})")
}

/// The fields in which two headers differ; none where one is not gzip.
pub(super) fn compare(headers: Sides<Option<&Header<'_>>>) -> Vec<Part> {
    let Sides { left: Some(left), right: Some(right) } = headers else { return Vec::new() };
    let pairs = left.values().into_iter().zip(right.values());
    let mut parts: Vec<Part> = pairs
        .filter(|(left, right)| left != right)
        .map(|((field, left), (_, right))| part(field, Sides::new(left, right)))
        .collect();
    if parts.len() > 1 && left.checksum.is_some() == right.checksum.is_some() {
        parts.retain(|part| part.field != "gzip.header-checksum");
    }
    parts
}

fn part(field: &'static str, values: Sides<Option<Value>>) -> Part {
    let part = Part::new(field, values).inside_of(EntryPath::new(*b"header"));
    // The header is on both sides; only this field of it may be on one.
    Part { aspect: Some(GZIP_HEADER), change: Change::Changed, ..part }
}
