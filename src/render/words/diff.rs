//! Lines of a unified diff.

use super::Safe;

/// What diff(1) says of a text that ends without a line break.
const NO_NEWLINE: &str = "\\ No newline at end of file";

/// The lines of a diff of text behind the names of its files; nothing of a dump of bytes.
pub(in crate::render) fn hunks(unified: &str) -> Option<std::str::Lines<'_>> {
    let mut lines = unified.lines();
    lines.next().filter(|line| line.starts_with("--- "))?;
    let mut rest = lines.clone();
    Some(if rest.next().is_some_and(|line| line.starts_with("+++ ")) { rest } else { lines })
}

/// One line of a diff.
pub(in crate::render) fn line(line: &str) -> Safe {
    // Escaped, the backslash it begins with would be doubled.
    if line == NO_NEWLINE { NO_NEWLINE.into() } else { Safe::escaped(line) }
}

/// Whether `line` says something of the text beside it rather than being a part of it.
pub(in crate::render) fn is_remark(line: &str) -> bool {
    line == NO_NEWLINE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_once_at_the_top() {
        let lines = |text| hunks(text).map(|lines| lines.collect::<Vec<_>>());
        assert_eq!(lines("--- a\n+++ b\n@@ @@\n--- x\n"), Some(vec!["@@ @@", "--- x"]));
        assert_eq!(lines("-00000000  7f\n"), None);
        assert_eq!(lines(""), None);
    }

    #[test]
    fn only_the_remark_has_a_bare_backslash() {
        assert_eq!(line(NO_NEWLINE).as_str(), NO_NEWLINE);
        assert_eq!(line("\\x").as_str(), "\\\\x");
    }
}
