//! Gzip members, one after the other (RFC 1952).
//!
//! The framing is done here and only the deflate stream by the library: eStargz writes a member
//! for every file, and a decoder object for each would cost more than the data; and what stands
//! after the last member must be told apart from one that is broken.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::DecodeError;

const MAGIC: [u8; 2] = [0x1f, 0x8b];
const DEFLATE: u8 = 8;
const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const FIXED_HEADER: usize = 10;
const TRAILER: usize = 8;

pub(super) struct Members<'a> {
    rest: &'a [u8],
    inflate: Decompress,
    crc: Crc,
    inside: bool,
}

impl<'a> Members<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self { rest: input, inflate: Decompress::new(false), crc: Crc::new(), inside: false }
    }

    /// Bytes not yet consumed; after the end, what follows the last member.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Unpacks into `out`; 0 means the last member has ended.
    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, DecodeError> {
        loop {
            if !self.inside {
                if !self.rest.starts_with(&MAGIC) {
                    return Ok(0);
                }
                self.begin_member()?;
            }
            let written = self.inflate_into(out)?;
            if written > 0 {
                return Ok(written);
            }
        }
    }

    fn begin_member(&mut self) -> Result<(), DecodeError> {
        self.rest = skip_header(self.rest)?;
        self.inflate.reset(false);
        self.crc.reset();
        self.inside = true;
        Ok(())
    }

    fn inflate_into(&mut self, out: &mut [u8]) -> Result<usize, DecodeError> {
        let (read_before, written_before) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(self.rest, out, FlushDecompress::None)
            .map_err(|_| DecodeError::Corrupt("deflate data"))?;
        let read = delta(self.inflate.total_in(), read_before);
        let written = delta(self.inflate.total_out(), written_before);
        self.rest = self.rest.get(read..).unwrap_or_default();
        self.crc.update(out.get(..written).unwrap_or_default());
        match status {
            Status::StreamEnd => self.end_member()?,
            _ if read == 0 && written == 0 => return Err(DecodeError::Truncated),
            _ => {}
        }
        Ok(written)
    }

    fn end_member(&mut self) -> Result<(), DecodeError> {
        let (trailer, rest) =
            self.rest.split_first_chunk::<TRAILER>().ok_or(DecodeError::Truncated)?;
        let [c0, c1, c2, c3, s0, s1, s2, s3] = *trailer;
        if u32::from_le_bytes([c0, c1, c2, c3]) != self.crc.sum() {
            return Err(DecodeError::Corrupt("gzip checksum"));
        }
        if u32::from_le_bytes([s0, s1, s2, s3]) != self.crc.amount() {
            return Err(DecodeError::Corrupt("gzip length"));
        }
        self.rest = rest;
        self.inside = false;
        Ok(())
    }
}

fn delta(now: u64, before: u64) -> usize {
    usize::try_from(now.wrapping_sub(before)).unwrap_or(usize::MAX)
}

/// What follows the header of the member that `member` begins with.
fn skip_header(member: &[u8]) -> Result<&[u8], DecodeError> {
    let (fixed, mut rest) =
        member.split_first_chunk::<FIXED_HEADER>().ok_or(DecodeError::Truncated)?;
    let [_, _, method, flags, ..] = *fixed;
    if method != DEFLATE {
        return Err(DecodeError::Corrupt("gzip method"));
    }
    if flags & FEXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(DecodeError::Truncated)?;
        let length = usize::from(u16::from_le_bytes(*length));
        rest = after.get(length..).ok_or(DecodeError::Truncated)?;
    }
    for string in [FNAME, FCOMMENT] {
        if flags & string != 0 {
            rest = skip_string(rest)?;
        }
    }
    if flags & FHCRC != 0 {
        rest = rest.get(2..).ok_or(DecodeError::Truncated)?;
    }
    Ok(rest)
}

fn skip_string(bytes: &[u8]) -> Result<&[u8], DecodeError> {
    let end = bytes.iter().position(|&byte| byte == 0).ok_or(DecodeError::Truncated)?;
    bytes.get(end..).and_then(|rest| rest.get(1..)).ok_or(DecodeError::Truncated)
}
