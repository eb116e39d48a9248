//! The outer tar archive, indexed once and then sliced.

use std::collections::HashMap;
use std::fmt;

use super::member::{normalize, parent, resolve};
use super::{Blob, Source};
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::report::EntryKind;
use crate::tar::{Ending, Event, Member, Walker};

/// Links of links of links are followed this far; docker writes chains of one.
const LINK_DEPTH: usize = 8;

/// A tar archive in memory and where its members lie.
pub struct Archive {
    whole: Blob,
    input: String,
    members: HashMap<String, Target>,
    names: Vec<String>,
    faults: Vec<String>,
}

enum Target {
    Content { offset: u64, len: u64 },
    Symlink(String),
    Hardlink(String),
    Other(EntryKind),
}

impl fmt::Debug for Archive {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Archive").field("input", &self.input).finish_non_exhaustive()
    }
}

impl Archive {
    /// Reads the headers of the archive in `whole`; contents are not touched. Where the archive
    /// is broken, the members before the break are there and [`Source::faults`] names it.
    pub fn index(input: &str, whole: Blob, limits: &Limits) -> Self {
        let mut archive = Self {
            whole: whole.clone(),
            input: input.to_owned(),
            members: HashMap::new(),
            names: Vec::new(),
            faults: Vec::new(),
        };
        let mut walker = Walker::new(limits, limits.archive_members);
        let mut sink = |event: Event<'_>| {
            if let Event::Entry(member) = event {
                archive.add(member);
            }
        };
        walker.push(whole.bytes(), &mut sink);
        let ending = walker.finish(&mut sink);
        archive.note_ending(&ending);
        archive
    }

    /// A later member of the same name replaces an earlier one, as when extracting.
    fn add(&mut self, member: &Member) {
        let name = String::from_utf8_lossy(&member.path);
        let link = || String::from_utf8_lossy(&member.linkname).into_owned();
        let Some(name) = normalize(&name) else { return };
        let target = match member.kind {
            EntryKind::Directory => return,
            EntryKind::File => Target::Content { offset: member.data_offset, len: member.size },
            EntryKind::Symlink => Target::Symlink(link()),
            EntryKind::Hardlink => Target::Hardlink(link()),
            other => Target::Other(other),
        };
        if self.members.insert(name.clone(), target).is_none() {
            self.names.push(name);
        }
    }

    fn note_ending(&mut self, ending: &Ending) {
        if let Some(fault) = &ending.fault {
            self.faults.push(format!("archive: {fault}"));
        }
    }

    fn refuse(&self, name: &str, reason: &str) -> Error {
        Error::Document {
            input: self.input.clone(),
            object: name.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

impl Source for Archive {
    fn get(&self, name: &str) -> Result<Option<Blob>> {
        let Some(mut current) = normalize(name) else { return Ok(None) };
        for _ in 0..LINK_DEPTH {
            let next = match self.members.get(&current) {
                None => return Ok(None),
                Some(Target::Content { offset, len }) => {
                    return Ok(Some(self.whole.slice(*offset, *len)));
                }
                Some(Target::Symlink(target)) => resolve(parent(&current), target),
                Some(Target::Hardlink(target)) => normalize(target),
                Some(Target::Other(kind)) => {
                    return Err(self.refuse(name, &format!("{kind} where a file should be")));
                }
            };
            current = next.ok_or_else(|| self.refuse(name, "link leads out of the archive"))?;
        }
        Err(self.refuse(name, "too many links"))
    }

    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn faults(&self) -> &[String] {
        &self.faults
    }
}
