//! The front: chunks of unpacked bytes, whatever the compression.

use std::io::Read;

use bzip2::bufread::MultiBzDecoder;
use liblzma::bufread::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};

use super::Compression;
use super::gzip::Members;
use super::zstd::Frames;
use crate::limits::Limits;

/// Why a compressed stream could not be read to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The input ends inside a member or frame.
    #[error("compressed stream ends early")]
    Truncated,
    /// The named part of the stream is wrong.
    #[error("corrupt {0}")]
    Corrupt(&'static str),
    /// A bound of [`Limits`] was passed.
    #[error("{what} over the limit (--max-scale 2 doubles every limit)")]
    Limit {
        /// What there is too much of.
        what: &'static str,
    },
}

/// Unpacks a stream that lies in memory.
pub struct Decoder<'a> {
    stream: Codec<'a>,
    input_len: u64,
    produced: u64,
    /// Why the stream breaks off behind what was given out.
    failed: Option<DecodeError>,
    limits: Limits,
}

/// How large the chunks of a plain stream are, which is sliced and never copied: large enough to
/// make calls rare, small enough to stay in the cache while it is hashed twice.
const PLAIN_CHUNK: usize = 256 << 10;

/// What a codec has written when it meets an error is lost, so it is called for the same pieces of
/// the stream whatever the buffer is: how far a broken stream can be read must not depend on how
/// many threads read it.
const PIECE: u64 = 256 << 10;

/// Below this many unpacked bytes no ratio is too high.
const RATIO_GRACE: u64 = 1 << 30;

/// What xz may allocate for its dictionary.
const XZ_MEMORY: u64 = 256 << 20;

enum Codec<'a> {
    Plain(&'a [u8]),
    Gzip(Box<Members<'a>>),
    Zstd(Frames<'a>),
    Xz(Box<XzDecoder<&'a [u8]>>),
    Bzip2(Box<MultiBzDecoder<&'a [u8]>>),
}

impl<'a> Decoder<'a> {
    /// Reads `input` as `compression`.
    ///
    /// # Errors
    /// When the codec cannot be set up.
    pub fn new(
        compression: Compression,
        input: &'a [u8],
        limits: &Limits,
    ) -> Result<Self, DecodeError> {
        let stream = match compression {
            Compression::Plain => Codec::Plain(input),
            Compression::Gzip => Codec::Gzip(Box::new(Members::new(input))),
            Compression::Zstd => Codec::Zstd(Frames::new(input, limits.zstd_window_log)?),
            Compression::Xz => Codec::Xz(Box::new(XzDecoder::new_stream(input, xz_stream()?))),
            Compression::Bzip2 => Codec::Bzip2(Box::new(MultiBzDecoder::new(input))),
        };
        let input_len = u64::try_from(input.len()).unwrap_or(u64::MAX);
        Ok(Self { stream, input_len, produced: 0, failed: None, limits: *limits })
    }

    /// The next unpacked bytes; `None` at the end. Plain bytes are slices of the input, others
    /// are unpacked into `buffer`.
    ///
    /// # Errors
    /// When the stream is broken or passes a limit. What came before is sound as far as it goes.
    pub fn next<'b>(&'b mut self, buffer: &'b mut [u8]) -> Result<Option<&'b [u8]>, DecodeError> {
        if let Codec::Plain(rest) = &mut self.stream {
            let (chunk, after) = rest.split_at(rest.len().min(PLAIN_CHUNK));
            *rest = after;
            return Ok((!chunk.is_empty()).then_some(chunk));
        }
        let mut filled = 0_usize;
        while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
            match self.piece(room) {
                Ok(0) => break,
                Ok(written) => filled = filled.saturating_add(written),
                Err(error) if filled == 0 => return Err(error),
                Err(error) => {
                    self.failed = Some(error);
                    break;
                }
            }
        }
        Ok(if filled == 0 { None } else { buffer.get(..filled) })
    }

    /// Unpacks into `room`, to the end of a piece of the stream at most.
    fn piece(&mut self, room: &mut [u8]) -> Result<usize, DecodeError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let left = PIECE.saturating_sub(self.produced % PIECE);
        let most = usize::try_from(left).map_or(room.len(), |left| left.min(room.len()));
        let room = room.get_mut(..most).unwrap_or_default();
        let written = match &mut self.stream {
            Codec::Plain(_) => 0,
            Codec::Gzip(members) => members.read(room)?,
            Codec::Zstd(frames) => frames.read(room)?,
            Codec::Xz(decoder) => read(decoder, room, "xz data")?,
            Codec::Bzip2(decoder) => read(decoder, room, "bzip2 data")?,
        };
        self.count(written)?;
        Ok(written)
    }

    /// Bytes of the input taken so far.
    pub fn consumed(&self) -> u64 {
        self.input_len.saturating_sub(u64::try_from(self.rest().len()).unwrap_or(u64::MAX))
    }

    /// Input not taken yet; after the end, what follows the last member or frame.
    pub fn rest(&self) -> &'a [u8] {
        match &self.stream {
            Codec::Plain(rest) => rest,
            Codec::Gzip(members) => members.rest(),
            Codec::Zstd(frames) => frames.rest(),
            Codec::Xz(decoder) => decoder.get_ref(),
            Codec::Bzip2(decoder) => decoder.get_ref(),
        }
    }

    fn count(&mut self, written: usize) -> Result<(), DecodeError> {
        let written = u64::try_from(written).unwrap_or(u64::MAX);
        self.produced = self.produced.saturating_add(written);
        if self.produced > self.limits.decompressed_bytes {
            return Err(DecodeError::Limit { what: "decompressed size" });
        }
        let allowed = self.consumed().saturating_mul(self.limits.decompression_ratio);
        if self.produced > RATIO_GRACE && self.produced > allowed {
            return Err(DecodeError::Limit { what: "decompression ratio" });
        }
        Ok(())
    }
}

fn xz_stream() -> Result<Stream, DecodeError> {
    Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)
        .map_err(|_| DecodeError::Corrupt("xz state"))
}

fn read(
    decoder: &mut impl Read,
    buffer: &mut [u8],
    what: &'static str,
) -> Result<usize, DecodeError> {
    decoder.read(buffer).map_err(|error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => DecodeError::Truncated,
        _ => DecodeError::Corrupt(what),
    })
}
