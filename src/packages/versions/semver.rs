//! Semantic Versioning 2.0.0 for npm and Cargo; Go's modules, which put a `v` before it, and its
//! toolchain (`1.21rc2`), which does not follow it.

use std::cmp::Ordering;

use super::{numbers, take_while};

/// Precedence by section 11: the three numbers, then the pre-release. Build metadata does not
/// count (section 10).
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let [left, right] = [left, right].map(parts);
    core(left.0, right.0).then_with(|| prerelease(left.1, right.1))
}

fn parts(version: &str) -> (&str, Option<&str>) {
    let version = version.trim_start_matches(['v', '=', ' ']);
    let bare = version.split('+').next().unwrap_or_default();
    match bare.split_once('-') {
        Some((core, prerelease)) => (core, Some(prerelease)),
        None => (bare, None),
    }
}

/// A number that is missing is zero.
fn core(left: &str, right: &str) -> Ordering {
    fields(left, right, '.')
        .map(|(left, right)| identifier(left.unwrap_or("0"), right.unwrap_or("0")))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// A pre-release comes before the version itself; more fields come after fewer.
fn prerelease(left: Option<&str>, right: Option<&str>) -> Ordering {
    let (Some(left), Some(right)) = (left, right) else {
        return left.is_none().cmp(&right.is_none());
    };
    let order = |(left, right): (Option<&str>, Option<&str>)| match (left, right) {
        (Some(left), Some(right)) => identifier(left, right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    };
    fields(left, right, '.').map(order).find(|it| it.is_ne()).unwrap_or(Ordering::Equal)
}

/// Fields of both by turns, as long as either has one.
fn fields<'a>(
    left: &'a str,
    right: &'a str,
    separator: char,
) -> impl Iterator<Item = (Option<&'a str>, Option<&'a str>)> {
    let (mut left, mut right) = (left.split(separator), right.split(separator));
    std::iter::from_fn(move || match (left.next(), right.next()) {
        (None, None) => None,
        both => Some(both),
    })
}

/// Numbers by value and before words, words by their bytes.
fn identifier(left: &str, right: &str) -> Ordering {
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number(left), is_number(right)) {
        (true, true) => numbers(left.as_bytes(), right.as_bytes()),
        (false, false) => left.cmp(right),
        (left, right) => right.cmp(&left),
    }
}

/// A module's version begins with `v`; what does not is the toolchain's or `(devel)`.
pub(super) fn compare_go(left: &str, right: &str) -> Ordering {
    let is_toolchain = |it: &str| it.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    if is_toolchain(left) && is_toolchain(right) {
        return toolchain(left.as_bytes(), right.as_bytes());
    }
    compare(left, right)
}

/// `MAJOR.MINOR[.PATCH]` or `MAJOR.MINORrcN` (go.dev/doc/toolchain, "Go versions"): words come
/// before the end, and what is missing is zero.
fn toolchain(mut left: &[u8], mut right: &[u8]) -> Ordering {
    while !(left.is_empty() && right.is_empty()) {
        let digits = |rest: &mut &[u8]| take_while(rest, u8::is_ascii_digit).to_vec();
        let order = numbers(&digits(&mut left), &digits(&mut right));
        let word = |rest: &mut &[u8]| take_while(rest, |byte| !byte.is_ascii_digit()).to_vec();
        let order = order.then_with(|| words(&word(&mut left), &word(&mut right)));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

fn words(left: &[u8], right: &[u8]) -> Ordering {
    let is_word = |it: &[u8]| it.first().is_some_and(u8::is_ascii_alphabetic);
    match (is_word(left), is_word(right)) {
        (true, true) => left.cmp(right),
        (left, right) => right.cmp(&left),
    }
}
