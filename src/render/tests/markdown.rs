//! Markdown, read as a forge would.

use super::{large, of, rendered};
use crate::render::Markdown;
use crate::report::{Verification, Verified};

/// What is left of Markdown without code spans and fences, in which nothing has an effect.
fn markup(text: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let run: String = line.chars().take_while(|character| *character == '`').collect();
        match &fence {
            Some(open) if run.len() >= open.len() && run == line => fence = None,
            Some(_) => {}
            None if run.len() >= 3 && !line[run.len()..].contains('`') => fence = Some(run),
            None => out.push_str(&format!("{}\n", without_spans(line))),
        }
    }
    assert_eq!(fence, None, "a fence is open at the end");
    out
}

fn without_spans(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let run = rest[at..].chars().take_while(|character| *character == '`').count();
        let inside = &rest[at + run..];
        out.push_str(&rest[..at]);
        let end = end_of_span(inside, run);
        assert!(end.is_some(), "no end of a code span: {line}");
        rest = &inside[end.unwrap_or_default() + run..];
    }
    out + rest
}

/// Where a run of exactly `run` backticks begins.
fn end_of_span(text: &str, run: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`').map(|found| at + found) {
        let length = text[found..].chars().take_while(|character| *character == '`').count();
        if length == run {
            return Some(found);
        }
        at = found + length;
    }
    None
}

#[test]
fn nothing_in_markdown_is_markup_but_what_is_meant_to_be() {
    for text in of("markdown") {
        for line in markup(&text).lines() {
            let plain = line.replace("<details>", "").replace("</details>", "");
            let plain = plain.replace("<summary>", "").replace("</summary>", "");
            let plain = plain.replace("<code>", "").replace("</code>", "");
            assert!(!plain.contains(['<', '>', '@', '[', ']', '$', '\\', '~']), "{line}");
            assert!(!plain.contains("://") && !plain.contains("www."), "{line}");
            let heading = line.trim_start_matches('#');
            assert!(!heading.replace("&#", "").contains('#'), "{line}");
        }
        assert!(!text.contains("\n# heading"), "a name became a heading");
    }
}

#[test]
fn rows_of_tables_have_as_many_cells_as_their_heads() {
    for text in of("markdown") {
        let bars = |line: &str| line.replace("\\|", "").matches('|').count();
        let mut head = None;
        for line in text.lines().filter(|line| !line.starts_with(['+', '-', ' '])) {
            if line.starts_with('|') {
                let expected = *head.get_or_insert_with(|| bars(line));
                assert_eq!(bars(line), expected, "{line}");
            } else {
                head = None;
            }
        }
    }
}

#[test]
fn a_comment_fits_whatever_differs() {
    let text = rendered(&Markdown, &large(3_000));
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.len() > 10_000, "{}", text.len());
    assert!(text.contains("**Cut:** "), "{}", &text[text.len() - 300..]);
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    markup(&text);
}

#[test]
fn inputs_that_have_no_room_are_counted() {
    let broken = |number| Verified::unreadable(format!("{number}.tar"), "x".repeat(300));
    let text = rendered(&Markdown, &Verification::of((0..1000).map(broken).collect()));
    assert!(text.len() < 60_000);
    let shown = text.matches("| unreadable |").count();
    let words = format!("fits into a comment; inputs: {}.\n", 1000 - shown);
    assert!(text.ends_with(&words), "{text}");
}
