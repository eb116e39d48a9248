//! RubyGems versions (the documentation of `Gem::Version`).

use std::cmp::Ordering;

use super::{numbers, take_while};

pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let [left, right] = [left, right].map(segments);
    let length = left.len().max(right.len());
    let at = |list: &[Vec<u8>], at: usize| list.get(at).cloned().unwrap_or_else(|| b"0".to_vec());
    (0..length)
        .map(|it| segment(&at(&left, it), &at(&right, it)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// A word makes a pre-release: it comes before any number, and before the end.
fn segment(left: &[u8], right: &[u8]) -> Ordering {
    let is_number = |it: &[u8]| it.first().is_some_and(u8::is_ascii_digit);
    match (is_number(left), is_number(right)) {
        (true, true) => numbers(left, right),
        (false, false) => left.cmp(right),
        (left, right) => left.cmp(&right),
    }
}

/// Runs of digits and runs of letters; a dash is short for `.pre.`. Zeros at the end, and before
/// the first word, do not count.
fn segments(version: &str) -> Vec<Vec<u8>> {
    let text = version.replace('-', ".pre.");
    let mut rest = text.as_bytes();
    let mut all: Vec<Vec<u8>> = Vec::new();
    while !rest.is_empty() {
        take_while(&mut rest, |byte| !byte.is_ascii_alphanumeric());
        let digits = take_while(&mut rest, u8::is_ascii_digit);
        let word = take_while(&mut rest, u8::is_ascii_alphabetic);
        all.extend([digits, word].into_iter().filter(|it| !it.is_empty()).map(<[u8]>::to_vec));
    }
    let is_word = |it: &Vec<u8>| it.first().is_some_and(u8::is_ascii_alphabetic);
    let word = all.iter().position(is_word).unwrap_or(all.len());
    let mut words = all.split_off(word);
    for list in [&mut all, &mut words] {
        while list.last().is_some_and(|it| it.iter().all(|&byte| byte == b'0')) {
            list.pop();
        }
    }
    all.extend(words);
    all
}
