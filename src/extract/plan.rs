//! Which files of which layers are written.

use std::collections::{BTreeMap, BTreeSet};

use super::Extent;
use crate::report::{ImageKey, Location, Report, Status};
use crate::sides::{Side, Sides};

/// Paths of one layer, relative to the root of the image; all when absent.
pub(super) type Wanted<'a> = Option<&'a BTreeSet<&'a [u8]>>;

type Key<'a> = (ImageKey<'a>, Side, usize);

/// Paths by image, platform, side and layer.
pub(super) struct Plan<'a> {
    extent: Extent,
    paths: BTreeMap<Key<'a>, BTreeSet<&'a [u8]>>,
}

impl<'a> Plan<'a> {
    pub(super) fn of(report: &'a Report, extent: Extent) -> Self {
        let mut plan = Self { extent, paths: BTreeMap::new() };
        if extent == Extent::Differing {
            let counts = report.findings.iter().filter(|it| it.status != Status::Ignored);
            counts.for_each(|finding| plan.add(&finding.at));
        }
        plan
    }

    fn add(&mut self, at: &'a Location) {
        let (Some(layer), Some(path)) = (at.layer, &at.path) else { return };
        let path = path.as_bytes();
        let path = path.strip_prefix(b"/").unwrap_or(path);
        for (side, index) in sides(layer) {
            self.paths.entry(key(at, side, index)).or_default().insert(path);
        }
    }

    /// What is wanted of a layer; `None` when it need not be read.
    pub(super) fn wanted<'s>(
        &'s self,
        at: &'s Location,
        side: Side,
        index: usize,
    ) -> Option<Wanted<'s>> {
        match self.extent {
            Extent::All => Some(None),
            Extent::Differing => self.paths.get(&key(at, side, index)).map(Some),
        }
    }
}

fn sides(layer: Sides<Option<usize>>) -> impl Iterator<Item = (Side, usize)> {
    let left = layer.left.map(|index| (Side::Left, index));
    left.into_iter().chain(layer.right.map(|index| (Side::Right, index)))
}

fn key(at: &Location, side: Side, index: usize) -> Key<'_> {
    (at.image_key(), side, index)
}
