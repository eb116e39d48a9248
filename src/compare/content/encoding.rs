//! How bytes are text.

use std::borrow::Cow;

/// A zero this early is how `grep` and `git` tell binary from text.
const PROBE: usize = 8000;

/// A text, and how it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) encoding: &'static str,
}

/// Reads `bytes` as text, if that is what they seem to be.
pub(super) fn decode(bytes: &[u8]) -> Option<Text<'_>> {
    let named = |text: Cow<'static, str>, encoding| Some(Text { text, encoding });
    match bytes {
        [0xff, 0xfe, rest @ ..] => named(utf16(rest, u16::from_le_bytes)?.into(), "UTF-16LE"),
        [0xfe, 0xff, rest @ ..] => named(utf16(rest, u16::from_be_bytes)?.into(), "UTF-16BE"),
        [0xef, 0xbb, 0xbf, rest @ ..] if !has_zero(rest) => {
            let text = std::str::from_utf8(rest).ok()?;
            Some(Text { text: text.into(), encoding: "UTF-8 with a byte order mark" })
        }
        _ if has_zero(bytes) => None,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Some(Text { text: text.into(), encoding: "UTF-8" }),
            Err(_) => named(latin1(bytes)?.into(), "ISO-8859-1"),
        },
    }
}

fn has_zero(bytes: &[u8]) -> bool {
    bytes.get(..PROBE).unwrap_or(bytes).contains(&0)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text = char::decode_utf16(units).collect::<Result<String, _>>().ok();
    text.filter(|_| rest.is_empty())
}

/// One byte for each character, of which none controls but white space.
fn latin1(bytes: &[u8]) -> Option<String> {
    let is_text = |byte: &u8| matches!(byte, b'\t'..=b'\r' | 0x1b | b' '..=b'~' | 0xa0..);
    bytes.iter().all(is_text).then(|| bytes.iter().map(|&byte| char::from(byte)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(bytes: &[u8]) -> Option<&'static str> {
        decode(bytes).map(|text| text.encoding)
    }

    #[test]
    fn encodings_are_recognised() {
        assert_eq!(encoding("é".as_bytes()), Some("UTF-8"));
        assert_eq!(encoding(b"\xef\xbb\xbfa"), Some("UTF-8 with a byte order mark"));
        assert_eq!(encoding(b"\xff\xfea\0"), Some("UTF-16LE"));
        assert_eq!(encoding(b"\xfe\xff\0a"), Some("UTF-16BE"));
        assert_eq!(encoding(b"caf\xe9\n"), Some("ISO-8859-1"));
    }

    #[test]
    fn bytes_that_are_no_text_are_none() {
        for bytes in [&b"a\0b"[..], b"\x01\xff", b"\xff\xfea", b"\xff\xfe\x00\xd8"] {
            assert_eq!(decode(bytes), None, "{bytes:?}");
        }
    }
}
