//! apk versions: `1.2.3a_rc1~0123abcd-r4` (apk-package(5), PACKAGE VERSION).

use std::cmp::Ordering;

use super::{numbers, take, take_while};

/// Suffixes before the version itself, earliest first.
const BEFORE: [&[u8]; 4] = [b"alpha", b"beta", b"pre", b"rc"];
/// Suffixes after it, earliest first.
const AFTER: [&[u8]; 5] = [b"cvs", b"svn", b"git", b"hg", b"p"];

/// One piece of a version. The order of the kinds is the order they come in, and of two versions
/// that go on differently the one whose next kind comes first is the later.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    First(&'a [u8]),
    Number(&'a [u8]),
    Letter(u8),
    /// Below zero before the version itself, above after it.
    Suffix(isize),
    SuffixNumber(&'a [u8]),
    Commit(&'a [u8]),
    Revision(&'a [u8]),
    End,
    /// What no rule explains.
    Invalid(&'a [u8]),
}

pub(super) fn compare(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    let mut before = (None, None);
    loop {
        let one = next(&mut left, before.0);
        let two = next(&mut right, before.1);
        let order = tokens(one, two);
        if order.is_ne() || matches!(one, Token::End | Token::Invalid(_)) {
            return order;
        }
        before = (Some(one), Some(two));
    }
}

/// Takes the next piece; what may come depends on the one before.
fn next<'a>(rest: &mut &'a [u8], before: Option<Token<'_>>) -> Token<'a> {
    let whole = *rest;
    let is_number = matches!(before, Some(Token::First(_) | Token::Number(_)));
    match whole {
        [] => Token::End,
        [b'0'..=b'9', ..] if before.is_none() => Token::First(digits(rest)),
        [b'0'..=b'9', ..] if matches!(before, Some(Token::Suffix(_))) => {
            Token::SuffixNumber(digits(rest))
        }
        [b'.', b'0'..=b'9', ..] if is_number => {
            take(rest, b".");
            Token::Number(digits(rest))
        }
        [letter @ b'a'..=b'z', after @ ..] if is_number => {
            *rest = after;
            Token::Letter(*letter)
        }
        [b'_', ..] => suffix(rest).unwrap_or(Token::Invalid(whole)),
        [b'~', ..] => {
            take(rest, b"~");
            Token::Commit(take_while(rest, u8::is_ascii_hexdigit))
        }
        [b'-', b'r', b'0'..=b'9', ..] => {
            take(rest, b"-r");
            Token::Revision(digits(rest))
        }
        _ => Token::Invalid(whole),
    }
}

fn digits<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    take_while(rest, u8::is_ascii_digit)
}

fn suffix<'a>(rest: &mut &'a [u8]) -> Option<Token<'a>> {
    take(rest, b"_");
    let word = take_while(rest, u8::is_ascii_lowercase);
    let at = |list: &[&[u8]]| list.iter().position(|it| *it == word).map(usize::cast_signed);
    let before = at(&BEFORE).map(|at| at.saturating_sub(BEFORE.len().cast_signed()));
    before.or_else(|| at(&AFTER).map(|at| at.saturating_add(1))).map(Token::Suffix)
}

fn tokens(left: Token<'_>, right: Token<'_>) -> Ordering {
    match (left, right) {
        (Token::Number(left), Token::Number(right)) => fraction(left, right),
        (Token::First(left), Token::First(right))
        | (Token::SuffixNumber(left), Token::SuffixNumber(right))
        | (Token::Revision(left), Token::Revision(right)) => numbers(left, right),
        (Token::Letter(left), Token::Letter(right)) => left.cmp(&right),
        (Token::Suffix(left), Token::Suffix(right)) => left.cmp(&right),
        (Token::Commit(left), Token::Commit(right))
        | (Token::Invalid(left), Token::Invalid(right)) => left.cmp(right),
        (Token::Suffix(left), _) if left < 0 => Ordering::Less,
        (_, Token::Suffix(right)) if right < 0 => Ordering::Greater,
        _ => rank(right).cmp(&rank(left)),
    }
}

/// A number with a zero before it is a decimal fraction: `1.01` comes before `1.1`.
fn fraction(left: &[u8], right: &[u8]) -> Ordering {
    let is_fraction = |it: &[u8]| it.first() == Some(&b'0') && it.len() > 1;
    if is_fraction(left) || is_fraction(right) { left.cmp(right) } else { numbers(left, right) }
}

fn rank(token: Token<'_>) -> u8 {
    match token {
        Token::First(_) => 0,
        Token::Number(_) => 1,
        Token::Letter(_) => 2,
        Token::Suffix(_) => 3,
        Token::SuffixNumber(_) => 4,
        Token::Commit(_) => 5,
        Token::Revision(_) => 6,
        Token::End => 7,
        Token::Invalid(_) => 8,
    }
}
