//! A comment for a pull request, in GitHub Flavored Markdown.
//!
//! From the top: the verdict, the inputs, damage, packages, causes with what to do about them, and
//! what differs, folded, layer by layer. Everything from an image stands in a code span, a fence or
//! a `<code>` with character references, where neither Markdown nor what forges do after it (mentions,
//! references to issues and commits, links) has any effect.

mod comment;
mod inert;
mod sections;
mod summary;
mod verification;

use std::io;

pub(super) use self::inert::{code, prose};

use self::comment::Comment;
use super::Renderer;
use crate::report::Report;

/// A comment that is short enough for GitHub, whatever differs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Markdown;

impl Renderer for Markdown {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let mut comment = Comment::default();
        summary::write(report, &mut comment);
        let cut = sections::write(report, &mut comment);
        if let Some(cut) = cut.words() {
            comment.close(&cut);
        }
        comment.write(out)
    }
}
