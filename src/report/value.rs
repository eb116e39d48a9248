//! What one side has at the place of a finding.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Serialize, Serializer};

use crate::digest::{Sha256Bytes, hex};

/// A value in a finding. Serialized to the plainest JSON that loses nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text that is known to be UTF-8.
    Text(String),
    /// Bytes out of an archive: a JSON string when UTF-8, else `{"base64": …}`.
    Bytes(Box<[u8]>),
    /// A count, id or number of bytes.
    Number(u64),
    /// Permission bits, written in octal as `ls` and `chmod` do: `"0644"`.
    Mode(u32),
    /// A time, written as RFC 3339 in UTC.
    Time(Timestamp),
    /// SHA-256 of content, written `sha256:…`.
    Sha256(Sha256Bytes),
    /// A JSON value of an image document, as it stands there.
    Json(serde_json::Value),
    /// A whole directory entry, for one that is added or removed.
    Entry(Box<EntrySummary>),
}

/// What matters of an entry that only one side has.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntrySummary {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntryKind,
    /// Permission bits.
    #[serde(serialize_with = "mode_text")]
    pub mode: u32,
    /// Owner.
    pub uid: u64,
    /// Group.
    pub gid: u64,
    /// Bytes of content.
    pub size: u64,
    /// Modification time.
    pub mtime: Timestamp,
    /// Target of a link.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "bytes_text")]
    pub linkname: Option<Box<[u8]>>,
    /// Major and minor number of a device.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "device_text")]
    pub device: Option<(u64, u64)>,
    /// Extended attributes, sorted by name.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "records_map")]
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// SHA-256 of the content of a regular file.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "digest_text")]
    pub content: Option<Sha256Bytes>,
}

/// What a directory entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Regular file.
    File,
    /// Another name of a file that the same layer or one below carries.
    Hardlink,
    /// Symbolic link.
    Symlink,
    /// Character device.
    CharDevice,
    /// Block device.
    BlockDevice,
    /// Directory.
    Directory,
    /// Named pipe.
    Fifo,
    /// A type flag no specification this program knows gives a meaning to.
    Unknown(u8),
}

impl EntryKind {
    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Hardlink => "hardlink",
            Self::Symlink => "symlink",
            Self::CharDevice => "char-device",
            Self::BlockDevice => "block-device",
            Self::Directory => "directory",
            Self::Fifo => "fifo",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(flag) => write!(out, "unknown type flag 0x{flag:02x}"),
            known => out.write_str(known.name()),
        }
    }
}

/// Seconds since 1970-01-01T00:00:00Z, which may be negative, and nanoseconds after them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Whole seconds, rounded towards minus infinity.
    pub seconds: i64,
    /// `0..1_000_000_000`.
    pub nanoseconds: u32,
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC; `@seconds` for years that have more than four digits.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY: i64 = 86_400;
        let (days, second) = (self.seconds.div_euclid(DAY), self.seconds.rem_euclid(DAY));
        let Some((year, month, day)) = civil_from_days(days) else {
            write!(out, "@{}", self.seconds)?;
            return self.write_fraction(out);
        };
        write!(out, "{year:04}-{month:02}-{day:02}T")?;
        write!(out, "{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)?;
        self.write_fraction(out)?;
        out.write_str("Z")
    }
}

impl Timestamp {
    /// The time of a date (year, month, day) and clock (hour, minute, second) in UTC, for years 0
    /// to 9999; `None` when there is no such time.
    pub fn from_utc(date: (i64, i64, i64), clock: (i64, i64, i64)) -> Option<Self> {
        let (year, month, day) = date;
        let (hour, minute, second) = clock;
        let valid = (0..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..=60).contains(&second);
        let days = days_from_civil(year, month, day);
        valid.then(|| Self {
            seconds: days * 86_400 + hour * 3600 + minute * 60 + second,
            nanoseconds: 0,
        })
    }

    fn write_fraction(self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanoseconds == 0 {
            return Ok(());
        }
        let digits = format!("{:09}", self.nanoseconds);
        write!(out, ".{}", digits.trim_end_matches('0'))
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Proleptic Gregorian date of a day number, for years 0 to 9999.
///
/// The era arithmetic is Howard Hinnant's `civil_from_days`, shifted so that a year begins in
/// March and the leap day comes last.
fn civil_from_days(days: i64) -> Option<(i64, i64, i64)> {
    const DAYS_TO_1970: i64 = 719_468;
    const DAYS_PER_ERA: i64 = 146_097;
    if !(-719_528..=2_932_896).contains(&days) {
        return None;
    }
    let shifted = days + DAYS_TO_1970;
    let era = shifted.div_euclid(DAYS_PER_ERA);
    let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some((year, month, day))
}

/// The inverse of [`civil_from_days`].
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => bytes_value(bytes, serializer),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Mode(mode) => mode_text(mode, serializer),
            Self::Time(time) => time.serialize(serializer),
            Self::Sha256(digest) => sha256_text(digest, serializer),
            Self::Json(json) => json.serialize(serializer),
            Self::Entry(entry) => entry.serialize(serializer),
        }
    }
}

fn mode_text<S: Serializer>(mode: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{mode:04o}"))
}

fn sha256_text<S: Serializer>(digest: &Sha256Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("sha256:{}", hex(digest)))
}

fn bytes_value<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) => serializer.serialize_str(text),
        Err(_) => serializer.collect_map([("base64", BASE64.encode(bytes))]),
    }
}

#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn bytes_text<S: Serializer>(bytes: &Option<Box<[u8]>>, serializer: S) -> Result<S::Ok, S::Error> {
    bytes_value(bytes.as_deref().unwrap_or_default(), serializer)
}

#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn device_text<S: Serializer>(
    device: &Option<(u64, u64)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let (major, minor) = device.unwrap_or_default();
    serializer.collect_str(&format_args!("{major}:{minor}"))
}

fn records_map<S: Serializer>(
    records: &[(Vec<u8>, Vec<u8>)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let value = |value: &Vec<u8>| Value::Bytes(value.as_slice().into());
    serializer
        .collect_map(records.iter().map(|(name, it)| (String::from_utf8_lossy(name), value(it))))
}

#[expect(clippy::ref_option, reason = "the signature serde asks for")]
fn digest_text<S: Serializer>(
    digest: &Option<Sha256Bytes>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    sha256_text(&digest.unwrap_or_default(), serializer)
}
