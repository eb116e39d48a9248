//! Which of two versions is the later one, by the rules of each package manager.
//!
//! One file for each set of rules. Every comparison is total and never fails: what is no version
//! by the rules still has a place in the order.

mod apk;
mod debian;
mod gem;
mod pep440;
mod rpm;
mod semver;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use super::Manager;

/// Longer ones are ordered as text: no honest version comes near, and taken apart they cost many
/// times their size.
const LONGEST: usize = 1000;

/// Orders two versions as `manager` would; `Less` when `left` is the earlier one.
pub fn compare(manager: Manager, left: &str, right: &str) -> Ordering {
    if left.len().max(right.len()) > LONGEST {
        return left.cmp(right);
    }
    let rules: fn(&str, &str) -> Ordering = match manager {
        Manager::Apt => debian::compare,
        Manager::Apk => apk::compare,
        Manager::Rpm => rpm::compare,
        Manager::Pacman => rpm::compare_pacman,
        Manager::Pip => pep440::compare,
        Manager::Gem => gem::compare,
        Manager::Go => semver::compare_go,
        Manager::Npm | Manager::Cargo => semver::compare,
    };
    rules(left, right)
}

/// Orders two runs of digits of any length as numbers; an empty one is zero.
fn numbers(left: &[u8], right: &[u8]) -> Ordering {
    let [left, right] = [left, right].map(|digits| {
        let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
        digits.get(zeros..).unwrap_or_default()
    });
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Takes the bytes at the beginning of `text` that are of `kind`.
fn take_while<'a>(text: &mut &'a [u8], kind: impl Fn(&u8) -> bool) -> &'a [u8] {
    let length = text.iter().take_while(|byte| kind(byte)).count();
    let (taken, rest) = text.split_at_checked(length).unwrap_or((text, b""));
    *text = rest;
    taken
}

/// Takes `prefix` if `text` begins with it.
fn take(text: &mut &[u8], prefix: &[u8]) -> bool {
    match text.strip_prefix(prefix) {
        Some(rest) => {
            *text = rest;
            true
        }
        None => false,
    }
}
