//! JSON that may be looked at in a terminal.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::escape::is_unsafe;

/// Writes `document` over many lines, and ends the last.
pub(super) fn pretty(document: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    write(document, PrettyFormatter::new(), out)
}

/// Writes `document` in one line.
pub(super) fn compact(document: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    write(document, CompactFormatter, out)
}

fn write(
    document: &impl Serialize,
    form: impl Formatter,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(&mut *out, Harmless { form });
    document.serialize(&mut serializer).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// What JSON lets stand although a terminal obeys or hides it is written `\uXXXX`, which any parser
/// reads back as it was. Everything else is left to `form`.
struct Harmless<F> {
    form: F,
}

impl<F: Formatter> Formatter for Harmless<F> {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((plain, character)) = split(rest) {
            out.write_all(plain.as_bytes())?;
            write_escape(out, character)?;
            rest = &rest[plain.len() + character.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.form.begin_array(out)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.form.end_array(out)
    }

    fn begin_array_value<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.form.begin_array_value(out, first)
    }

    fn end_array_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.form.end_array_value(out)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.form.begin_object(out)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.form.end_object(out)
    }

    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.form.begin_object_key(out, first)
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.form.begin_object_value(out)
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.form.end_object_value(out)
    }
}

/// The text before the first character that may not stand, and that character.
fn split(text: &str) -> Option<(&str, char)> {
    // Nearly all text is ASCII, of which serde_json leaves only DEL to look for.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    let (at, character) = text.char_indices().find(|&(_, character)| is_unsafe(character))?;
    Some((&text[..at], character))
}

fn write_escape<W: io::Write + ?Sized>(out: &mut W, character: char) -> io::Result<()> {
    let mut units = [0; 2];
    for unit in character.encode_utf16(&mut units) {
        write!(out, "\\u{unit:04x}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        compact(&text, &mut out).ok();
        String::from_utf8_lossy(&out).trim_end().to_owned()
    }

    #[test]
    fn what_json_lets_stand_is_escaped_too() {
        assert_eq!(written("a\x7f\u{9b}\u{202e}z"), r#""a\u007f\u009b\u202ez""#);
        assert_eq!(written("\x1b\n\"é名"), r#""\u001b\n\"é名""#);
    }

    #[test]
    fn escapes_read_back_as_they_were() {
        let hostile = "x\u{7f}\u{2066}\u{e0041}\u{feff}y\\u{1b}";
        let read: Option<String> = serde_json::from_str(&written(hostile)).ok();
        assert_eq!(read.as_deref(), Some(hostile));
    }
}
