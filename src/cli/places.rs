//! Which file a path stands for, so that no report is written over another or over an input.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ocidiff::Comparison;

/// Links that may lead to one another.
const LINKS: usize = 40;

/// The file that writing to a path writes.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// One that is there: device and inode.
    Known(u64, u64),
    /// One that would be made.
    New(PathBuf),
}

/// Whether two of `paths` are the same file, however they are spelled.
pub(super) fn collide<'a>(paths: impl Iterator<Item = &'a Path>) -> bool {
    let places: Vec<Place> = paths.filter_map(place).collect();
    places.iter().enumerate().any(|(at, place)| places.iter().skip(at + 1).any(|it| it == place))
}

/// The first of `paths` that is, or is a part of, one of `inputs`.
pub(super) fn input<'a>(
    mut paths: impl Iterator<Item = &'a Path>,
    inputs: &[impl AsRef<OsStr>],
) -> Option<&'a Path> {
    paths.find(|path| inputs.iter().any(|input| Comparison::reads(input.as_ref(), path)))
}

/// None for what any number of reports may go to, such as a terminal.
fn place(path: &Path) -> Option<Place> {
    let path = followed(path);
    match fs::metadata(&path) {
        Ok(known) if known.is_file() => Some(Place::Known(known.dev(), known.ino())),
        Ok(_) => None,
        Err(_) => Some(Place::New(absolute(&path))),
    }
}

/// `path`, or where it leads when it is a link to what is not there yet.
fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => break,
        }
    }
    path
}

fn absolute(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| *parent != Path::new(""));
    let parent = parent.unwrap_or(Path::new(".")).canonicalize();
    match (parent, path.file_name()) {
        (Ok(parent), Some(name)) => parent.join(name),
        _ => path.to_owned(),
    }
}

/// Says that `path` cannot be written to because it is read.
pub(super) fn is_an_input(path: &Path) -> String {
    format!("{}: is an input", path.display())
}

/// Whether `path` is there and lies in `directory`.
pub(super) fn lies_in(path: &Path, directory: &Path) -> bool {
    let both = path.canonicalize().ok().zip(directory.canonicalize().ok());
    both.is_some_and(|(path, directory)| path.starts_with(directory))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn same(one: &Path, next: &Path) -> bool {
        collide([one, next].into_iter())
    }

    #[test]
    fn one_file_has_many_names() -> std::io::Result<()> {
        let desk = tempfile::tempdir()?;
        let path = |name: &str| desk.path().join(name);
        fs::write(path("a"), "")?;
        fs::hard_link(path("a"), path("hard"))?;
        symlink("a", path("soft"))?;
        symlink("new", path("dangling"))?;
        for (one, next) in
            [("a", "./a"), ("a", "hard"), ("a", "soft"), ("new", "./new"), ("new", "dangling")]
        {
            assert!(same(&path(one), &path(next)), "{one} {next}");
        }
        assert!(!same(&path("a"), &path("new")) && !same(&path("new"), &path("newer")));
        assert!(!same(Path::new("/dev/null"), Path::new("/dev/null")));
        Ok(())
    }

    #[test]
    fn links_that_lead_nowhere_end() -> std::io::Result<()> {
        let desk = tempfile::tempdir()?;
        symlink("loop", desk.path().join("loop"))?;
        assert!(!same(&desk.path().join("loop"), &desk.path().join("other")));
        Ok(())
    }
}
