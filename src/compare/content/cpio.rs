//! Archives of `cpio`, as initial file systems and package payloads are: the formats `newc`, `crc`
//! and `odc` (cpio(5)).
//!
//! Several archives may follow one another, and a compressed one may come last, as the kernel
//! takes them (Documentation/driver-api/early-userspace/buffer-format.rst).

mod header;

use std::borrow::Cow;
use std::collections::BTreeMap;

use self::header::Header;
use super::found::Found;
use super::members::{self, Collected, Field, LEFTOVER, Member, Packing};
use super::{Broken, Comparator, File, Inside, Inspector};
use crate::limits::Limits;
use crate::report::{Timestamp, Value};
use crate::sides::Sides;

/// The name of the member that ends an archive.
const TRAILER: &[u8] = b"TRAILER!!!";

pub(super) struct Cpio;

impl Comparator for Cpio {
    fn name(&self) -> &'static str {
        "cpio archive"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        header::is_magic(file.bytes)
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let members = files.try_map(|file| read(file.bytes, inspector.limits))?;
        let members = members.as_ref().map(Vec::as_slice);
        Ok(members::compare(members, members::as_stored, Found::default(), inspector))
    }
}

/// All members, after two that stand for what belongs to none.
fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Vec<Member<'a>>, Broken> {
    let mut collected = Collected::default();
    let mut numbers = Numbers::default();
    let mut rest = bytes;
    while header::is_magic(rest) {
        let offset = bytes.len().saturating_sub(rest.len());
        let broken = || Broken(format!("no whole member at byte {offset}"));
        let header = Header::read(rest, offset).ok_or_else(broken)?;
        rest = header.rest;
        if header.name == TRAILER {
            numbers.first_names.clear();
            rest = skip_zeros(rest);
        } else {
            collected.push(member(&header, &mut numbers), limits)?;
        }
    }
    let archive = Member::beside(b"(archive)", numbers.field().into_iter().collect(), &[]);
    let trailing = Member::beside(b"(trailing)", Vec::new(), skip_zeros(rest));
    Ok([archive, trailing].into_iter().chain(collected.members).collect())
}

fn skip_zeros(bytes: &[u8]) -> &[u8] {
    let first = bytes.iter().position(|&byte| byte != 0);
    first.and_then(|first| bytes.get(first..)).unwrap_or_default()
}

/// Inode numbers, of which only matters which members share one. The numbers themselves are those
/// of the machine that packed, and are told once for all.
#[derive(Default)]
struct Numbers<'a> {
    least_and_most: Option<(u64, u64)>,
    /// The first member of each, where there are more.
    first_names: BTreeMap<(u64, u64), &'a [u8]>,
}

impl<'a> Numbers<'a> {
    /// The member that `header` describes one more name of.
    fn take(&mut self, header: &Header<'a>) -> Option<&'a [u8]> {
        let ino = header.ino;
        let (least, most) = self.least_and_most.unwrap_or((ino, ino));
        self.least_and_most = Some((least.min(ino), most.max(ino)));
        if header.nlink < 2 || header.kind() == "directory" {
            return None;
        }
        let first = *self.first_names.entry((header.dev, ino)).or_insert(header.name);
        (first != header.name).then_some(first)
    }

    fn field(&self) -> Option<Field> {
        let (least, most) = self.least_and_most?;
        Some(("ino".into(), Value::Text(format!("{least} to {most}"))))
    }
}

fn member<'a>(header: &Header<'a>, numbers: &mut Numbers<'a>) -> Member<'a> {
    let is_link = header.kind() == "symlink";
    let mut fields = fields(header);
    if is_link {
        fields.push(("linkname".into(), Value::Bytes(header.content.into())));
    }
    if let Some(first) = numbers.take(header) {
        fields.push(("hardlink".into(), Value::Bytes(first.into())));
    }
    let stored = if is_link { &[] } else { header.content };
    Member {
        name: Cow::Borrowed(header.name),
        fields,
        size: stored.len() as u64,
        stored,
        packing: Packing::default(),
    }
}

fn fields(header: &Header<'_>) -> Vec<Field> {
    let seconds = i64::try_from(header.mtime).unwrap_or(i64::MAX);
    let mut fields: Vec<Field> = vec![
        ("type".into(), Value::Text(header.kind().to_owned())),
        ("mode".into(), Value::Mode(header.mode & 0o7777)),
        ("uid".into(), Value::Number(header.uid)),
        ("gid".into(), Value::Number(header.gid)),
        ("nlink".into(), Value::Number(header.nlink)),
        ("mtime".into(), Value::Time(Timestamp { seconds, nanoseconds: 0 })),
        ("cpio-format".into(), Value::Text(header.format.to_owned())),
    ];
    if header.device != (0, 0) {
        let (major, minor) = header.device;
        fields.push(("device".into(), Value::Text(format!("{major}:{minor}"))));
    }
    // The sum of all bytes of a file in `crc`; elsewhere 0.
    let sum = header.content.iter().fold(0_u32, |sum, &byte| sum.wrapping_add(byte.into()));
    let summed = header.format == "crc" && header.kind() == "file";
    if header.checksum != if summed { sum } else { 0 } {
        fields.push(("wrong-checksum".into(), Value::Number(header.checksum.into())));
    }
    if header.padding.iter().flat_map(|padding| padding.iter()).any(|&byte| byte != 0) {
        fields.push((LEFTOVER.into(), Value::Bytes(header.padding.concat().into())));
    }
    fields
}

#[cfg(test)]
mod tests;
