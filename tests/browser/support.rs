//! Reports to look at.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use imagekit::Image;

/// A directory for the files of one test.
pub(crate) struct Desk(tempfile::TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes an image as an OCI archive.
    pub(crate) fn image(&self, name: &str, image: &Image) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, imagekit::oci_archive(image)).expect("the file can be written");
        path
    }

    /// The page about two images, which differ.
    pub(crate) fn compare(&self, left: &Path, right: &Path) -> PathBuf {
        let page = self.path("report.html");
        let mut command = Command::new(env!("CARGO_BIN_EXE_ocidiff"));
        command.args([left, right]).arg("--html").arg(&page);
        run(command.arg("--quiet"), 1);
        page
    }

    /// The page about one image.
    pub(crate) fn verify(&self, image: &Path, code: i32) -> PathBuf {
        let page = self.path("verify.html");
        let mut command = Command::new(env!("CARGO_BIN_EXE_ocidiff"));
        command.arg("verify").arg(image).arg("--html").arg(&page);
        run(command.arg("--quiet"), code);
        page
    }
}

fn run(command: &mut Command, code: i32) {
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
}

/// A pair of the corpus.
pub(crate) fn corpus(name: &str) -> [PathBuf; 2] {
    let pair = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/tiny").join(name);
    ["left.tar", "right.tar"].map(|side| pair.join(side))
}
