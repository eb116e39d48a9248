//! How contents arrive: out of a second pass over the layers that hold them, each layer read at
//! most once, both sides side by side.
//!
//! Contents that are to be compared mostly lie in the same order on both sides, so one waits for
//! the other only shortly. The side with fewer bytes waiting is read on; when too many wait, a
//! content is kept as digests of its blocks. Nothing of this depends on time or threads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SendError, sync_channel};
use std::thread;

use super::Means;
use super::blobs::Blobs;
use super::queue::{WORTH_A_THREAD, each};
use crate::digest::Sha256Bytes;
use crate::image::Layer;
use crate::layer::{Content, Contents};
use crate::sides::{Side, Sides};

/// Bytes of one content that are held.
const MOST_HELD: u64 = 32 << 20;

/// Bytes of all contents that wait for their counterparts.
const MOST_WAITING: usize = 128 << 20;

/// Bytes of all contents that are asked for by themselves.
const MOST_LONE: usize = 256 << 20;

/// Pairs that are compared together: so many bytes, or so many pairs.
const BATCH_BYTES: usize = 16 << 20;
const BATCH: usize = 256;

/// Bytes by which one side may be ahead of the other.
const SLACK: usize = 4 << 20;

/// What passes between two threads: this many reads ahead.
const IN_FLIGHT: usize = 4;

/// Contents that are asked for, by their digests.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Contents to be compared with one another.
    pub(super) pairs: BTreeSet<(Sha256Bytes, Sha256Bytes)>,
    /// Contents that are asked for by themselves.
    pub(super) lone: Sides<BTreeSet<Sha256Bytes>>,
}

/// What arrived, as results in the order of the digests.
#[derive(Debug)]
pub(super) struct Arrived<T> {
    pub(super) pairs: BTreeMap<(Sha256Bytes, Sha256Bytes), T>,
    /// Those of the lone ones that are not too long.
    pub(super) lone: Sides<BTreeMap<Sha256Bytes, Vec<u8>>>,
}

/// Reads what is wanted out of two stacks of layers and runs `compare` over each pair, on every
/// worker of the pool.
pub(super) fn read<T: Send>(
    wanted: &Wanted,
    stacks: Sides<&[Layer]>,
    blobs: &Blobs<'_>,
    means: Means<'_>,
    compare: impl Fn((Sha256Bytes, Sha256Bytes), Sides<&Content<'_>>) -> T + Sync,
) -> Arrived<T> {
    let digests = Sides::new(
        wanted.pairs.iter().map(|pair| pair.0).chain(wanted.lone.left.iter().copied()).collect(),
        wanted.pairs.iter().map(|pair| pair.1).chain(wanted.lone.right.iter().copied()).collect(),
    );
    let passes = stacks.zip(digests).map(|(layers, digests)| passes(layers, digests, blobs));
    let both = passes.left.iter().chain(&passes.right);
    let much = both.map(|(bytes, _)| bytes.len() as u64).sum::<u64>() >= WORTH_A_THREAD;
    let mut meeting = Meeting::new(wanted, means, &compare);
    thread::scope(|scope| {
        let streams = passes.map(|passes| {
            let contents = passes.into_iter().flat_map(|(bytes, positions)| {
                Contents::new(bytes, positions, MOST_HELD, means.limits)
            });
            if !much || means.workers.count() == 1 {
                return Stream::Here(Box::new(contents));
            }
            let (sender, receiver) = sync_channel(IN_FLIGHT);
            let (hand_over, taken_over) = sync_channel(1);
            let read = move || {
                for some in taken_over.into_iter().flatten() {
                    if sender.send(some).is_err() {
                        break;
                    }
                }
            };
            // Only a thread that there is gets the contents: the system may refuse one.
            match thread::Builder::new().spawn_scoped(scope, read) {
                Ok(_) => match hand_over.send(contents) {
                    Ok(()) => Stream::There(receiver),
                    Err(SendError(contents)) => Stream::Here(Box::new(contents)),
                },
                Err(_) => Stream::Here(Box::new(contents)),
            }
        });
        meeting.run(streams);
    });
    meeting.arrived
}

/// Layers that have to be read, each with the positions of wanted entries in it. Of equal contents
/// the first is read.
fn passes<'a>(
    layers: &'a [Layer],
    mut missing: BTreeSet<Sha256Bytes>,
    blobs: &Blobs<'_>,
) -> Vec<(&'a [u8], BTreeMap<usize, Sha256Bytes>)> {
    let mut passes = Vec::new();
    for layer in layers {
        let (Some(scan), Some(blob)) = (blobs.scan(layer), &layer.blob) else { continue };
        let entries = scan.entries.iter().enumerate();
        let held = entries.filter_map(|(at, entry)| {
            entry.content.filter(|digest| missing.remove(digest)).map(|digest| (at, digest))
        });
        let positions: BTreeMap<usize, Sha256Bytes> = held.collect();
        if !positions.is_empty() {
            passes.push((blob.bytes(), positions));
        }
    }
    passes
}

type Some_<'a> = Vec<(Sha256Bytes, Content<'a>)>;

/// Contents of one side, read in this thread or in another.
enum Stream<'a, 's> {
    Here(Box<dyn Iterator<Item = Some_<'a>> + 's>),
    There(Receiver<Some_<'a>>),
}

impl<'a> Stream<'a, '_> {
    fn next(&mut self) -> Option<Some_<'a>> {
        match self {
            Self::Here(contents) => contents.next(),
            Self::There(receiver) => receiver.recv().ok(),
        }
    }
}

/// A content that waits for `uses` others.
struct Waiting<'a> {
    content: Arc<Content<'a>>,
    uses: usize,
}

type Pair = (Sha256Bytes, Sha256Bytes);

/// Where contents of both sides meet.
struct Meeting<'a, 'w, T, F> {
    wanted: &'w Wanted,
    means: Means<'w>,
    compare: &'w F,
    partners: Sides<BTreeMap<Sha256Bytes, Vec<Sha256Bytes>>>,
    waiting: Sides<BTreeMap<Sha256Bytes, Waiting<'a>>>,
    /// Bytes held by those that wait.
    held: Sides<usize>,
    /// How often each side was read from.
    steps: Sides<usize>,
    ready: Vec<(Pair, Sides<Arc<Content<'a>>>)>,
    ready_bytes: usize,
    arrived: Arrived<T>,
    /// Bytes that lone contents may still take.
    lone_room: usize,
}

impl<'a, 'w, T, F> Meeting<'a, 'w, T, F>
where
    T: Send,
    F: Fn(Pair, Sides<&Content<'_>>) -> T + Sync,
{
    fn new(wanted: &'w Wanted, means: Means<'w>, compare: &'w F) -> Self {
        let mut partners: Sides<BTreeMap<Sha256Bytes, Vec<Sha256Bytes>>> = Sides::default();
        for &(left, right) in &wanted.pairs {
            partners.left.entry(left).or_default().push(right);
            partners.right.entry(right).or_default().push(left);
        }
        Self {
            wanted,
            means,
            compare,
            partners,
            waiting: Sides::default(),
            held: Sides::default(),
            steps: Sides::default(),
            ready: Vec::new(),
            ready_bytes: 0,
            lone_room: MOST_LONE,
            arrived: Arrived { pairs: BTreeMap::new(), lone: Sides::default() },
        }
    }

    fn run(&mut self, mut streams: Sides<Stream<'a, '_>>) {
        let mut ended = Sides::new(false, false);
        while let Some(side) = self.next_side(ended) {
            let steps = self.steps.get_mut(side);
            *steps = steps.saturating_add(1);
            match streams.get_mut(side).next() {
                Some(contents) => {
                    contents.into_iter().for_each(|(digest, it)| self.take(side, digest, it));
                }
                None => *ended.get_mut(side) = true,
            }
        }
        self.flush();
    }

    /// The side on which clearly less waits; else the one of which less was read, so that both are
    /// unpacked at the same time.
    const fn next_side(&self, ended: Sides<bool>) -> Option<Side> {
        let Sides { left, right } = self.held;
        match (ended.left, ended.right) {
            (true, true) => None,
            (false, true) => Some(Side::Left),
            (true, false) => Some(Side::Right),
            (false, false) if left.saturating_add(SLACK) < right => Some(Side::Left),
            (false, false) if right.saturating_add(SLACK) < left => Some(Side::Right),
            (false, false) if self.steps.left <= self.steps.right => Some(Side::Left),
            (false, false) => Some(Side::Right),
        }
    }

    fn take(&mut self, side: Side, digest: Sha256Bytes, content: Content<'a>) {
        if self.wanted.lone.get(side).contains(&digest)
            && let Content::Whole(bytes) = &content
        {
            // What is left out is told as too long.
            let room = self.lone_room.checked_sub(bytes.len());
            if let Some(room) = room {
                self.lone_room = room;
                self.arrived.lone.get_mut(side).insert(digest, bytes.to_vec());
            }
        }
        let Some(partners) = self.partners.get_mut(side).remove(&digest) else { return };
        let mut content = Arc::new(content);
        let mut uses = partners.len();
        for partner in partners {
            if let Some(other) = self.meet(side, partner) {
                uses = uses.saturating_sub(1);
                self.pair(side, (digest, Arc::clone(&content)), (partner, other));
            }
        }
        if uses > 0 {
            if self.held.left.saturating_add(self.held.right) > MOST_WAITING {
                content = Arc::new(Content::Long(content.to_long()));
            }
            let held = self.held.get_mut(side);
            *held = held.saturating_add(content.held());
            self.waiting.get_mut(side).insert(digest, Waiting { content, uses });
        }
    }

    /// The content called `digest` that waits on the other side of `side`, if it is there.
    fn meet(&mut self, side: Side, digest: Sha256Bytes) -> Option<Arc<Content<'a>>> {
        let other = side.other();
        let waiting = self.waiting.get_mut(other).get_mut(&digest)?;
        let content = Arc::clone(&waiting.content);
        waiting.uses = waiting.uses.saturating_sub(1);
        if waiting.uses == 0 {
            self.waiting.get_mut(other).remove(&digest);
            let held = self.held.get_mut(other);
            *held = held.saturating_sub(content.held());
        }
        Some(content)
    }

    fn pair(
        &mut self,
        side: Side,
        one: (Sha256Bytes, Arc<Content<'a>>),
        other: (Sha256Bytes, Arc<Content<'a>>),
    ) {
        let (left, right) = if side == Side::Left { (one, other) } else { (other, one) };
        let bytes = left.1.held().saturating_add(right.1.held());
        self.ready_bytes = self.ready_bytes.saturating_add(bytes);
        self.ready.push(((left.0, right.0), Sides::new(left.1, right.1)));
        if self.ready_bytes >= BATCH_BYTES || self.ready.len() >= BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let ready = std::mem::take(&mut self.ready);
        let bytes = std::mem::take(&mut self.ready_bytes);
        let compare = self.compare;
        let one = |(pair, contents): &(Pair, Sides<Arc<Content<'a>>>)| {
            (*pair, compare(*pair, contents.as_ref().map(AsRef::as_ref)))
        };
        let results: Vec<(Pair, T)> = each(&ready, bytes as u64, self.means, one);
        self.arrived.pairs.extend(results);
    }
}
