//! The paths a package owns: in one form, and not more than fit.

/// Bytes that all packages of one file system may take, paths above all. A large distribution with
/// every package installed stays below a tenth of it; but a database may name one long directory
/// for a million short names.
pub(super) const BYTES: usize = 512 << 20;

/// What each path takes beside its bytes.
const OVERHEAD: usize = 32;

/// Directories at the root that are links into `/usr` where that is merged (UsrMerge).
const MERGED: [&[u8]; 6] = [b"bin", b"sbin", b"lib", b"lib32", b"lib64", b"libx32"];

/// Paths of one package, as they are found.
pub(super) struct Paths<'f> {
    left: &'f mut usize,
    list: Vec<Box<[u8]>>,
}

impl<'f> Paths<'f> {
    pub(super) fn new(left: &'f mut usize) -> Self {
        Self { left, list: Vec::new() }
    }

    /// Takes in `path`, which may begin with a slash; the root itself is nobody's.
    pub(super) fn add(&mut self, path: &[u8]) {
        if let Some(path) = normal(path).filter(|path| self.pays(path.len())) {
            self.list.push(path);
        }
    }

    /// Takes in `path` and, where a merged `/usr` would hold it elsewhere, the other spelling too:
    /// databases go on saying `/lib/x` where the file system has `/usr/lib/x`.
    pub(super) fn add_either(&mut self, path: &[u8]) {
        self.add(path);
        let bare = path.strip_prefix(b"/").unwrap_or(path);
        let top = bare.split(|&byte| byte == b'/').next().unwrap_or_default();
        if MERGED.contains(&top) && top.len() < bare.len() {
            self.add(&[b"usr/", bare].concat());
        }
    }

    /// Takes in `directory/name`.
    pub(super) fn add_below(&mut self, directory: &[u8], name: &[u8]) {
        // Counted before it is joined: the bound is what stops a long directory with many names.
        if self.pays(directory.len()) {
            self.add_either(&[directory, b"/", name].concat());
        }
    }

    /// All of them, sorted.
    pub(super) fn finish(mut self) -> Vec<Box<[u8]>> {
        self.list.sort_unstable();
        self.list.dedup();
        self.list
    }

    fn pays(&mut self, bytes: usize) -> bool {
        pay(self.left, bytes.saturating_add(OVERHEAD))
    }
}

/// Takes `bytes` of what is left, or else all of it.
pub(super) fn pay(left: &mut usize, bytes: usize) -> bool {
    let rest = left.checked_sub(bytes);
    *left = rest.unwrap_or_default();
    rest.is_some()
}

/// `path` relative to the root, without empty parts, `.` and `..`; `None` for the root.
pub(super) fn normal(path: &[u8]) -> Option<Box<[u8]>> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join(&b'/').into())
}

/// What lies before the last slash; empty at the root.
pub(super) fn parent(path: &[u8]) -> &[u8] {
    split(path).0
}

/// What lies before and after the last slash.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(at) => (
            path.get(..at).unwrap_or_default(),
            path.get(at.saturating_add(1)..).unwrap_or_default(),
        ),
        None => (b"", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_take_one_form() {
        let normal = |path: &str| normal(path.as_bytes());
        assert_eq!(normal("/usr//lib/./x").as_deref(), Some(&b"usr/lib/x"[..]));
        assert_eq!(normal("usr/lib/python3/../../bin/x").as_deref(), Some(&b"usr/bin/x"[..]));
        assert_eq!(normal("../../x").as_deref(), Some(&b"x"[..]));
        assert_eq!(normal("/."), None);
    }

    #[test]
    fn a_merged_usr_gives_both_spellings() {
        let mut left = 1000;
        let mut paths = Paths::new(&mut left);
        for path in ["/.", "/lib", "/lib/x", "/usr/lib/x", "/library/x"] {
            paths.add_either(path.as_bytes());
        }
        let expected: [&[u8]; 4] = [b"lib", b"lib/x", b"library/x", b"usr/lib/x"];
        assert_eq!(paths.finish().iter().map(|it| &**it).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_bound_holds_for_a_long_directory() {
        let mut left = 10_000;
        let mut paths = Paths::new(&mut left);
        for _ in 0..100 {
            paths.add_below(&[b'd'; 500], b"x");
        }
        assert_eq!(paths.finish().len(), 1);
        assert_eq!(left, 0);
    }

    #[test]
    fn a_path_splits_at_its_last_slash() {
        assert_eq!(split(b"a/b/c"), (&b"a/b"[..], &b"c"[..]));
        assert_eq!(split(b"c"), (&b""[..], &b"c"[..]));
        assert_eq!(parent(b"a/b/"), b"a/b");
    }
}
