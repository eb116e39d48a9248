//! Symbols by name. Their addresses are left out: they follow from the sizes of all before them.

use std::cmp::Ordering;

use object::elf::{Sym32, Sym64};
use object::pod::slice_from_all_bytes;
use object::read::elf::Sym;
use object::{Endianness, elf};

use super::image::{Form, Image, Section, text_at};
use crate::compare::content::joined::capped;
use crate::compare::content::{Broken, Part};
use crate::report::EntryPath;
use crate::sides::Sides;

/// Symbols of one table that are compared; the program that has more has gigabytes of them.
const SYMBOLS: usize = 1_000_000;
/// Bytes of their names together.
const NAMES: usize = 256 << 20;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Symbol<'a> {
    name: &'a [u8],
    kind: u8,
    bind: u8,
    visibility: u8,
    is_defined: bool,
    size: u64,
}

/// Symbols that differ between two tables of one name.
pub(super) fn compare(
    images: Sides<&Image<'_>>,
    sections: Sides<&Section<'_>>,
) -> Result<Vec<Part>, Broken> {
    let tables = images.zip(sections).try_map(|(image, section)| read(image, section))?;
    Ok(capped("elf.symbol", "(other symbols)", differing(tables)))
}

fn read<'a>(image: &Image<'a>, section: &Section<'a>) -> Result<Vec<Symbol<'a>>, Broken> {
    // Section 0 is not in the list.
    let link = usize::try_from(section.traits.link).unwrap_or(usize::MAX).checked_sub(1);
    let strings = link.and_then(|at| image.sections.get(at)).map_or(&[][..], |it| it.bytes);
    let Form { is_64, endian } = image.form;
    let mut symbols = if is_64 {
        table::<Sym64<Endianness>>(section.bytes, endian, strings)?
    } else {
        table::<Sym32<Endianness>>(section.bytes, endian, strings)?
    };
    symbols.sort_unstable();
    Ok(symbols)
}

fn table<'a, S: Sym<Endian = Endianness>>(
    bytes: &'a [u8],
    endian: Endianness,
    strings: &'a [u8],
) -> Result<Vec<Symbol<'a>>, Broken> {
    let whole =
        bytes.len().checked_rem(size_of::<S>()).and_then(|rest| bytes.len().checked_sub(rest));
    let bytes = bytes.get(..whole.unwrap_or(0)).unwrap_or_default();
    let symbols = slice_from_all_bytes::<S>(bytes).map_err(|()| Broken::new("misaligned"))?;
    if symbols.len() > SYMBOLS {
        return Err(Broken(format!("more than {SYMBOLS} symbols, which are not compared by name")));
    }
    let mut left = NAMES;
    let symbols = symbols.iter().map(|symbol| {
        let name = text_at(strings, symbol.st_name(endian).into()).unwrap_or(b"(no name)");
        left = left.checked_sub(name.len()).ok_or_else(|| Broken::new("names are too long"))?;
        Ok(Symbol {
            name,
            kind: symbol.st_type().0,
            bind: symbol.st_bind().0,
            visibility: symbol.st_visibility().0,
            is_defined: !symbol.is_undefined(endian),
            size: symbol.st_size(endian).into(),
        })
    });
    symbols.collect()
}

/// What only one of two sorted tables has, paired by name.
fn differing<'a>(tables: Sides<Vec<Symbol<'a>>>) -> impl Iterator<Item = Part> {
    let alike =
        merge(tables, Symbol::cmp).filter(|pair| pair.left.is_none() || pair.right.is_none());
    let mut lone = Sides::new(Vec::new(), Vec::new());
    for pair in alike {
        lone.left.extend(pair.left);
        lone.right.extend(pair.right);
    }
    merge(lone, |left, right| left.name.cmp(right.name)).map(part)
}

/// Two sorted lists, of which what is equal by `order` is paired.
fn merge<'a>(
    lists: Sides<Vec<Symbol<'a>>>,
    order: fn(&Symbol<'a>, &Symbol<'a>) -> Ordering,
) -> impl Iterator<Item = Sides<Option<Symbol<'a>>>> {
    let mut lists = lists.map(|list| list.into_iter().peekable());
    std::iter::from_fn(move || {
        let order = match (lists.left.peek(), lists.right.peek()) {
            (Some(left), Some(right)) => order(left, right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return None,
        };
        let left = if order.is_le() { lists.left.next() } else { None };
        let right = if order.is_ge() { lists.right.next() } else { None };
        Some(Sides::new(left, right))
    })
}

fn part(symbols: Sides<Option<Symbol<'_>>>) -> Part {
    let name = symbols.left.or(symbols.right).map_or(&b""[..], |symbol| symbol.name);
    let values = symbols.map(|symbol| symbol.map(Symbol::text));
    Part::text("elf.symbol", values).inside_of(EntryPath::new(name))
}

impl Symbol<'_> {
    fn text(self) -> String {
        let kind = format!("{:?}", elf::SymbolType(self.kind));
        let bind = format!("{:?}", elf::SymbolBind(self.bind));
        let visibility = match elf::SymbolVisibility(self.visibility) {
            elf::STV_DEFAULT => String::new(),
            other => format!(" {other:?}"),
        };
        let size =
            if self.is_defined { format!("{} bytes", self.size) } else { "undefined".into() };
        format!("{kind} {bind}{visibility}, {size}")
    }
}
