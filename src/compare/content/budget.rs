//! What looking into one file may cost, so that no file stalls the rest.
//!
//! Counted in bytes, not in seconds: the result must not depend on the machine.

use std::cell::Cell;

use super::Broken;

/// Of how many pairs of files each may have all that a file may cost; more of them share that.
const PAIRS: u64 = 128;

/// The least a pair of files may cost, however many there are.
const LEAST_BYTES: u64 = 1 << 20;
const LEAST_STEPS: u64 = 100_000;

/// Steps of comparing two texts line by line: the product of the lines that differ.
const STEPS: u64 = 25_000_000;

/// Bytes that containers in one pair of files may still unpack, all levels and both sides together.
#[derive(Debug)]
pub(in crate::compare) struct Budget {
    left: Cell<u64>,
    whole: u64,
    steps: u64,
}

impl Budget {
    /// What one of `pairs` pairs of files may cost, when one alone may unpack `bytes`. Many files
    /// that are slow to compare must not take many times as long.
    pub(in crate::compare) fn of(bytes: u64, pairs: usize) -> Self {
        let pairs = (pairs as u64).max(PAIRS);
        let share =
            |most: u64, least: u64| (most.saturating_mul(PAIRS) / pairs).max(least).min(most);
        let whole = share(bytes, LEAST_BYTES);
        Self { left: Cell::new(whole), whole, steps: share(STEPS, LEAST_STEPS) }
    }

    /// The product of differing lines up to which two texts are compared line by line.
    pub(super) const fn steps(&self) -> u64 {
        self.steps
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_files_share_what_few_may_take_each() {
        let one = |pairs| Budget::of(256 << 20, pairs);
        assert_eq!((one(1).whole, one(1).steps), (256 << 20, STEPS));
        assert_eq!(one(1280).whole, (256 << 20) / 10);
        assert_eq!((one(1 << 40).whole, one(1 << 40).steps), (LEAST_BYTES, LEAST_STEPS));
        assert_eq!(Budget::of(1000, 1 << 40).whole, 1000);
    }

    #[test]
    fn what_is_spent_is_gone() {
        let budget = Budget::of(10, 1);
        assert_eq!(budget.spend(10), Ok(()));
        let refused = Broken("more than 10 bytes unpacked; cut short".to_owned());
        assert_eq!(budget.spend(1), Err(refused));
    }
}
