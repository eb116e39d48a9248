//! Numbers in fields and records.

use crate::report::Timestamp;
use crate::tar::number::{decimal, numeric, octal, time, unsigned};

#[test]
fn octal_fields() {
    for (field, value) in [
        (&b"0000644\0"[..], Some(0o644)),
        (b"0000644 ", Some(0o644)),
        (b" 644   \0", Some(0o644)),
        (b"\0 644\0\0\0", Some(0o644)),
        (b"644\0junk", Some(0o644)),
        (b"77777777", Some(0o7777_7777)),
        (b"        ", Some(0)),
        (b"\0\0\0\0\0\0\0\0", Some(0)),
        (b"", Some(0)),
        (b"64 4\0", None),
        (b"648\0", None),
        (b"-1\0", None),
        (b"0x1f\0", None),
        (b"1777777777777777777777", Some(u64::MAX)),
        (b"2000000000000000000000", None),
    ] {
        assert_eq!(octal(field), value, "{}", field.escape_ascii());
    }
}

#[test]
fn base256_fields() {
    for (field, value) in [
        (&b"\x80\0\0\0\0\0\0\x05"[..], Some(5)),
        (b"\xff\xff\xff\xff\xff\xff\xff\xfe", Some(-2)),
        (b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", Some(i64::MAX)),
        (b"\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", Some(i64::MIN)),
        (b"\x80\0\0\0\x80\0\0\0\0\0\0\0", None),
        (b"\x80\0\0\x01\0\0\0\0\0\0\0\0", None),
        (b"\xff\xff\xff\xfe\0\0\0\0\0\0\0\0", None),
        (b"\x80", Some(0)),
    ] {
        assert_eq!(numeric(field), value, "{}", field.escape_ascii());
    }
}

#[test]
fn unsigned_fields_take_no_sign() {
    assert_eq!(unsigned(b"\xff\xff\xff\xff\xff\xff\xff\xff"), None);
    assert_eq!(unsigned(b"\x80\0\0\0\xff\xff\xff\xff"), Some(0xffff_ffff));
    assert_eq!(unsigned(b"1777777777777777777777"), None);
}

#[test]
fn decimals() {
    for (text, value) in [
        ("0", Some(0)),
        ("007", Some(7)),
        ("9223372036854775807", Some(i64::MAX as u64)),
        ("9223372036854775808", None),
        ("99999999999999999999999", None),
        ("", None),
        ("+1", None),
        ("-1", None),
        (" 1", None),
        ("1_000", None),
    ] {
        assert_eq!(decimal(text.as_bytes()), value, "{text:?}");
    }
}

#[test]
fn times() {
    for (text, value) in [
        ("1", Some((1, 0))),
        ("1.", Some((1, 0))),
        ("1.5", Some((1, 500_000_000))),
        ("1.000000001", Some((1, 1))),
        ("1.1234567899", Some((1, 123_456_789))),
        ("-1", Some((-1, 0))),
        ("-1.25", Some((-2, 750_000_000))),
        ("-0.5", Some((-1, 500_000_000))),
        ("-0", Some((0, 0))),
        ("9223372036854775807.9", Some((i64::MAX, 900_000_000))),
        ("9223372036854775808", None),
        (".5", None),
        ("-.5", None),
        ("1.5.5", None),
        ("1.x", None),
        ("1e3", None),
        ("--1", None),
        ("", None),
    ] {
        let value = value.map(|(seconds, nanoseconds)| Timestamp { seconds, nanoseconds });
        assert_eq!(time(text.as_bytes()), value, "{text:?}");
    }
}
