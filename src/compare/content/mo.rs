//! Compiled message catalogues (GNU gettext manual, "The Format of GNU MO Files"): by message.

use std::collections::BTreeMap;

use super::joined::{Pair, capped, differing};
use super::{Broken, Comparator, File, Inside, Inspector, Part};
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// Strings may share bytes, but not so that all of them are many times the file.
const OVERLAP: usize = 4;
/// Characters of a message that name it.
const LONGEST: usize = 120;

pub(super) struct Mo;

impl Comparator for Mo {
    fn name(&self) -> &'static str {
        "message catalogue"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        order(file.bytes).is_some()
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        let catalogues = files.try_map(|file| read(file.bytes))?;
        let catalogues = catalogues.as_ref();
        let header =
            catalogues.map(|it| it.get(&b""[..]).map_or_else(BTreeMap::new, |it| lines(it)));
        let header = differing(header.as_ref()).map(|(name, values)| field(name, values));
        let mut parts = capped("mo.header", "(header)", header);
        let messages = differing(catalogues).filter(|(id, _)| !id.is_empty());
        parts.extend(capped(
            "mo.message",
            "(other messages)",
            messages.map(|(id, pair)| message(id, pair)),
        ));
        Ok(Inside::of(parts))
    }
}

/// Translations by what they translate.
type Catalogue<'a> = BTreeMap<&'a [u8], &'a [u8]>;

type Number = fn([u8; 4]) -> u32;

/// How numbers are written, which the magic number tells.
fn order(bytes: &[u8]) -> Option<Number> {
    match bytes {
        [0xde, 0x12, 0x04, 0x95, ..] => Some(u32::from_le_bytes),
        [0x95, 0x04, 0x12, 0xde, ..] => Some(u32::from_be_bytes),
        _ => None,
    }
}

fn read(bytes: &[u8]) -> Result<Catalogue<'_>, Broken> {
    let order = order(bytes).ok_or_else(|| Broken::new("the magic number is missing"))?;
    let word = |offset: usize| {
        let word = bytes.get(offset..).and_then(|rest| rest.first_chunk());
        let word = word.ok_or_else(|| Broken::new("the tables end behind the file"))?;
        usize::try_from(order(*word)).map_err(Broken::new)
    };
    if word(4)? >> 16 > 1 {
        return Err(Broken::new("a revision that is not known"));
    }
    let mut left = bytes.len().saturating_mul(OVERLAP);
    let mut text = |entry: usize| {
        let (length, start) = (word(entry)?, word(entry.saturating_add(4))?);
        let text = bytes.get(start..).and_then(|rest| rest.get(..length));
        let text = text.ok_or_else(|| Broken::new("a string ends behind the file"))?;
        left = left.checked_sub(length).ok_or_else(|| Broken::new("strings share their bytes"))?;
        Ok(text)
    };
    let (count, ids, translations) = (word(8)?, word(12)?, word(16)?);
    let mut catalogue = Catalogue::new();
    for at in 0..count {
        let place = at.saturating_mul(8);
        let id = text(ids.saturating_add(place))?;
        let translation = text(translations.saturating_add(place))?;
        if catalogue.insert(id, translation).is_some() {
            return Err(Broken(format!("message {} is there twice", shown(id))));
        }
    }
    Ok(catalogue)
}

/// The fields of the header, which is the translation of nothing.
fn lines(header: &[u8]) -> BTreeMap<String, String> {
    let header = String::from_utf8_lossy(header);
    let fields = header.lines().map(|line| line.split_once(':').unwrap_or((line, "")));
    fields.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect()
}

fn field(name: &str, values: Pair<'_, String>) -> Part {
    let part = Part::text(format!("mo.{name}"), values.map(|value| value.cloned()));
    part.inside_of(EntryPath::new(*b"(header)"))
}

fn message(id: &[u8], translations: Pair<'_, &[u8]>) -> Part {
    let value = |text: &&[u8]| match std::str::from_utf8(text) {
        Ok(text) => Value::Text(text.replace('\0', "\n")),
        Err(_) => Value::Bytes((*text).into()),
    };
    let part = Part::new("mo.message", translations.map(|text| text.map(value)));
    part.inside_of(EntryPath::new(shown(id).into_bytes()))
}

/// A message by its singular, with its context in front of it.
fn shown(id: &[u8]) -> String {
    let singular = id.split(|&byte| byte == 0).next().unwrap_or_default();
    let text = String::from_utf8_lossy(singular).replace('\x04', "|");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::content::testing::{self, told};

    const REAL: &[u8] =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/mo/iso_639-3-kab.mo"));

    fn mo(entries: &[(&str, &str)]) -> Vec<u8> {
        let count = entries.len();
        let (mut tables, mut texts) = ([Vec::new(), Vec::new()], Vec::new());
        for (id, translation) in entries {
            for (table, text) in tables.iter_mut().zip([id, translation]) {
                table.push(text.len());
                table.push(28 + count * 16 + texts.len());
                texts.extend([text.as_bytes(), b"\0"].concat());
            }
        }
        let header = [0x9504_12de, 0, count, 28, 28 + count * 8, 0, 0];
        let words = header.into_iter().chain(tables.concat());
        words.flat_map(|word| (word as u32).to_le_bytes()).chain(texts).collect()
    }

    #[test]
    fn messages_are_told() {
        let left = mo(&[("", "A: 1\nB: 2\n"), ("gone", "x"), ("one\0many", "x\0y")]);
        let right = mo(&[("", "A: 1\nB: 3\n"), ("ctx\x04new", "x"), ("one\0many", "x\0z")]);
        assert_eq!(
            told(&Mo, &left, &right),
            ["(header) mo.B", "ctx|new mo.message", "gone mo.message", "one mo.message"]
        );
        assert_eq!(told(&Mo, &left, &left), Vec::<String>::new());
    }

    #[test]
    fn a_real_catalogue() {
        assert!(Mo.recognises(File { name: b"x", bytes: REAL }));
        assert!(!Mo.recognises(File { name: b"x.mo", bytes: b"msgid" }));
        let at = REAL.windows(18).position(|bytes| bytes == b"PO-Revision-Date: ");
        let mut other = REAL.to_vec();
        other[at.unwrap_or_default() + 21] ^= 1;
        assert_eq!(told(&Mo, REAL, &other), ["(header) mo.PO-Revision-Date"]);
    }

    #[test]
    fn damage_is_refused_and_never_fatal() {
        assert!(testing::compare(&Mo, "x", REAL, &REAL[..REAL.len() / 2]).is_err());
        testing::torture(&Mo, "x", &mo(&[("", "A: 1\n"), ("a", "b"), ("a\0c", "d\0e")]));
    }
}
