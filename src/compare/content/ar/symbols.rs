//! The symbol table of a static library as GNU writes it, with member names for offsets: those
//! follow from the sizes of the members, and would differ wherever anything does.

use std::collections::BTreeMap;

use super::{Archive, SYMBOLS};
use crate::compare::content::Budget;

/// One line for each symbol; `None` where there is no table, or another than it should be, or where
/// many symbols name one member of a long name.
pub(super) fn text(archive: &Archive<'_>, budget: &Budget) -> Option<String> {
    let (table, others) = archive.members.split_first()?;
    if table.name != SYMBOLS || others.iter().any(|member| member.name == SYMBOLS) {
        return None;
    }
    let members = archive.offsets.iter().copied().zip(&archive.members);
    let names: BTreeMap<usize, _> = members.map(|(at, member)| (at, &member.name)).collect();
    let (count, rest) = table.stored.split_first_chunk::<4>()?;
    let count = usize::try_from(u32::from_be_bytes(*count)).ok()?;
    let (offsets, symbols) = rest.split_at_checked(count.checked_mul(4)?)?;
    let (offsets, _) = offsets.as_chunks::<4>();
    let mut symbols = symbols.split(|&byte| byte == 0);
    let mut text = String::new();
    for offset in offsets {
        let offset = usize::try_from(u32::from_be_bytes(*offset)).ok()?;
        let (symbol, member) = (symbols.next()?, names.get(&offset)?);
        budget.spend(symbol.len().saturating_add(member.len())).ok()?;
        text.push_str(&String::from_utf8_lossy(symbol));
        text.push(' ');
        text.push_str(&String::from_utf8_lossy(member));
        text.push('\n');
    }
    symbols.all(<[u8]>::is_empty).then_some(text)
}
