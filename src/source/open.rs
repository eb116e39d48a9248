//! Opens an input as a tree of members, whatever holds them.

use std::io;
use std::path::Path;

use super::directory::map_regular;
use super::{Archive, Blob, Directory, InputSpec, Remark, Source, spool};
use crate::compress::Compression;
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Bytes of a tar header.
const BLOCK: usize = 512;

/// An opened input.
pub struct Opened {
    /// Its members.
    pub source: Box<dyn Source>,
    /// The bytes as they lie on disk; absent for a directory.
    pub bytes: Option<Blob>,
    /// Defects found on the way to the members, as lower-case fragments.
    pub faults: Vec<String>,
    /// What is odd about the way to the members.
    pub remarks: Vec<Remark>,
}

/// Opens what `spec` names.
///
/// # Errors
/// When it cannot be read or is no directory and no tar archive.
pub fn open(spec: &InputSpec, limits: &Limits) -> Result<Opened> {
    if spec.path.is_dir() {
        let source = Box::new(Directory::open(&spec.path, limits)?);
        return Ok(Opened { source, bytes: None, faults: Vec::new(), remarks: Vec::new() });
    }
    let bytes = read(&spec.path, limits)?;
    let unpacked = unwrap(spec, bytes.clone(), limits)?;
    check_is_tar(spec, &unpacked)?;
    let source = Box::new(Archive::index(&spec.typed, unpacked.blob, limits));
    let trailing = Some(unpacked.trailing).filter(|bytes| *bytes > 0);
    let remarks = trailing.map(|bytes| Remark::PackedTrailing { bytes }).into_iter().collect();
    Ok(Opened { source, bytes: Some(bytes), faults: Vec::from_iter(unpacked.fault), remarks })
}

fn read(path: &Path, limits: &Limits) -> Result<Blob> {
    let fail = |source| Error::Io { path: path.to_owned(), source };
    if path == Path::new("-") {
        return spool::pipe(io::stdin().lock(), limits).map_err(fail);
    }
    let metadata = path.metadata().map_err(fail)?;
    if metadata.is_file() {
        return map_regular(path);
    }
    // A pipe the user named himself, as in `ocidiff <(docker save a) b.tar`.
    spool::pipe(std::fs::File::open(path).map_err(fail)?, limits).map_err(fail)
}

/// Undoes compression of the whole archive, once: nobody compresses twice.
fn unwrap(spec: &InputSpec, bytes: Blob, limits: &Limits) -> Result<spool::Unpacked> {
    let compression = Compression::detect(bytes.bytes());
    if compression == Compression::Plain {
        return Ok(spool::Unpacked { blob: bytes, fault: None, trailing: 0 });
    }
    spool::unpack(compression, &bytes, limits)
        .map_err(|source| Error::Io { path: spec.path.clone(), source })
}

/// Says early and plainly when an input is something else altogether.
fn check_is_tar(spec: &InputSpec, unpacked: &spool::Unpacked) -> Result<()> {
    let bytes = unpacked.blob.bytes();
    let Some(problem) = not_tar(bytes) else { return Ok(()) };
    // Of what broke off so early nobody can tell what it would have been.
    let fault = unpacked.fault.as_deref().filter(|_| bytes.len() < BLOCK);
    let hint = match (fault, bytes.first()) {
        (Some(_), _) => "the archive is damaged; copy or save it again",
        (None, Some(b'{' | b'[')) => "give the directory or archive, not a file inside it",
        _ => "expected a docker save or OCI tar archive, an OCI layout directory or a dir: copy",
    };
    let reason = fault.unwrap_or(problem).to_owned();
    Err(Error::NotAnImage { input: spec.typed.clone(), reason, hint: Some(hint.into()) })
}

fn not_tar(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [] => Some("empty file"),
        [b'{' | b'[', ..] => Some("a JSON document, not an image archive"),
        _ if bytes.len() < BLOCK => Some("too short for a tar archive"),
        _ if crate::tar::looks_like_header(bytes) => None,
        [0, ..] if bytes.iter().take(BLOCK).all(|&byte| byte == 0) => {
            Some("tar archive without members")
        }
        [0x7f, b'E', b'L', b'F', ..] => Some("an executable, not an image archive"),
        [b'P', b'K', 3, 4, ..] => Some("a zip file, not an image archive"),
        _ => Some("not a tar archive"),
    }
}
