//! The directory that is written into.

use std::io;
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirBuilder, DirBuilderExt as _};

use crate::error::{Error, Result};

/// Only the user who made it may look into it: among the files of an image are keys and shadows.
const PRIVATE: u32 = 0o700;

/// A directory that was empty when it was opened, and out of which no path leads.
#[derive(Debug)]
pub struct Destination {
    path: PathBuf,
    dir: Dir,
}

impl Destination {
    /// Makes the directory at `path`, or takes it when it is there and empty.
    ///
    /// # Errors
    /// When it holds anything, or cannot be made.
    pub fn create(path: &Path) -> Result<Self> {
        let failed = |source| Error::Io { path: path.to_owned(), source };
        match make(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(failed(error));
            }
            _ => {}
        }
        let dir = Dir::open_ambient_dir(path, ambient_authority()).map_err(failed)?;
        if dir.entries().map_err(failed)?.next().is_some() {
            return Err(Error::Option {
                option: format!("--report-dir {}", path.display()),
                reason: "the directory is not empty".to_owned(),
            });
        }
        Ok(Self { path: path.to_owned(), dir })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one file at its top.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn write(
        &self,
        name: &str,
        write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<()> {
        let file = self.dir.create(name).map_err(|error| self.error(error))?;
        let mut out = io::BufWriter::new(file);
        let written = write(&mut out).and_then(|()| io::Write::flush(&mut out));
        written.map_err(|source| Error::Io { path: self.path.join(name), source })
    }

    pub(super) fn subdirectory(&self, name: &str) -> Result<Dir> {
        let opened = self.dir.create_dir_all(name).and_then(|()| self.dir.open_dir(name));
        opened.map_err(|error| self.error(error))
    }

    pub(super) fn error(&self, source: io::Error) -> Error {
        Error::Io { path: self.path.clone(), source }
    }
}

fn make(path: &Path) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::AlreadyExists)?;
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    Dir::create_ambient_dir_all(parent, ambient_authority())?;
    let parent = Dir::open_ambient_dir(parent, ambient_authority())?;
    parent.create_dir_with(name, DirBuilder::new().mode(PRIVATE))
}
