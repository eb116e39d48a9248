//! A second pass over a layer, for the contents of a few of its entries.

use std::collections::{BTreeMap, BTreeSet};

use crate::compress::{Compression, Decoder};
use crate::limits::Limits;
use crate::tar::{Event, Walker};

const CHUNK: usize = 256 << 10;

/// The stored contents of the entries at `wanted`, positions in the archive. Those longer than
/// `most` bytes are left out, and so is what lies behind a break in the stream.
pub fn extract(
    bytes: &[u8],
    wanted: &BTreeSet<usize>,
    most: u64,
    limits: &Limits,
) -> BTreeMap<usize, Vec<u8>> {
    let mut capture = Capture { wanted, most, position: 0, held: None, contents: BTreeMap::new() };
    let mut walker = Walker::new(limits, limits.entries);
    let Ok(mut decoder) = Decoder::new(Compression::detect(bytes), bytes, limits) else {
        return capture.contents;
    };
    let mut buffer = vec![0; CHUNK];
    while let Ok(Some(chunk)) = decoder.next(&mut buffer) {
        walker.push(chunk, &mut |event| capture.take(event));
        if capture.is_done() {
            break;
        }
    }
    capture.contents
}

struct Capture<'a> {
    wanted: &'a BTreeSet<usize>,
    most: u64,
    /// Entries begun so far.
    position: usize,
    /// Position and content so far of the entry that is being captured.
    held: Option<(usize, Vec<u8>)>,
    contents: BTreeMap<usize, Vec<u8>>,
}

impl Capture<'_> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Entry(member) => {
                let wanted = self.wanted.contains(&self.position) && member.size <= self.most;
                self.held = wanted.then(|| (self.position, Vec::new()));
                self.position = self.position.saturating_add(1);
            }
            Event::Data(bytes) => {
                if let Some((_, content)) = &mut self.held {
                    content.extend_from_slice(bytes);
                }
            }
            Event::End => self.contents.extend(self.held.take()),
            Event::Oddity { .. } => {}
        }
    }

    fn is_done(&self) -> bool {
        self.held.is_none() && self.wanted.last().is_none_or(|last| self.position > *last)
    }
}
