//! From a header to a package.

use super::super::fingerprint::Fingerprint;
use super::super::found::Found;
use super::super::paths::Paths;
use super::super::{Manager, Package};
use super::header::Header;

/// Tags of a header (`rpmTag`).
mod tag {
    pub(super) const NAME: u32 = 1000;
    pub(super) const VERSION: u32 = 1001;
    pub(super) const RELEASE: u32 = 1002;
    pub(super) const EPOCH: u32 = 1003;
    pub(super) const INSTALL_TIME: u32 = 1008;
    pub(super) const ARCH: u32 = 1022;
    pub(super) const OLD_FILE_NAMES: u32 = 1027;
    pub(super) const FILE_STATES: u32 = 1029;
    pub(super) const DIR_INDEXES: u32 = 1116;
    pub(super) const BASE_NAMES: u32 = 1117;
    pub(super) const DIR_NAMES: u32 = 1118;
    pub(super) const INSTALL_COLOR: u32 = 1127;
    pub(super) const INSTALL_TID: u32 = 1128;
    pub(super) const DB_INSTANCE: u32 = 1195;
}

/// When it was installed, in which transaction, and its number in the database.
pub(super) const OF_INSTALLING: [u32; 3] = [tag::INSTALL_TIME, tag::INSTALL_TID, tag::DB_INSTANCE];

/// What a fingerprint leaves out: name and version, what only tells of the installation, and who
/// signed (259 PGP, 262 GPG, 267 DSA, 268 RSA, 278 OpenPGP): the digests of what was signed stay.
const MASKED: [u32; 15] = [
    259,
    262,
    267,
    268,
    278,
    tag::NAME,
    tag::VERSION,
    tag::RELEASE,
    tag::EPOCH,
    tag::ARCH,
    tag::INSTALL_TIME,
    tag::INSTALL_TID,
    tag::DB_INSTANCE,
    tag::INSTALL_COLOR,
    tag::FILE_STATES,
];

/// Takes in the package that `header` is of.
pub(super) fn read(header: &Header<'_>, source: &[u8], found: &mut Found) {
    let (Some(name), Some(version)) = (header.text(tag::NAME), version(header)) else {
        return found.problem(source, "a package without name or version");
    };
    let mut fingerprint = Fingerprint::default();
    header.digest(&MASKED, &mut fingerprint);
    let files = owned(header, found.paths());
    found.push(Package {
        manager: Manager::Rpm,
        name,
        version,
        architecture: header.text(tag::ARCH),
        files,
        directories: Vec::new(),
        fingerprint: fingerprint.finish(),
        source: source.into(),
    });
}

/// `[EPOCH:]VERSION-RELEASE`.
fn version(header: &Header<'_>) -> Option<String> {
    let mut text = header.text(tag::VERSION)?;
    if let Some(release) = header.text(tag::RELEASE) {
        text = format!("{text}-{release}");
    }
    match header.numbers(tag::EPOCH).next() {
        Some(epoch) => Some(format!("{epoch}:{text}")),
        None => Some(text),
    }
}

/// Names with the directory each lies in; whole paths in packages of RPM 3.
fn owned(header: &Header<'_>, mut paths: Paths<'_>) -> Vec<Box<[u8]>> {
    let directories: Vec<&[u8]> = header.strings(tag::DIR_NAMES).collect();
    for (name, at) in header.strings(tag::BASE_NAMES).zip(header.numbers(tag::DIR_INDEXES)) {
        let directory = usize::try_from(at).ok().and_then(|at| directories.get(at));
        if let Some(directory) = directory {
            paths.add_below(directory, name);
        }
    }
    header.strings(tag::OLD_FILE_NAMES).for_each(|path| paths.add_either(path));
    paths.finish()
}
