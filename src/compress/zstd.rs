//! Zstandard frames, one after the other, skippable ones passed over (RFC 8878 section 3.1).

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};
use zstd::zstd_safe;

use super::DecodeError;
use super::format::is_zstd_frame;

pub(super) struct Frames<'a> {
    rest: &'a [u8],
    decoder: Decoder<'static>,
    inside: bool,
    frame: Frame,
}

/// What a frame says of its length, and how much of it there has been. The library holds the one
/// against the other only where it unpacks the frame in one go.
#[derive(Default)]
struct Frame {
    claimed: Option<u64>,
    written: u64,
}

impl Frame {
    fn begin(bytes: &[u8]) -> Self {
        Self { claimed: zstd_safe::get_frame_content_size(bytes).ok().flatten(), written: 0 }
    }

    fn is_as_claimed(&self) -> bool {
        self.claimed.is_none_or(|claimed| claimed == self.written)
    }
}

impl<'a> Frames<'a> {
    pub(super) fn new(input: &'a [u8], window_log: u32) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new().map_err(|_| DecodeError::Corrupt("zstd state"))?;
        decoder
            .set_parameter(DParameter::WindowLogMax(window_log))
            .map_err(|_| DecodeError::Corrupt("zstd window limit"))?;
        Ok(Self { rest: input, decoder, inside: false, frame: Frame::default() })
    }

    /// Bytes not yet consumed; after the end, what follows the last frame.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Unpacks into `out`; 0 means the last frame has ended.
    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<usize, DecodeError> {
        loop {
            if !self.inside && !is_zstd_frame(self.rest) {
                return Ok(0);
            }
            let written = self.decompress_into(out)?;
            if written > 0 {
                return Ok(written);
            }
        }
    }

    fn decompress_into(&mut self, out: &mut [u8]) -> Result<usize, DecodeError> {
        if !self.inside {
            self.inside = true;
            self.frame = Frame::begin(self.rest);
        }
        let mut input = InBuffer::around(self.rest);
        let mut output = OutBuffer::around(out);
        let hint = self.decoder.run(&mut input, &mut output).map_err(|error| describe(&error))?;
        let (read, written) = (input.pos(), output.pos());
        self.rest = self.rest.get(read..).unwrap_or_default();
        self.frame.written = self.frame.written.saturating_add(written as u64);
        if hint == 0 && !self.frame.is_as_claimed() {
            return Err(DecodeError::Corrupt("zstd data"));
        }
        if hint == 0 {
            // The library begins the next frame by itself; only the state here must be told.
            self.inside = false;
        } else if read == 0 && written == 0 {
            return Err(DecodeError::Truncated);
        }
        Ok(written)
    }
}

fn describe(error: &std::io::Error) -> DecodeError {
    let text = error.to_string();
    if text.contains("too much memory") {
        DecodeError::Limit { what: "zstd window" }
    } else if text.contains("checksum") {
        DecodeError::Corrupt("zstd checksum")
    } else {
        DecodeError::Corrupt("zstd data")
    }
}
