//! A slice of a memory map that keeps the map alive.

use std::ops::Range;
use std::sync::Arc;

use super::map::Map;

/// The bytes of one member. Cloning is cheap and copies no bytes.
#[derive(Clone)]
pub struct Blob {
    map: Arc<Map>,
    range: Range<usize>,
}

impl Blob {
    /// All of `map`.
    pub(super) fn whole(map: Map) -> Self {
        let range = 0..map.len();
        Self { map: Arc::new(map), range }
    }

    /// The part of this blob at `offset`, at most `len` bytes: shorter where the blob ends early.
    pub(super) fn slice(&self, offset: u64, len: u64) -> Self {
        let start = offset_in(&self.range, offset);
        let end = offset_in(&(start..self.range.end), len);
        Self { map: Arc::clone(&self.map), range: start..end }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        self.map.get(self.range.clone()).unwrap_or_default()
    }

    /// Gives back the memory that its bytes take for as long as nobody looks at them.
    pub fn forget(&self) {
        self.map.forget(&self.range);
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.bytes().len() as u64
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// Whether both are the very same bytes of the same map, not merely equal ones.
    pub fn same_memory(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.map, &other.map) && self.range == other.range
    }
}

fn offset_in(range: &Range<usize>, offset: u64) -> usize {
    usize::try_from(offset)
        .ok()
        .and_then(|offset| range.start.checked_add(offset))
        .map_or(range.end, |position| position.min(range.end))
}
