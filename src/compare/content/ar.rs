//! Archives of `ar`: static libraries and Debian packages (ar(5); GNU and BSD long names).

mod symbols;

use std::borrow::Cow;
use std::ops::Range;

use super::found::Found;
use super::members::{self, Collected, Field, LEFTOVER, Member, Packing};
use super::{Broken, Comparator, File, Inside, Inspector};
use crate::limits::Limits;
use crate::report::{Timestamp, Value};
use crate::sides::Sides;

const MAGIC: &[u8] = b"!<arch>\n";
const HEADER: usize = 60;

/// What members are called that only serve the others.
const SYMBOLS: &[u8] = b"(symbol table)";
const LONG_NAMES: &[u8] = b"(long names)";

pub(super) struct Ar;

impl Comparator for Ar {
    fn name(&self) -> &'static str {
        "ar archive"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        file.bytes.starts_with(MAGIC)
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let mut archives = files.try_map(|file| read(file.bytes, inspector.limits))?;
        let mut found = Found::default();
        let symbols = archives.as_ref().map(|it| symbols::text(it, inspector.budget));
        if let Sides { left: Some(left), right: Some(right) } = &symbols {
            let texts = Sides::new(left.as_bytes(), right.as_bytes());
            found.extend(inspector.member(SYMBOLS, texts));
            archives.left.blank_symbols();
            archives.right.blank_symbols();
        }
        let members = archives.as_ref().map(|archive| archive.members.as_slice());
        Ok(members::compare(members, members::as_stored, found, inspector))
    }
}

/// The members, and where the header of each stands.
struct Archive<'a> {
    members: Vec<Member<'a>>,
    offsets: Vec<usize>,
}

impl Archive<'_> {
    /// What the symbol table holds is compared apart from what is said of it.
    fn blank_symbols(&mut self) {
        for member in self.members.iter_mut().filter(|member| member.name == SYMBOLS) {
            (member.stored, member.size) = (&[], 0);
        }
    }
}

fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Archive<'a>, Broken> {
    let mut collected = Collected::default();
    let mut offsets = Vec::new();
    let mut long_names: &[u8] = &[];
    let mut rest = bytes.strip_prefix(MAGIC).unwrap_or_default();
    while !rest.is_empty() {
        let offset = bytes.len().saturating_sub(rest.len());
        let (header, after) = Header::read(rest)
            .ok_or_else(|| Broken(format!("no member header at byte {offset}")))?;
        let cut = || Broken(format!("the member at byte {offset} is cut short"));
        let (member, after) = header.member(after, long_names).ok_or_else(cut)?;
        if member.name == LONG_NAMES {
            long_names = member.stored;
        }
        rest = after;
        offsets.push(offset);
        collected.push(member, limits)?;
    }
    Ok(Archive { members: collected.members, offsets })
}

/// The header of a member. All is text, filled up with spaces.
struct Header<'a> {
    bytes: &'a [u8; HEADER],
    name: &'a [u8],
    mtime: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    mode: Option<u64>,
    size: usize,
}

impl<'a> Header<'a> {
    /// The header that `rest` begins with, and what follows it.
    fn read(rest: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (bytes, after) = rest.split_first_chunk::<HEADER>()?;
        let text = |range: Range<usize>| bytes.get(range).map(<[u8]>::trim_ascii_end);
        let header = Self {
            bytes,
            name: text(0..16)?,
            mtime: number(text(16..28)?, 10)?,
            uid: number(text(28..34)?, 10)?,
            gid: number(text(34..40)?, 10)?,
            mode: number(text(40..48)?, 8)?,
            size: usize::try_from(number(text(48..58)?, 10)??).ok()?,
        };
        bytes.ends_with(b"`\n").then_some((header, after))
    }

    /// The member, and what follows it: content goes up to an even offset, which not every writer
    /// minds at the end of the archive.
    fn member(&self, after: &'a [u8], long_names: &'a [u8]) -> Option<(Member<'a>, &'a [u8])> {
        let (content, rest) = after.split_at_checked(self.size)?;
        let (padding, rest) = rest.split_at(rest.len().min(self.size % 2));
        let (name, stored) = self.name(content, long_names)?;
        let member = Member {
            name: Cow::Borrowed(name),
            fields: self.fields(padding),
            size: stored.len() as u64,
            stored,
            packing: Packing::default(),
        };
        Some((member, rest))
    }

    /// The name, and the content without it.
    fn name(&self, content: &'a [u8], long_names: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        if let Some(length) = self.name.strip_prefix(b"#1/") {
            let length = usize::try_from(number(length, 10)??).ok()?;
            let (name, content) = content.split_at_checked(length)?;
            let end = name.iter().rposition(|&byte| byte != 0).map_or(0, |at| at.saturating_add(1));
            return Some((name.get(..end)?, content));
        }
        let name = match self.name {
            b"/" | b"/SYM64/" => SYMBOLS,
            b"//" => LONG_NAMES,
            [b'/', offset @ ..] => {
                let offset = usize::try_from(number(offset, 10)??).ok()?;
                let name = long_names.get(offset..)?.split(|&byte| byte == b'\n').next()?;
                name.strip_suffix(b"/").unwrap_or(name)
            }
            name => name.strip_suffix(b"/").unwrap_or(name),
        };
        Some((name, content))
    }

    fn fields(&self, padding: &[u8]) -> Vec<Field> {
        let time =
            |seconds| Some(Timestamp { seconds: i64::try_from(seconds).ok()?, nanoseconds: 0 });
        let mode = |mode| Some(Value::Mode(u32::try_from(mode & 0o7777).ok()?));
        let fields = [
            ("mtime", self.mtime.and_then(time).map(Value::Time)),
            ("uid", self.uid.map(Value::Number)),
            ("gid", self.gid.map(Value::Number)),
            ("mode", self.mode.and_then(mode)),
            (LEFTOVER, Some(self.leftover(padding))),
        ];
        let given = fields.into_iter().filter_map(|(name, value)| Some((name.into(), value?)));
        given.collect()
    }

    /// How owner and mode are written, and what the content is filled up with.
    fn leftover(&self, padding: &[u8]) -> Value {
        let written = self.bytes.get(28..48).unwrap_or_default();
        let odd = if padding == b"\n" { &[] } else { padding };
        Value::Bytes([written, odd].concat().into())
    }
}

/// A number, `None` inside where there are but spaces.
fn number(text: &[u8], radix: u32) -> Option<Option<u64>> {
    let digits = std::str::from_utf8(text).ok()?;
    if digits.is_empty() {
        return Some(None);
    }
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| u64::from_str_radix(digits, radix).ok()).flatten().map(Some)
}

#[cfg(test)]
mod tests;
