//! Berkeley DB's hash access method, as far as RPM's `Packages` needs it: pages of pairs of a
//! number and a header, the header mostly in a chain of overflow pages (Berkeley DB's
//! `dbinc/db_page.h` tells the layout). Numbers are in the byte order of the machine that wrote.

use super::{Blobs, slice};

/// In the first page, which has no header of its own.
const MAGIC: usize = 12;
const HASH: u32 = 0x0006_1561;
const PAGE_SIZE: usize = 20;
const ENCRYPTION: usize = 24;
/// Bytes before the array of offsets of a page.
const HEADER: usize = 26;

/// Types of pages that matter.
const UNSORTED: u8 = 2;
const OVERFLOW: u8 = 7;
const SORTED: u8 = 13;

/// Types of items on a page.
const INLINE: u8 = 1;
const OFF_PAGE: u8 = 3;

pub(super) fn is_one(content: &[u8]) -> bool {
    Order::of(content).is_some()
}

/// The byte order of a file.
#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn of(content: &[u8]) -> Option<Self> {
        [Self::Little, Self::Big].into_iter().find(|it| it.u32(content, MAGIC) == Some(HASH))
    }

    fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let bytes = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        })
    }

    fn u16(self, bytes: &[u8], at: usize) -> Option<usize> {
        let bytes = *bytes.get(at..)?.first_chunk()?;
        Some(usize::from(match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }))
    }

    fn size(self, bytes: &[u8], at: usize) -> Option<usize> {
        self.u32(bytes, at).and_then(|it| usize::try_from(it).ok())
    }
}

struct Pages<'a> {
    content: &'a [u8],
    order: Order,
    size: usize,
}

/// Every header in the file.
pub(super) fn blobs(content: &[u8]) -> Result<Blobs, &'static str> {
    let order = Order::of(content).ok_or("no Berkeley DB hash")?;
    let size = order.size(content, PAGE_SIZE).unwrap_or_default();
    if !(512..=65_536).contains(&size) || !size.is_power_of_two() {
        return Err("the size of a page is none Berkeley DB has");
    }
    if content.get(ENCRYPTION).is_some_and(|&cipher| cipher != 0) {
        return Err("the database is encrypted");
    }
    let pages = Pages { content, order, size };
    let mut all = Blobs::default();
    // Each byte of an honest file belongs to one header at most; and no chain is longer than the
    // file has pages, over all headers together.
    let mut left = content.len();
    for page in content.chunks(size).skip(1) {
        if matches!(page.get(25), Some(&(SORTED | UNSORTED))) {
            pages.pairs(page, &mut left, &mut all);
        }
    }
    Ok(all)
}

impl<'a> Pages<'a> {
    /// Takes the headers of one page.
    fn pairs(&self, page: &'a [u8], left: &mut usize, all: &mut Blobs) {
        let count = self.order.u16(page, 20).unwrap_or_default();
        for at in (0..count).step_by(2) {
            match self.pair(page, at, left) {
                Ok(None) => {}
                Ok(Some(blob)) => all.blobs.push(blob),
                Err(reason) => all.problem = Some(reason),
            }
        }
    }

    /// The header of the pair at `at`; `None` for pair 0, in which RPM counts.
    fn pair(
        &self,
        page: &'a [u8],
        at: usize,
        left: &mut usize,
    ) -> Result<Option<Vec<u8>>, &'static str> {
        let key = self.item(page, at).ok_or("an item lies outside of its page")?;
        let value =
            self.item(page, at.saturating_add(1)).ok_or("an item lies outside of its page")?;
        if matches!(key, [INLINE, 0, 0, 0, 0]) {
            return Ok(None);
        }
        match value {
            [INLINE, data @ ..] => Ok(take(left, data.len()).map(|()| data.to_vec())),
            [OFF_PAGE, ..] => self.chain(value, left).map(Some),
            _ => Err("an item of a kind RPM does not write"),
        }
    }

    /// One item: from its offset up to the one that was put on the page before it.
    fn item(&self, page: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let offset = |at: usize| {
            let begins = at.checked_mul(2)?.checked_add(HEADER)?;
            self.order.u16(page, begins)
        };
        let end = match at.checked_sub(1) {
            Some(before) => offset(before)?,
            None => page.len(),
        };
        page.get(offset(at)?..end)
    }

    /// The value in the overflow pages that `item` points to.
    fn chain(&self, item: &[u8], left: &mut usize) -> Result<Vec<u8>, &'static str> {
        let length = self.order.size(item, 8).ok_or("an item is cut short")?;
        let mut next = self.order.size(item, 4).ok_or("an item is cut short")?;
        let mut value = Vec::new();
        while next != 0 && value.len() < length {
            let page =
                next.checked_mul(self.size).and_then(|at| slice(self.content, at, self.size));
            let page = page.filter(|page| page.get(25) == Some(&OVERFLOW));
            let page = page.ok_or("a chain of overflow pages is broken")?;
            take(left, self.size).ok_or("chains of overflow pages meet")?;
            let used = self.order.u16(page, 22).unwrap_or_default();
            value
                .extend_from_slice(slice(page, HEADER, used).ok_or("an overflow page is damaged")?);
            next = self.order.size(page, 16).unwrap_or_default();
        }
        if value.len() < length {
            return Err("a chain of overflow pages ends early");
        }
        value.truncate(length);
        Ok(value)
    }
}

/// Takes `bytes` of what is left.
fn take(left: &mut usize, bytes: usize) -> Option<()> {
    *left = left.checked_sub(bytes)?;
    Some(())
}
