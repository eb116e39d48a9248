//! One header block: checksum, dialect and fields. The field layouts are those of the `tar` crate.

use std::ffi::CStr;

use tar::{GnuHeader, Header as Layout, OldHeader, UstarHeader};

use super::block::{BLOCK, Block};
use super::fault::{FaultKind, Field};
use super::member::{Dialect, Member};
use super::number::{numeric, octal, unsigned};
use super::oddity::Oddity;
use crate::report::Timestamp;

/// Whether `bytes` begin with a block whose checksum is that of a header.
pub fn looks_like_header(bytes: &[u8]) -> bool {
    bytes
        .first_chunk::<BLOCK>()
        .is_some_and(|block| checksum_holds(block, Layout::from_byte_slice(block).as_old()))
}

/// A header block whose checksum holds.
pub(super) struct Header<'a> {
    old: &'a OldHeader,
    extra: Extra<'a>,
}

/// What lies behind the fields of V7.
#[derive(Clone, Copy)]
enum Extra<'a> {
    None,
    Ustar(&'a UstarHeader),
    Gnu(&'a GnuHeader),
}

impl<'a> Header<'a> {
    /// Takes `block` for a header; `None` when its checksum does not hold. If it is `patched`, the
    /// fields are those of that.
    pub(super) fn new(block: &'a Block, patched: Option<&'a Block>) -> Option<Self> {
        let old = Layout::from_byte_slice(block).as_old();
        let layout = Layout::from_byte_slice(patched.unwrap_or(block));
        checksum_holds(block, old).then(|| Self { old, extra: Extra::of(layout) })
    }

    pub(super) fn type_flag(&self) -> u8 {
        let [flag] = self.old.linkflag;
        flag
    }

    /// Bytes of content the header claims.
    pub(super) fn size(&self) -> Result<u64, FaultKind> {
        number(Field::Size, &self.old.size)
    }

    /// The layout of GNU, which alone has a sparse map.
    pub(super) const fn gnu(&self) -> Option<&'a GnuHeader> {
        match self.extra {
            Extra::Gnu(gnu) => Some(gnu),
            _ => None,
        }
    }

    /// Whether all numbers are well-formed; for headers of which only the size matters otherwise.
    pub(super) fn check_numbers(&self) -> Result<(), FaultKind> {
        number(Field::Mode, &self.old.mode)?;
        number(Field::Uid, &self.old.uid)?;
        number(Field::Gid, &self.old.gid)?;
        seconds(Field::Mtime, &self.old.mtime)?;
        Ok(())
    }

    /// Sets everything in `member` that a header sets, and clears what only extended headers set.
    pub(super) fn decode(
        &self,
        member: &mut Member,
        oddities: &mut Vec<Oddity>,
    ) -> Result<(), FaultKind> {
        self.decode_old(member)?;
        match self.extra {
            Extra::None => self.decode_nothing(member),
            Extra::Ustar(ustar) => decode_ustar(ustar, member)?,
            Extra::Gnu(gnu) => decode_gnu(gnu, member, oddities)?,
        }
        Ok(())
    }

    fn decode_old(&self, member: &mut Member) -> Result<(), FaultKind> {
        let old = self.old;
        member.type_flag = self.type_flag();
        member.mode = mode(&old.mode)?;
        member.uid = number(Field::Uid, &old.uid)?;
        member.gid = number(Field::Gid, &old.gid)?;
        member.size = self.size()?;
        member.mtime = seconds(Field::Mtime, &old.mtime)?;
        set(&mut member.path, text(&old.name));
        set(&mut member.linkname, text(&old.linkname));
        (member.atime, member.ctime, member.sparse) = (None, None, None);
        member.xattrs.clear();
        member.pax.clear();
        Ok(())
    }

    fn decode_nothing(&self, member: &mut Member) {
        member.dialect = Dialect::V7;
        member.uname.clear();
        member.gname.clear();
        member.device = is_device(self.type_flag()).then_some((0, 0));
    }
}

impl<'a> Extra<'a> {
    fn of(layout: &'a Layout) -> Self {
        if let Some(ustar) = layout.as_ustar() {
            return Self::Ustar(ustar);
        }
        layout.as_gnu().map_or(Self::None, Self::Gnu)
    }
}

/// `block` with the version POSIX asks for after the magic of ustar; `None` when it needs no such
/// help. Go looks at the magic alone.
pub(super) fn with_ustar_version(block: &Block) -> Option<Block> {
    const MAGIC: &[u8] = b"ustar\0";
    const VERSION: &[u8] = b"00";
    const AT: usize = std::mem::offset_of!(UstarHeader, magic);
    let (magic, version) = block.get(AT..)?.split_at_checked(MAGIC.len())?;
    if magic != MAGIC || version.starts_with(VERSION) {
        return None;
    }
    let mut patched = *block;
    let at = std::mem::offset_of!(UstarHeader, version);
    patched.iter_mut().skip(at).zip(VERSION).for_each(|(to, from)| *to = *from);
    Some(patched)
}

/// The sum over all bytes, the checksum field counted as spaces (POSIX.1-2017, `pax`, "ustar
/// Interchange Format", `chksum`). Sun's tar added the bytes as signed ones.
fn checksum_holds(block: &Block, old: &OldHeader) -> bool {
    let Some(expected) = octal(&old.cksum) else { return false };
    let spaces = 32_u64.wrapping_mul(old.cksum.len() as u64);
    let sum = sum(block).wrapping_sub(sum_of_few(&old.cksum)).wrapping_add(spaces);
    expected == sum || signed_checksum(block, old) == i64::try_from(expected).ok()
}

/// Adds bytes four at a time in 16-bit lanes: 64 words of two bytes a lane cannot overflow one.
fn sum(block: &Block) -> u64 {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    let (words, _) = block.as_chunks::<8>();
    let lanes = words.iter().fold(0_u64, |lanes, word| {
        let word = u64::from_le_bytes(*word);
        lanes.wrapping_add(word & EVEN).wrapping_add((word >> 8) & EVEN)
    });
    (0..4)
        .fold(0, |sum: u64, lane: u32| sum.wrapping_add((lanes >> lane.wrapping_mul(16)) & 0xffff))
}

fn sum_of_few(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(u64::from(*byte)))
}

fn signed_checksum(block: &Block, old: &OldHeader) -> Option<i64> {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| i64::from(byte.cast_signed())).sum::<i64>();
    sum(block).checked_sub(sum(&old.cksum))?.checked_add(256)
}

fn decode_ustar(ustar: &UstarHeader, member: &mut Member) -> Result<(), FaultKind> {
    member.dialect = Dialect::Ustar;
    set(&mut member.uname, text(&ustar.uname));
    set(&mut member.gname, text(&ustar.gname));
    member.device = device(member.type_flag, &ustar.dev_major, &ustar.dev_minor)?;
    let mut prefix: &[u8] = &ustar.prefix;
    if ustar.pad.ends_with(STAR_TRAILER) {
        prefix = decode_star(prefix, member)?;
    }
    prepend(&mut member.path, text(prefix));
    Ok(())
}

/// Marks a header of star, in which two times take the end of the prefix.
const STAR_TRAILER: &[u8] = b"tar\0";

fn decode_star<'a>(prefix: &'a [u8], member: &mut Member) -> Result<&'a [u8], FaultKind> {
    const PREFIX: usize = 131;
    let (prefix, times) = prefix.split_at_checked(PREFIX).unwrap_or((prefix, &[]));
    let (atime, ctime) = times.split_at_checked(12).unwrap_or((times, &[]));
    member.atime = Some(seconds(Field::Atime, atime)?);
    member.ctime = Some(seconds(Field::Ctime, ctime)?);
    Ok(prefix)
}

fn decode_gnu(
    gnu: &GnuHeader,
    member: &mut Member,
    oddities: &mut Vec<Oddity>,
) -> Result<(), FaultKind> {
    member.dialect = Dialect::Gnu;
    set(&mut member.uname, text(&gnu.uname));
    set(&mut member.gname, text(&gnu.gname));
    member.device = device(member.type_flag, &gnu.dev_major, &gnu.dev_minor)?;
    match (gnu_time(&gnu.atime), gnu_time(&gnu.ctime)) {
        (Ok(atime), Ok(ctime)) => (member.atime, member.ctime) = (atime, ctime),
        _ => decode_misplaced_prefix(gnu, member, oddities),
    }
    Ok(())
}

/// A time most writers leave out.
fn gnu_time(field: &[u8]) -> Result<Option<Timestamp>, FaultKind> {
    match field.first() {
        None | Some(0) => Ok(None),
        Some(_) => seconds(Field::Atime, field).map(Some),
    }
}

/// Go before 1.8 wrote GNU headers with the prefix of ustar in them (golang.org/issue/12594), and
/// so do layers of that age. Like its reader, takes it for a prefix if it is ASCII.
fn decode_misplaced_prefix(gnu: &GnuHeader, member: &mut Member, oddities: &mut Vec<Oddity>) {
    const PREFIX: usize = 155;
    let block = gnu.as_header().as_bytes();
    let at = std::mem::offset_of!(GnuHeader, atime);
    let prefix = text(block.get(at..).and_then(|rest| rest.get(..PREFIX)).unwrap_or_default());
    if prefix.is_ascii() {
        prepend(&mut member.path, prefix);
        oddities.push(Oddity::PrefixInGnuHeader);
    }
}

const fn is_device(type_flag: u8) -> bool {
    matches!(type_flag, b'3' | b'4')
}

fn device(type_flag: u8, major: &[u8], minor: &[u8]) -> Result<Option<(u64, u64)>, FaultKind> {
    if !is_device(type_flag) {
        return Ok(None);
    }
    Ok(Some((number(Field::DeviceMajor, major)?, number(Field::DeviceMinor, minor)?)))
}

fn mode(field: &[u8]) -> Result<u32, FaultKind> {
    number(Field::Mode, field)?.try_into().map_err(|_| FaultKind::Number(Field::Mode))
}

fn number(name: Field, field: &[u8]) -> Result<u64, FaultKind> {
    unsigned(field).ok_or(FaultKind::Number(name))
}

fn seconds(name: Field, field: &[u8]) -> Result<Timestamp, FaultKind> {
    let seconds = numeric(field).ok_or(FaultKind::Number(name))?;
    Ok(Timestamp { seconds, nanoseconds: 0 })
}

/// A field up to its first NUL.
fn text(field: &[u8]) -> &[u8] {
    CStr::from_bytes_until_nul(field).map_or(field, CStr::to_bytes)
}

pub(super) fn set(to: &mut Vec<u8>, from: &[u8]) {
    to.clear();
    to.extend_from_slice(from);
}

/// Puts the directory `prefix` before `path`.
fn prepend(path: &mut Vec<u8>, prefix: &[u8]) {
    if !prefix.is_empty() {
        path.splice(..0, prefix.iter().copied().chain([b'/']));
    }
}
