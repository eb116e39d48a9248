//! What is counted on the pages before SQLite is let at them ("Database File Format", 1.3 and 1.6).

use crate::compare::content::Broken;

/// Type of a page of a table that only points to others.
const INTERIOR: u64 = 0x05;
/// Type of a page that holds rows.
const LEAF: u64 = 0x0d;

/// A number of the file, which are all big-endian.
pub(super) fn number(bytes: &[u8], place: usize, size: usize) -> Option<u64> {
    let bytes = bytes.get(place..)?.get(..size)?;
    Some(bytes.iter().fold(0, |number, &byte| (number << 8) | u64::from(byte)))
}

/// Bytes of a page.
fn page_size(bytes: &[u8]) -> u64 {
    match number(bytes, 16, 2) {
        Some(1) => 65_536,
        other => other.unwrap_or_default(),
    }
}

/// Whether pages are missing. SQLite would take them for empty.
pub(super) fn is_cut(bytes: &[u8]) -> bool {
    let word = |place| number(bytes, place, 4).unwrap_or_default();
    let page = page_size(bytes);
    // The number of pages only holds when it is as old as the last change.
    let pages = if word(24) == word(92) { word(28) } else { 0 };
    let size = bytes.len() as u64;
    pages.saturating_mul(page) > size || size.checked_rem(page) != Some(0)
}

/// Refuses a schema of more than `most` objects: the time SQLite takes to read one grows with the
/// square of their number, and it cannot be stopped while it does.
pub(super) fn check_schema(bytes: &[u8], most: u64) -> Result<(), Broken> {
    let mut pages = vec![1];
    let (mut visited, mut objects) = (0_u64, 0_u64);
    while let Some(page) = pages.pop() {
        visited = visited.saturating_add(1);
        let (rows, children) = table_page(bytes, page).unwrap_or_default();
        objects = objects.saturating_add(rows);
        pages.extend(children);
        let known = visited.saturating_add(pages.len() as u64);
        if known > most || objects > most {
            return Err(Broken(format!("more than {most} tables, indexes and the like")));
        }
    }
    Ok(())
}

/// The number of rows on a page, and the pages it points to.
fn table_page(bytes: &[u8], page: u64) -> Option<(u64, Vec<u64>)> {
    let start = usize::try_from(page.checked_sub(1)?.checked_mul(page_size(bytes))?).ok()?;
    // The header of the file lies on the first page.
    let header = if page == 1 { 100 } else { start };
    let cells = number(bytes, header.checked_add(3)?, 2)?;
    match number(bytes, header, 1)? {
        LEAF => Some((cells, Vec::new())),
        INTERIOR => {
            let last = number(bytes, header.checked_add(8)?, 4)?;
            let child = |cell: u64| {
                let pointer = usize::try_from(cell).ok()?.checked_mul(2)?.checked_add(12)?;
                let pointer = header.checked_add(pointer)?;
                let place = usize::try_from(number(bytes, pointer, 2)?).ok()?;
                number(bytes, start.checked_add(place)?, 4)
            };
            Some((0, (0..cells).filter_map(child).chain([last]).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database of pages of 512 bytes, of which the first points to the others.
    fn tree(children: &[u8], cells: u8) -> Vec<u8> {
        let mut first = vec![0; 512];
        first[16] = 2;
        first[100..112].copy_from_slice(&[5, 0, 0, 0, children.len() as u8, 0, 0, 0, 0, 0, 0, 2]);
        for (at, child) in children.iter().enumerate() {
            let place = 500 - at * 4;
            first[112 + at * 2..114 + at * 2].copy_from_slice(&(place as u16).to_be_bytes());
            first[place + 3] = *child;
        }
        let mut leaf = vec![0; 512];
        leaf[0] = 13;
        leaf[4] = cells;
        [first, leaf].concat()
    }

    #[test]
    fn objects_are_counted_on_all_pages() {
        assert_eq!(check_schema(&tree(&[2, 2], 4), 12), Ok(()));
        assert!(check_schema(&tree(&[2, 2], 4), 11).is_err());
        assert!(check_schema(&tree(&[1], 0), 1_000).is_err());
        assert_eq!(check_schema(b"", 1), Ok(()));
    }
}
