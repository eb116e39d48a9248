//! A list of checksums that `sha256sum -c` understands.

use std::io;

use super::{Renderer, escape};
use crate::report::{Checksum, Verification, Verified};

/// A line for each blob: the checksum, two blanks, the name. Where there are several inputs, a
/// comment names each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Checksums;

impl Renderer<Verification> for Checksums {
    fn render(&self, verification: &Verification, out: &mut dyn io::Write) -> io::Result<()> {
        for input in &verification.inputs {
            if verification.inputs.len() > 1 {
                writeln!(out, "# {}", escape(&input.input.input))?;
            }
            for blob in input.blobs.iter().filter(|blob| is_writable(blob)) {
                writeln!(out, "{}  {}", blob.sha256, blob.name)?;
            }
        }
        Ok(())
    }
}

impl Checksums {
    /// Names that are left out, for they cannot be written without steering the terminal of
    /// whoever looks at the list.
    pub fn left_out(input: &Verified) -> impl Iterator<Item = &str> {
        input.blobs.iter().filter(|blob| !is_writable(blob)).map(|blob| blob.name.as_str())
    }
}

fn is_writable(blob: &Checksum) -> bool {
    escape(&blob.name) == blob.name
}
