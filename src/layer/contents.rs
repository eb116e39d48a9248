//! A second pass over a layer, for the contents of a few of its entries, as they come by.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use sha2::{Digest as _, Sha256};

use super::walk::Walk;
use crate::digest::Sha256Bytes;
use crate::limits::Limits;
use crate::tar::{Event, Member};

/// Bytes of a content too long to be held that one digest stands for.
pub const BLOCK: usize = 64 << 10;

/// The stored bytes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// All of them.
    Whole(Cow<'a, [u8]>),
    /// Digests of their blocks, for more bytes than may be held.
    Long(Long),
}

/// A content by its blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Long {
    /// Number of bytes.
    pub size: u64,
    /// Digest of each [`BLOCK`] bytes.
    pub blocks: Vec<Sha256Bytes>,
}

impl Content<'_> {
    /// Bytes of memory it takes; none when it lies in the map.
    pub fn held(&self) -> usize {
        match self {
            Self::Whole(Cow::Owned(bytes)) => bytes.len(),
            Self::Whole(Cow::Borrowed(_)) => 0,
            Self::Long(long) => long.blocks.len().saturating_mul(size_of::<Sha256Bytes>()),
        }
    }

    /// The same content by its blocks.
    pub fn to_long(&self) -> Long {
        match self {
            Self::Long(long) => long.clone(),
            Self::Whole(bytes) => {
                let blocks = bytes.chunks(BLOCK).map(|block| Sha256::digest(block).into());
                Long { size: bytes.len() as u64, blocks: blocks.collect() }
            }
        }
    }
}

/// Contents of the wanted entries of one layer, in the order of the archive. What lies behind a
/// break in the stream is left out.
pub struct Contents<'a, K> {
    walk: Walk<'a>,
    capture: Capture<'a, K>,
}

impl<'a, K: Copy> Contents<'a, K> {
    /// Reads the layer in `bytes` for the entries at the positions in `wanted`, whose contents are
    /// given out under the key that stands there. Those longer than `most` are not held.
    pub fn new(bytes: &'a [u8], wanted: BTreeMap<usize, K>, most: u64, limits: &Limits) -> Self {
        let walk = Walk::new(bytes, limits);
        let capture = Capture {
            wanted,
            most,
            mapped: walk.mapped(),
            position: 0,
            open: None,
            done: VecDeque::new(),
        };
        Self { walk, capture }
    }

    /// Reads on; false at the end.
    fn step(&mut self) -> bool {
        let Self { walk, capture } = self;
        !capture.is_complete() && walk.step(&mut |event| capture.take(event))
    }
}

impl<'a, K: Copy> Iterator for Contents<'a, K> {
    /// What was read at once, which may be nothing yet.
    type Item = Vec<(K, Content<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().then(|| self.capture.done.drain(..).collect())
    }
}

struct Capture<'a, K> {
    wanted: BTreeMap<usize, K>,
    most: u64,
    /// The layer, when it lies in memory as it is.
    mapped: Option<&'a [u8]>,
    /// Entries begun so far.
    position: usize,
    open: Option<(K, Open)>,
    done: VecDeque<(K, Content<'a>)>,
}

/// A content that is being captured.
enum Open {
    Whole(Vec<u8>),
    Long(Long, Vec<u8>),
}

impl<'a, K: Copy> Capture<'a, K> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Entry(member) => self.begin(member),
            Event::Data(bytes) => {
                if let Some((_, open)) = &mut self.open {
                    open.take(bytes);
                }
            }
            Event::End => {
                if let Some((key, open)) = self.open.take() {
                    self.done.push_back((key, open.finish()));
                }
            }
            Event::Oddity { .. } => {}
        }
    }

    fn begin(&mut self, member: &Member) {
        let wanted = self.wanted.get(&self.position).copied();
        self.position = self.position.saturating_add(1);
        self.open = None;
        let Some(key) = wanted else { return };
        let long = member.size > self.most;
        match self.mapped.and_then(|bytes| slice(bytes, member)) {
            Some(bytes) if !long => {
                self.done.push_back((key, Content::Whole(Cow::Borrowed(bytes))));
            }
            _ => self.open = Some((key, Open::new(long))),
        }
    }

    fn is_complete(&self) -> bool {
        let last = self.wanted.last_key_value();
        self.open.is_none() && last.is_none_or(|(last, _)| self.position > *last)
    }
}

fn slice<'a>(bytes: &'a [u8], member: &Member) -> Option<&'a [u8]> {
    let start = usize::try_from(member.data_offset).ok()?;
    let size = usize::try_from(member.size).ok()?;
    bytes.get(start..start.checked_add(size)?)
}

impl Open {
    const fn new(long: bool) -> Self {
        if long {
            Self::Long(Long { size: 0, blocks: Vec::new() }, Vec::new())
        } else {
            Self::Whole(Vec::new())
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        match self {
            Self::Whole(content) => content.extend_from_slice(bytes),
            Self::Long(long, block) => {
                long.size = long.size.saturating_add(bytes.len() as u64);
                let mut rest = bytes;
                while !rest.is_empty() {
                    let room = BLOCK.saturating_sub(block.len()).min(rest.len());
                    let (now, later) = rest.split_at(room);
                    block.extend_from_slice(now);
                    rest = later;
                    if block.len() == BLOCK {
                        long.blocks.push(Sha256::digest(&block).into());
                        block.clear();
                    }
                }
            }
        }
    }

    fn finish<'a>(self) -> Content<'a> {
        match self {
            Self::Whole(content) => Content::Whole(Cow::Owned(content)),
            Self::Long(mut long, block) => {
                if !block.is_empty() {
                    long.blocks.push(Sha256::digest(&block).into());
                }
                Content::Long(long)
            }
        }
    }
}
