//! Read-only memory maps of input files: the one place that needs `unsafe`.
#![expect(unsafe_code, reason = "mapping a file is unsafe; the contract is below")]

use std::fs::File;
use std::io;
use std::ops::Deref;

use memmap2::Mmap;

/// A file's bytes.
pub(super) struct Map(Option<Mmap>);

impl Map {
    /// Maps all of `file`.
    ///
    /// The contract of a mapping is that nobody changes the file while it lasts. The program never
    /// writes to its inputs and opens them read-only; a file that somebody else rewrites meanwhile
    /// may be seen in parts old and new, which the digests computed over it then tell. A file that
    /// shrinks raises SIGBUS on access.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub(super) fn of(file: &File) -> io::Result<Self> {
        if file.metadata()?.len() == 0 {
            // An empty file cannot be mapped.
            return Ok(Self(None));
        }
        // SAFETY: see the contract above; the bytes are only ever read, as plain `u8`.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Self(Some(map)))
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}
