//! RPM: a database of package headers, in one of three containers.
//!
//! `rpmdb.sqlite` since RPM 4.16 on Fedora and RHEL 9, `Packages.db` (ndb) on SUSE, `Packages`
//! (Berkeley DB, hash) before. What they hold is the same: one header for each package.

mod bdb;
mod header;
mod ndb;
mod package;
mod sqlite;
#[cfg(test)]
mod tests;

use super::Files;
use super::fingerprint::Fingerprint;
use super::found::Found;
use header::Header;

/// Where databases lie: everywhere once, on SUSE and new Fedora, on rpm-ostree.
const DIRECTORIES: [&[u8]; 3] = [b"var/lib/rpm/", b"usr/lib/sysimage/rpm/", b"usr/share/rpm/"];
const NAMES: [&[u8]; 3] = [b"rpmdb.sqlite", b"Packages.db", b"Packages"];
/// What SQLite has not yet written back to the database.
const LOG: &[u8] = b"rpmdb.sqlite-wal";

fn name(path: &[u8]) -> Option<&[u8]> {
    DIRECTORIES.iter().find_map(|directory| path.strip_prefix(*directory))
}

pub(super) fn is_part(path: &[u8]) -> bool {
    name(path).is_some_and(|name| NAMES.contains(&name) || name == LOG)
}

pub(super) fn read(files: &Files, found: &mut Found) {
    for (path, content) in files {
        let Some(name) = name(path) else { continue };
        if NAMES.contains(&name) {
            one(path, content, found);
        } else if name == LOG && !content.is_empty() {
            found.problem(path, "changes that are not yet in the database are left out");
        }
    }
}

fn one(path: &[u8], content: &[u8], found: &mut Found) {
    if content.is_empty() {
        return;
    }
    let Blobs { blobs, problem } = match blobs(content) {
        Ok(blobs) => blobs,
        Err(reason) => return found.problem(path, &reason),
    };
    for blob in blobs {
        match Header::parse(&blob) {
            Ok(header) => package::read(&header, path, found),
            Err(reason) => found.problem(path, reason),
        }
    }
    if let Some(reason) = problem {
        found.problem(path, reason);
    }
}

/// The headers in a database, as bytes.
#[derive(Debug, Default)]
struct Blobs {
    blobs: Vec<Vec<u8>>,
    /// Why some could not be read.
    problem: Option<&'static str>,
}

/// Headers of a database of any kind, told apart by their first bytes.
fn blobs(content: &[u8]) -> Result<Blobs, String> {
    if sqlite::is_one(content) {
        sqlite::blobs(content)
    } else if ndb::is_one(content) {
        Ok(ndb::blobs(content))
    } else if bdb::is_one(content) {
        bdb::blobs(content).map_err(str::to_owned)
    } else {
        Err("neither SQLite, ndb nor a Berkeley DB hash".to_owned())
    }
}

/// Whether two databases, of any kind, hold the same packages but for the moment of installation.
/// `None` where either cannot be read in full.
pub fn rpm_differs_only_in_install_time(left: &[u8], right: &[u8]) -> Option<bool> {
    Some(masked(left)? == masked(right)?)
}

/// A digest of every header without the moment of installation, sorted: neither the order of the
/// headers nor their numbers tell anything of the packages.
fn masked(content: &[u8]) -> Option<Vec<[u8; 32]>> {
    let Blobs { blobs, problem: None } = blobs(content).ok()? else { return None };
    let digest = |blob: &Vec<u8>| {
        let header = Header::parse(blob).ok()?;
        let mut all = Fingerprint::default();
        header.digest(&package::OF_INSTALLING, &mut all);
        Some(all.finish())
    };
    let mut all = blobs.iter().map(digest).collect::<Option<Vec<_>>>()?;
    all.sort_unstable();
    Some(all)
}

/// Four bytes at `at`, little-endian.
fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_le_bytes)
}

/// `length` bytes at `at`.
fn slice(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    bytes.get(at..at.checked_add(length)?)
}
