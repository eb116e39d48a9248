//! What the two headers of a member say: its record in the central directory (APPNOTE section
//! 4.3.12) and the local header before its content (section 4.3.7).

use sha2::{Digest as _, Sha256};

use super::extra::Extra;
use crate::compare::content::members::{COARSE_TIME, Field, LEFTOVER};
use crate::report::{Timestamp, Value};

const RECORD: usize = 46;
const LOCAL: usize = 30;

/// Both headers.
pub(super) struct Headers<'a> {
    record: &'a [u8; RECORD],
    local: &'a [u8; LOCAL],
    pub(super) name: &'a [u8],
    /// The name once more, before the content; the one in the directory counts.
    local_name: &'a [u8],
    extra: &'a [u8],
    local_extra: &'a [u8],
    comment: &'a [u8],
}

impl<'a> Headers<'a> {
    /// The headers at these offsets of `bytes`.
    pub(super) fn read(bytes: &'a [u8], record: usize, local: usize) -> Option<Self> {
        let (record, rest) = bytes.get(record..)?.split_first_chunk::<RECORD>()?;
        let (name, rest) = rest.split_at_checked(word(record, 28).into())?;
        let (extra, rest) = rest.split_at_checked(word(record, 30).into())?;
        let comment = rest.get(..usize::from(word(record, 32)))?;
        let (local, rest) = bytes.get(local..)?.split_first_chunk::<LOCAL>()?;
        let (local_name, rest) = rest.split_at_checked(word(local, 26).into())?;
        let local_extra = rest.get(..usize::from(word(local, 28)))?;
        Some(Self { record, local, name, local_name, extra, local_extra, comment })
    }

    pub(super) fn fields(&self) -> Vec<Field> {
        let text = |text: &str| Value::Text(text.to_owned());
        let unix = self.attributes() >> 16;
        let mut fields: Vec<Field> = vec![("type".into(), text(self.kind()))];
        if unix != 0 {
            fields.push(("mode".into(), Value::Mode(unix & 0o7777)));
        }
        let low = Value::Text(format!("0x{:04x}", self.attributes() & 0xffff));
        fields.push(("attributes".into(), low));
        fields.push(("internal-attributes".into(), Value::Number(word(self.record, 36).into())));
        fields.push(("made-by".into(), Value::Text(made_by(word(self.record, 4)))));
        fields.push(("method".into(), Value::Text(method(word(self.record, 10)))));
        fields.push(("flags".into(), Value::Text(format!("0x{:04x}", word(self.record, 8)))));
        if !self.comment.is_empty() {
            fields.push(("comment".into(), Value::Bytes(self.comment.into())));
        }
        let mut extra = Extra::default();
        extra.read(self.extra, "extra");
        extra.read(self.local_extra, "local-extra");
        let dos = if extra.has_time() { COARSE_TIME } else { "mtime" };
        fields.push((dos.into(), dos_time(word(self.record, 14), word(self.record, 12))));
        fields.extend(extra.into_fields());
        fields.push((LEFTOVER.into(), self.leftover()));
        fields
    }

    fn attributes(&self) -> u32 {
        u32::from(word(self.record, 40)) << 16 | u32::from(word(self.record, 38))
    }

    fn kind(&self) -> &'static str {
        match self.attributes() >> 16 & 0o170_000 {
            0o120_000 => "symlink",
            _ if self.name.ends_with(b"/") => "directory",
            _ => "file",
        }
    }

    /// A digest of the rest: versions, flags and the name before the content. Times, checksum,
    /// sizes and offset are left out; the latter follow from the contents.
    fn leftover(&self) -> Value {
        let (mut record, mut local) = (*self.record, *self.local);
        let masked = [record.get_mut(12..28), local.get_mut(10..26)];
        masked.into_iter().flatten().for_each(|range| range.fill(0));
        record.get_mut(42..).unwrap_or_default().fill(0);
        let mut digest = Sha256::new_with_prefix(record);
        digest.update(local);
        digest.update(self.local_name);
        Value::Sha256(digest.finalize().into())
    }
}

/// The little-endian number at `at`; 0 behind the end.
fn word(bytes: &[u8], at: usize) -> u16 {
    let word = bytes.get(at..).and_then(|bytes| bytes.first_chunk());
    word.map_or(0, |word| u16::from_le_bytes(*word))
}

/// A date and time of MS-DOS (section 4.4.6), which has no zone and is told as if in UTC.
fn dos_time(date: u16, time: u16) -> Value {
    let bits = |word: u16, from: u16, mask: u16| i64::from(word >> from & mask);
    let day = (bits(date, 9, 0x7f).saturating_add(1980), bits(date, 5, 15), bits(date, 0, 31));
    let clock = (bits(time, 11, 31), bits(time, 5, 63), bits(time, 0, 31).saturating_mul(2));
    let invalid = || Value::Text(format!("0x{date:04x} 0x{time:04x}"));
    Timestamp::from_utc(day, clock).map_or_else(invalid, Value::Time)
}

/// Version and system of the program that wrote it (section 4.4.2).
fn made_by(word: u16) -> String {
    let [version, system] = word.to_le_bytes();
    let system = match system {
        0 => "FAT".to_owned(),
        3 => "Unix".to_owned(),
        10 => "NTFS".to_owned(),
        19 => "macOS".to_owned(),
        other => format!("system {other}"),
    };
    format!("{}.{} {system}", version / 10, version % 10)
}

fn method(number: u16) -> String {
    let name = rawzip::CompressionMethod::new(number).name();
    name.map_or_else(|| number.to_string(), str::to_ascii_lowercase)
}
