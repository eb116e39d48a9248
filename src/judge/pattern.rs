//! Patterns over field names and paths, as users write them in rules.

use globset::{GlobBuilder, GlobSet};

use crate::report::EntryPath;

/// A dotted field name; it also means every field below it. `*` stands for anything, `\` takes
/// the meaning from what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldPattern(Vec<Token>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    Star,
}

impl FieldPattern {
    pub(super) fn new(text: &str) -> Self {
        let mut bytes = text.bytes();
        let mut tokens = Vec::with_capacity(text.len());
        while let Some(byte) = bytes.next() {
            tokens.push(match byte {
                b'*' => Token::Star,
                b'\\' => Token::Byte(bytes.next().unwrap_or(byte)),
                _ => Token::Byte(byte),
            });
        }
        Self(tokens)
    }

    /// The pattern that means `field` itself, whatever of it would mean something else.
    pub(super) fn escape(field: &str) -> String {
        field.replace('\\', "\\\\").replace('*', "\\*")
    }

    /// Whether `field` is meant: `xattr` means `xattr.user.note`, `history` means
    /// `history[3].created`.
    pub(super) fn matches(&self, field: &str) -> bool {
        let ends = field.match_indices(['.', '[']).map(|(at, _)| at);
        ends.chain([field.len()])
            .any(|end| wildcard(&self.0, field.as_bytes().get(..end).unwrap_or_default()))
    }
}

/// Whether all of `text` matches `pattern`, in which `*` stands for any bytes. Backs up to the
/// last star only, which is enough, so it takes at most the product of the lengths.
fn wildcard(pattern: &[Token], text: &[u8]) -> bool {
    let (mut at, mut from) = (0_usize, 0_usize);
    let mut star: Option<(usize, usize)> = None;
    while let Some(byte) = text.get(from) {
        match pattern.get(at) {
            Some(Token::Star) => {
                star = Some((at, from));
                at = at.saturating_add(1);
            }
            Some(Token::Byte(expected)) if expected == byte => {
                at = at.saturating_add(1);
                from = from.saturating_add(1);
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                at = star_at.saturating_add(1);
                from = taken.saturating_add(1);
                star = Some((star_at, from));
            }
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|token| *token == Token::Star)
}

/// A glob over absolute paths.
#[derive(Clone, Debug)]
pub(super) struct PathPattern(GlobSet);

impl PathPattern {
    /// Understands `text`: `*` stays within one name, `**` does not. Without a slash it matches
    /// the last name of a path, as in `.gitignore`. What it matches it matches with all `below`,
    /// if that is asked for.
    ///
    /// # Errors
    /// What is wrong with the glob.
    pub(super) fn new(text: &str, below: bool) -> Result<Self, String> {
        if text.is_empty() {
            return Err("an empty glob".into());
        }
        let body = text.strip_prefix('/').unwrap_or(text);
        let body = body.strip_suffix('/').unwrap_or(body);
        let anchor = if text.contains('/') { "" } else { "**/" };
        let mut set = GlobSet::builder();
        let all = if body.is_empty() { "**".to_owned() } else { format!("{anchor}{body}/**") };
        for glob in [format!("{anchor}{body}")].into_iter().chain(below.then_some(all)) {
            let glob = GlobBuilder::new(&glob).literal_separator(true).build();
            set.add(glob.map_err(|error| error.kind().to_string())?);
        }
        set.build().map(Self).map_err(|error| error.kind().to_string())
    }

    pub(super) fn matches(&self, path: &EntryPath) -> bool {
        self.0.is_match(path.escaped().trim_start_matches('/'))
    }
}
