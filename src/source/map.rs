//! Read-only memory maps of input files: making them, giving pages back, and what happens when a
//! file shrinks.
#![expect(unsafe_code, reason = "mapping a file is unsafe; the contract is below")]

use std::fs::File;
use std::io;
use std::ops::{Deref, Range};

use memmap2::{Mmap, UncheckedAdvice};

/// Fewer bytes are not worth a call to give them back: a page that is missed brings as many with it.
const WORTH_GIVING_BACK: usize = 64 << 10;

/// A file's bytes.
pub(super) struct Map(Option<Mmap>);

impl Map {
    /// Maps all of `file`.
    ///
    /// The contract of a mapping is that nobody changes the file while it lasts. The program never
    /// writes to its inputs and opens them read-only; a file that somebody else rewrites meanwhile
    /// may be seen in parts old and new, which the digests computed over it then tell. A file that
    /// shrinks raises SIGBUS on access; see [`exit_when_a_map_shrinks`].
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

    /// Tells the system that the pages of `range` are not needed for now; they come back when they
    /// are. To take them out of the map one by one is work that otherwise the last thread to run
    /// does for all.
    pub(super) fn forget(&self, range: &Range<usize>) {
        let Some(map) = &self.0 else { return };
        let end = range.end.min(map.len());
        let start = range.start.min(end);
        if end - start < WORTH_GIVING_BACK {
            return;
        }
        // SAFETY: the range lies in the map, which begins at a page and ends with one. A page that
        // is given back loses what was written to it, and nothing is: the map is read-only and of
        // a file, out of which the page is read again.
        let given =
            unsafe { map.unchecked_advise_range(UncheckedAdvice::DontNeed, start, end - start) };
        // It is only advice.
        given.ok();
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

/// Makes the process end with exit code 2 and a line on standard error when a mapped file turns out
/// to have shrunk, instead of dying of SIGBUS. For programs; a library has no business with signals.
#[cfg(unix)]
pub fn exit_when_a_map_shrinks() {
    let handler: extern "C" fn(libc::c_int) = shrunk;
    // SAFETY: the handler only calls functions that POSIX lists as safe in signal handlers, and
    // does not return. The action is fully initialised: all zeros is a valid one, and the two
    // fields that matter are set.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as libc::sighandler_t;
        libc::sigemptyset(&raw mut action.sa_mask);
        libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut());
    }
}

/// Elsewhere the system does not let a mapped file shrink.
#[cfg(not(unix))]
pub fn exit_when_a_map_shrinks() {}

#[cfg(unix)]
extern "C" fn shrunk(_signal: libc::c_int) {
    const MESSAGE: &[u8] = b"error: an input shrank while it was read\n\
        hint: compare copies that nobody writes to\n";
    // SAFETY: the message lives as long as the program; `_exit` runs no destructors.
    unsafe {
        libc::write(libc::STDERR_FILENO, MESSAGE.as_ptr().cast(), MESSAGE.len());
        libc::_exit(2);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_was_given_back_is_still_there() -> io::Result<()> {
        let bytes: Vec<u8> = (0..=255).cycle().take(200_000).collect();
        let mut file = tempfile::tempfile()?;
        file.write_all(&bytes)?;
        let map = Map::of(&file)?;
        for range in [0..200_000, 5_000..150_000, 99_999..300_000, 200_000..300_000, 7..7, 0..1] {
            assert!(*map == *bytes);
            map.forget(&range);
        }
        assert!(*map == *bytes);
        Map(None).forget(&(0..1));
        Ok(())
    }
}
