//! The page as it is written: markup from literals, and text that is nothing but text.

use std::io;
use std::mem;

use crate::render::escape;
use crate::render::words::Safe;

/// Characters that are gathered before they are written out.
const BUFFER: usize = 64 * 1024;

/// A page under way. Only literals become markup; everything else is escaped twice, once for the
/// eye and once for the parser.
pub(super) struct Page<'a> {
    out: &'a mut dyn io::Write,
    buffer: String,
    failed: Option<io::Error>,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn io::Write) -> Self {
        Self { out, buffer: String::with_capacity(BUFFER), failed: None }
    }

    /// Markup, which only this program has a say in.
    pub(super) fn html(&mut self, literal: &'static str) -> &mut Self {
        self.push(literal);
        self
    }

    /// Text from anywhere.
    pub(super) fn text<T: AsRef<[u8]> + ?Sized>(&mut self, text: &T) -> &mut Self {
        self.visible(&escape(text))
    }

    /// Text that is made for the eye already.
    pub(super) fn safe(&mut self, text: &Safe) -> &mut Self {
        self.visible(text.as_str())
    }

    fn visible(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            let (plain, special) = rest.split_at(at);
            self.push(plain);
            self.push(entity(special));
            rest = &special[1..];
        }
        self.push(rest);
        self
    }

    pub(super) fn number(&mut self, number: impl TryInto<u64>) -> &mut Self {
        let number = number.try_into().unwrap_or(u64::MAX);
        self.push(&number.to_string());
        self
    }

    /// `count` and what is counted.
    pub(super) fn count(
        &mut self,
        count: usize,
        one: &'static str,
        many: &'static str,
    ) -> &mut Self {
        self.number(count).html(if count == 1 { one } else { many })
    }

    /// An element around text.
    pub(super) fn element<T: AsRef<[u8]> + ?Sized>(
        &mut self,
        open: &'static str,
        text: &T,
        close: &'static str,
    ) -> &mut Self {
        self.html(open).text(text).html(close)
    }

    /// A document for the script of the page, of which nothing can end the element it lies in.
    pub(super) fn json(&mut self, document: &str) -> &mut Self {
        let mut rest = document;
        while let Some(at) = rest.find(['<', '>', '&']) {
            let (plain, special) = rest.split_at(at);
            self.push(plain);
            self.push(match special.as_bytes() {
                [b'<', ..] => "\\u003c",
                [b'>', ..] => "\\u003e",
                _ => "\\u0026",
            });
            rest = &special[1..];
        }
        self.push(rest);
        self
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// The first error of writing anything.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.flush();
        self.failed.take().map_or(Ok(()), Err)
    }

    fn push(&mut self, text: &str) {
        self.buffer.push_str(text);
        if self.buffer.len() >= BUFFER {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let text = mem::take(&mut self.buffer);
        if self.failed.is_none() {
            self.failed = self.out.write_all(text.as_bytes()).err();
        }
    }
}

fn entity(special: &str) -> &'static str {
    match special.as_bytes() {
        [b'<', ..] => "&lt;",
        [b'>', ..] => "&gt;",
        [b'"', ..] => "&quot;",
        [b'\'', ..] => "&#39;",
        _ => "&amp;",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Page<'_>)) -> String {
        let mut out = Vec::new();
        let mut page = Page::new(&mut out);
        write(&mut page);
        page.finish().ok();
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn text_is_never_markup() {
        let hostile = "<b a='1' c=\"2\">&\x1b\u{202e}\n";
        let shown = written(|page| {
            page.text(hostile);
        });
        assert_eq!(shown, "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;\\x1b\\u{202e}\\n");
    }

    #[test]
    fn a_document_cannot_end_its_element() {
        let shown = written(|page| {
            page.json("[\"</script>\", \"<!--\", \"&amp;\"]");
        });
        assert!(!shown.contains(['<', '>', '&']), "{shown}");
        let read: Option<[String; 3]> = serde_json::from_str(&shown).ok();
        assert_eq!(read.unwrap_or_default(), ["</script>", "<!--", "&amp;"]);
    }

    #[test]
    fn long_pages_are_written_whole() {
        let long = "x".repeat(3 * BUFFER + 1);
        let shown = written(|page| {
            page.html("<").text(&long).html(">");
        });
        assert_eq!(shown.len(), long.len() + 2);
    }
}
