//! One layer, from the events of its tar stream to files.

use std::io;
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, File, OpenOptions, OpenOptionsExt as _};

use super::place::{line, place};
use super::plan::Wanted;
use super::sparse::Sink;
use crate::layer::meaning;
use crate::report::{EntryKind, Extraction, Refused};
use crate::tar::{Event, Member};

/// Never more, whatever an archive says: nothing that comes out of it can be run, or as whom.
const MODE: u32 = 0o644;

/// Why a single entry may not be written although the disk is sound: what a name means here, and
/// what already stands there.
const ENTRY_ERRORS: [io::ErrorKind; 7] = [
    io::ErrorKind::AlreadyExists,
    io::ErrorKind::DirectoryNotEmpty,
    io::ErrorKind::InvalidFilename,
    io::ErrorKind::InvalidInput,
    io::ErrorKind::IsADirectory,
    io::ErrorKind::NotADirectory,
    io::ErrorKind::NotFound,
];

/// Writes the files of one layer.
pub(super) struct Writer<'a> {
    dir: Dir,
    layer: String,
    wanted: Wanted<'a>,
    /// Bytes that may still be written.
    budget: u64,
    open: Option<Open>,
    written: u64,
    refused: Vec<Refused>,
    failed: Option<io::Error>,
}

struct Open {
    path: Box<[u8]>,
    sink: Sink,
}

/// What keeps an entry from being written.
enum Trouble {
    Entry(String),
    Disk(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        if ENTRY_ERRORS.contains(&error.kind()) {
            Self::Entry(error.to_string())
        } else {
            Self::Disk(error)
        }
    }
}

impl<'a> Writer<'a> {
    pub(super) const fn new(dir: Dir, layer: String, wanted: Wanted<'a>, budget: u64) -> Self {
        Self {
            dir,
            layer,
            wanted,
            budget,
            open: None,
            written: 0,
            refused: Vec::new(),
            failed: None,
        }
    }

    /// The file system takes no more.
    pub(super) const fn is_stuck(&self) -> bool {
        self.failed.is_some()
    }

    pub(super) fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Entry(member) => {
                self.close();
                self.begin(member);
            }
            Event::Data(bytes) => {
                if let Some(Err(error)) = self.open.as_mut().map(|open| open.sink.write(bytes)) {
                    self.failed = Some(error);
                    self.open = None;
                }
            }
            Event::End => self.open = None,
            Event::Oddity { .. } => {}
        }
    }

    /// Tells what was written; gives back what is left of the budget.
    pub(super) fn finish(mut self, extraction: &mut Extraction) -> io::Result<u64> {
        self.close();
        if let Some(error) = self.failed {
            return Err(error);
        }
        extraction.written = extraction.written.saturating_add(self.written);
        extraction.refused.extend(self.refused);
        Ok(self.budget)
    }

    /// A file that is still open has lost its end.
    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.refuse(&open.path, "only its beginning can be read".to_owned());
        }
    }

    fn begin(&mut self, member: &Member) {
        let path = meaning(&member.path);
        if self.is_stuck() || self.wanted.as_ref().is_some_and(|paths| !paths.contains(&*path)) {
            return;
        }
        match self.create(member, &path) {
            Ok(sink) => {
                self.written = self.written.saturating_add(1);
                self.open = sink.map(|sink| Open { path, sink });
            }
            Err(Trouble::Entry(reason)) => self.refuse(&path, reason),
            Err(Trouble::Disk(error)) => self.failed = Some(error),
        }
    }

    /// Makes what `member` is; a sink when contents follow.
    fn create(&mut self, member: &Member, path: &[u8]) -> Result<Option<Sink>, Trouble> {
        let place = place(path).map_err(|reason| Trouble::Entry(reason.to_owned()))?;
        match member.kind {
            EntryKind::Directory => self.dir.create_dir_all(&place)?,
            EntryKind::File => {
                let size = member.sparse.as_ref().map_or(member.size, |map| map.real_size);
                self.spend(size)?;
                return Ok(Some(Sink::new(self.file(&place)?, member.sparse.as_ref())?));
            }
            EntryKind::Hardlink if self.link(member, &place) => {}
            _ => {
                let line = line(member);
                self.spend(line.len() as u64)?;
                Sink::new(self.file(&place)?, None)?.write(&line)?;
            }
        }
        Ok(None)
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Trouble> {
        let rest = self.budget.checked_sub(bytes);
        let rest = rest
            .ok_or_else(|| Trouble::Entry("too large for the limit on what is written".into()))?;
        self.budget = rest;
        Ok(())
    }

    /// A new file in the place of whatever file was there, as tar does it.
    fn file(&self, place: &Path) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(MODE);
        match self.dir.open_with(place, &options) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.dir.create_dir_all(place.parent().unwrap_or(place))?;
                self.dir.open_with(place, &options)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.dir.remove_file(place)?;
                self.dir.open_with(place, &options)
            }
            result => result,
        }
    }

    /// Gives a file that was written here another name; false when there is none.
    fn link(&self, member: &Member, to: &PathBuf) -> bool {
        let Ok(from) = place(&meaning(&member.linkname)) else { return false };
        let parent = to.parent().filter(|parent| *parent != Path::new(""));
        parent.is_none_or(|parent| self.dir.create_dir_all(parent).is_ok())
            && self.dir.is_file(&from)
            && from != *to
            && {
                self.dir.remove_file(to).ok();
                self.dir.hard_link(&from, &self.dir, to).is_ok()
            }
    }

    fn refuse(&mut self, path: &[u8], reason: String) {
        self.refused.push(Refused { layer: self.layer.clone(), path: path.to_vec(), reason });
    }
}
