//! What the dynamic linker is told: the interpreter, needed libraries, and where to look for them.

use std::collections::BTreeSet;

use object::Endianness;
use object::elf;
use object::read::elf::{Dyn, FileHeader, ProgramHeader};

use super::image::text_at;
use crate::compare::content::Part;
use crate::compare::content::joined::capped;
use crate::report::EntryPath;
use crate::sides::Sides;

/// Entries of the dynamic table that are read.
const ENTRIES: usize = 1_000;

/// What is linked, and how.
#[derive(Default)]
pub(super) struct Linked<'a> {
    interpreter: Vec<&'a [u8]>,
    needed: Vec<&'a [u8]>,
    soname: Vec<&'a [u8]>,
    rpath: Vec<&'a [u8]>,
    runpath: Vec<&'a [u8]>,
}

impl<'a> Linked<'a> {
    /// Reads what there is of it. What is damaged is left out: its bytes are compared anyway.
    pub(super) fn read<E: FileHeader<Endian = Endianness>>(
        endian: Endianness,
        bytes: &'a [u8],
        segments: &'a [E::ProgramHeader],
    ) -> Self {
        let mut linked = Self::default();
        let interpreter = segments.iter().find(|it| it.p_type(endian) == elf::PT_INTERP);
        let interpreter = interpreter.and_then(|it| it.data(endian, bytes).ok());
        linked.interpreter.extend(interpreter.and_then(|it| text_at(it, 0)));
        let entries = segments.iter().find_map(|it| it.dynamic(endian, bytes).ok()?);
        let entries = entries.map_or(&[][..], |all| all.get(..ENTRIES).unwrap_or(all));
        let strings = strings::<E>(endian, bytes, segments, entries).unwrap_or_default();
        for entry in entries.iter().take_while(|it| it.tag(endian) != elf::DT_NULL) {
            let list = match entry.tag(endian) {
                elf::DT_NEEDED => &mut linked.needed,
                elf::DT_SONAME => &mut linked.soname,
                elf::DT_RPATH => &mut linked.rpath,
                elf::DT_RUNPATH => &mut linked.runpath,
                _ => continue,
            };
            list.extend(text_at(strings, entry.val(endian)));
        }
        linked
    }
}

/// The table of strings, which is given by its address in memory.
fn strings<'a, E: FileHeader<Endian = Endianness>>(
    endian: Endianness,
    bytes: &'a [u8],
    segments: &'a [E::ProgramHeader],
    entries: &[E::Dyn],
) -> Option<&'a [u8]> {
    let value = |tag| Some(entries.iter().find(|it| it.tag(endian) == tag)?.val(endian));
    let (address, size) = (value(elf::DT_STRTAB)?, value(elf::DT_STRSZ)?);
    let mut loaded = segments.iter().filter(|it| it.p_type(endian) == elf::PT_LOAD);
    loaded.find_map(|it| it.data_range(endian, bytes, address, size).ok()?)
}

pub(super) fn compare(linked: Sides<&Linked<'_>>) -> Vec<Part> {
    let mut parts =
        single(".interp", "elf.interpreter", linked.map(|it| it.interpreter.as_slice()));
    let needed = linked.map(|it| it.needed.as_slice());
    let lone = capped("elf.needed", ".dynamic", lone(needed).into_iter());
    if lone.is_empty() {
        // The order decides which library a symbol is taken from.
        parts.extend(single(".dynamic", "elf.needed", needed));
    }
    parts.extend(lone);
    parts.extend(single(".dynamic", "elf.soname", linked.map(|it| it.soname.as_slice())));
    parts.extend(single(".dynamic", "elf.rpath", linked.map(|it| it.rpath.as_slice())));
    parts.extend(single(".dynamic", "elf.runpath", linked.map(|it| it.runpath.as_slice())));
    parts
}

/// Libraries that one side needs.
fn lone(needed: Sides<&[&[u8]]>) -> Vec<Part> {
    let names = needed.map(|list| list.iter().copied().collect::<BTreeSet<&[u8]>>());
    let left = names.left.difference(&names.right).map(|name| Sides::new(Some(shown(name)), None));
    let right = names.right.difference(&names.left).map(|name| Sides::new(None, Some(shown(name))));
    let within = EntryPath::new(*b".dynamic");
    let part = |values| Part::text("elf.needed", values).inside_of(within.clone());
    left.chain(right).map(part).collect()
}

fn single(section: &'static str, field: &'static str, lists: Sides<&[&[u8]]>) -> Vec<Part> {
    if lists.left == lists.right {
        return Vec::new();
    }
    let all = |list: &[&[u8]]| list.iter().map(|text| shown(text)).collect::<Vec<_>>().join(", ");
    let values = lists.map(|list| (!list.is_empty()).then(|| all(list)));
    vec![Part::text(field, values).inside_of(EntryPath::new(section.as_bytes()))]
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}
