//! Python versions: `[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]` (PEP 440).

use std::cmp::Ordering;

use super::{numbers, take, take_while};

/// The parts of a version, each in a form that orders as the PEP wants.
#[derive(Default)]
struct Version {
    epoch: Vec<u8>,
    /// Without zeros at the end.
    release: Vec<Vec<u8>>,
    pre: Option<(Phase, Vec<u8>)>,
    post: Option<Vec<u8>>,
    dev: Option<Vec<u8>>,
    local: Option<Vec<Vec<u8>>>,
    /// What no rule explains; orders last.
    rest: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Alpha,
    Beta,
    Candidate,
}

const PHASES: [(&[u8], Phase); 8] = [
    (b"alpha", Phase::Alpha),
    (b"a", Phase::Alpha),
    (b"beta", Phase::Beta),
    (b"b", Phase::Beta),
    (b"preview", Phase::Candidate),
    (b"pre", Phase::Candidate),
    (b"rc", Phase::Candidate),
    (b"c", Phase::Candidate),
];

pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let [left, right] = [left, right].map(Version::parse);
    numbers(&left.epoch, &right.epoch)
        .then_with(|| lists(&left.release, &right.release, numbers))
        .then_with(|| phases(&left, &right))
        .then_with(|| optional(left.post.as_deref(), right.post.as_deref(), Ordering::Less))
        .then_with(|| optional(left.dev.as_deref(), right.dev.as_deref(), Ordering::Greater))
        .then_with(|| locals(left.local.as_deref(), right.local.as_deref()))
        .then_with(|| left.rest.cmp(&right.rest))
}

impl Version {
    fn parse(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase();
        let (public, local) = text.split_once('+').map_or((&*text, None), |it| (it.0, Some(it.1)));
        let mut rest = public.strip_prefix('v').unwrap_or(public).as_bytes();
        let mut version = Self { local: local.map(split), ..Self::default() };
        if let Some(at) = rest.iter().position(|&byte| byte == b'!') {
            version.epoch = rest.get(..at).unwrap_or_default().to_vec();
            rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        }
        version.release = release(&mut rest);
        version.pre =
            PHASES.iter().find_map(|(word, phase)| Some((*phase, word_number(&mut rest, word)?)));
        version.post = post(&mut rest);
        version.dev = word_number(&mut rest, b"dev");
        version.rest = rest.to_vec();
        version
    }
}

fn release(rest: &mut &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![take_while(rest, u8::is_ascii_digit).to_vec()];
    while let [b'.', digit, ..] = rest
        && digit.is_ascii_digit()
    {
        take(rest, b".");
        all.push(take_while(rest, u8::is_ascii_digit).to_vec());
    }
    while all.last().is_some_and(|it| it.iter().all(|&byte| byte == b'0')) {
        all.pop();
    }
    all
}

/// The number after `word`, with separators as PEP 440 lets them stand ("Normalization"); no
/// number is zero.
fn word_number(rest: &mut &[u8], word: &[u8]) -> Option<Vec<u8>> {
    let is_separator = |byte: &u8| b".-_".contains(byte);
    let mut after = *rest;
    take_while(&mut after, is_separator);
    if !take(&mut after, word) {
        return None;
    }
    let mut number = after;
    take_while(&mut number, is_separator);
    let digits = take_while(&mut number, u8::is_ascii_digit);
    *rest = if digits.is_empty() { after } else { number };
    Some(digits.to_vec())
}

/// `.postN`, `-rN` or the short `-N`.
fn post(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let named = [&b"post"[..], b"rev", b"r"].iter().find_map(|word| word_number(rest, word));
    named.or_else(|| match rest {
        [b'-', digit, ..] if digit.is_ascii_digit() => {
            take(rest, b"-");
            Some(take_while(rest, u8::is_ascii_digit).to_vec())
        }
        _ => None,
    })
}

/// Pre-releases come before the release; a developmental release of the release itself comes
/// before all of them.
fn phases(left: &Version, right: &Version) -> Ordering {
    let rank = |it: &Version| match (&it.pre, &it.post, &it.dev) {
        (None, None, Some(_)) => 0,
        (Some(_), ..) => 1,
        _ => 2,
    };
    rank(left).cmp(&rank(right)).then_with(|| match (&left.pre, &right.pre) {
        (Some(left), Some(right)) => left.0.cmp(&right.0).then_with(|| numbers(&left.1, &right.1)),
        _ => Ordering::Equal,
    })
}

/// Orders two numbers; `missing` is how one that is not there stands to one that is.
fn optional(left: Option<&[u8]>, right: Option<&[u8]>, missing: Ordering) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => numbers(left, right),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => missing,
        (Some(_), None) => missing.reverse(),
    }
}

/// Local versions come after the same version without; numbers come after words.
fn locals(left: Option<&[Vec<u8>]>, right: Option<&[Vec<u8>]>) -> Ordering {
    let (Some(left), Some(right)) = (left, right) else {
        return left.is_some().cmp(&right.is_some());
    };
    let is_number = |it: &[u8]| it.iter().all(u8::is_ascii_digit);
    let one = |a: &[u8], b: &[u8]| match (is_number(a), is_number(b)) {
        (true, true) => numbers(a, b),
        (false, false) => a.cmp(b),
        (a, b) => a.cmp(&b),
    };
    let pairs = left.iter().zip(right).map(|(a, b)| one(a, b));
    pairs.into_iter().find(|it| it.is_ne()).unwrap_or_else(|| left.len().cmp(&right.len()))
}

fn split(text: &str) -> Vec<Vec<u8>> {
    text.split(['.', '-', '_']).map(|part| part.as_bytes().to_vec()).collect()
}

/// Orders field by field; what is missing is empty.
fn lists(
    left: &[Vec<u8>],
    right: &[Vec<u8>],
    order: impl Fn(&[u8], &[u8]) -> Ordering,
) -> Ordering {
    let at = |list: &[Vec<u8>], at: usize| list.get(at).cloned().unwrap_or_default();
    let length = left.len().max(right.len());
    (0..length)
        .map(|it| order(&at(left, it), &at(right, it)))
        .find(|it| it.is_ne())
        .unwrap_or(Ordering::Equal)
}
