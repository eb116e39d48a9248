//! Entries of one layer: paths and links that lead astray, what is given twice, what can be more
//! than a file.

use super::ledger::Ledger;
use crate::layer::{Entry, Prefix};
use crate::report::{EntryKind, EntryPath, Location, Scope, Severity};

/// Set-user-id and set-group-id.
const SET_ID: u32 = 0o6000;

/// A file with this attribute has powers when it is run.
const CAPABILITY: &[u8] = b"security.capability";

/// `may_repeat` says whether two of `entries` may have one path.
pub(super) fn check(entries: &[Entry], may_repeat: bool, at: &Location, ledger: &mut Ledger) {
    if may_repeat {
        check_repeated(entries, at, ledger);
    }
    let mut absolute = (None, 0_usize);
    for entry in entries {
        if entry.form.prefix == Prefix::Slash && !entry.path.is_empty() {
            absolute = (absolute.0.or(Some(entry)), absolute.1.saturating_add(1));
        }
        for (severity, field, message) in oddities(entry) {
            ledger.entry(severity, at, entry.absolute_path(), field, message);
        }
    }
    if let (Some(first), count) = absolute {
        say_absolute(first, count, at, ledger);
    }
}

/// Some builders write all paths so, and everybody takes them from the root of the image.
fn say_absolute(first: &Entry, count: usize, at: &Location, ledger: &mut Ledger) {
    let path = EntryPath::new(first.raw_path());
    let message = match count {
        1 => format!("absolute path {}", path.escaped()),
        _ => format!("absolute path {} and {} others", path.escaped(), count.saturating_sub(1)),
    };
    ledger.say(Severity::Note, Scope::Layer, at, "absolute-path", message);
}

/// Of two entries with one path the later counts. A directory is often given twice.
fn check_repeated(entries: &[Entry], at: &Location, ledger: &mut Ledger) {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    for same in sorted.chunk_by(|a, b| a.path == b.path).filter(|same| same.len() > 1) {
        let Some(first) = same.first() else { continue };
        let directories = same.iter().all(|entry| entry.kind == EntryKind::Directory);
        let severity = if directories { Severity::Note } else { Severity::Warning };
        let message = format!("given {} times; the last counts", same.len());
        ledger.entry(severity, at, first.absolute_path(), "duplicate-entry", message);
    }
}

fn oddities(entry: &Entry) -> Vec<(Severity, &'static str, String)> {
    let mut found = Vec::new();
    if has_parent_part(&entry.path) {
        found.push((Severity::Warning, "path-outside", "path with `..` in it".to_owned()));
    }
    found.extend(link(entry));
    if entry.mode & SET_ID != 0 && entry.kind == EntryKind::File {
        let message = format!(
            "mode {:04o}, owner {}:{}",
            entry.mode & 0o7777,
            entry.owner.uid,
            entry.owner.gid
        );
        found.push((Severity::Note, "setuid", message));
    }
    let Some(extra) = &entry.extra else { return found_unknown(entry, found) };
    if extra.xattrs.iter().any(|(name, _)| name == CAPABILITY) {
        found.push((Severity::Note, "capability", "file with capabilities".to_owned()));
    }
    if let Some((major, minor)) = extra.device {
        found.push((Severity::Note, "device", format!("{} {major}:{minor}", entry.kind)));
    }
    found_unknown(entry, found)
}

fn found_unknown(
    entry: &Entry,
    mut found: Vec<(Severity, &'static str, String)>,
) -> Vec<(Severity, &'static str, String)> {
    if matches!(entry.kind, EntryKind::Unknown(_)) {
        found.push((Severity::Warning, "type", entry.kind.to_string()));
    }
    found
}

fn link(entry: &Entry) -> Option<(Severity, &'static str, String)> {
    let target = entry.linkname.as_deref()?;
    let shown = EntryPath::new(target);
    match entry.kind {
        EntryKind::Hardlink if has_parent_part(target) => {
            let message = format!("hard link to {}", shown.escaped());
            Some((Severity::Warning, "link-outside", message))
        }
        // A container's root is its own parent, so only who unpacks without care is led astray.
        EntryKind::Symlink if climbs_out(&entry.path, target) => {
            let message = format!("link to {} climbs above the root", shown.escaped());
            Some((Severity::Note, "link-outside", message))
        }
        _ => None,
    }
}

fn has_parent_part(path: &[u8]) -> bool {
    // Hardly a path has two dots in a row, and to look for them takes no time.
    let pairs = path.iter().zip(path.get(1..).unwrap_or_default());
    let suspect = pairs.fold(false, |any, pair| any | (pair == (&b'.', &b'.')));
    suspect && path.split(|&byte| byte == b'/').any(|part| part == b"..")
}

/// Whether a relative `target` of the link at `path` has more `..` than there are directories.
fn climbs_out(path: &[u8], target: &[u8]) -> bool {
    let mut depth = if target.starts_with(b"/") {
        0
    } else {
        path.iter().filter(|&&byte| byte == b'/').count()
    };
    for part in target.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return true,
            },
            _ => depth = depth.saturating_add(1),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_climb_out_when_they_pass_the_root() {
        assert!(climbs_out(b"a", b"../b"));
        assert!(climbs_out(b"a/b", b"../../etc/passwd"));
        assert!(climbs_out(b"a", b"/../etc"));
        assert!(climbs_out(b"a/b/c", b"x/../../../../y"));
        assert!(!climbs_out(b"a/b", b"../c"));
        assert!(!climbs_out(b"a", b"/etc/passwd"));
        assert!(!climbs_out(b"a", b"b/../c"));
    }

    #[test]
    fn only_whole_parts_are_parents() {
        assert!(has_parent_part(b"../a") && has_parent_part(b"a/..") && has_parent_part(b".."));
        assert!(!has_parent_part(b"a..b/...") && !has_parent_part(b""));
    }
}
