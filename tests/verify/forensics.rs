//! What a forensic reader looks for.

use imagekit::forms::{docker_legacy, oci};
use imagekit::{Compression, Content, Dialect, Entry, Image, Layer, outer};

use crate::support::{Desk, Report, blob, image_of, sample, verify, verify_with};

fn report_of(layer: Layer) -> Report {
    let desk = Desk::new();
    verify(desk.image("image.tar", &image_of(layer))).report()
}

/// The grade of the only finding of `field`, and the path it lies at.
#[track_caller]
fn assert_found(layer: Layer, field: &str, severity: &str, path: Option<&str>) {
    let found = report_of(layer).only(field);
    assert_eq!((found.severity.as_str(), found.path.as_deref()), (severity, path), "{found:?}");
}

#[test]
fn paths_and_links_that_lead_outside_are_named() {
    let file = |path: &str| Layer::new().with(Entry::file("a", "").raw_path(path));
    assert_found(file("/etc/passwd"), "absolute-path", "note", None);
    assert_found(file("../../etc/passwd"), "path-outside", "warning", Some("/../../etc/passwd"));
    assert_found(file("a/../../b"), "path-outside", "warning", Some("/a/../../b"));
    let link = Layer::new().with(Entry::symlink("a", "../../etc/passwd"));
    assert_found(link, "link-outside", "note", Some("/a"));
    let link = Layer::new().with(Entry::hardlink("a", "../../etc/passwd"));
    assert_found(link, "link-outside", "warning", Some("/a"));
    let fine = Layer::new().with(Entry::dir("d")).with(Entry::symlink("d/a", "../x"));
    assert!(report_of(fine).findings().is_empty());
}

#[test]
fn hard_links_to_nothing_are_named() {
    let link = Layer::new().with(Entry::hardlink("a", "nowhere"));
    assert_found(link, "hardlink-target", "warning", Some("/a"));
}

#[test]
fn files_that_can_be_more_than_files_are_named() {
    let layer = |entry| Layer::new().with(entry);
    assert_found(layer(Entry::file("su", "x").mode(0o4755)), "setuid", "note", Some("/su"));
    assert_found(layer(Entry::file("wall", "x").mode(0o2755)), "setuid", "note", Some("/wall"));
    assert_found(layer(Entry::chardev("mem", 1, 1)), "device", "note", Some("/mem"));
    assert_found(layer(Entry::blockdev("sda", 8, 0)), "device", "note", Some("/sda"));
    let capable = Entry::file("ping", "x").xattr("security.capability", [1; 20]);
    assert_found(layer(capable), "capability", "note", Some("/ping"));
    assert_found(layer(Entry::raw_type("odd", b'Z', "")), "type", "warning", Some("/odd"));
}

#[test]
fn entries_given_twice_are_named() {
    let files = Layer::new().with(Entry::file("a", "1")).with(Entry::file("./a", "2"));
    assert_found(files, "duplicate-entry", "warning", Some("/a"));
    let directories = Layer::new().with(Entry::dir("d")).with(Entry::dir("d"));
    assert_found(directories, "duplicate-entry", "note", Some("/d"));
}

#[test]
fn a_whiteout_of_nothing_is_named() {
    assert_found(Layer::new().with(Entry::whiteout("gone")), "whiteout", "note", Some("/.wh.gone"));
}

#[test]
fn deleted_and_replaced_files_are_counted_or_listed() {
    let desk = Desk::new();
    let image = Image::new()
        .layer(
            Layer::new()
                .with(Entry::dir("d"))
                .with(Entry::file("d/secret", "hunter2"))
                .with(Entry::file("conf", "old"))
                .with(Entry::file("kept", "same")),
        )
        .layer(Layer::new().with(Entry::file("conf", "new")))
        .layer(Layer::new().with(Entry::whiteout("d")));
    let path = desk.image("image.tar", &image);
    let found = verify(&path).report().only("buried");
    assert!(found.message.starts_with("2 files, 10 bytes"), "{found:?}");
    let report = verify_with(&path, &["--deleted"]).report();
    let deleted = report.only("deleted");
    assert_eq!(deleted.path.as_deref(), Some("/d/secret"));
    assert_eq!((deleted.layer, deleted.note.as_deref()), (Some(0), Some("deleted by layer 2")));
    assert_eq!(deleted.left["size"], 7);
    let digest = "sha256:f52fbd32b2b3b86ff88ef6c490628285f482af15ddcb29541f94bcf526a3f6c7";
    assert_eq!(deleted.left["content"], digest);
    let replaced = report.only("replaced");
    assert_eq!(replaced.path.as_deref(), Some("/conf"));
    assert_eq!(replaced.note.as_deref(), Some("replaced by layer 1"));
    assert!(report.of_field("buried").is_empty());
}

#[test]
fn bytes_behind_the_end_are_named() {
    let desk = Desk::new();
    let layer = || Layer::new().with(Entry::file("a", "1"));
    assert_found(layer().trailing("hidden"), "trailing-data", "warning", None);
    assert_found(layer().no_end(), "tar-end", "note", None);
    for compression in [Compression::gzip(), Compression::zstd()] {
        let image = image_of(layer()).compression(compression);
        let built = image.build();
        let layout = oci([&image]);
        let member = blob(&built.layers[0].digest);
        let longer = [layout.file(&member), b"hidden"].concat();
        let report = verify(desk.tar("image.tar", &layout.replace(&member, longer))).report();
        let found = report.only("trailing-data");
        assert!(found.message.starts_with("6 bytes follow the end of the"), "{found:?}");
    }
    let tar = oci([sample()]).to_tar();
    let report = verify(desk.put("tail.tar", [tar.as_slice(), b"hidden"].concat())).report();
    assert_eq!(report.only("trailing-data").severity, "warning");
    let packed = [outer::compress(&tar, Compression::gzip()), b"hidden".to_vec()].concat();
    let report = verify(desk.put("tail.tar.gz", packed)).report();
    assert_eq!(
        report.only("trailing-data").message,
        "6 bytes follow the compressed stream of the archive"
    );
}

#[test]
fn bytes_between_members_are_named() {
    let desk = Desk::new();
    let archive = oci([sample()]);
    let mut tar = archive.to_tar();
    let (_, _, end) = archive.member_offsets().into_iter().next_back().expect("members");
    assert_ne!(end % 512, 0, "there is padding");
    tar[end] = b'x';
    let report = verify(desk.put("padding.tar", tar)).report();
    assert!(report.only("tar-oddity").message.starts_with("padding of a member is not all zero"));
    let mut tar = image_of(Layer::new().with(Entry::file("a", "1"))).layers()[0].tar();
    tar[513] = b'x';
    let report = report_of(Layer::new().raw(tar).no_end());
    assert_eq!(report.only("tar-oddity").severity, "warning");
}

#[test]
fn members_given_twice_are_named() {
    let desk = Desk::new();
    let archive = oci([sample()]);
    let report = verify(desk.tar("same.tar", &archive.clone().duplicate("index.json"))).report();
    assert_eq!(report.only("duplicate-member").severity, "note");
    let twice = archive.insert_at(0, "index.json", Content::File(b"{}".to_vec()));
    let report = verify(desk.tar("other.tar", &twice)).report();
    assert_eq!(report.only("duplicate-member").severity, "warning");
}

#[test]
fn members_that_lead_outside_are_named() {
    let desk = Desk::new();
    let with = |name: &str, content| oci([sample()]).insert(name, content);
    for (name, content, field) in [
        ("../../etc/cron.d/x", Content::File(b"x".to_vec()), "member-name"),
        ("/etc/cron.d/x", Content::File(b"x".to_vec()), "member-name"),
        ("link", Content::Symlink("../../etc/passwd".into()), "link-outside"),
        ("link", Content::Hardlink("../x".into()), "link-outside"),
    ] {
        let report = verify(desk.tar("image.tar", &with(name, content))).report();
        assert_eq!(report.only(field).severity, "warning", "{name}");
    }
}

#[test]
fn members_nobody_refers_to_are_named() {
    let desk = Desk::new();
    let report = verify(desk.tar("oci", &oci([sample()]).insert_file("notes.txt", "x"))).report();
    assert!(report.only("unreferenced").message.starts_with("notes.txt: nothing refers to it"));
    let archive = docker_legacy([sample()]).insert_file("evil/layer.tar", "x");
    let report = verify(desk.tar("docker", &archive)).report();
    assert!(report.only("unreferenced").message.starts_with("evil/layer.tar"));
}

#[test]
fn blobs_that_hold_the_same_bytes_are_named() {
    let desk = Desk::new();
    let image = sample();
    let name = imagekit::Algorithm::Sha512.digest(&image.build().config);
    let archive = oci([&image]).insert_file(blob(&name), image.build().config);
    let report = verify(desk.tar("oci", &archive)).report();
    assert_eq!(report.only("duplicate-blob").severity, "note");
}

#[test]
fn keys_given_twice_are_named() {
    let desk = Desk::new();
    let archive = oci([sample()]);
    let layout = r#"{"imageLayoutVersion":"0.9","imageLayoutVersion":"1.0.0"}"#;
    let report = verify(desk.tar("twice.tar", &archive.replace("oci-layout", layout))).report();
    assert!(report.only("repeated-key").message.contains("imageLayoutVersion"));
}

#[test]
fn tar_that_readers_take_differently_is_named() {
    let long = Entry::file("x".repeat(120), "1").dialect(Dialect::Gnu).pax("path", "other");
    let report = report_of(Layer::new().with(long));
    assert!(report.only("tar-oddity").message.contains("path given by both PAX and GNU headers"));
    let sized = Layer::new().with(Entry::dir("d").lie_size(512)).with(Entry::file("a", "1"));
    let report = report_of(sized);
    assert!(report.only("tar-oddity").message.contains("size 512 on a type that has no content"));
    let report = report_of(Layer::new().global_pax("comment", "x").with(Entry::file("a", "1")));
    assert_eq!(report.only("global-headers").severity, "note");
}

#[test]
fn findings_without_end_are_counted() {
    let entries = (0..1500).map(|at| Entry::file(format!("f{at}"), "").mode(0o4755));
    let found = report_of(entries.collect()).of_field("setuid");
    assert_eq!(found.len(), 1001);
    assert!(found.iter().any(|it| it.message == "500 more of this kind"));
}

/// Two images that nothing tells apart are one place.
#[test]
fn findings_of_two_images_are_counted_together() {
    let image = |content: &str| {
        let file = |at| Entry::file(format!("f{at}"), content).mode(0o4755);
        Image::new().layer((0..600).map(file).collect())
    };
    let desk = Desk::new();
    let run = verify(desk.tar("two.tar", &oci([image("1"), image("2")])));
    let found = run.report().of_field("setuid");
    assert_eq!(found.len(), 1001, "{}", run.stderr);
    assert!(found.iter().any(|it| it.message == "200 more of this kind"));
}

/// AUFS makes whiteouts of hard links.
#[test]
fn whiteouts_that_are_hard_links_have_their_targets() {
    let below: Layer = [Entry::file("t", "t"), Entry::file("a", "a")].into_iter().collect();
    let stack = |top: Entry| Image::new().layer(below.clone()).layer(Layer::new().with(top));
    let desk = Desk::new();
    let sound = verify(desk.image("sound.tar", &stack(Entry::hardlink(".wh.a", "t")))).report();
    assert!(sound.of_field("hardlink-target").is_empty());
    let broken = Entry::hardlink(".wh..wh.x", "nowhere");
    let broken = verify(desk.image("broken.tar", &stack(broken))).report();
    assert_eq!(broken.of_field("hardlink-target").len(), 1);
}
