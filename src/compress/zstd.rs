//! Zstandard frames, one after the other, skippable ones passed over (RFC 8878 section 3.1).

use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation, OutBuffer};

use super::DecodeError;
use super::format::is_zstd_frame;

pub(super) struct Frames<'a> {
    rest: &'a [u8],
    decoder: Decoder<'static>,
    inside: bool,
}

impl<'a> Frames<'a> {
    pub(super) fn new(input: &'a [u8], window_log: u32) -> Result<Self, DecodeError> {
        let mut decoder = Decoder::new().map_err(|_| DecodeError::Corrupt("zstd state"))?;
        decoder
            .set_parameter(DParameter::WindowLogMax(window_log))
            .map_err(|_| DecodeError::Corrupt("zstd window limit"))?;
        Ok(Self { rest: input, decoder, inside: false })
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
        self.inside = true;
        let mut input = InBuffer::around(self.rest);
        let mut output = OutBuffer::around(out);
        let hint = self.decoder.run(&mut input, &mut output).map_err(|error| describe(&error))?;
        let (read, written) = (input.pos(), output.pos());
        self.rest = self.rest.get(read..).unwrap_or_default();
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
