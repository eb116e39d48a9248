//! Numbers as headers and records write them. What is not exactly a number is none.

use crate::report::Timestamp;

/// A numeric header field: octal, or base-256 when the first bit is set (GNU tar manual, "Basic
/// Tar Format"; star's `tar(5)`). An empty field is 0.
pub(super) fn numeric(field: &[u8]) -> Option<i64> {
    match field.first() {
        Some(first) if first & 0x80 != 0 => base256(field, *first),
        _ => octal(field).and_then(|value| i64::try_from(value).ok()),
    }
}

/// A numeric header field that must not be negative.
pub(super) fn unsigned(field: &[u8]) -> Option<u64> {
    numeric(field).and_then(|value| u64::try_from(value).ok())
}

/// Octal digits between spaces or NULs; what follows a NUL after the digits does not count.
pub(super) fn octal(field: &[u8]) -> Option<u64> {
    filled_octal(field).or_else(|| loose_octal(field))
}

/// Seven or eleven digits and a blank, as nearly all headers have them. To take them byte by byte
/// is what reading headers would spend most of its time on.
fn filled_octal(field: &[u8]) -> Option<u64> {
    let (high, low) = field.split_last_chunk::<8>()?;
    let (low, [0 | b' ']) = low.split_last_chunk::<1>()? else { return None };
    let high = match high {
        [] => 0,
        [a, b, c, d] => octal_digits(&[b'0', b'0', b'0', b'0', *a, *b, *c, *d])?,
        _ => return None,
    };
    let [a, b, c, d, e, f, g] = *low.first_chunk::<7>()?;
    Some(high << 21 | octal_digits(&[b'0', a, b, c, d, e, f, g])?)
}

/// Eight digits, of which neighbours are joined three times.
fn octal_digits(digits: &[u8; 8]) -> Option<u64> {
    let digits = u64::from_be_bytes(*digits) ^ 0x3030_3030_3030_3030;
    if digits & !0x0707_0707_0707_0707 != 0 {
        return None;
    }
    let pairs = (digits | digits >> 5) & 0x003f_003f_003f_003f;
    let fours = (pairs | pairs >> 10) & 0x0000_0fff_0000_0fff;
    Some((fours | fours >> 20) & 0x00ff_ffff)
}

fn loose_octal(field: &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    let mut rest = skip_blank(field).iter();
    while let Some(&byte) = rest.next() {
        match byte {
            b'0'..=b'7' if value >> 61 == 0 => value = value << 3 | u64::from(byte & 7),
            0 => break,
            b' ' if skip_blank(rest.as_slice()).is_empty() => break,
            _ => return None,
        }
    }
    Some(value)
}

fn skip_blank(mut field: &[u8]) -> &[u8] {
    while let [b' ' | 0, rest @ ..] = field {
        field = rest;
    }
    field
}

/// Two's complement, big-endian, of which the first bit is a mark and the second the sign.
fn base256(field: &[u8], first: u8) -> Option<i64> {
    let inverted = if first & 0x40 == 0 { 0 } else { 0xff };
    let mut value = u64::from((first ^ inverted) & 0x7f);
    for byte in field.iter().skip(1) {
        if value >> 56 != 0 {
            return None;
        }
        value = value << 8 | u64::from(byte ^ inverted);
    }
    let value = i64::try_from(value).ok()?;
    Some(if inverted == 0 { value } else { !value })
}

/// Decimal digits and nothing else, up to the largest signed number.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0, |value, digit| append_digit(value, *digit))
}

/// `value` with one more decimal digit at its end.
pub(super) fn append_digit(value: u64, digit: u8) -> Option<u64> {
    const LARGEST: u64 = i64::MAX as u64;
    let digit = digit.checked_sub(b'0').filter(|digit| *digit <= 9)?;
    let value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    (value <= LARGEST).then_some(value)
}

/// A time of a PAX record: `[-]SECONDS[.FRACTION]` (POSIX.1-2017, `pax`, "pax Extended Header File
/// Times"). Digits past the ninth of the fraction do not count.
pub(super) fn time(text: &[u8]) -> Option<Timestamp> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut parts = text.splitn(2, |byte| *byte == b'.');
    let seconds = i64::try_from(decimal(parts.next()?)?).ok()?;
    let nanoseconds = nanoseconds(parts.next().unwrap_or_default())?;
    Some(if negative { before(seconds, nanoseconds) } else { Timestamp { seconds, nanoseconds } })
}

fn nanoseconds(fraction: &[u8]) -> Option<u32> {
    const DIGITS: usize = 9;
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let padded = fraction.iter().copied().chain(std::iter::repeat(b'0')).take(DIGITS);
    let value = padded.into_iter().try_fold(0, append_digit)?;
    u32::try_from(value).ok()
}

/// The time that lies so much before 1970.
fn before(seconds: i64, nanoseconds: u32) -> Timestamp {
    const SECOND: u32 = 1_000_000_000;
    let floor = seconds.saturating_neg();
    match nanoseconds {
        0 => Timestamp { seconds: floor, nanoseconds: 0 },
        _ => Timestamp {
            seconds: floor.saturating_sub(1),
            nanoseconds: SECOND.saturating_sub(nanoseconds),
        },
    }
}
