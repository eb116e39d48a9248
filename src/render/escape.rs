//! Visible forms for everything that would steer a terminal or hide in one.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `bytes` as text in which every control, invisible or direction-changing character, and every
/// byte that is not UTF-8, is replaced by a visible form such as `\n`, `\x1b` or `\u{202e}`.
///
/// A backslash is doubled, so two different inputs never look alike.
pub fn escape<T: AsRef<[u8]> + ?Sized>(bytes: &T) -> Cow<'_, str> {
    let bytes = bytes.as_ref();
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.iter().all(|&byte| is_plain(byte)) => Cow::Borrowed(text),
        _ => Cow::Owned(escape_chunks(bytes)),
    }
}

const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'\\'
}

fn escape_chunks(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            push(&mut out, character);
        }
        for byte in chunk.invalid() {
            push_fmt(&mut out, format_args!("\\x{byte:02x}"));
        }
    }
    out
}

fn push(out: &mut String, character: char) {
    match character {
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ if !is_unsafe(character) => out.push(character),
        _ if character.is_ascii() => push_fmt(out, format_args!("\\x{:02x}", u32::from(character))),
        _ => push_fmt(out, format_args!("\\u{{{:x}}}", u32::from(character))),
    }
}

fn push_fmt(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(text);
}

/// Whether a terminal would obey `character`, or a reader could not see it.
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || is_direction(character)
        || is_invisible(character)
        || is_odd_space(character)
}

const fn is_direction(character: char) -> bool {
    matches!(character,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Line separators and blanks that pass for a space; the ideographic space is plain writing.
fn is_odd_space(character: char) -> bool {
    !matches!(character, ' ' | '\u{3000}') && character.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(escape("/etc/passwd"), Cow::Borrowed("/etc/passwd")));
    }

    #[test]
    fn writing_of_all_peoples_stays() {
        assert_eq!(escape("é 名 Ω שלום 🦀"), "é 名 Ω שלום 🦀");
    }

    #[test]
    fn terminal_controls_become_visible() {
        assert_eq!(escape("\x1b[2J\r\n\t\0\x7f"), "\\x1b[2J\\r\\n\\t\\x00\\x7f");
        assert_eq!(escape("\u{9b}31m"), "\\u{9b}31m");
    }

    #[test]
    fn text_cannot_change_direction_or_hide() {
        assert_eq!(
            escape("a\u{202e}b\u{200b}c\u{feff}\u{2028}"),
            "a\\u{202e}b\\u{200b}c\\u{feff}\\u{2028}"
        );
        assert_eq!(escape("a\u{a0}b"), "a\\u{a0}b");
    }

    #[test]
    fn bytes_that_are_not_utf8_keep_their_value() {
        assert_eq!(escape(b"a\xff\x9bb"), "a\\xff\\x9bb");
    }

    #[test]
    fn a_backslash_cannot_pose_as_an_escape() {
        assert_ne!(escape("\\x1b"), escape("\x1b"));
        assert_ne!(escape("\\\x1b"), escape("\\\\x1b"));
    }
}
