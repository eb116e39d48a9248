//! PAX extended headers (POSIX.1-2017, `pax`, "pax Extended Header"): their records, and what the
//! records of one header say about a member.
//!
//! The grammar `LENGTH SPACE KEY=VALUE NEWLINE` is held to exactly. A reader that lets a wrong
//! length pass and one that does not see two different archives.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::fault::{Fault, FaultKind, PaxError};
use super::header::set;
use super::member::{Dialect, Member};
use super::number::{decimal, time};
use super::oddity::Oddity;
use crate::report::Timestamp;

/// A key and its value.
pub(super) type Record = (Vec<u8>, Vec<u8>);

/// Prefix of the keys that describe sparse files.
pub(super) const SPARSE_PREFIX: &[u8] = b"GNU.sparse.";
/// The sparse map of GNU tar 1.15.2 and later, format 0.1; of format 0.0 we make the same.
pub(super) const SPARSE_MAP: &[u8] = b"GNU.sparse.map";

const SPARSE_OFFSET: &[u8] = b"GNU.sparse.offset";
const SPARSE_LENGTH: &[u8] = b"GNU.sparse.numbytes";
const SCHILY_XATTR: &[u8] = b"SCHILY.xattr.";
const LIBARCHIVE_XATTR: &[u8] = b"LIBARCHIVE.xattr.";

/// libarchive writes no padding; others may.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Records of an extended header, with the range of each value and where the record begins.
struct Records<'a> {
    text: &'a [u8],
    at: usize,
}

struct Raw<'a> {
    key: &'a [u8],
    value: &'a [u8],
    /// Of `value` in the text.
    range: Range<usize>,
}

impl<'a> Records<'a> {
    /// The record at the current place; `None` at the end.
    fn next(&mut self) -> Result<Option<Raw<'a>>, PaxError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(None);
        }
        let (body, length) = body(rest)?;
        let equals = body.iter().position(|byte| *byte == b'=').ok_or(PaxError::Equals)?;
        let (key, value) = body.split_at_checked(equals).ok_or(PaxError::Equals)?;
        let value = value.split_first().map_or(value, |(_, value)| value);
        check_key(key)?;
        let newline = self.at.saturating_add(length).saturating_sub(1);
        let range = newline.saturating_sub(value.len())..newline;
        self.at = self.at.saturating_add(length);
        Ok(Some(Raw { key, value, range }))
    }
}

/// `KEY=VALUE` of the record `rest` begins with, and the length of the whole record.
fn body(rest: &[u8]) -> Result<(&[u8], usize), PaxError> {
    /// More digits than the length of any header that is accepted.
    const DIGITS: usize = 20;
    let space = rest.iter().take(DIGITS).position(|byte| *byte == b' ').ok_or(PaxError::Length)?;
    let (digits, after) = rest.split_at_checked(space).ok_or(PaxError::Length)?;
    let length = decimal(digits).and_then(|length| usize::try_from(length).ok());
    let length = length.ok_or(PaxError::Length)?;
    let wanted = length.checked_sub(space).ok_or(PaxError::Length)?;
    match after.get(..wanted).ok_or(PaxError::Length)? {
        [b' ', body @ .., b'\n'] => Ok((body, length)),
        [_, _, ..] => Err(PaxError::Newline),
        _ => Err(PaxError::Length),
    }
}

fn check_key(key: &[u8]) -> Result<(), PaxError> {
    match key {
        [] => Err(PaxError::Key),
        key if key.contains(&0) => Err(PaxError::Nul),
        _ => Ok(()),
    }
}

/// The records of a global header (type `g`), in order.
pub(super) fn global(text: &[u8], offset: u64, into: &mut Vec<Record>) -> Result<(), Fault> {
    let mut records = Records { text, at: 0 };
    loop {
        let at = offset.saturating_add(records.at as u64);
        match records.next().map_err(|error| FaultKind::Pax(error).at(at))? {
            Some(raw) => into.push((raw.key.to_vec(), raw.value.to_vec())),
            None => return Ok(()),
        }
    }
}

/// What the records of one extended header (type `x`) say.
///
/// Strings stay where they are in the text: a header with nothing but a path and times costs no
/// allocation. An empty value takes back what earlier records said, and the header block counts.
#[derive(Default)]
pub(super) struct Pax {
    text: Vec<u8>,
    path: Option<Range<usize>>,
    linkname: Option<Range<usize>>,
    uname: Option<Range<usize>>,
    gname: Option<Range<usize>>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    mtime: Option<Timestamp>,
    atime: Option<Timestamp>,
    ctime: Option<Timestamp>,
    others: Vec<Record>,
    /// Numbers of a sparse map in format 0.0, joined by commas, and how many there are.
    sparse_map: Vec<u8>,
    sparse_numbers: usize,
}

impl Pax {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        (self.path, self.linkname, self.uname, self.gname) = (None, None, None, None);
        (self.size, self.uid, self.gid) = (None, None, None);
        (self.mtime, self.atime, self.ctime) = (None, None, None);
        self.others.clear();
        self.sparse_map.clear();
        self.sparse_numbers = 0;
    }

    /// Adds a piece of the header's content.
    pub(super) fn extend(&mut self, piece: &[u8]) {
        self.text.extend_from_slice(piece);
    }

    /// Whether a record gives the path.
    pub(super) const fn has_path(&self) -> bool {
        self.path.is_some()
    }

    /// Whether a record gives the link target.
    pub(super) const fn has_linkname(&self) -> bool {
        self.linkname.is_some()
    }

    /// Reads the records. The content, now complete, began at `offset`.
    pub(super) fn parse(&mut self, offset: u64) -> Result<(), Fault> {
        let text = std::mem::take(&mut self.text);
        let mut records = Records { text: &text, at: 0 };
        let parsed = loop {
            let at = offset.saturating_add(records.at as u64);
            let taken = records.next().and_then(|raw| raw.map(|raw| self.take(raw)).transpose());
            match taken {
                Ok(Some(())) => {}
                Ok(None) => break self.finish_sparse_map().map_err(|error| (error, at)),
                Err(error) => break Err((error, at)),
            }
        };
        self.text = text;
        settle(&mut self.others);
        parsed.map_err(|(error, at)| FaultKind::Pax(error).at(at))
    }

    fn take(&mut self, raw: Raw<'_>) -> Result<(), PaxError> {
        match raw.key {
            b"path" => self.path = string(&raw)?,
            b"linkpath" => self.linkname = string(&raw)?,
            b"uname" => self.uname = string(&raw)?,
            b"gname" => self.gname = string(&raw)?,
            b"size" => self.size = value(&raw, "size", decimal)?,
            b"uid" => self.uid = value(&raw, "uid", decimal)?,
            b"gid" => self.gid = value(&raw, "gid", decimal)?,
            b"mtime" => self.mtime = value(&raw, "mtime", time)?,
            b"atime" => self.atime = value(&raw, "atime", time)?,
            b"ctime" => self.ctime = value(&raw, "ctime", time)?,
            SPARSE_OFFSET | SPARSE_LENGTH => self.take_sparse_number(&raw)?,
            key => self.others.push((key.to_vec(), raw.value.to_vec())),
        }
        Ok(())
    }

    /// Format 0.0 repeats two keys for each region; offset and length take turns.
    fn take_sparse_number(&mut self, raw: &Raw<'_>) -> Result<(), PaxError> {
        let wants_offset = self.sparse_numbers.is_multiple_of(2);
        if (raw.key == SPARSE_OFFSET) != wants_offset || decimal(raw.value).is_none() {
            return Err(PaxError::Value("sparse map"));
        }
        if self.sparse_numbers > 0 {
            self.sparse_map.push(b',');
        }
        self.sparse_map.extend_from_slice(raw.value);
        self.sparse_numbers = self.sparse_numbers.saturating_add(1);
        Ok(())
    }

    fn finish_sparse_map(&mut self) -> Result<(), PaxError> {
        if !self.sparse_numbers.is_multiple_of(2) {
            return Err(PaxError::Value("sparse map"));
        }
        if self.sparse_numbers > 0 {
            self.others.push((SPARSE_MAP.to_vec(), std::mem::take(&mut self.sparse_map)));
        }
        Ok(())
    }

    /// Overrides what the header block of `member` says.
    pub(super) fn apply(&mut self, member: &mut Member, oddities: &mut Vec<Oddity>) {
        member.dialect = Dialect::Pax;
        self.apply_string(&self.path, &mut member.path);
        self.apply_string(&self.linkname, &mut member.linkname);
        self.apply_string(&self.uname, &mut member.uname);
        self.apply_string(&self.gname, &mut member.gname);
        member.size = self.size.unwrap_or(member.size);
        member.uid = self.uid.unwrap_or(member.uid);
        member.gid = self.gid.unwrap_or(member.gid);
        member.mtime = self.mtime.unwrap_or(member.mtime);
        member.atime = self.atime.or(member.atime);
        member.ctime = self.ctime.or(member.ctime);
        if !self.others.is_empty() {
            self.apply_others(member, oddities);
        }
    }

    fn apply_string(&self, range: &Option<Range<usize>>, to: &mut Vec<u8>) {
        if let Some(text) = range.clone().and_then(|range| self.text.get(range)) {
            set(to, text);
        }
    }

    fn apply_others(&mut self, member: &mut Member, oddities: &mut Vec<Oddity>) {
        let mut of_libarchive = Vec::new();
        for (key, value) in self.others.drain(..) {
            if let Some(name) = schily_xattr(&key, &value) {
                member.xattrs.push((name.to_vec(), value));
            } else if let Some(xattr) = libarchive_xattr(&key, &value) {
                of_libarchive.push(xattr);
            } else {
                member.pax.push((key, value));
            }
        }
        merge(&mut member.xattrs, of_libarchive, oddities);
    }
}

/// Sorts by key; of several records with one key the last stays.
fn settle(records: &mut Vec<Record>) {
    records.reverse();
    records.sort_by(|left, right| left.0.cmp(&right.0));
    records.dedup_by(|later, first| later.0 == first.0);
}

fn string(raw: &Raw<'_>) -> Result<Option<Range<usize>>, PaxError> {
    if raw.value.contains(&0) {
        return Err(PaxError::Nul);
    }
    Ok((!raw.value.is_empty()).then(|| raw.range.clone()))
}

fn value<T>(
    raw: &Raw<'_>,
    name: &'static str,
    parse: fn(&[u8]) -> Option<T>,
) -> Result<Option<T>, PaxError> {
    if raw.value.is_empty() {
        return Ok(None);
    }
    parse(raw.value).map(Some).ok_or(PaxError::Value(name))
}

/// Name of an extended attribute as star and GNU tar record it: the value is raw. An empty value
/// takes the record back, for Go as for POSIX; it then stays among the other records.
fn schily_xattr<'a>(key: &'a [u8], value: &[u8]) -> Option<&'a [u8]> {
    key.strip_prefix(SCHILY_XATTR).filter(|name| !name.is_empty() && !value.is_empty())
}

/// An extended attribute as libarchive records it: the name is URL-encoded, the value base64.
fn libarchive_xattr(key: &[u8], value: &[u8]) -> Option<Record> {
    let name = url_decode(key.strip_prefix(LIBARCHIVE_XATTR)?)?;
    (!name.is_empty() && !value.is_empty()).then_some(())?;
    Some((name, BASE64.decode(value).ok()?))
}

fn url_decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        (rest, _) = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                (after, decoded.push(nibble(*high)? << 4 | nibble(*low)?))
            }
            (b'%', _) => return None,
            (plain, after) => (after, decoded.push(*plain)),
        };
    }
    Some(decoded)
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Adds to `xattrs`, which is sorted, those of `more` it does not have, and sorts again.
fn merge(xattrs: &mut Vec<Record>, more: Vec<Record>, oddities: &mut Vec<Oddity>) {
    if more.is_empty() {
        return;
    }
    let known = xattrs.len();
    let mut conflict = false;
    for (name, value) in more {
        let sorted = xattrs.get(..known).unwrap_or_default();
        match sorted.binary_search_by(|(other, _)| other.cmp(&name)) {
            Ok(at) => conflict |= sorted.get(at).is_none_or(|(_, other)| *other != value),
            Err(_) => xattrs.push((name, value)),
        }
    }
    xattrs.sort();
    xattrs.dedup_by(|later, first| later.0 == first.0);
    if conflict {
        oddities.push(Oddity::ConflictingXattr);
    }
}
