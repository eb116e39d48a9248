//! A directory of files: an image layout, a skopeo `dir:` or an unpacked docker archive.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use walkdir::WalkDir;

use super::map::Map;
use super::member::normalize;
use super::{Blob, Source};
use crate::error::{Error, Result};
use crate::limits::Limits;

/// A directory on disk. Files are mapped when first asked for.
#[derive(Debug)]
pub struct Directory {
    /// Canonical, so that what a link leads to can be compared with it.
    root: PathBuf,
    members: usize,
    /// By real path, so that links share the map of what they lead to.
    mapped: Mutex<BTreeMap<PathBuf, Blob>>,
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Blob({} bytes)", self.len())
    }
}

impl Directory {
    /// Opens the directory at `path`.
    ///
    /// # Errors
    /// When it cannot be resolved.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self> {
        let root = path.canonicalize().map_err(|source| io_error(path, source))?;
        Ok(Self { root, members: limits.archive_members, mapped: Mutex::default() })
    }

    /// The real file behind `name`; `None` when there is none.
    fn locate(&self, name: &str) -> Result<Option<PathBuf>> {
        let Some(name) = normalize(name) else { return Ok(None) };
        let path = self.root.join(name);
        match path.canonicalize() {
            Ok(real) if real.starts_with(&self.root) => Ok(Some(real)),
            Ok(_) => Err(refuse(&path, "link leads out of the directory")),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(io_error(&path, error)),
        }
    }
}

impl Source for Directory {
    fn get(&self, name: &str) -> Result<Option<Blob>> {
        let Some(path) = self.locate(name)? else { return Ok(None) };
        let mut mapped = self.mapped.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(blob) = mapped.get(&path) {
            return Ok(Some(blob.clone()));
        }
        let blob = map_regular(&path)?;
        mapped.insert(path, blob.clone());
        Ok(Some(blob))
    }

    fn names(&self) -> Vec<String> {
        WalkDir::new(&self.root)
            .sort_by_file_name()
            .into_iter()
            .filter_map(std::result::Result::ok)
            .filter(|entry| !entry.file_type().is_dir())
            .take(self.members)
            .filter_map(|entry| {
                let relative = entry.path().strip_prefix(&self.root).ok()?;
                Some(relative.to_string_lossy().into_owned())
            })
            .collect()
    }

    fn faults(&self) -> &[String] {
        &[]
    }
}

/// Maps `path` if it is a regular file. The type is asked for before opening, because opening a
/// pipe waits for a writer.
pub(super) fn map_regular(path: &Path) -> Result<Blob> {
    let metadata = path.metadata().map_err(|error| io_error(path, error))?;
    if !metadata.is_file() {
        return Err(refuse(path, "not a regular file"));
    }
    let file = File::open(path).map_err(|error| io_error(path, error))?;
    Map::of(&file).map(Blob::whole).map_err(|error| io_error(path, error))
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

fn io_error(path: &Path, source: std::io::Error) -> Error {
    Error::Io { path: path.to_owned(), source }
}

fn refuse(path: &Path, reason: &str) -> Error {
    io_error(path, std::io::Error::other(reason.to_owned()))
}
