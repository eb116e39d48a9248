//! Tar archives (POSIX.1-2017 `pax`, GNU), read by the parser that reads layers.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use super::found::Found;
use super::members::{self, Collected, Field, Member, Packing};
use super::{Broken, Comparator, File, Inside, Inspector};
use crate::layer::PERMISSIONS;
use crate::limits::Limits;
use crate::report::Value;
use crate::sides::Sides;
use crate::tar::{self, Dialect, EndOfArchive, Ending, Event, SparseMap, Walker};

pub(super) struct Tar;

impl Comparator for Tar {
    fn name(&self) -> &'static str {
        "tar archive"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        tar::looks_like_header(file.bytes)
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let members = files.try_map(|file| read(file.bytes, inspector.limits))?;
        let members = members.as_ref().map(Vec::as_slice);
        Ok(members::compare(members, members::as_stored, Found::default(), inspector))
    }
}

/// All members, after two that stand for what belongs to none: the global headers and the end.
fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Vec<Member<'a>>, Broken> {
    let mut found = Ok(Collected::default());
    let mut oddities = Oddities::default();
    let mut take = |event: Event<'_>| match (event, &mut found) {
        (Event::Entry(entry), Ok(collected)) => {
            let taken = member(bytes, entry).and_then(|it| collected.push(it, limits));
            found = taken.map(|()| std::mem::take(collected));
        }
        (Event::Oddity { oddity, .. }, _) => oddities.take(&oddity),
        _ => {}
    };
    let mut walker = Walker::new(limits, limits.archive_members);
    walker.push(bytes, &mut take);
    let ending = walker.finish(&mut take);
    if let Some(fault) = &ending.fault {
        return Err(Broken::new(fault));
    }
    let around = [globals(&ending), end(bytes, &ending, &oddities)];
    Ok(around.into_iter().chain(found?.members).collect())
}

fn member<'a>(bytes: &'a [u8], entry: &tar::Member) -> Result<Member<'a>, Broken> {
    let stored = range(bytes, entry.data_offset, entry.size)
        .ok_or_else(|| Broken::new("a member ends behind the archive"))?;
    Ok(Member {
        name: Cow::Owned(entry.path.clone()),
        fields: fields(bytes, entry),
        size: entry.size,
        stored,
        packing: Packing::default(),
    })
}

fn range(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = usize::try_from(offset.checked_add(length)?).ok()?;
    bytes.get(start..end)
}

fn fields(bytes: &[u8], entry: &tar::Member) -> Vec<Field> {
    let mut fields: Vec<Field> = vec![
        ("type".into(), Value::Text(entry.kind.to_string())),
        ("mode".into(), Value::Mode(entry.mode & PERMISSIONS)),
        ("uid".into(), Value::Number(entry.uid)),
        ("gid".into(), Value::Number(entry.gid)),
        ("uname".into(), Value::Bytes(entry.uname.as_slice().into())),
        ("gname".into(), Value::Bytes(entry.gname.as_slice().into())),
        ("mtime".into(), Value::Time(entry.mtime)),
        ("tar-format".into(), Value::Text(dialect(entry.dialect).to_owned())),
    ];
    let times = [("atime", entry.atime), ("ctime", entry.ctime)];
    let times = times.into_iter().filter_map(|(name, time)| Some((name, Value::Time(time?))));
    fields.extend(times.map(|(name, time)| (name.into(), time)));
    if !entry.linkname.is_empty() {
        fields.push(("linkname".into(), Value::Bytes(entry.linkname.as_slice().into())));
    }
    if let Some((major, minor)) = entry.device {
        fields.push(("device".into(), Value::Text(format!("{major}:{minor}"))));
    }
    fields.extend(entry.sparse.iter().flat_map(sparse));
    fields.extend(records("xattr", &entry.xattrs));
    fields.extend(records("pax", &entry.pax));
    fields.extend(leftover(bytes, entry));
    fields
}

fn records(prefix: &str, records: &[(Vec<u8>, Vec<u8>)]) -> Vec<Field> {
    let name = |name: &[u8]| Cow::Owned(format!("{prefix}.{}", String::from_utf8_lossy(name)));
    let value = |value: &[u8]| Value::Bytes(value.into());
    records.iter().map(|(key, text)| (name(key), value(text))).collect()
}

fn sparse(map: &SparseMap) -> [Field; 2] {
    let mut regions = Sha256::new();
    for (offset, length) in &map.regions {
        regions.update(offset.to_le_bytes());
        regions.update(length.to_le_bytes());
    }
    let regions = Value::Sha256(regions.finalize().into());
    [("sparse.size".into(), Value::Number(map.real_size)), ("sparse.map".into(), regions)]
}

/// A digest of the bytes that readers pass over (the writing of numbers, unused space, padding),
/// so that these do not differ unsaid beside a time. The offsets are those of the ustar header.
fn leftover(bytes: &[u8], entry: &tar::Member) -> Option<Field> {
    const SIZE_MTIME_CHECKSUM: std::ops::Range<usize> = 124..156;
    const GNU_ATIME_CTIME: std::ops::Range<usize> = 345..369;
    let mut header: [u8; 512] = *range(bytes, entry.header_offset, 512)?.first_chunk()?;
    header.get_mut(SIZE_MTIME_CHECKSUM)?.fill(0);
    if entry.dialect == Dialect::Gnu {
        header.get_mut(GNU_ATIME_CTIME)?.fill(0);
    }
    let end = entry.data_offset.checked_add(entry.size)?;
    let padding = range(bytes, end, end.wrapping_neg() % 512).unwrap_or_default();
    let mut digest = Sha256::new_with_prefix(header);
    if padding.iter().any(|&byte| byte != 0) {
        digest.update(padding);
    }
    Some((members::LEFTOVER.into(), Value::Sha256(digest.finalize().into())))
}

const fn dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V7 => "v7",
        Dialect::Ustar => "ustar",
        Dialect::Gnu => "gnu",
        Dialect::Pax => "pax",
    }
}

/// The first oddities, and how many there are; a hostile archive has one in each header.
#[derive(Default)]
struct Oddities {
    first: Vec<String>,
    count: u64,
}

impl Oddities {
    fn take(&mut self, oddity: &tar::Oddity) {
        const TOLD: usize = 8;
        if self.first.len() < TOLD {
            self.first.push(oddity.to_string());
        }
        self.count = self.count.saturating_add(1);
    }
}

fn globals(ending: &Ending) -> Member<'static> {
    Member::beside(b"(global header)", records("pax", &ending.global), &[])
}

/// How the archive ends, and what follows unless it is mere zeros.
fn end<'a>(bytes: &'a [u8], ending: &Ending, oddities: &Oddities) -> Member<'a> {
    let blocks = match ending.end_of_archive {
        EndOfArchive::Full => "two zero blocks",
        EndOfArchive::Single => "one zero block",
        EndOfArchive::Missing => "no zero blocks",
    };
    let mut fields = vec![("end".into(), Value::Text(blocks.to_owned()))];
    let trailing = range(bytes, ending.end_offset, ending.trailing).unwrap_or_default();
    let stored = if ending.trailing_nonzero { trailing } else { &[] };
    if !ending.trailing_nonzero {
        fields.push(("padding".into(), Value::Number(ending.trailing)));
    }
    if oddities.count > 0 {
        let text = format!("{}: {}", oddities.count, oddities.first.join(", "));
        fields.push(("oddities".into(), Value::Text(text)));
    }
    Member::beside(b"(end)", fields, stored)
}

#[cfg(test)]
mod tests;
