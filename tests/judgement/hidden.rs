//! What must never hide a difference: each of these once did.

use imagekit::{Compression, Entry, Image, Index, Layer, oci_archive};

use crate::support::{Pair, image};

/// A pair that must not pass, whatever noise is ignored.
#[track_caller]
fn must_differ(pair: &Pair, flags: &[&str]) {
    for flags in [&[][..], flags] {
        let (code, report) = pair.judged(flags);
        assert_ne!(code, 0, "{flags:?}\n{report}");
        assert!(!report.verdict().starts_with("identical"), "{flags:?}\n{report}");
    }
}

#[track_caller]
fn entries_differ(left: Vec<Entry>, right: Vec<Entry>) {
    must_differ(&Pair::of_entries(left, right), &["--semantic"]);
}

fn one(content: &str) -> Image {
    image([vec![Entry::file("f", content)]])
}

/// An index that lists the layers of an image as bytes of any kind before it lists the image.
fn listed_twice(image: &Image) -> Vec<u8> {
    let bytes = image.clone().platform("unknown", "unknown", None);
    let bytes = bytes.lie_media_type(0, "application/octet-stream");
    oci_archive(Index::new().image(bytes).image(image.clone()))
}

#[test]
fn a_blob_that_is_listed_as_something_else_too_is_unpacked_all_the_same() {
    let of = |content| listed_twice(&one(content).lie_diff_id(0));
    let pair = Pair::of_bytes(&of("good"), &of("evil"));
    let (code, report) = pair.judged(&["--semantic"]);
    assert_eq!(code, 2, "{report}");
    assert!(report.counted().contains("layer damage.diff-id"), "{report}");
}

#[test]
fn layers_of_an_unknown_type_are_not_believed_unread() {
    let of = |content, kind: &str| {
        one(content).compression(Compression::Plain).lie_diff_id(0).lie_media_type(0, kind)
    };
    let foo = of("good", "application/vnd.foo");
    must_differ(&Pair::new(&foo, &of("evil", "application/vnd.foo")), &["--semantic"]);
    must_differ(&Pair::new(&foo, &of("evil", "application/vnd.bar")), &["--semantic"]);
    let pair = Pair::new(&foo, &of("evil", "application/vnd.foo"));
    assert_eq!(pair.judged(&["--require=identical-content"]).0, 1);
}

#[test]
fn targets_and_types_of_what_has_several_names_are_compared() {
    let link = |target: &str, time| {
        vec![
            Entry::symlink("a", target).mtime(time),
            Entry::hardlink("b", "a").mode(0o777).mtime(time),
        ]
    };
    entries_differ(link("/good", 1), link("/evil", 1));
    entries_differ(link("/good", 1), link("/evil", 2));
    let of = |entry: Entry| vec![entry.mode(0o644), Entry::hardlink("b", "a")];
    entries_differ(of(Entry::chardev("a", 1, 3)), of(Entry::blockdev("a", 1, 3)));
    entries_differ(of(Entry::fifo("a")), of(Entry::symlink("a", "/evil")));
    // The name that carries it may differ, the thing may not.
    let other =
        |target: &str| vec![Entry::symlink("b", target), Entry::hardlink("a", "b").mode(0o777)];
    entries_differ(link("/good", 1_700_000_000), other("/evil"));
    let pair = Pair::of_entries(link("/good", 1_700_000_000), other("/good"));
    assert_eq!(pair.judged(&["--semantic"]).0, 0, "{}", pair.report(&["--semantic"]));
}

#[test]
fn another_name_of_a_link_outlives_the_first_name() {
    let of = |target: &str| {
        [
            vec![Entry::symlink("a", target), Entry::hardlink("b", "a").mode(0o777)],
            vec![Entry::whiteout("a")],
        ]
    };
    must_differ(&Pair::of_layers(of("/good"), of("/evil")), &["--rootfs"]);
}

#[test]
fn order_within_a_layer_is_no_noise_where_it_decides() {
    let evil = || Entry::file("f", "evil");
    let good = || Entry::file("f", "good");
    let link = || Entry::hardlink("g", "f");
    let semantic = &["--semantic"];
    entries_differ(vec![evil(), good(), link()], vec![evil(), link(), good()]);
    entries_differ(vec![evil(), link(), good()], vec![good(), link()]);
    entries_differ(vec![good(), link()], vec![link(), good()]);
    let below = || Entry::file("d/x", "payload");
    for over in [Entry::file("d", "file"), Entry::chardev("d", 1, 3)] {
        entries_differ(vec![below(), over.clone()], vec![over.clone(), below()]);
        let pair = Pair::of_entries(vec![below(), over.clone()], vec![over, below()]);
        must_differ(&pair, &["--ignore-file-order"]);
    }
    entries_differ(
        vec![below(), Entry::symlink("d", "/etc")],
        vec![Entry::symlink("d", "/etc"), below()],
    );
    let pair = Pair::of_entries(vec![evil(), good(), below()], vec![below(), good()]);
    assert_eq!(pair.judged(semantic).0, 0, "nothing comes of it\n{}", pair.report(semantic));
}

#[test]
fn an_opaque_root_is_noise_only_where_nothing_goes() {
    let lower = |name: &str| vec![Entry::file(name, "x")];
    let upper = || vec![Entry::file("keep", "k")];
    let opaque = || [vec![Entry::opaque("")], upper()].concat();
    let pair = Pair::of_layers([lower("old"), opaque()], [lower("old"), upper()]);
    must_differ(&pair, &["--semantic"]);
}

#[test]
fn whiteouts_that_readers_take_differently_are_no_noise() {
    for name in [".wh.", "a/.wh..", "a/.wh..."] {
        let lower = || vec![Entry::dir("a"), Entry::file("a/b", "1")];
        let upper = |more: Vec<Entry>| [vec![Entry::file("x", "x")], more].concat();
        let odd = upper(vec![Entry::file(name, "")]);
        let pair = Pair::of_layers([lower(), odd], [lower(), upper(vec![])]);
        must_differ(&pair, &["--semantic"]);
    }
}

#[test]
fn a_rule_for_one_path_does_not_cover_what_left_another() {
    let of = |path: &str| vec![Entry::file(path, "T".repeat(50)).mode(0o755)];
    for (left, right) in [("usr/bin/tool", "tmp/tool"), ("tmp/tool", "usr/bin/tool")] {
        let pair = Pair::of_entries(of(left), of(right));
        must_differ(&pair, &["--ignore-path=/tmp"]);
        must_differ(&pair, &["--ignore-path=/usr/bin"]);
        let both = pair.judged(&["--ignore-path=/**"]);
        assert_eq!(both.0, 0, "{}", both.1);
    }
    entries_differ(of("usr/bin/tool"), of("stargz.index.json"));
    entries_differ(vec![], of("stargz.index.json"));
}

#[test]
fn an_empty_mount_point_hides_no_tree() {
    let base = || vec![Entry::dir("run"), Entry::dir("run/app"), Entry::file("run/app/cfg", "1")];
    let upper = || vec![Entry::file("x", "1")];
    let over = |entry: Entry| [upper(), vec![entry]].concat();
    let pair = Pair::of_layers([base(), over(Entry::file("run", ""))], [base(), upper()]);
    must_differ(&pair, &["--semantic"]);
    let link = || vec![Entry::symlink("run", "/var/run")];
    let pair = Pair::of_layers([link(), over(Entry::dir("run"))], [link(), upper()]);
    must_differ(&pair, &["--semantic"]);
}

#[test]
fn an_image_for_a_platform_is_one_whatever_it_is_marked_as() {
    let marked = one("evil")
        .descriptor_annotation("vnd.docker.reference.type", "attestation-manifest")
        .descriptor_annotation("vnd.docker.reference.digest", one("good").build().manifest_digest);
    let left = oci_archive(Index::new().image(one("good")));
    let right = oci_archive(Index::new().image(marked).image(one("good")));
    must_differ(&Pair::of_bytes(&left, &right), &["--semantic"]);
}

#[test]
fn artifacts_of_different_contents_are_not_identical() {
    let of = |bytes: &str| oci_archive(Index::new().artifact("application/vnd.helm+gz", bytes));
    let pair = Pair::of_bytes(&of("chart one"), &of("chart TWO"));
    must_differ(&pair, &["--semantic"]);
    assert_eq!(pair.judged(&["--require=identical-content"]).0, 1);
}

#[test]
fn platforms_that_are_only_listed_are_compared_by_their_digests() {
    let of = |listed: &str, created: &str| {
        let here = one("same").created(created);
        let there = Image::new().layer(Layer::new().with(Entry::file("f", listed)));
        let archive = imagekit::forms::oci([Index::new()
            .image(here)
            .image(there.clone().platform("linux", "arm64", None))]);
        let manifest = there.platform("linux", "arm64", None).build().manifest_digest;
        archive.remove(&format!("blobs/{}", manifest.replace(':', "/"))).to_tar()
    };
    let pair = Pair::of_bytes(&of("1", "2020-01-01T00:00:00Z"), &of("2", "2020-01-02T00:00:00Z"));
    must_differ(&pair, &["--semantic"]);
    assert_eq!(pair.judged(&["--semantic", "--platform=linux/amd64"]).0, 0);
    let pair = Pair::of_bytes(&of("1", "2020-01-01T00:00:00Z"), &of("1", "2020-01-02T00:00:00Z"));
    assert_eq!(pair.judged(&["--semantic"]).0, 0, "{}", pair.report(&["--semantic"]));
}

#[test]
fn pax_records_that_grant_access_are_no_noise() {
    for key in ["SCHILY.acl.access", "SCHILY.acl.default", "MSWINDOWS.rawsd", "GNU.sparse.major"] {
        let of = |value: &str| vec![Entry::file("f", "x").pax(key, value)];
        entries_differ(of("7"), of("8"));
    }
}

#[test]
fn escaped_arguments_mean_something_on_windows() {
    let of = |os: &str, value: bool| {
        one("x").platform(os, "amd64", None).config_value("/config/ArgsEscaped", value.into())
    };
    must_differ(&Pair::new(&of("windows", true), &of("windows", false)), &["--semantic"]);
    let pair = Pair::new(&of("linux", true), &of("linux", false));
    assert_eq!(pair.judged(&["--semantic"]).0, 0);
}

#[test]
fn a_layer_whose_files_another_deletes_still_carries_them() {
    let base = || vec![Entry::file("base", "1")];
    let secret = vec![Entry::file("secret", "KEY")];
    let pair = Pair::of_layers([base(), secret, vec![Entry::whiteout("secret")]], [base()]);
    must_differ(&pair, &["--semantic"]);
    assert_eq!(pair.judged(&["--rootfs"]).0, 0);
}

#[test]
fn what_follows_the_archive_is_compared_by_what_it_is() {
    let of = |bytes: &str| {
        let layer = Layer::new().with(Entry::file("f", "1"));
        Image::new().layer(layer.trailing(bytes.repeat(512)))
    };
    must_differ(&Pair::new(&of("A"), &of("B")), &["--semantic"]);
    must_differ(&Pair::new(&of("AB"), &of("BA")), &["--semantic"]);
}

#[test]
fn entries_behind_a_lone_zero_block_are_damage() {
    let of = |content: &str| {
        let layer = Layer::new().with(Entry::file("f", "1")).raw([0; 512]);
        Image::new().layer(layer.with(Entry::file("g", content)))
    };
    let (code, report) = Pair::new(&of("good"), &of("evil")).judged(&["--semantic"]);
    assert_eq!(code, 2, "{report}");
}

#[test]
fn a_key_that_is_given_twice_is_damage_where_it_decides() {
    let of = |more: &str| {
        let archive = imagekit::forms::oci([one("x")]);
        let name = format!("blobs/{}", one("x").build().config_digest.replace(':', "/"));
        let text = String::from_utf8(archive.file(&name).to_vec()).unwrap();
        archive.replace(&name, text.replacen('{', &format!("{{{more}"), 1)).to_tar()
    };
    let evil = r#""config":{"Entrypoint":["/evil"]},"#;
    let (_, report) = Pair::of_bytes(&of(""), &of(evil)).judged(&[]);
    assert!(report.counted().contains("config damage.repeated-key"), "{report}");
    let (_, report) = Pair::of_bytes(&of(""), &of(r#""x":1,"x":2,"#)).judged(&[]);
    assert!(!report.counted().contains("config damage.repeated-key"), "{report}");
    let notes = report.list("notes");
    assert!(notes.iter().any(|it| it["message"].as_str().unwrap().contains("\"x\"")), "{notes:?}");
}

#[test]
fn the_docker_half_of_a_hybrid_archive_is_held_against_the_other() {
    let good = imagekit::forms::docker_hybrid([one("good")]);
    let evil = imagekit::forms::docker_hybrid([one("evil")]);
    let list = "manifest.json";
    let mut mixed = good.clone().replace(list, evil.file(list));
    for name in evil.names().into_iter().filter(|name| !good.contains(name)) {
        mixed = mixed.insert_file(name, evil.file(name));
    }
    let pair = Pair::of_bytes(&good.to_tar(), &mixed.to_tar());
    let (code, report) = pair.judged(&[]);
    assert_eq!(code, 2, "{report}");
    assert!(report.counted().contains("archive damage.hybrid"), "{report}");
    assert_eq!(Pair::of_bytes(&good.to_tar(), &good.to_tar()).judged(&[]).0, 0);
}
