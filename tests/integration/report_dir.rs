//! `--report-dir`: files of archives nobody trusts are written to disk, and nowhere else.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use imagekit::{Compression, Entry, Image, Layer};

use crate::support::{Desk, Run, corpus, ocidiff};

const LAYER: &str = "manifests-0/layers-0";

/// Compares an image that is `left` with one that is `right`, into the directory `out`.
fn extract(desk: &Desk, left: Layer, right: Layer) -> Run {
    let image = |layer| Image::new().reference("app:1").layer(layer);
    let left = desk.image("left.tar", &image(left));
    let right = desk.image("right.tar", &image(right));
    run(&[left.as_os_str(), right.as_os_str()], &desk.path("out"))
}

fn run(inputs: &[&OsStr], out: &Path) -> Run {
    let args = inputs.iter().copied();
    ocidiff(args.chain([OsStr::new("--report-dir"), out.as_os_str()]))
}

/// Everything below `path`, relative to it.
fn tree(path: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![path.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).expect("a directory") {
            let entry = entry.expect("an entry");
            if entry.file_type().expect("a type").is_dir() {
                open.push(entry.path());
            }
            found.insert(entry.path().strip_prefix(path).expect("below").to_owned());
        }
    }
    found
}

fn read(desk: &Desk, name: &str) -> String {
    let bytes = fs::read(desk.path("out").join(name)).unwrap_or_else(|it| panic!("{name}: {it}"));
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Nothing but regular files and directories, of plain modes, in the directory and beside it.
#[track_caller]
fn assert_harmless(desk: &Desk) {
    for path in tree(&desk.path("")) {
        let of = fs::symlink_metadata(desk.path("").join(&path)).expect("metadata");
        assert!(of.is_file() || of.is_dir(), "{}", path.display());
        assert_eq!(of.mode() & 0o7022, 0, "{}: {:o}", path.display(), of.mode());
        let known = ["left.tar", "right.tar", "out"].map(Path::new);
        assert!(known.iter().any(|known| path.starts_with(known)), "{}", path.display());
    }
}

#[test]
fn the_layout_is_that_of_diffoci() {
    let desk = Desk::new();
    let out = desk.path("out");
    let pair = |side| corpus(&format!("buildkit-oci-gzip/{side}.tar"));
    let run = run(&[pair("left").as_os_str(), pair("right").as_os_str()], &out);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
    let top: Vec<PathBuf> =
        tree(&out).into_iter().filter(|it| it.components().count() == 1).collect();
    assert_eq!(top, ["README.md", "input-0", "input-1", "report.json"].map(PathBuf::from));
    let conf = |input: &str| read(&desk, &format!("{input}/manifests-0/layers-1/etc/app/app.conf"));
    assert!(conf("input-0").contains("workers=4"));
    assert!(conf("input-1").contains("workers=8"));
    assert!(!out.join("input-0/manifests-0/layers-1/etc/app/added").exists());
    assert!(!out.join("input-0/manifests-0/layers-0").exists(), "layers that are the same");
    let report: serde_json::Value =
        serde_json::from_str(&read(&desk, "report.json")).expect("JSON");
    assert_eq!(report["verdict"], "different");
    let readme = read(&desk, "README.md");
    assert!(readme.contains("diff -ur input-0 input-1"));
    assert!(readme.contains("\n### ocidiff: different\n"), "{readme}");
    assert_eq!(fs::metadata(&out).expect("metadata").permissions().mode() & 0o777, 0o700);
}

#[test]
fn all_files_are_there_when_all_are_wanted() {
    let desk = Desk::new();
    let same = |content: &str| {
        Layer::new().with(Entry::file("same", "1")).with(Entry::file("it", content))
    };
    let image = |content| Image::new().reference("app:1").layer(same(content));
    let left = desk.image("left.tar", &image("1"));
    let right = desk.image("right.tar", &image("2"));
    let all = [left.as_os_str(), right.as_os_str(), OsStr::new("--report-dir-all")];
    run(&all, &desk.path("out"));
    assert_eq!(read(&desk, &format!("input-0/{LAYER}/same")), "1");
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/it")), "2");
}

#[test]
fn what_a_rule_ignores_stays_out() {
    let desk = Desk::new();
    let image = |content: &str| {
        let layer = Layer::new().with(Entry::file("log", content)).with(Entry::file("app", "1"));
        Image::new().reference("app:1").layer(layer)
    };
    let left = desk.image("left.tar", &image("1"));
    let right = desk.image("right.tar", &image("2"));
    run(&[left.as_os_str(), right.as_os_str(), OsStr::new("--exclude=/log")], &desk.path("out"));
    let names: Vec<PathBuf> = tree(&desk.path("out")).into_iter().collect();
    assert_eq!(names, ["README.md", "input-0", "input-1", "report.json"].map(PathBuf::from));
}

#[test]
fn a_foreign_directory_is_not_touched() {
    let desk = Desk::new();
    fs::create_dir(desk.path("out")).expect("a directory");
    fs::write(desk.path("out/precious"), "1").expect("a file");
    let run = extract(&desk, Layer::new(), Layer::new().with(Entry::file("a", "1")));
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("the directory is not empty"), "{}", run.stderr);
    assert_eq!(tree(&desk.path("out")).len(), 1);
}

#[test]
fn cve_2001_1267_dot_dot() {
    let desk = Desk::new();
    let evil = ["../evil", "a/../../evil", "../../../../../../../../tmp/ocidiff-evil", ".."];
    let layer = evil.iter().fold(Layer::new(), |layer, path| layer.with(Entry::file(*path, "x")));
    let run = extract(&desk, Layer::new(), layer);
    assert_eq!(run.stderr.matches("leads outside of the image").count(), 4, "{}", run.stderr);
    assert_harmless(&desk);
    assert!(!Path::new("/tmp/ocidiff-evil").exists());
    assert!(read(&desk, "README.md").contains("## Not written"));
}

#[test]
fn absolute_paths_are_relative_to_the_image() {
    let desk = Desk::new();
    let layer = Layer::new().with(Entry::file("x", "1").raw_path("//etc//./evil"));
    extract(&desk, Layer::new(), layer);
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/etc/evil")), "1");
    assert_harmless(&desk);
}

/// A link out of the directory, and a file through it.
#[test]
fn cve_2018_20969_symlink_then_file() {
    let desk = Desk::new();
    let outside = desk.path("left.tar");
    let target = outside.parent().expect("a parent").as_os_str().as_encoded_bytes().to_vec();
    let layer = Layer::new()
        .with(Entry::symlink("way", target))
        .with(Entry::file("way/evil", "x"))
        .with(Entry::symlink("root", "/"))
        .with(Entry::file("root/tmp/ocidiff-evil", "x"));
    let run = extract(&desk, Layer::new(), layer);
    assert_harmless(&desk);
    assert!(!Path::new("/tmp/ocidiff-evil").exists());
    assert!(read(&desk, &format!("input-1/{LAYER}/way")).starts_with("symbolic link to /"));
    assert!(run.stderr.contains("way/evil: not written"), "{}", run.stderr);
}

#[test]
fn hard_links_lead_nowhere_else() {
    let desk = Desk::new();
    let layer = Layer::new()
        .with(Entry::file("a", "1"))
        .with(Entry::hardlink("b", "a"))
        .with(Entry::hardlink("c", "../../../../left.tar"))
        .with(Entry::hardlink("d", "/etc/passwd"))
        .with(Entry::hardlink("e", "e"));
    extract(&desk, Layer::new(), layer);
    let name = |name: &str| format!("input-1/{LAYER}/{name}");
    assert_eq!(read(&desk, &name("b")), "1");
    assert_eq!(read(&desk, &name("c")), "hard link to ../../../../left.tar\n");
    assert_eq!(read(&desk, &name("d")), "hard link to /etc/passwd\n");
    assert_eq!(read(&desk, &name("e")), "hard link to e\n");
    assert_harmless(&desk);
}

#[test]
fn devices_and_modes_do_not_come_along() {
    let desk = Desk::new();
    let layer = Layer::new()
        .with(Entry::chardev("null", 1, 3))
        .with(Entry::blockdev("disk", 8, 0))
        .with(Entry::fifo("pipe"))
        .with(Entry::file("su", "x").mode(0o6777).uid(0))
        .with(Entry::dir("open").mode(0o1777));
    extract(&desk, Layer::new(), layer);
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/null")), "char-device 1:3\n");
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/pipe")), "fifo\n");
    assert_harmless(&desk);
}

#[test]
fn the_last_of_several_entries_stays() {
    let desk = Desk::new();
    let layer = Layer::new()
        .with(Entry::file("a", "first"))
        .with(Entry::hardlink("b", "a"))
        .with(Entry::file("a", "last"))
        .with(Entry::file("d", "file"))
        .with(Entry::file("d/inside", "x"));
    let run = extract(&desk, Layer::new(), layer);
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/a")), "last");
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/b")), "first");
    assert!(run.stderr.contains("d/inside: not written"), "{}", run.stderr);
    assert_harmless(&desk);
}

#[test]
fn names_that_no_file_can_have_are_listed() {
    let desk = Desk::new();
    let layer = Layer::new()
        .with(Entry::file("n".repeat(300), "x"))
        .with(Entry::file(b"\xff\xfe\x1b[2J\n".to_vec(), "bytes"))
        .with(Entry::file("ok", "1"));
    let run = extract(&desk, Layer::new(), layer);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("not written"), "{}", run.stderr);
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/ok")), "1");
    let text = read(&desk, "README.md");
    assert!(!text.contains('\x1b'));
    assert!(text.contains(&"n".repeat(300)));
}

#[test]
fn a_deep_tree_has_room() {
    let desk = Desk::new();
    let path = "d/".repeat(3_000) + "leaf";
    let run = extract(&desk, Layer::new(), Layer::new().with(Entry::file(path, "1")));
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(read(&desk, "report.json").contains("leaf"));
}

/// A name of tens of thousands of directories, which a path by path descent would need a stack for.
#[test]
fn the_deepest_tree_there_can_be() {
    let desk = Desk::new();
    let (files, dirs) = ("d/".repeat(32_000) + "leaf", "q/".repeat(32_000));
    let layer = Layer::new().with(Entry::file(files, "1")).with(Entry::dir(dirs));
    let run = extract(&desk, Layer::new(), layer.with(Entry::file("ok", "1")));
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/ok")), "1");
}

/// Eight exabytes of nothing are not written.
#[test]
fn a_sparse_bomb_is_left_out() {
    let desk = Desk::new();
    let layer = Layer::new()
        .with(Entry::sparse_pax("1.0", "bomb", &[(0, 1)], 1 << 60, "x"))
        .with(Entry::sparse_pax("1.0", "holes", &[(4096, 6)], 1 << 20, "middle"));
    let run = extract(&desk, Layer::new(), layer);
    assert!(run.stderr.contains("bomb: not written: too large"), "{}", run.stderr);
    let file = fs::read(desk.path("out").join(format!("input-1/{LAYER}/holes"))).expect("a file");
    assert_eq!(file.len(), 1 << 20);
    assert_eq!(&file[4096..4102], b"middle");
    assert_eq!(file.iter().filter(|byte| **byte != 0).count(), 6);
}

/// The directory itself may be reached through a link: that is the user's own doing.
#[test]
fn the_directory_may_be_a_link_of_the_users() {
    let desk = Desk::new();
    fs::create_dir(desk.path("real")).expect("a directory");
    symlink(desk.path("real"), desk.path("out")).expect("a link");
    let run = extract(&desk, Layer::new(), Layer::new().with(Entry::file("a", "1")));
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/a")), "1");
}

#[test]
fn a_layer_that_breaks_off_says_so() {
    let desk = Desk::new();
    let whole =
        Layer::new().with(Entry::file("first", "1")).with(Entry::file("second", "2".repeat(4000)));
    let image = Image::new().reference("app:1").layer(whole).compression(Compression::Plain);
    let digest = image.build().layers[0].digest.clone();
    let member = format!("blobs/sha256/{}", &digest["sha256:".len()..]);
    let archive = imagekit::forms::oci([image]);
    let cut = archive.file(&member)[..2000].to_vec();
    let right = desk.tar("right.tar", &archive.replace(&member, cut));
    let left = desk.image("left.tar", &Image::new().reference("app:1").layer(Layer::new()));
    let run = run(&[left.as_os_str(), right.as_os_str()], &desk.path("out"));
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("second: not written: only its beginning"), "{}", run.stderr);
    assert_eq!(read(&desk, &format!("input-1/{LAYER}/first")), "1");
}
