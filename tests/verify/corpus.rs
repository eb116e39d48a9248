//! Real archives of every producer are sound, whatever their habits.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::support::{command, corpus, verify, verify_with};

/// Every image of the corpus.
pub(crate) fn images() -> Vec<PathBuf> {
    let mut images = Vec::new();
    for producer in fs::read_dir(corpus("")).expect("the corpus").filter_map(Result::ok) {
        let inputs = fs::read_dir(producer.path()).into_iter().flatten().filter_map(Result::ok);
        images.extend(inputs.map(|it| it.path()).filter(|path| {
            path.extension().is_none_or(|it| it == "tar") && !path.ends_with("EXPECTED")
        }));
    }
    images.sort();
    assert!(images.len() > 60, "{} images", images.len());
    images
}

#[test]
fn every_image_is_sound() {
    for image in images() {
        let run = verify(&image);
        assert_eq!(run.code, 0, "{}: {}", image.display(), run.text());
    }
}

#[test]
fn threads_change_nothing() {
    for image in ["docker-29.7-containerd-multi/both.tar", "buildkit-oci-provenance/right.tar"] {
        for more in [&["--deleted"][..], &[]] {
            let with = |threads| verify_with(corpus(image), &[&[threads], more].concat());
            assert_eq!(with("--threads=1").stdout, with("--threads=8").stdout);
        }
    }
}

#[test]
fn checksums_are_what_sha256sum_checks() {
    let layout = corpus("umoci-0.4.7-raw/left");
    let list = command()
        .args(["verify", "--checksums", "."])
        .current_dir(&layout)
        .output()
        .expect("the program can be started");
    assert!(list.status.success());
    let text = String::from_utf8(list.stdout).expect("UTF-8");
    assert!(text.lines().count() > 4);
    for line in text.lines() {
        let (sum, name) = line.split_once("  ").expect("two blanks");
        assert_eq!(name, format!("blobs/sha256/{sum}"));
    }
    if cfg!(target_os = "linux") {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), text).expect("the file can be written");
        let check = Command::new("sha256sum")
            .args(["--check", "--strict", "--status"])
            .arg(file.path())
            .current_dir(&layout)
            .stdin(Stdio::null())
            .status();
        assert!(check.expect("coreutils").success());
    }
}
