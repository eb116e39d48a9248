//! A list of checksums that `sha256sum -c` understands.

use std::io;

use super::escape;
use crate::report::Verified;

/// A name that cannot be written without steering the terminal of whoever looks at the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable(pub String);

/// Writes a line for each blob of `input`: the checksum, two blanks, the name. Tells which names
/// were left out.
///
/// # Errors
/// Whatever writing to `out` returns.
pub fn checksums(input: &Verified, out: &mut dyn io::Write) -> io::Result<Vec<Unwritable>> {
    let mut unwritable = Vec::new();
    for blob in &input.blobs {
        if escape(&blob.name) == blob.name {
            writeln!(out, "{}  {}", blob.sha256, blob.name)?;
        } else {
            unwritable.push(Unwritable(blob.name.clone()));
        }
    }
    Ok(unwritable)
}
