//! Images in which each item costs what every other does.

use std::fs;
use std::path::PathBuf;

use imagekit::{Entry, Image, Layer, docker_legacy, oci_archive};
use ocidiff::sides::Sides;
use tempfile::TempDir;

/// `files` files of a few bytes, all alike but for their names; those that `differs` wants are of
/// another time.
pub(crate) fn small_files(files: usize, differs: impl Fn(usize) -> bool) -> Layer {
    let one = |file| {
        let path = format!("usr/share/doc/package/file-{file:08}");
        Entry::file(path, "content\n").mtime(1_700_000_000 + i64::from(differs(file)))
    };
    (0..files).map(one).collect()
}

/// One file of `bytes` bytes.
pub(crate) fn big_layer(bytes: usize) -> Layer {
    let content: Vec<u8> = (0..bytes).map(|at| (at / 64 % 251) as u8).collect();
    [Entry::file("opt/blob", content)].into_iter().collect()
}

/// `layers` layers of ten files in gzip, each another in the builds `build`.
pub(crate) fn stack(layers: usize, build: usize) -> Vec<u8> {
    let layer = |at: usize| -> Layer {
        let one =
            |file| Entry::file(format!("srv/{at:04}/{file}"), format!("{at} {}", build * file));
        (0..10).map(one).collect()
    };
    let step = |image: Image, at| image.layer_by(layer(at), format!("RUN step-{at:04}"));
    oci_archive((0..layers).fold(Image::new(), step))
}

/// Two archives on disk, for as long as this lives.
pub(crate) struct Pair {
    pub(crate) paths: Sides<PathBuf>,
    _directory: TempDir,
}

impl Pair {
    /// Docker archives of one plain layer.
    pub(crate) fn docker(left: Layer, right: Layer) -> Self {
        let archive = |layer| docker_legacy([Image::new().layer(layer)]).to_tar();
        Self::of(Sides::new(archive(left), archive(right)))
    }

    pub(crate) fn of(archives: Sides<Vec<u8>>) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let write = |name, bytes: Vec<u8>| {
            let path = directory.path().join(name);
            fs::write(&path, bytes).expect("room for the archive");
            path
        };
        let paths =
            Sides::new(write("left.tar", archives.left), write("right.tar", archives.right));
        Self { paths, _directory: directory }
    }
}
