//! ndb, RPM's own container (`Packages.db`): pages of slots, each of which says where a header
//! lies (rpm's `lib/backend/ndb/rpmpkg.c` tells the layout). All numbers are little-endian.

use super::{Blobs, slice, u32_le};

const MAGIC: &[u8] = b"RpmP";
const VERSION: u32 = 0;
/// Slots fill pages; the first two slots' place is the header's.
const PAGE: usize = 4096;
const HEADER: usize = 32;
const SLOT: usize = 16;
/// Places and sizes are counted in blocks.
const BLOCK: usize = 16;
/// Before a header: magic, index, generation, length. After it: checksum, length, magic.
const HEAD: usize = 16;
const TAIL: usize = 12;

pub(super) fn is_one(content: &[u8]) -> bool {
    content.starts_with(MAGIC) && u32_le(content, 4) == Some(VERSION)
}

/// Every header that a slot points to.
pub(super) fn blobs(content: &[u8]) -> Blobs {
    let mut all = Blobs::default();
    let pages = u32_le(content, 12).and_then(|pages| usize::try_from(pages).ok());
    let Some(end) = pages.and_then(|pages| pages.checked_mul(PAGE)).filter(|it| *it >= PAGE) else {
        return Blobs { problem: Some("no pages of slots"), ..all };
    };
    let slots = match content.get(HEADER..end) {
        Some(slots) => slots,
        None => {
            all.problem = Some("the pages of slots are cut short");
            content.get(HEADER..).unwrap_or_default()
        }
    };
    // An honest database keeps every header once, so they do not take more than the file.
    let mut left = content.len();
    for slot in slots.chunks_exact(SLOT) {
        match blob(content, slot) {
            Ok(None) => {}
            Ok(Some(blob)) if blob.len() <= left => {
                left = left.saturating_sub(blob.len());
                all.blobs.push(blob.to_vec());
            }
            Ok(Some(_)) => all.problem = Some("headers lie inside one another"),
            Err(reason) => all.problem = Some(reason),
        }
    }
    all
}

/// The header that one slot points to; `None` when the slot is free.
fn blob<'a>(content: &'a [u8], slot: &[u8]) -> Result<Option<&'a [u8]>, &'static str> {
    let field = |at: usize| u32_le(slot, at);
    if !slot.starts_with(b"Slot") {
        return Err("a slot is damaged");
    }
    if field(4) == Some(0) || field(8) == Some(0) {
        return Ok(None);
    }
    let place = field(8).and_then(|it| usize::try_from(it).ok()?.checked_mul(BLOCK));
    let room = field(12).and_then(|it| usize::try_from(it).ok()?.checked_mul(BLOCK));
    let Some(body) = place.zip(room).and_then(|(at, room)| slice(content, at, room)) else {
        return Err("a slot points outside of the file");
    };
    if !body.starts_with(b"BlbS") || u32_le(body, 4) != field(4) {
        return Err("a slot points to no header");
    }
    let length = u32_le(body, 12).and_then(|it| usize::try_from(it).ok());
    let fits = |it: &usize| it.saturating_add(HEAD).saturating_add(TAIL) <= body.len();
    let length = length.filter(fits).ok_or("a header is larger than its room")?;
    Ok(slice(body, HEAD, length))
}
