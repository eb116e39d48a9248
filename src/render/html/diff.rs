//! A unified diff of text, or a hex dump of what differs in bytes: an element for each run of lines
//! of one kind.

use super::page::Page;
use crate::render::words::diff;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Removed,
    Added,
    Both,
    /// Names of files, positions of hunks.
    About,
}

impl Kind {
    fn of(line: &str, is_header: bool) -> Self {
        match line.as_bytes() {
            _ if is_header || diff::is_remark(line) => Self::About,
            [b'@', b'@', ..] => Self::About,
            [b'+', ..] => Self::Added,
            [b'-', ..] => Self::Removed,
            _ => Self::Both,
        }
    }

    const fn tags(self) -> (&'static str, &'static str) {
        match self {
            Self::Removed => ("<del>", "</del>"),
            Self::Added => ("<ins>", "</ins>"),
            Self::Both => ("<span>", "</span>"),
            Self::About => ("<i>", "</i>"),
        }
    }
}

/// Writes `unified` in a single line of markup, for the script tells findings apart by lines.
pub(super) fn write(unified: &str, page: &mut Page<'_>) {
    let is_text = unified.starts_with("--- ");
    page.html(if is_text { "<pre>" } else { "<pre class=\"hex\">" });
    let kind = |(at, line)| (Kind::of(line, is_text && at < 2), line);
    let lines: Vec<(Kind, &str)> = unified.lines().enumerate().map(kind).collect();
    for run in lines.chunk_by(|(one, _), (next, _)| one == next) {
        write_run(run, page);
    }
    page.html("</pre>");
}

fn write_run(run: &[(Kind, &str)], page: &mut Page<'_>) {
    let Some((open, close)) = run.first().map(|(kind, _)| kind.tags()) else { return };
    page.html(open);
    for (position, (_, line)) in run.iter().enumerate() {
        page.html(if position == 0 { "" } else { "<br>" });
        page.safe(&diff::line(line));
    }
    page.html(close);
}
