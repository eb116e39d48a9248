//! ELF files (System V ABI, chapters 4 and 5): headers, sections, symbols and what is linked.
//!
//! All bytes of a file belong to something that is compared: the tables of headers are compared
//! without the places they give, which follow from sizes, and so is what lies in no section.

mod dynamic;
mod image;
mod notes;
mod sections;
mod symbols;
#[cfg(test)]
mod tests;

use self::image::Image;
use super::part::digest;
use super::{Broken, Comparator, File, Inside, Inspector, Part};
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// A build identifier, and all that follows from another: the cause in the catalogue.
const BUILD_ID: &str = "elf-build-id";
/// Where or when it was built, and the build identifier that follows.
const PATHS: &str = "elf-paths";

pub(super) struct Elf;

impl Comparator for Elf {
    fn name(&self) -> &'static str {
        "ELF file"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        file.bytes.starts_with(b"\x7fELF")
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        let mut images = files.try_map(|file| Image::read(file.bytes, false))?;
        if images.as_ref().map(Image::has_sections) != Sides::new(true, true) {
            images = files.try_map(|file| Image::read(file.bytes, true))?;
        }
        let images = images.as_ref();
        let mut parts = header(images);
        parts.extend(dynamic::compare(images.map(|image| &image.linked)));
        parts.extend(tables(images));
        parts.extend(sections::compare(images));
        parts.extend(outside(images));
        let aspect = aspect(&parts);
        Ok(Inside { aspect, ..Inside::of(parts) })
    }
}

/// The cause of all that differs, if all has one.
fn aspect(parts: &[Part]) -> Option<&'static str> {
    let follows = |part: &Part| part.aspect == Some(BUILD_ID) || part.field == "elf.comment";
    let is_placed = |part: &Part| part.aspect == Some(PATHS);
    if parts.is_empty() || !parts.iter().all(|part| follows(part) || is_placed(part)) {
        return None;
    }
    Some(if parts.iter().any(is_placed) { PATHS } else { BUILD_ID })
}

fn header(images: Sides<&Image<'_>>) -> Vec<Part> {
    let fields = images.left.header.iter().zip(&images.right.header);
    let differing = fields.filter(|(left, right)| left != right);
    let parts: Vec<Part> = differing
        .map(|((name, left), (_, right))| {
            let values = Sides::new(left.clone(), right.clone());
            Part::text(*name, values.map(Some)).inside_of(EntryPath::new(*b"(header)"))
        })
        .collect();
    if parts.is_empty() && images.left.header_rest != images.right.header_rest {
        return vec![table("(header)", images.map(|image| image.header_bytes))];
    }
    parts
}

fn tables(images: Sides<&Image<'_>>) -> Vec<Part> {
    let mut parts = Vec::new();
    let segments = images.map(|image| image.segments);
    if segments.left != segments.right {
        parts.push(table("(program headers)", segments));
    }
    let note = sections::headers(images);
    if note.is_some() {
        let part = table("(section headers)", images.map(|image| image.section_headers));
        parts.push(Part { note, ..part });
    }
    parts
}

fn outside(images: Sides<&Image<'_>>) -> Option<Part> {
    let gaps = images.map(Image::outside);
    if gaps.left == gaps.right {
        return None;
    }
    Some(table("(outside sections)", gaps.as_ref().map(|gaps| gaps.as_slice())))
}

/// Bytes that are told by their digest alone; none are a thing that is not there.
fn table(name: &'static str, bytes: Sides<&[u8]>) -> Part {
    let value = |bytes: &[u8]| -> Option<Value> { (!bytes.is_empty()).then(|| digest(bytes)) };
    Part::new("content", bytes.map(value)).inside_of(EntryPath::new(name.as_bytes()))
}
