//! Debian versions: `[epoch:]upstream[-revision]` (Debian Policy 5.6.12, deb-version(7)).

use std::cmp::Ordering;

use super::{numbers, take_while};

pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let [left, right] = [left, right].map(parts);
    numbers(left.0, right.0).then_with(|| part(left.1, right.1)).then_with(|| part(left.2, right.2))
}

/// Epoch, upstream version and revision. Without a revision it is as if it were `0`, which sorts
/// like nothing at all.
fn parts(version: &str) -> (&[u8], &[u8], &[u8]) {
    let (epoch, rest) = version.split_once(':').unwrap_or(("", version));
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch.as_bytes(), upstream.as_bytes(), revision.as_bytes())
}

/// Compares in turn what is no digit, byte by byte, and what is, as a number.
fn part(mut left: &[u8], mut right: &[u8]) -> Ordering {
    while !(left.is_empty() && right.is_empty()) {
        let text = |rest: &mut &[u8]| take_while(rest, |byte| !byte.is_ascii_digit()).len();
        let (before_left, before_right) = (left, right);
        let (left_length, right_length) = (text(&mut left), text(&mut right));
        let order = words(
            before_left.get(..left_length).unwrap_or_default(),
            before_right.get(..right_length).unwrap_or_default(),
        );
        let digits = |rest: &mut &'_ [u8]| take_while(rest, u8::is_ascii_digit).to_vec();
        let order = order.then_with(|| numbers(&digits(&mut left), &digits(&mut right)));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// A tilde sorts before the end, the end before letters, letters before everything else.
fn words(left: &[u8], right: &[u8]) -> Ordering {
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte).saturating_add(256),
    };
    let length = left.len().max(right.len());
    (0..length)
        .map(|at| weight(left.get(at)).cmp(&weight(right.get(at))))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
