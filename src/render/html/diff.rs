//! A unified diff of text, or a hex dump of what differs in bytes: one element for each line.

use super::page::Page;

/// What diff(1) says of a text that ends without a line break.
const NO_NEWLINE: &str = "\\ No newline at end of file";

/// Writes `unified` in a single line of markup, for the script tells findings apart by lines.
pub(super) fn write(unified: &str, page: &mut Page<'_>) {
    let is_text = unified.starts_with("--- ");
    page.html(if is_text { "<pre>" } else { "<pre class=\"hex\">" });
    for (position, line) in unified.lines().enumerate() {
        write_line(line, is_text && position < 2, page);
    }
    page.html("</pre>");
}

fn write_line(line: &str, is_header: bool, page: &mut Page<'_>) {
    // Escaped, the backslash it begins with would be doubled.
    if line == NO_NEWLINE {
        page.html("<i>\\ No newline at end of file</i>");
        return;
    }
    match line.as_bytes() {
        _ if is_header => page.element("<i>", line, "</i>"),
        [b'@', b'@', ..] => page.element("<i>", line, "</i>"),
        [b'+', ..] => page.element("<ins>", line, "</ins>"),
        [b'-', ..] => page.element("<del>", line, "</del>"),
        _ => page.element("<span>", line, "</span>"),
    };
}
