//! `Name: value` text in paragraphs, as Debian control files (deb-control(5)) and Python metadata
//! (the core metadata specification, after RFC 822) have it. Nothing is copied.

/// One paragraph: fields in their order, continuation lines still inside the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Paragraph<'a>(Vec<(&'a [u8], &'a [u8])>);

impl<'a> Paragraph<'a> {
    /// The trimmed value of the first field called `name`, in any case.
    pub(super) fn get(&self, name: &str) -> Option<&'a [u8]> {
        let is_it = |(key, _): &&(&[u8], &[u8])| key.eq_ignore_ascii_case(name.as_bytes());
        self.0.iter().find(is_it).map(|(_, value)| value.trim_ascii())
    }

    /// As [`Self::get`], as text; what is not UTF-8 is replaced. `None` when it is empty, too.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name).filter(|value| !value.is_empty())?;
        Some(String::from_utf8_lossy(value).into_owned())
    }

    /// Names and values of all fields but those in `names`.
    pub(super) fn without(&self, names: &[&str]) -> impl Iterator<Item = &'a [u8]> {
        let keeps = |key: &[u8]| !names.iter().any(|it| key.eq_ignore_ascii_case(it.as_bytes()));
        let kept = self.0.iter().filter(move |(key, _)| keeps(key));
        kept.flat_map(|(key, value)| [*key, value.trim_ascii()])
    }
}

/// Every paragraph of `text` that has a field.
pub(super) fn paragraphs(text: &[u8]) -> impl Iterator<Item = Paragraph<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let paragraph = take(&mut rest);
            if !paragraph.0.is_empty() {
                return Some(paragraph);
            }
        }
    })
}

/// The first paragraph; what follows is a body in Python metadata.
pub(super) fn first(text: &[u8]) -> Paragraph<'_> {
    paragraphs(text).next().unwrap_or_default()
}

/// Takes lines up to an empty one, which is taken too.
fn take<'a>(rest: &mut &'a [u8]) -> Paragraph<'a> {
    let mut fields: Vec<(&[u8], &[u8])> = Vec::new();
    while !rest.is_empty() {
        let (line, after) = line(rest);
        let begins = *rest;
        *rest = after;
        if line.trim_ascii().is_empty() {
            break;
        }
        let Some(colon) = colon(line) else { continue };
        let length = colon.saturating_add(1).saturating_add(value_length(begins, colon));
        fields.push((
            line.get(..colon).unwrap_or_default(),
            begins.get(colon.saturating_add(1)..length).unwrap_or_default(),
        ));
        *rest = begins.get(length..).unwrap_or_default();
    }
    Paragraph(fields)
}

/// Where the name ends, unless the line continues another one.
fn colon(line: &[u8]) -> Option<usize> {
    let continues = line.first().is_some_and(u8::is_ascii_whitespace);
    line.iter().position(|&byte| byte == b':').filter(|_| !continues)
}

/// Bytes from after the colon to the end of the last continuation line.
fn value_length(begins: &[u8], colon: usize) -> usize {
    let all = begins.get(colon.saturating_add(1)..).unwrap_or_default();
    let mut rest = line(all).1;
    while rest.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
        let (line, after) = line(rest);
        // A line of blanks ends the paragraph, as dpkg takes it.
        if line.trim_ascii().is_empty() {
            break;
        }
        rest = after;
    }
    all.len().saturating_sub(rest.len())
}

/// The first line without its end, and what follows.
pub(super) fn line(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|&byte| byte == b'\n') {
        Some(at) => (
            text.get(..at).unwrap_or_default(),
            text.get(at.saturating_add(1)..).unwrap_or_default(),
        ),
        None => (text, b""),
    }
}

/// Lines that are not empty, without their ends.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_continuation_lines_are_told_apart() {
        let text =
            b"\n\nPackage: a\nDescription: one\n two\n .\n three\nVersion: 1\n\nPackage: b\n";
        let all: Vec<Paragraph<'_>> = paragraphs(text).collect();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].text("package").as_deref(), Some("a"));
        assert_eq!(all[0].get("Description"), Some(&b"one\n two\n .\n three"[..]));
        assert_eq!(all[0].text("Version").as_deref(), Some("1"));
        assert_eq!(all[1].text("Version"), None);
    }

    #[test]
    fn named_fields_are_left_out() {
        let paragraph = first(b"A: 1\nB: 2\nC: 3\n");
        let kept: Vec<&[u8]> = paragraph.without(&["b"]).collect();
        assert_eq!(kept, [b"A", b"1", b"C", &b"3"[..]]);
    }

    #[test]
    fn a_body_is_no_field() {
        let metadata = first(b"Name: x\r\nVersion: 1\r\n\r\nAuthor: not a field\r\n");
        assert_eq!(metadata.text("Name").as_deref(), Some("x"));
        assert_eq!(metadata.get("Author"), None);
    }

    #[test]
    fn rubbish_gives_nothing() {
        for text in [&b""[..], b"\n", b" x", b"no colon", b"\0\xff\n \n"] {
            assert_eq!(paragraphs(text).count(), 0, "{text:?}");
        }
        assert_eq!(first(b":").text(""), None);
    }
}
