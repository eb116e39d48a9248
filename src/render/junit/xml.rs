//! As much of XML 1.0 as a list of tests takes.

use std::fmt::Write as _;
use std::io;

use super::case::Totals;

pub(super) fn declaration(out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
}

/// A start tag under construction.
pub(super) struct Tag {
    name: &'static str,
    attributes: String,
}

impl Tag {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, attributes: String::new() }
    }

    /// Adds an attribute; `value` has been made visible before.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        // Writing to a string cannot fail.
        let _ = write!(self.attributes, " {name}=\"{}\"", escaped(value));
        self
    }

    pub(super) fn counts(self, totals: Totals) -> Self {
        self.with("tests", &totals.tests.to_string())
            .with("failures", &totals.failures.to_string())
            .with("errors", &totals.errors.to_string())
            .with("skipped", &totals.skipped.to_string())
    }

    /// Writes the start tag in a line of its own.
    pub(super) fn open(&self, depth: usize, out: &mut dyn io::Write) -> io::Result<()> {
        indent(depth, out)?;
        writeln!(out, "<{}{}>", self.name, self.attributes)
    }

    /// Writes the whole element.
    pub(super) fn text(&self, text: &str, depth: usize, out: &mut dyn io::Write) -> io::Result<()> {
        indent(depth, out)?;
        let Self { name, attributes } = self;
        if text.is_empty() {
            return writeln!(out, "<{name}{attributes}/>");
        }
        writeln!(out, "<{name}{attributes}>{}</{name}>", escaped(text))
    }
}

pub(super) fn close(name: &str, depth: usize, out: &mut dyn io::Write) -> io::Result<()> {
    indent(depth, out)?;
    writeln!(out, "</{name}>")
}

fn indent(depth: usize, out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "{:1$}", "", depth * 2)
}

/// `text` for an attribute or an element: nothing in it is markup (section 2.4), and nothing in it
/// is no character (section 2.2), once controls have been made visible.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}
