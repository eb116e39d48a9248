//! Compressed streams: what they are, by their first bytes, and one front that unpacks any of
//! them out of a memory map.
//!
//! Layers and outer archives go through the same front. It is drained to the real end of the
//! input: later members and frames are part of the stream (RFC 1952 section 2.2, RFC 8878
//! section 3.1), and what follows them is reported, not skipped in silence.

mod decoder;
mod format;
mod gzip;
mod zstd;

pub use decoder::{DecodeError, Decoder};
pub use format::Compression;
