//! Read-only memory maps of input files, and what happens when one shrinks: the one place that
//! needs `unsafe`.
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
