//! Inputs that cannot be mapped as they are: pipes, and archives that are themselves compressed.
//! They are written once to a temporary file that has no name, and mapped from there.

use std::fs::File;
use std::io::{self, Read, Write};

use super::Blob;
use super::map::Map;
use crate::compress::{Compression, Decoder};
use crate::limits::Limits;

const BUFFER: usize = 1 << 20;

/// Copies all of `reader`, at most `limits.decompressed_bytes`.
pub(super) fn pipe(reader: impl Read, limits: &Limits) -> io::Result<Blob> {
    let mut file = tempfile::tempfile()?;
    let bound = limits.decompressed_bytes.saturating_add(1);
    let copied = io::copy(&mut reader.take(bound), &mut file)?;
    if copied == bound {
        return Err(io::Error::other("more bytes than the limit (--max-scale 2 doubles it)"));
    }
    seal(&file)
}

/// What a compressed archive unpacks to.
pub(super) struct Unpacked {
    /// The bytes up to the end or to the fault.
    pub(super) blob: Blob,
    /// Why it does not go further.
    pub(super) fault: Option<String>,
    /// Packed bytes that follow the end of the compressed stream.
    pub(super) trailing: u64,
}

/// Unpacks `packed`.
pub(super) fn unpack(
    compression: Compression,
    packed: &Blob,
    limits: &Limits,
) -> io::Result<Unpacked> {
    let mut file = tempfile::tempfile()?;
    let mut buffer = vec![0; BUFFER];
    let mut decoder =
        Decoder::new(compression, packed.bytes(), limits).map_err(io::Error::other)?;
    let fault = loop {
        match decoder.next(&mut buffer) {
            Ok(Some(chunk)) => file.write_all(chunk)?,
            Ok(None) => break None,
            Err(error) => break Some(format!("{}: {error}", compression.name())),
        }
    };
    let trailing = if fault.is_none() { decoder.rest().len() as u64 } else { 0 };
    Ok(Unpacked { blob: seal(&file)?, fault, trailing })
}

fn seal(file: &File) -> io::Result<Blob> {
    Map::of(file).map(Blob::whole)
}
