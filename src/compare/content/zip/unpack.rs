//! The content of a member. What it claims to hold is only checked against what comes out.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::compare::content::members::{Member, Packing};
use crate::compare::content::{Broken, Inspector};
use crate::compress::{Compression, Decoder};

const CHUNK: usize = 32 << 10;

/// Methods of APPNOTE section 4.4.5.
const STORE: u16 = 0;
const DEFLATE: u16 = 8;
const BZIP2: u16 = 12;
const ZSTD: u16 = 93;
const XZ: u16 = 95;

pub(super) fn unpack<'a>(
    member: &Member<'a>,
    inspector: &Inspector<'_>,
) -> Result<Cow<'a, [u8]>, Broken> {
    let Packing { method, crc, encrypted } = member.packing;
    if encrypted {
        return Err(Broken::new("it is encrypted"));
    }
    let content = match method {
        STORE => Cow::Borrowed(member.stored),
        DEFLATE => Cow::Owned(inflate(member, inspector)?),
        BZIP2 => Cow::Owned(decode(Compression::Bzip2, member, inspector)?),
        ZSTD => Cow::Owned(decode(Compression::Zstd, member, inspector)?),
        XZ => Cow::Owned(decode(Compression::Xz, member, inspector)?),
        other => return Err(Broken(format!("compression method {other} is not read"))),
    };
    // What stands beside the members has no checksum.
    if member.packing == Packing::default() {
        return Ok(content);
    }
    let mut sum = Crc::new();
    sum.update(&content);
    match (content.len() as u64 == member.size, sum.sum() == crc) {
        (true, true) => Ok(content),
        (false, _) => Err(Broken(format!("{} bytes of {}", content.len(), member.size))),
        (_, false) => Err(Broken::new("its checksum is wrong")),
    }
}

fn inflate(member: &Member<'_>, inspector: &Inspector<'_>) -> Result<Vec<u8>, Broken> {
    let mut decoder = DeflateDecoder::new(member.stored);
    let mut content = Vec::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = decoder.read(&mut buffer);
        let read = read.map_err(|_| Broken::new("its deflate stream is broken"))?;
        match buffer.get(..read) {
            None | Some([]) => return Ok(content),
            Some(chunk) => take(&mut content, chunk, member, inspector)?,
        }
    }
}

fn decode(
    compression: Compression,
    member: &Member<'_>,
    inspector: &Inspector<'_>,
) -> Result<Vec<u8>, Broken> {
    let mut decoder =
        Decoder::new(compression, member.stored, inspector.limits).map_err(Broken::new)?;
    let mut content = Vec::new();
    let mut buffer = vec![0; CHUNK];
    while let Some(chunk) = decoder.next(&mut buffer).map_err(Broken::new)? {
        take(&mut content, chunk, member, inspector)?;
    }
    Ok(content)
}

/// A member that unpacks to more than it claims is broken; what follows would be thrown away.
fn take(
    content: &mut Vec<u8>,
    chunk: &[u8],
    member: &Member<'_>,
    inspector: &Inspector<'_>,
) -> Result<(), Broken> {
    inspector.budget.spend(chunk.len())?;
    content.extend_from_slice(chunk);
    if content.len() as u64 > member.size {
        return Err(Broken(format!("more than the {} bytes it claims", member.size)));
    }
    Ok(())
}
