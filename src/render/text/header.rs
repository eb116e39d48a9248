//! What was compared.

use std::io;

use super::line::{Line, flow};
use super::page::{Page, folded};
use super::style::Role;
use crate::render::words::Safe;
use crate::render::words::value;
use crate::report::{ImageSummary, Input, Note, Report};
use crate::sides::Side;

pub(super) fn write(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    write_input("left", Role::Removed, &report.left, page)?;
    write_input("right", Role::Added, &report.right, page)?;
    report.notes.iter().try_for_each(|note| write_note(note, page))
}

/// Columns of the word before an input.
const INDENT: usize = 7;

/// A single input.
pub(super) fn write_image(input: &Input, page: &mut Page<'_>) -> io::Result<()> {
    write_input("image", Role::Plain, input, page)
}

fn write_input(
    word: &'static str,
    role: Role,
    input: &Input,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let mut facts = vec![Line::default().with(Role::Heading, Safe::escaped(&input.input))];
    facts.extend(facts_of(input, page.all()).into_iter().map(|fact| Line::default().text(fact)));
    let mut label = Line::default().with(role, word);
    for line in flow(facts, "  ", page.width() - INDENT) {
        page.line(&label.pad(INDENT).join(line))?;
        label = Line::default();
    }
    Ok(())
}

/// Names of one input that are listed unless everything is asked for.
const NAMES: usize = 3;

fn facts_of(input: &Input, all: bool) -> Vec<Safe> {
    let mut facts = vec![Safe::escaped(&input.format)];
    let (names, more) = folded(&input.references, NAMES, all);
    facts.extend(names.iter().map(Safe::escaped));
    if !more.is_empty() {
        facts.push(Safe::from("… ").then(more.len()).then(" more names"));
    }
    facts.extend(input.image.iter().flat_map(|image| identity(image, all)));
    facts.retain(|fact| fact.width() > 0);
    facts
}

/// A docker archive has no manifest, so its image is known by its configuration.
fn identity(image: &ImageSummary, all: bool) -> impl Iterator<Item = Safe> {
    let root = image.digest.as_deref().map(|text| digest(text, all));
    let config = || Some(Safe::from("id ").then(digest(image.config_digest.as_deref()?, all)));
    let platform = image.platform.as_deref().map(Safe::escaped);
    root.or_else(config).into_iter().chain(platform)
}

fn digest(text: &str, all: bool) -> Safe {
    if all { Safe::escaped(text) } else { value::digest(text) }
}

fn write_note(note: &Note, page: &mut Page<'_>) -> io::Result<()> {
    let side = match note.side {
        Some(Side::Left) => "left: ",
        Some(Side::Right) => "right: ",
        None => "",
    };
    let label = Line::default().with(Role::Changed, "note").pad(INDENT).text(side);
    page.paragraph(label, Role::Plain, &note.message)
}
