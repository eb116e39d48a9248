//! What looking into one file may cost, so that no file stalls the rest.
//!
//! Counted in bytes, not in seconds: the result must not depend on the machine.

use std::cell::Cell;

use super::Broken;

/// Bytes that containers in one pair of files may still unpack, all levels and both sides together.
#[derive(Debug)]
pub(in crate::compare) struct Budget {
    left: Cell<u64>,
    whole: u64,
}

impl Budget {
    /// Bytes unpacked out of one pair of files, unless `--max-scale` raises it.
    pub(in crate::compare) fn new(bytes: u64) -> Self {
        Self { left: Cell::new(bytes), whole: bytes }
    }

    /// Takes `bytes` of it, before they are unpacked or as they are.
    ///
    /// # Errors
    /// When less is left.
    pub(in crate::compare) fn spend(&self, bytes: usize) -> Result<(), Broken> {
        match self.left.get().checked_sub(bytes as u64) {
            Some(rest) => {
                self.left.set(rest);
                Ok(())
            }
            None => Err(Broken(format!("more than {} bytes unpacked; cut short", self.whole))),
        }
    }
}
