//! Extra fields (APPNOTE section 4.5): those that hold times or owners are told as such, the rest
//! by their number.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rawzip::extra_fields::{ExtraFieldId, ExtraFields};

use crate::compare::content::members::Field;
use crate::report::{Timestamp, Value};

/// Sizes and offset, which follow from the contents.
const ZIP64: u16 = 0x0001;
const NTFS: u16 = 0x000a;
/// Info-ZIP's `UT`: times in seconds since 1970.
const UNIX_TIMES: u16 = 0x5455;
/// Info-ZIP's `ux`: owner and group.
const UNIX_OWNER: u16 = 0x7875;

const TIMES: [&str; 3] = ["mtime", "atime", "ctime"];

/// What the extra fields of the central directory and of the local header say together.
#[derive(Default)]
pub(super) struct Extra<'a> {
    /// Each told once: the local header repeats what the directory has, and adds to it.
    known: Vec<Field>,
    others: Vec<Field>,
    seen: BTreeSet<(u16, &'a [u8])>,
}

impl<'a> Extra<'a> {
    /// Takes in the extra fields in `bytes`, whose others are called by `prefix`.
    pub(super) fn read(&mut self, bytes: &'a [u8], prefix: &str) {
        let mut fields = ExtraFields::new(bytes);
        for (id, body) in fields.by_ref() {
            self.take(id, body, prefix);
        }
        let rest = fields.remaining_bytes();
        if !rest.is_empty() {
            self.others.push((Cow::Owned(format!("{prefix}.rest")), Value::Bytes(rest.into())));
        }
    }

    fn take(&mut self, id: ExtraFieldId, body: &'a [u8], prefix: &str) {
        let id = id.as_u16();
        let told = match id {
            ZIP64 => Some(Vec::new()),
            NTFS => ntfs_times(body),
            UNIX_TIMES => unix_times(body),
            UNIX_OWNER => owner(body),
            _ => None,
        };
        if let Some(fields) = told {
            fields.into_iter().for_each(|field| self.know(field));
        } else if self.seen.insert((id, body)) {
            let name = format!("{prefix}.0x{id:04x}");
            self.others.push((name.into(), Value::Bytes(body.into())));
        }
    }

    fn know(&mut self, field: Field) {
        if self.known.iter().all(|(name, _)| *name != field.0) {
            self.known.push(field);
        }
    }

    /// Whether a modification time is among them.
    pub(super) fn has_time(&self) -> bool {
        self.known.iter().any(|(name, _)| name == "mtime")
    }

    pub(super) fn into_fields(self) -> impl Iterator<Item = Field> + use<> {
        self.known.into_iter().chain(self.others)
    }
}

fn field(name: &'static str, seconds: i64, nanoseconds: u32) -> Field {
    (name.into(), Value::Time(Timestamp { seconds, nanoseconds }))
}

/// Flags that say which times follow. The directory has the flags of all and only the first.
fn unix_times(body: &[u8]) -> Option<Vec<Field>> {
    let (&flags, times) = body.split_first()?;
    let (times, rest) = times.as_chunks::<4>();
    let given = TIMES.iter().zip([1, 2, 4]).filter(|(_, flag)| flags & flag != 0);
    let told: Vec<Field> = given
        .zip(times)
        .map(|((name, _), time)| field(name, i32::from_le_bytes(*time).into(), 0))
        .collect();
    (rest.is_empty() && told.len() == times.len() && flags < 8).then_some(told)
}

/// Four reserved bytes, the tag 1, its size, then three times in units of 100 ns since 1601.
fn ntfs_times(body: &[u8]) -> Option<Vec<Field>> {
    const SECONDS_TO_1970: i64 = 11_644_473_600;
    const PER_SECOND: u64 = 10_000_000;
    let times = body.get(4..)?.strip_prefix(&[1, 0, 24, 0])?;
    let (times, rest) = times.as_chunks::<8>();
    let told = TIMES.iter().zip(times).map(|(name, time)| {
        let units = u64::from_le_bytes(*time);
        let seconds = i64::try_from(units / PER_SECOND).ok()?.checked_sub(SECONDS_TO_1970)?;
        let nanoseconds = u32::try_from(units % PER_SECOND).ok()?.checked_mul(100)?;
        Some(field(name, seconds, nanoseconds))
    });
    (times.len() == 3 && rest.is_empty()).then(|| told.collect()).flatten()
}

/// Version 1, then each number after its length.
fn owner(body: &[u8]) -> Option<Vec<Field>> {
    let rest = body.strip_prefix(&[1])?;
    let (uid, rest) = number(rest)?;
    let (gid, rest) = number(rest)?;
    let fields = vec![("uid".into(), Value::Number(uid)), ("gid".into(), Value::Number(gid))];
    rest.is_empty().then_some(fields)
}

fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (&length, rest) = bytes.split_first()?;
    let (digits, rest) = rest.split_at_checked(length.into())?;
    let mut number = 0_u64;
    for &digit in digits.iter().rev() {
        number = number.checked_mul(256)?.checked_add(digit.into())?;
    }
    Some((number, rest))
}
