//! Bytes of a file in the order they are stored, and where in the file they go.

use std::io::{self, Seek as _, SeekFrom, Write as _};

use cap_std::fs::File;

use crate::tar::SparseMap;

/// A file that is being written.
pub(super) struct Sink {
    file: File,
    /// Regions still to be filled, last first; `None` when there are no holes.
    regions: Option<Vec<(u64, u64)>>,
}

impl Sink {
    /// Writes to `file`, at the places of `map` if it has one. Holes are left as holes.
    pub(super) fn new(file: File, map: Option<&SparseMap>) -> io::Result<Self> {
        let Some(map) = map else { return Ok(Self { file, regions: None }) };
        file.set_len(map.real_size)?;
        let regions = map.regions.iter().rev().copied().collect();
        Ok(Self { file, regions: Some(regions) })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(regions) = &mut self.regions else { return self.file.write_all(bytes) };
        let mut rest = bytes;
        while let Some((offset, length)) = regions.pop() {
            let room = usize::try_from(length).unwrap_or(usize::MAX);
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.file.seek(SeekFrom::Start(offset))?;
            self.file.write_all(now)?;
            rest = later;
            let done = now.len() as u64;
            if done < length {
                regions.push((offset.saturating_add(done), length.saturating_sub(done)));
                break;
            }
        }
        Ok(())
    }
}
