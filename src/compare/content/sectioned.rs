//! Files that are headers and named sections: what is told of all such formats alike.

use std::collections::BTreeMap;

use super::joined::{capped, differing};
use super::part::digest;
use super::{Broken, File, Part, bytes, strings};
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// Sections that are read.
const SECTIONS: usize = 10_000;
/// Sections may overlap, but not so that all of them are many times the file.
const OVERLAP: usize = 4;

/// A file of which everything belongs to a field, a section, or the rest.
pub(super) struct Sectioned<'a> {
    whole: &'a [u8],
    /// Fields that mean something to a reader, by name.
    fields: BTreeMap<&'static str, Vec<Value>>,
    sections: BTreeMap<Vec<u8>, &'a [u8]>,
    told: Vec<&'a [u8]>,
    /// Bytes that sections may still take.
    left: usize,
}

impl<'a> Sectioned<'a> {
    pub(super) fn new(whole: &'a [u8]) -> Self {
        let (fields, sections) = (BTreeMap::new(), BTreeMap::new());
        let left = whole.len().saturating_mul(OVERLAP);
        Self { whole, fields, sections, told: Vec::new(), left }
    }

    /// `field` has this value, and these are the bytes that say so.
    pub(super) fn field(&mut self, field: &'static str, value: Value, bytes: &'a [u8]) {
        self.fields.entry(field).or_default().push(value);
        self.told.push(bytes);
    }

    /// A section that lies at `offset`. A second one of the same name is told apart by a number.
    pub(super) fn section(&mut self, name: &[u8], offset: u64, size: u64) -> Result<(), Broken> {
        let bytes = slice(self.whole, offset, size).ok_or_else(|| {
            Broken(format!("section {} ends behind the file", String::from_utf8_lossy(name)))
        })?;
        let left = self.left.checked_sub(bytes.len());
        self.left = left.ok_or_else(|| Broken::new("sections lie on top of one another"))?;
        if self.sections.len() >= SECTIONS {
            return Err(Broken(format!("more than {SECTIONS} sections")));
        }
        let numbered = format!("#{}", self.sections.len());
        let taken = self.sections.contains_key(name);
        let name = if taken { [name, numbered.as_bytes()].concat() } else { name.to_vec() };
        self.sections.insert(name, bytes);
        self.told.push(bytes);
        Ok(())
    }
}

/// What differs between two of them.
pub(super) fn compare(files: Sides<&Sectioned<'_>>) -> Vec<Part> {
    let mut parts = fields(files);
    let differing = differing(files.map(|file| &file.sections));
    let sections = differing.map(|(name, pair)| {
        section(pair.map(|bytes| bytes.copied())).inside_of(EntryPath::new(name.as_slice()))
    });
    parts.extend(capped("section", "(other sections)", sections));
    let rest = files.map(|file| between(file.whole, file.told.iter().copied()));
    if rest.left != rest.right {
        let part = Part::new("content", rest.map(|rest| Some(digest(&rest))));
        parts.push(part.inside_of(EntryPath::new(*b"(outside sections)")));
    }
    parts
}

fn fields(files: Sides<&Sectioned<'_>>) -> Vec<Part> {
    let parts = differing(files.map(|file| &file.fields)).map(|(field, pair)| {
        let values = pair.map(|values| values.and_then(|values| one(values)));
        Part::new(*field, values).inside_of(EntryPath::new(*b"(header)"))
    });
    parts.collect()
}

/// Many values are a list in one.
fn one(values: &[Value]) -> Option<Value> {
    let text = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        other => format!("{other:?}"),
    };
    match values {
        [] => None,
        [value] => Some(value.clone()),
        _ => Some(Value::Text(values.iter().map(text).collect::<Vec<_>>().join(", "))),
    }
}

/// What differs between two contents of a section.
fn section(pair: Sides<Option<&[u8]>>) -> Part {
    let part = Part::new("section", pair.map(|bytes| bytes.map(digest)));
    let Sides { left: Some(left), right: Some(right) } = pair else { return part };
    let pair = Sides::new(left, right);
    let bytes = bytes::compare(pair.map(|bytes| File { name: b"section", bytes }), None);
    match strings::differing(pair) {
        Some(found) => {
            let note = Some(format!("nothing else: {}", found.note()));
            Part { note, unified: Some(found.unified()), ..part }
        }
        None => Part { note: bytes.note, unified: bytes.unified, ..part },
    }
}

/// `size` bytes at `offset`.
pub(super) fn slice(bytes: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    bytes.get(start..)?.get(..usize::try_from(size).ok()?)
}

/// What of `whole` lies in none of its slices `covers`, without the zeros that align what follows.
pub(super) fn between<'a>(whole: &'a [u8], covers: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut ranges: Vec<(usize, usize)> = covers.filter_map(|bytes| place(whole, bytes)).collect();
    ranges.sort_unstable();
    let mut rest = Vec::new();
    let mut end = 0;
    for (start, stop) in ranges {
        let gap = whole.get(end..start).unwrap_or_default();
        if gap.iter().any(|&byte| byte != 0) {
            rest.extend_from_slice(gap);
        }
        end = end.max(stop);
    }
    rest.extend_from_slice(whole.get(end..).unwrap_or_default());
    rest
}

/// Where `part`, a slice of `whole`, lies in it.
fn place(whole: &[u8], part: &[u8]) -> Option<(usize, usize)> {
    let start = part.as_ptr().addr().checked_sub(whole.as_ptr().addr())?;
    let end = start.checked_add(part.len())?;
    (!part.is_empty() && end <= whole.len()).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_is_all_that_is_left() {
        let whole = b"headAAgapBB\0\0\0CCtail";
        let covers = [&whole[4..6], &whole[9..11], &whole[10..11], &whole[14..16], &whole[..0]];
        assert_eq!(between(whole, covers.into_iter()), b"headgaptail");
        assert_eq!(between(whole, std::iter::empty()), whole);
        assert_eq!(between(b"A\0", [].into_iter()), b"A\0");
    }

    #[test]
    fn sections_stay_inside_of_the_file_and_apart() {
        let mut file = Sectioned::new(b"0123456789");
        assert!(file.section(b"a", 8, 3).is_err() && file.section(b"a", u64::MAX, 1).is_err());
        assert!(file.section(b"a", 0, 10).is_ok() && file.section(b"a", 0, 10).is_ok());
        assert_eq!(file.sections.len(), 2);
        assert!(file.section(b"a", 0, 10).is_ok() && file.section(b"a", 0, 10).is_ok());
        assert!(file.section(b"a", 0, 1).is_err());
    }
}
