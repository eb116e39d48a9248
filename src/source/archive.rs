//! The outer tar archive, indexed once and then sliced.

use std::collections::HashMap;
use std::fmt;

use super::member::{normalize, parent, resolve};
use super::remark::{Remark, Remarks};
use super::{Blob, Source};
use crate::error::{Error, Result};
use crate::limits::{Limits, SCALE};
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
    remarks: Vec<Remark>,
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
            remarks: Vec::new(),
        };
        let mut remarks = Remarks::default();
        let mut left = limits.member_name_bytes;
        let mut walker = Walker::new(limits, limits.archive_members);
        let mut sink = |event: Event<'_>| match event {
            Event::Entry(member) => match left.checked_sub(cost(member)) {
                Some(rest) => {
                    left = rest;
                    archive.add(member, &mut remarks);
                }
                None => archive.refuse_names(limits.member_name_bytes),
            },
            Event::Oddity { offset, oddity } => remarks.push(Remark::Oddity { offset, oddity }),
            Event::Data(_) | Event::End => {}
        };
        walker.push(whole.bytes(), &mut sink);
        let ending = walker.finish(&mut sink);
        archive.note_ending(&ending);
        remarks.end(&ending);
        archive.remarks = remarks.finish();
        archive
    }

    fn refuse_names(&mut self, limit: u64) {
        if self.faults.is_empty() {
            let what = "bytes of member names and links";
            self.faults.push(format!("archive: more than {limit} {what}{SCALE}"));
        }
    }

    /// A later member of the same name replaces an earlier one, as when extracting.
    fn add(&mut self, member: &Member, remarks: &mut Remarks) {
        let written = String::from_utf8_lossy(&member.path);
        let link = || String::from_utf8_lossy(&member.linkname).into_owned();
        let Some(name) = normalize(&written) else {
            if !is_root(&written) {
                remarks.push(Remark::Outside { name: written.into_owned() });
            }
            return;
        };
        if written.starts_with('/') {
            remarks.push(Remark::Absolute { name: written.into_owned() });
        }
        let target = match member.kind {
            EntryKind::Directory => return,
            EntryKind::File => Target::Content { offset: member.data_offset, len: member.size },
            EntryKind::Symlink => Target::Symlink(link()),
            EntryKind::Hardlink => Target::Hardlink(link()),
            other => Target::Other(other),
        };
        self.remark(&name, &target, remarks);
        match self.members.insert(name.clone(), target) {
            None => self.names.push(name),
            Some(earlier) => {
                let equal = self.members.get(&name).is_some_and(|it| self.is_equal(&earlier, it));
                remarks.push(Remark::Repeated { name, equal });
            }
        }
    }

    fn remark(&self, name: &str, target: &Target, remarks: &mut Remarks) {
        let leads_to = match target {
            Target::Content { .. } => return,
            Target::Other(kind) => {
                return remarks.push(Remark::Special { name: name.to_owned(), kind: *kind });
            }
            Target::Symlink(target) => (target, resolve(parent(name), target)),
            Target::Hardlink(target) => (target, normalize(target)),
        };
        if let (target, None) = leads_to {
            remarks.push(Remark::LinkOutside { name: name.to_owned(), target: target.clone() });
        }
    }

    /// Whether two members are the same: contents lie apart in the archive, so comparing all of
    /// them touches no byte more than twice.
    fn is_equal(&self, one: &Target, other: &Target) -> bool {
        match (one, other) {
            (
                Target::Content { offset, len },
                Target::Content { offset: other_offset, len: other_len },
            ) => {
                let one = self.whole.slice(*offset, *len);
                one.bytes() == self.whole.slice(*other_offset, *other_len).bytes()
            }
            (Target::Symlink(one), Target::Symlink(other))
            | (Target::Hardlink(one), Target::Hardlink(other)) => one == other,
            _ => false,
        }
    }

    fn note_ending(&mut self, ending: &Ending) {
        if let Some(fault) = &ending.fault {
            let scale = if fault.is_limit() { SCALE } else { "" };
            self.faults.push(format!("archive: {fault}{scale}"));
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

    fn remarks(&self) -> &[Remark] {
        &self.remarks
    }
}

/// What keeping a member costs.
fn cost(member: &Member) -> u64 {
    (member.path.len() as u64).saturating_add(member.linkname.len() as u64)
}

/// Whether `name` means the archive itself, as `./` does.
fn is_root(name: &str) -> bool {
    name.split('/').all(|part| part.is_empty() || part == ".")
}
