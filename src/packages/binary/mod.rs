//! Binaries that say which packages they were built of.

mod cargo;
mod go;
#[cfg(test)]
mod tests;

use object::{File, Object as _, ObjectSection as _};

use super::fingerprint::Fingerprint;
use super::found::Found;
use super::{Manager, Package};

/// The first four bytes of what the `object` crate is asked to read: ELF, and Mach-O of either
/// width and byte order.
const MAGICS: [[u8; 4]; 5] = [
    *b"\x7fELF",
    [0xfe, 0xed, 0xfa, 0xce],
    [0xfe, 0xed, 0xfa, 0xcf],
    [0xce, 0xfa, 0xed, 0xfe],
    [0xcf, 0xfa, 0xed, 0xfe],
];

/// A binary with as many sections was not made by a linker of Go or Rust.
const SECTIONS: usize = 1000;

/// Whether a file that begins with `content` is a binary, which may say what it was built of.
/// Four bytes are enough.
pub fn may_be_built_of_packages(content: &[u8]) -> bool {
    content.starts_with(b"MZ") || MAGICS.iter().any(|magic| content.starts_with(magic))
}

/// Takes what the binary at `path` tells. A binary that tells nothing, or cannot be read as one,
/// is none of this module's business.
pub(super) fn read(path: &[u8], content: &[u8], found: &mut Found) {
    if !may_be_built_of_packages(content) {
        return;
    }
    let Ok(file) = File::parse(content) else { return };
    // A name may be as long as the file: looking for one in many sections could take hours.
    if file.sections().take(SECTIONS).count() == SECTIONS {
        return;
    }
    let reasons = [go::read(path, content, &file, found), cargo::read(path, &file, found)];
    for reason in reasons.into_iter().filter_map(Result::err) {
        found.problem(path, reason);
    }
}

/// A package that the binary at `path` was built of.
fn package(found: &mut Found, path: &[u8], manager: Manager, named: Named) {
    let mut paths = found.paths();
    paths.add(path);
    let files = paths.finish();
    found.push(Package {
        manager,
        name: named.name,
        version: named.version,
        architecture: None,
        files,
        directories: Vec::new(),
        fingerprint: named.content.finish(),
        source: path.into(),
    });
}

/// What a binary says of one package.
struct Named {
    name: String,
    version: String,
    content: Fingerprint,
}

/// The section called `name`, if it has any bytes.
fn section<'a>(file: &File<'a>, name: &str) -> Option<&'a [u8]> {
    file.section_by_name(name)?.data().ok().filter(|data| !data.is_empty())
}
