//! Where in the directory of a layer an entry belongs, and what stands there for it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use crate::report::EntryKind;
use crate::tar::Member;

/// The place of a path that is relative to the root of the image.
///
/// # Errors
/// Why there is none.
pub(super) fn place(path: &[u8]) -> Result<PathBuf, &'static str> {
    if path.is_empty() {
        return Ok(PathBuf::from("."));
    }
    let mut place = PathBuf::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b".." => return Err("leads outside of the image"),
            _ if part.contains(&0) => return Err("no file can have this name"),
            _ => place.push(OsStr::from_bytes(part)),
        }
    }
    Ok(place)
}

/// The line that stands for an entry that is neither a regular file nor a directory.
pub(super) fn line(member: &Member) -> Vec<u8> {
    let target = |word: &str| [word.as_bytes(), b" to ", &member.linkname, b"\n"].concat();
    match (member.kind, member.device) {
        (EntryKind::Symlink, _) => target("symbolic link"),
        (EntryKind::Hardlink, _) => target("hard link"),
        (kind, Some((major, minor))) => format!("{kind} {major}:{minor}\n").into_bytes(),
        (kind, None) => format!("{kind}\n").into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        for path in ["..", "../x", "a/../../x", "a/.."] {
            assert!(place(path.as_bytes()).is_err(), "{path}");
        }
        assert!(place(b"a\0b").is_err());
        assert_eq!(place(b"a/..b/c.."), Ok(PathBuf::from("a/..b/c..")));
        assert_eq!(place(b""), Ok(PathBuf::from(".")));
    }

    #[test]
    fn what_is_no_file_is_described() {
        let member = |kind| Member { kind, linkname: b"/x".to_vec(), ..Member::default() };
        assert_eq!(line(&member(EntryKind::Symlink)), b"symbolic link to /x\n");
        assert_eq!(line(&member(EntryKind::Fifo)), b"fifo\n");
        let device = Member { device: Some((1, 3)), ..member(EntryKind::CharDevice) };
        assert_eq!(line(&device), b"char-device 1:3\n");
    }
}
