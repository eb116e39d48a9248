//! Paths as layers write them, and the one path all of those forms mean.

use std::borrow::Cow;

/// How a path was written, beside what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct PathForm {
    /// What stands before the first name.
    pub prefix: Prefix,
    /// A slash follows the last name.
    pub trailing_slash: bool,
    /// The path as written is neither of those: it holds `//`, `/./` or the like.
    pub unusual: bool,
}

/// What stands before the first name of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Prefix {
    /// Nothing.
    #[default]
    None,
    /// `./`
    Dot,
    /// `/`
    Slash,
}

impl PathForm {
    /// `path` as it was written.
    pub fn write(self, path: &[u8]) -> Vec<u8> {
        let before: &[u8] = match self.prefix {
            Prefix::None => b"",
            Prefix::Dot => b"./",
            Prefix::Slash => b"/",
        };
        let after: &[u8] = if self.trailing_slash && !path.is_empty() { b"/" } else { b"" };
        [before, path, after].concat()
    }
}

/// The path that `raw` means, relative to the root of the image, and how it was written.
///
/// Empty and `.` parts mean nothing and are left out. `..` is kept: it is not what a layer may
/// hold, and resolving it here would hide that.
pub(super) fn normalize(raw: &[u8]) -> (Cow<'_, [u8]>, PathForm) {
    let (prefix, body) = match raw {
        [b'.', b'/', body @ ..] => (Prefix::Dot, body),
        [b'/', body @ ..] => (Prefix::Slash, body),
        body => (Prefix::None, body),
    };
    let form = PathForm { prefix, trailing_slash: raw.ends_with(b"/"), unusual: false };
    match body {
        [path @ .., b'/'] if !path.is_empty() && is_plain(path) => (Cow::Borrowed(path), form),
        path if is_plain(path) => (Cow::Borrowed(path), form),
        _ => (Cow::Owned(from_parts(raw)), PathForm { unusual: true, ..form }),
    }
}

/// The path that `raw` means, relative to the root of the image: empty and `.` parts mean nothing,
/// `..` is kept.
pub fn meaning(raw: &[u8]) -> Box<[u8]> {
    normalize(raw).0.into()
}

fn from_parts(raw: &[u8]) -> Vec<u8> {
    let parts = raw.split(|&byte| byte == b'/');
    let parts: Vec<&[u8]> = parts.filter(|part| !part.is_empty() && *part != b".").collect();
    parts.join(&b'/')
}

/// Whether no part of `path` is empty or `.`; almost every path is so.
fn is_plain(path: &[u8]) -> bool {
    // Without a branch for each byte, this takes no time.
    let pairs = path.iter().zip(path.get(1..).unwrap_or_default());
    let suspects = pairs.fold(false, |any, (a, b)| any | (*a == b'/' && matches!(b, b'/' | b'.')));
    if !suspects && !path.starts_with(b"/") && !path.starts_with(b".") && !path.ends_with(b"/") {
        return true;
    }
    path.is_empty() || path.split(|&byte| byte == b'/').all(|part| !part.is_empty() && part != b".")
}

/// The directory part, empty for names at the root, and the last name.
pub(super) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    let slash = path.iter().rposition(|&byte| byte == b'/');
    slash.and_then(|at| Some((path.get(..at)?, path.get(at..)?.get(1..)?))).unwrap_or((&[], path))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn a_path_is_its_parts_and_its_form_says_how_it_was_written(raw in "[./ab]{0,9}") {
            let raw = raw.as_bytes();
            let (path, form) = normalize(raw);
            prop_assert_eq!(&*path, &from_parts(raw));
            prop_assert_eq!(form.write(&path) == raw, !form.unusual);
        }
    }
}
