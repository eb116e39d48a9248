//! Sections by name.

use std::collections::BTreeMap;

use object::elf::{SHF_EXECINSTR, SHT_DYNSYM, SHT_STRTAB, SHT_SYMTAB};

use super::image::{Image, Section};
use super::{PATHS, notes, symbols};
use crate::compare::content::joined::{MOST, counted, join};
use crate::compare::content::part::digest;
use crate::compare::content::{Broken, File, Part, bytes, strings};
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// Bytes that differ in a section of which a dump is of use.
const FEW: usize = 64;
/// Sections that are named in a note.
const NAMED: usize = 8;

/// Sections, by name and how many of that name came before.
type Table<'t, 'a> = BTreeMap<(&'t [u8], usize), &'t Section<'a>>;

fn table<'t, 'a>(image: &'t Image<'a>) -> Table<'t, 'a> {
    let mut seen: BTreeMap<&[u8], usize> = BTreeMap::new();
    let named = image.sections.iter().map(|section| {
        let count = seen.entry(&section.name).or_default();
        let nth = *count;
        *count = count.saturating_add(1);
        ((&*section.name, nth), section)
    });
    named.collect()
}

/// What differs in the contents of sections.
pub(super) fn compare(images: Sides<&Image<'_>>) -> Vec<Part> {
    let tables = images.map(table);
    let mut parts = Vec::new();
    let mut others = 0_usize;
    for ((name, nth), pair) in join(tables.as_ref()) {
        let pair = pair.map(|section| section.copied());
        if pair.left.map(|it| it.bytes) == pair.right.map(|it| it.bytes) {
            continue;
        }
        if parts.len() >= MOST.saturating_mul(2) {
            others = others.saturating_add(1);
            continue;
        }
        let name = match nth {
            0 => EntryPath::new(*name),
            _ => EntryPath::new([name, format!("#{nth}").as_bytes()].concat()),
        };
        let found = section(images, pair);
        parts.extend(found.into_iter().map(|part| part.inside_of(name.clone())));
    }
    parts.extend(counted("section", "(other sections)", others));
    parts
}

fn section(images: Sides<&Image<'_>>, pair: Sides<Option<&Section<'_>>>) -> Vec<Part> {
    let Sides { left: Some(left), right: Some(right) } = pair else {
        return vec![Part::new("section", pair.map(|section| section.map(value)))];
    };
    let pair = Sides::new(left, right);
    if let Some(part) = notes::compare(pair, images.map(|image| image.form)) {
        return vec![part];
    }
    if let Some(part) = text(pair) {
        return vec![part];
    }
    let mut whole = content(pair);
    if !matches!(left.traits.kind, SHT_DYNSYM | SHT_SYMTAB) {
        return vec![whole];
    }
    match symbols::compare(images, pair) {
        Ok(symbols) => std::iter::once(whole).chain(symbols).collect(),
        Err(Broken(reason)) => {
            whole.note = Some(reason);
            vec![whole]
        }
    }
}

fn value(section: &Section<'_>) -> Value {
    match section.traits.empty_size {
        Some(size) => Value::Text(format!("{size} bytes, not in the file")),
        None => digest(section.bytes),
    }
}

fn content(pair: Sides<&Section<'_>>) -> Part {
    let Sides { left, right } = pair.map(|section| section.bytes);
    let inside = bytes::compare(pair.map(|it| File { name: &it.name, bytes: it.bytes }), None);
    let unequal = left.iter().zip(right).filter(|(left, right)| left != right).count();
    let is_dumped = left.len() == right.len() && unequal <= FEW;
    let unified = inside.unified.filter(|_| is_dumped);
    let part = Part::new("section", pair.map(|section| Some(value(section))));
    Part { note: inside.note, unified, ..part }
}

/// Strings, when a section that is no code and no table of names differs in nothing else.
fn text(pair: Sides<&Section<'_>>) -> Option<Part> {
    let is_code = pair.left.traits.flags & SHF_EXECINSTR.0 != 0;
    let is_linked = pair.left.traits.kind == SHT_STRTAB && pair.left.traits.address != 0;
    if is_code || is_linked {
        return None;
    }
    let found = strings::differing(pair.map(|section| section.bytes))?;
    let aspect = found.circumstantial.then_some(PATHS);
    let part = Part::new("elf.strings", found.values());
    Some(Part { note: Some(found.note()), unified: Some(found.unified()), aspect, ..part })
}

/// What differs in the section headers, beside sizes and places in the file.
pub(super) fn headers(images: Sides<&Image<'_>>) -> Option<String> {
    if images.left.has_sections() != images.right.has_sections() {
        return Some("only one side has section headers".into());
    }
    let order =
        |image: &'_ Image<'_>| image.sections.iter().map(|it| it.name.to_vec()).collect::<Vec<_>>();
    let tables = images.map(table);
    let differing: Vec<String> = join(tables.as_ref())
        .filter_map(|((name, _), pair)| {
            let differs = pair.left?.traits != pair.right?.traits;
            differs.then(|| String::from_utf8_lossy(name).into_owned())
        })
        .collect();
    if !differing.is_empty() {
        return Some(listed(&differing));
    }
    let orders = images.map(order);
    let is_reordered = tables.left.keys().eq(tables.right.keys()) && orders.left != orders.right;
    is_reordered.then(|| "sections come in another order".into())
}

fn listed(names: &[String]) -> String {
    let shown = names.get(..NAMED).unwrap_or(names).join(", ");
    let others = names.len().saturating_sub(NAMED);
    let others = if others > 0 { format!(" and {others} more") } else { String::new() };
    format!("addresses or properties differ of {shown}{others}")
}
