//! Text that means nothing but itself.

use crate::render::words::Safe;

/// `text` as a code span (GFM, section 6.3): nothing in it is markup, mention or reference.
pub(in crate::render) fn code(text: &Safe) -> String {
    let text = text.as_str();
    let fence = "`".repeat(longest_run(text).saturating_add(1));
    // A parser takes one blank off both ends when there is one at both.
    let is_padded = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty();
    let blank = if is_padded { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// A code span in a cell of a table, which is cut at every bar that has no backslash before it,
/// in code spans too (section 4.10).
pub(super) fn cell(text: &Safe) -> String {
    code(text).replace('|', "\\|")
}

/// Characters of a sentence.
const PROSE: usize = 300;

/// Words of this program as they are. What has more in it than letters and stops is code, which
/// it then is; and nobody can be mentioned by it.
pub(in crate::render) fn prose(text: &str) -> String {
    let plain = |character: char| character.is_ascii_alphabetic() || " ,.;()'-".contains(character);
    // A stop inside of a word may make a link of it.
    let is_word = |word: &str| !word.trim_end_matches(['.', ')', ',']).contains('.');
    let is_plain = text.len() <= PROSE && text.chars().all(plain) && text.split(' ').all(is_word);
    if is_plain { text.to_owned() } else { code(&Safe::escaped(text).cut(PROSE)) }
}

/// [`prose`] in a cell of a table.
pub(super) fn prose_cell(text: &str) -> String {
    prose(text).replace('|', "\\|")
}

/// A `<code>` for inside of a block of HTML, where Markdown has no effect (section 4.6).
pub(super) fn html(text: &Safe) -> String {
    let mut out = String::from("<code>");
    for character in text.as_str().chars() {
        if character.is_ascii_punctuation() {
            out.push_str(&format!("&#{};", u32::from(character)));
        } else {
            out.push(character);
        }
    }
    out + "</code>"
}

/// Lines in a fence no line can end (section 4.5).
pub(super) fn fenced(kind: &str, lines: &[Safe]) -> String {
    let longest = lines.iter().map(|line| longest_run(line.as_str())).max().unwrap_or_default();
    let fence = "`".repeat(longest.saturating_add(1).max(3));
    let text: String = lines.iter().map(|line| format!("{}\n", line.as_str())).collect();
    format!("\n{fence}{kind}\n{text}{fence}\n\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_is_longer_than_what_would_end_it() {
        assert_eq!(code(&Safe::from("a")), "`a`");
        assert_eq!(code(&Safe::from("a``b")), "```a``b```");
        assert_eq!(code(&Safe::from("`")), "`` ` ``");
        assert_eq!(cell(&Safe::from("a|b")), "`a\\|b`");
    }

    #[test]
    fn only_plain_words_are_prose() {
        assert_eq!(
            prose("files carry the time (of the build)."),
            "files carry the time (of the build)."
        );
        for text in ["see www.example", "@user", "#1", "a_b", "GH-1", "<b>", "a.b.c"] {
            assert_eq!(prose(text), format!("`{text}`"));
        }
    }

    #[test]
    fn a_fence_holds_whatever_lies_in_it() {
        let text = fenced("diff", &[Safe::from("-````"), Safe::from("+x")]);
        assert_eq!(text, "\n`````diff\n-````\n+x\n`````\n\n");
    }

    #[test]
    fn nothing_in_a_block_of_html_is_html() {
        assert_eq!(html(&Safe::from("<b> @u")), "<code>&#60;b&#62; &#64;u</code>");
    }
}
