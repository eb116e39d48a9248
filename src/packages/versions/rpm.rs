//! RPM versions, `[epoch:]version-release` (rpm-version(7)), and pacman's, which began as the same
//! rules and order letters differently (vercmp(8)).

use std::cmp::Ordering;

use super::{numbers, take, take_while};

pub(super) fn compare(left: &str, right: &str) -> Ordering {
    whole(left, right, rpm)
}

pub(super) fn compare_pacman(left: &str, right: &str) -> Ordering {
    whole(left, right, pacman)
}

/// Epoch, then version, then release; a release on one side only does not count.
fn whole(left: &str, right: &str, part: fn(&[u8], &[u8]) -> Ordering) -> Ordering {
    let [left, right] = [left, right].map(parts);
    let releases = || match (left.2, right.2) {
        (Some(left), Some(right)) => part(left.as_bytes(), right.as_bytes()),
        _ => Ordering::Equal,
    };
    numbers(left.0.as_bytes(), right.0.as_bytes())
        .then_with(|| part(left.1.as_bytes(), right.1.as_bytes()))
        .then_with(releases)
}

fn parts(version: &str) -> (&str, &str, Option<&str>) {
    let is_epoch = |epoch: &str| epoch.bytes().all(|byte| byte.is_ascii_digit());
    let (epoch, rest) =
        version.split_once(':').filter(|it| is_epoch(it.0)).unwrap_or(("", version));
    match rest.rsplit_once('-') {
        Some((version, release)) => (epoch, version, Some(release)),
        None => (epoch, rest, None),
    }
}

/// Segments of digits or of letters, from the left. A tilde sorts before the end, a caret after
/// the end and before any further segment.
fn rpm(mut left: &[u8], mut right: &[u8]) -> Ordering {
    loop {
        let separator = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"~^".contains(byte);
        take_while(&mut left, separator);
        take_while(&mut right, separator);
        match (take(&mut left, b"~"), take(&mut right, b"~")) {
            (true, true) => continue,
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        let ended = (left.is_empty(), right.is_empty());
        match (take(&mut left, b"^"), take(&mut right, b"^")) {
            (true, true) => continue,
            (true, false) => return if ended.1 { Ordering::Greater } else { Ordering::Less },
            (false, true) => return if ended.0 { Ordering::Less } else { Ordering::Greater },
            (false, false) => {}
        }
        if ended.0 || ended.1 {
            return left.len().cmp(&right.len());
        }
        let order = segments(&mut left, &mut right);
        if order.is_ne() {
            return order;
        }
    }
}

/// Compares one segment of both, of the kind that the left one is of; a number beats letters.
fn segments(left: &mut &[u8], right: &mut &[u8]) -> Ordering {
    let is_number = left.first().is_some_and(u8::is_ascii_digit);
    let kind = if is_number { u8::is_ascii_digit } else { u8::is_ascii_alphabetic };
    let (one, two) = (take_while(left, kind), take_while(right, kind));
    match (two.is_empty(), is_number) {
        (true, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, true) => numbers(one, two),
        (false, false) => one.cmp(two),
    }
}

/// As RPM had it once, but the longer separator wins, and letters that are left over lose:
/// `1.0rc` comes before `1.0`, and that before `1.0.a`.
fn pacman(mut left: &[u8], mut right: &[u8]) -> Ordering {
    while !left.is_empty() && !right.is_empty() {
        let separator =
            |rest: &mut &[u8]| take_while(rest, |byte| !byte.is_ascii_alphanumeric()).len();
        let (one, two) = (separator(&mut left), separator(&mut right));
        if left.is_empty() || right.is_empty() {
            break;
        }
        let order = one.cmp(&two).then_with(|| segments(&mut left, &mut right));
        if order.is_ne() {
            return order;
        }
    }
    let is_word = |rest: &[u8]| rest.first().is_some_and(u8::is_ascii_alphabetic);
    match (left.is_empty(), right.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) if !is_word(right) => Ordering::Less,
        _ if is_word(left) => Ordering::Less,
        _ => Ordering::Greater,
    }
}
