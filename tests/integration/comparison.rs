//! Strictness: two images that differ in one field have exactly that finding, and a layer more or
//! less does not shift the rest.

use std::collections::BTreeSet;

use imagekit::{Compression, Dialect, Entry, Image, Index, Layer};
use serde_json::json;

use crate::support::{Desk, Found, Report, app_layer, base_layer, compare, sample};

fn report(left: &Image, right: &Image) -> Report {
    let desk = Desk::new();
    compare(desk.image("left.tar", left), desk.image("right.tar", right)).checked()
}

/// Asserts in both directions that the counted findings lie in `places` and nowhere else.
fn assert_places(case: &str, left: &Image, right: &Image, places: &[&str]) {
    let expected: BTreeSet<String> = places.iter().map(|&place| place.to_owned()).collect();
    for (left, right) in [(left, right), (right, left)] {
        let report = report(left, right);
        assert_eq!(report.places(), expected, "{case}:\n{report}");
        assert_eq!(report.counted().len(), expected.len(), "{case}: each once\n{report}");
        assert_eq!(report.verdict(), "different", "{case}");
    }
}

fn one_layer(layer: Layer) -> Image {
    Image::new().reference("app:1.0").layer(layer)
}

fn one_entry(entry: Entry) -> Image {
    one_layer(Layer::new().with(Entry::dir("d")).with(entry))
}

/// Findings about `/d/f` in `fields`.
fn assert_entry(case: &str, left: Entry, right: Entry, fields: &[&str]) {
    let places: Vec<String> = fields.iter().map(|field| format!("layer /d/f {field}")).collect();
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    assert_places(case, &one_entry(left), &one_entry(right), &places);
}

/// Every value fits a PAX header, so that no other dialect comes in between.
fn file() -> Entry {
    Entry::file("d/f", "content").dialect(Dialect::Pax)
}

#[test]
fn every_header_field_is_compared() {
    for (field, other) in [
        ("mode", file().mode(0o600)),
        ("mode", file().mode(0o4644)),
        ("mode.type-bits", file().mode(0o100_644)),
        ("uid", file().uid(1000)),
        ("uid", file().uid(1 << 40)),
        ("gid", file().gid(1000)),
        ("uname", file().uname("user")),
        ("gname", file().gname("group")),
        ("mtime", file().mtime(1_700_000_001)),
        ("mtime", file().mtime(-1)),
        ("mtime", file().mtime_nanos(1_700_000_000, 1)),
        ("atime", file().atime(1)),
        ("ctime", file().ctime(1)),
        ("content", file().content("CONTENT")),
        ("content", file().content("more content")),
        ("xattr.user.note", file().xattr("user.note", "x")),
        ("xattr.security.capability", file().xattr("security.capability", [1, 0, 0, 2, 0xff])),
        ("pax.comment", file().pax("comment", "x")),
        ("pax.VENDOR.key", file().pax("VENDOR.key", "x")),
        ("path-form", file().raw_path("./d/f")),
        ("path-form", file().raw_path("/d/f")),
        ("path-form", file().raw_path("d//f")),
    ] {
        assert_entry(field, file(), other, &[field]);
    }
}

#[test]
fn values_of_extended_headers_are_compared() {
    let with = |key: &str, value: &str| file().xattr(key, value).pax("comment", value);
    let fields = ["xattr.user.a", "pax.comment"];
    assert_entry("both", with("user.a", "1"), with("user.a", "2"), &fields);
    let fields = ["xattr.user.a", "xattr.user.b", "pax.comment"];
    assert_entry("names", with("user.a", "1"), with("user.b", "2"), &fields);
}

#[test]
fn links_devices_and_types_are_compared() {
    let link = |target: &str| Entry::symlink("d/f", target);
    assert_entry("target", link("one"), link("two"), &["linkname"]);
    let character = |major, minor| Entry::chardev("d/f", major, minor);
    assert_entry("major", character(1, 3), character(2, 3), &["device"]);
    assert_entry("minor", character(1, 3), character(1, 5), &["device"]);
    assert_entry("kind", character(1, 3), Entry::blockdev("d/f", 1, 3), &["type"]);
    let (fifo, file) = (Entry::fifo("d/f"), Entry::file("d/f", "x"));
    assert_entry("fifo", fifo, file, &["type", "content"]);
    let unknown = |flag| Entry::raw_type("d/f", flag, "content");
    assert_entry("unknown", unknown(b'V'), unknown(b'W'), &["type"]);
}

#[test]
fn the_dialect_is_compared() {
    let file = |dialect| Entry::file("d/f", "content").dialect(dialect);
    let all = [Dialect::V7, Dialect::Ustar, Dialect::Gnu, Dialect::Pax];
    for (at, left) in all.iter().enumerate() {
        for right in all.iter().skip(at + 1) {
            assert_entry("dialect", file(*left), file(*right), &["tar-format"]);
        }
    }
}

#[test]
fn long_names_mean_the_same_in_every_dialect() {
    let path = format!("d/{}/{}", "n".repeat(120), "m".repeat(140));
    let entry = |dialect| {
        let file = Entry::file(path.as_str(), "x").dialect(dialect);
        one_layer(Layer::new().with(file))
    };
    let place = format!("layer /{path} tar-format");
    assert_places("long", &entry(Dialect::Gnu), &entry(Dialect::Pax), &[&place]);
}

#[test]
fn sparse_files_are_compared_by_map_and_data() {
    let sparse = |version: &str, at: u64, data: &str| {
        Entry::sparse_pax(version, "d/f", &[(at, 4)], 100_000, data)
    };
    assert_entry("map", sparse("1.0", 0, "data"), sparse("1.0", 512, "data"), &["sparse"]);
    assert_entry("data", sparse("1.0", 512, "data"), sparse("1.0", 512, "DATA"), &["content"]);
    for (left, right) in [("0.0", "0.1"), ("0.1", "1.0")] {
        let report =
            report(&one_entry(sparse(left, 512, "data")), &one_entry(sparse(right, 512, "data")));
        let fields: Vec<String> = report.counted().into_iter().map(|it| it.field).collect();
        let of_meaning = ["content", "sparse", "size", "type", "entry"];
        assert!(fields.iter().all(|it| !of_meaning.contains(&it.as_str())), "{report}");
    }
}

#[test]
fn the_archive_around_the_entries_is_compared() {
    let layer = || Layer::new().with(Entry::file("a", "1")).with(Entry::file("b", "2"));
    let swapped = Layer::new().with(Entry::file("b", "2")).with(Entry::file("a", "1"));
    for (place, other) in [
        ("layer order", swapped),
        ("layer tar-end", layer().no_end()),
        ("layer tar-end", layer().record_padding(10240)),
        ("layer trailing-data", layer().trailing("behind")),
        (
            "layer pax-global.comment",
            Layer::new().global_pax("comment", "x").with_all(layer().entries().cloned()),
        ),
        ("layer /b duplicates", layer().with(Entry::file("b", "2"))),
    ] {
        let report = report(&one_layer(layer()), &one_layer(other));
        assert!(report.places().contains(place), "{place}:\n{report}");
        let others: Vec<Found> =
            report.counted().into_iter().filter(|it| it.place() != place).collect();
        // That something follows is said of the end too.
        assert!(others.iter().all(|it| it.field == "tar-end"), "{place}: {others:?}");
    }
}

/// The last of several entries of one path is the one that counts.
#[test]
fn doubles_are_compared_from_the_last() {
    let layer = |first: &str, last: &str| {
        one_layer(Layer::new().with(Entry::file("f", first)).with(Entry::file("f", last)))
    };
    assert_places("last", &layer("1", "2"), &layer("1", "3"), &["layer /f content"]);
    assert_places("first", &layer("1", "2"), &layer("0", "2"), &["layer /f content"]);
}

#[test]
fn all_differing_fields_are_reported_not_the_first() {
    let other = file()
        .mode(0o755)
        .uid(1)
        .gid(2)
        .uname("u")
        .gname("g")
        .mtime(5)
        .atime(6)
        .ctime(7)
        .content("else")
        .xattr("user.note", "x")
        .pax("comment", "x");
    let fields = [
        "mode",
        "uid",
        "gid",
        "uname",
        "gname",
        "mtime",
        "atime",
        "ctime",
        "content",
        "xattr.user.note",
        "pax.comment",
    ];
    assert_entry("all", file(), other, &fields);
}

#[test]
fn an_entry_on_one_side_is_one_finding() {
    let layer = || Layer::new().with(Entry::dir("d"));
    let more = layer().with(Entry::file("d/f", "x"));
    assert_places("lone", &one_layer(layer()), &one_layer(more), &["layer /d/f entry"]);
    let report =
        report(&one_layer(layer()), &one_layer(layer().with(Entry::file("d/f", "x").uid(7))));
    let found = report.counted().remove(0);
    assert_eq!((found.change.as_str(), found.left.is_null()), ("added", true));
    assert_eq!((&found.right["type"], &found.right["uid"]), (&json!("file"), &json!(7)));
}

#[test]
fn which_name_of_a_file_comes_first_is_one_finding() {
    let layer = |first: &str, second: &str| {
        one_layer(Layer::new().with(Entry::file(first, "x")).with(Entry::hardlink(second, first)))
    };
    let report = report(&layer("a", "b"), &layer("b", "a"));
    let fields: BTreeSet<String> = report.counted().into_iter().map(|it| it.field).collect();
    let of_content = ["content", "size", "entry", "mode", "mtime"];
    assert!(
        !fields.is_empty() && fields.iter().all(|it| !of_content.contains(&it.as_str())),
        "{report}"
    );
}

#[test]
fn unequal_bytes_never_go_unmentioned() {
    // A number written in another way: no field differs, the bytes do.
    let honest = Entry::file("f", "x");
    let mut tar = Layer::new().with(honest).tar();
    // The device numbers of a regular file mean nothing.
    assert_eq!(tar.get(329..337), Some(b"0000000\0".as_slice()));
    let odd: Vec<u8> = {
        tar[329..337].copy_from_slice(b"     0 \0");
        tar[148..156].fill(b' ');
        let sum: u32 = tar[..512].iter().map(|&byte| u32::from(byte)).sum();
        tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.truncate(1024);
        tar
    };
    let left = one_layer(Layer::new().with(Entry::file("f", "x")));
    let right = one_layer(Layer::new().raw(odd));
    let report = report(&left, &right);
    assert_eq!(report.verdict(), "different");
    let layers = report.counted().into_iter().filter(|it| it.scope == "layer").count();
    assert!(layers > 0, "{report}");
}

#[test]
fn every_configuration_field_is_compared() {
    let set = |pointer: &str, value| configured().config_value(pointer, value);
    for (field, other) in [
        ("created", set("/created", json!("2024-01-01T00:00:00Z"))),
        ("created", configured().config_remove("/created")),
        ("author", set("/author", json!("somebody"))),
        ("os.version", set("/os.version", json!("10"))),
        ("os.features", set("/os.features", json!(["x"]))),
        ("docker_version", set("/docker_version", json!("20"))),
        ("frobnicate", set("/frobnicate", json!([1]))),
        ("config.User", configured().user("1000")),
        ("config.WorkingDir", configured().workdir("/srv")),
        ("config.Cmd", configured().cmd(["other"])),
        ("config.Entrypoint", configured().entrypoint(["/entry"])),
        ("config.StopSignal", configured().stop_signal("SIGINT")),
        ("config.ExposedPorts.53/udp", configured().expose("53/udp")),
        ("config.Volumes./v2", configured().volume("/v2")),
        ("config.ArgsEscaped", set("/config/ArgsEscaped", json!(true))),
        ("config.OnBuild", set("/config/OnBuild", json!(["RUN x"]))),
        ("config.Healthcheck.Interval", set("/config/Healthcheck/Interval", json!(2))),
        ("config.Frobnicate.Deep.Key", set("/config/Frobnicate/Deep/Key", json!(2))),
        ("env.HOME", configured().env("HOME", "/root")),
        ("env.PATH", set("/config/Env/0", json!("PATH=/sbin"))),
        ("env", set("/config/Env", json!(["B=2", "PATH=/bin"]))),
        ("labels.vendor", set("/config/Labels/vendor", json!("other"))),
        ("labels.new", configured().label("new", "x")),
        ("rootfs.type", set("/rootfs/type", json!("other"))),
        ("history[0].created_by", set("/history/0/created_by", json!("RUN something"))),
        ("history[0].created", set("/history/0/created", json!("2024-01-01T00:00:00Z"))),
        ("history[0].comment", set("/history/0/comment", json!("buildkit"))),
        ("history[0].author", set("/history/0/author", json!("somebody"))),
        ("history[0].frobnicate", set("/history/0/frobnicate", json!(1))),
        ("history[1]", configured().empty_history("ENV X=1")),
        ("history", configured().config_remove("/history/0").config_remove("/history")),
    ] {
        let place = format!("config {field}");
        let report = report(&configured(), &other);
        let places = report.places();
        if field == "history" {
            assert!(places.iter().all(|it| it.starts_with("config history")), "{report}");
            assert!(!places.is_empty());
        } else {
            assert_places(field, &configured(), &other, &[&place]);
        }
    }
}

fn configured() -> Image {
    Image::new()
        .reference("app:1.0")
        .layer(base_layer())
        .env("PATH", "/bin")
        .env("B", "2")
        .label("vendor", "example")
        .volume("/v1")
        .expose("80/tcp")
        .config_value("/config/Healthcheck/Interval", json!(1))
        .config_value("/config/Frobnicate/Deep/Key", json!(1))
}

#[test]
fn numbers_are_compared_to_the_last_digit() {
    let number = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).expect("a number");
        configured().config_value("/number", value)
    };
    let pair = ("9007199254740992", "9007199254740993");
    assert_places("number", &number(pair.0), &number(pair.1), &["config number"]);
}

#[test]
fn absent_and_empty_are_two_things() {
    let set = |value| configured().config_value("/config/OnBuild", value);
    for value in [json!(null), json!([]), json!({}), json!("")] {
        assert_places("empty", &configured(), &set(value), &["config config.OnBuild"]);
    }
}

#[test]
fn every_manifest_field_is_compared() {
    let set = |pointer: &str, value| sample().manifest_value(pointer, value);
    for (field, other) in [
        ("annotations.key", sample().annotation("key", "value")),
        ("artifactType", set("/artifactType", json!("application/x"))),
        ("mediaType", sample().manifest_remove("/mediaType")),
        ("frobnicate", set("/frobnicate", json!(1))),
        ("config.annotations.key", set("/config/annotations/key", json!("value"))),
        ("config.urls", set("/config/urls", json!(["https://example.org"]))),
        ("annotations.key", sample().layer_annotation(1, "key", "value")),
        ("urls", set("/layers/1/urls", json!(["https://example.org"]))),
        ("frobnicate", set("/layers/1/frobnicate", json!(1))),
    ] {
        let report = report(&sample(), &other);
        assert_eq!(report.places(), BTreeSet::from([format!("manifest {field}")]), "{report}");
        assert_eq!(report.verdict(), "identical-content", "only packaging differs: {report}");
    }
    let report = report(&sample(), &sample().layer_annotation(1, "key", "value"));
    assert_eq!(report.counted()[0].layer, Some([Some(1), Some(1)]));
}

#[test]
fn every_field_of_a_root_descriptor_and_an_index_is_compared() {
    let desk = Desk::new();
    let index = || Index::new().reference("app:1.0").image(sample());
    let image =
        |image: Image| imagekit::oci_archive(Index::new().reference("app:1.0").image(image));
    let plain = imagekit::oci_archive(index());
    for (field, other) in [
        ("annotations.key", imagekit::oci_archive(index().annotation("key", "value"))),
        ("annotations.key", imagekit::oci_archive(index().descriptor_annotation("key", "value"))),
        ("manifest.annotations.key", image(sample().descriptor_annotation("key", "value"))),
    ] {
        let report = compare(desk.put("a.tar", &plain), desk.put("b.tar", other)).checked();
        assert_eq!(report.places(), BTreeSet::from([format!("index {field}")]), "{report}");
        assert!(report.verdict().starts_with("identical-"), "{report}");
    }
}

#[test]
fn names_are_compared() {
    let report = report(&sample(), &sample_named("app:2.0"));
    let places = report.places();
    assert!(!places.is_empty() && places.iter().all(|it| it.starts_with("index annotations.")));
    assert!(report.verdict().starts_with("identical-"), "a name is no part of the image: {report}");
    let desk = Desk::new();
    let legacy = |name: &str| desk.tar(name, &imagekit::forms::docker_legacy([sample_named(name)]));
    let report = compare(legacy("app:1.0"), legacy("app:2.0")).checked();
    assert_eq!(report.places(), BTreeSet::from(["index references".to_owned()]), "{report}");
}

fn sample_named(name: &str) -> Image {
    let mut image = Image::new()
        .reference(name)
        .env("PATH", "/usr/bin:/bin")
        .label("vendor", "example")
        .cmd(["/bin/app"]);
    for layer in sample().layers() {
        image = image.layer(layer.clone());
    }
    image
}

#[test]
fn platform_fields_are_compared() {
    let image = |arch: &str, variant: Option<&str>| sample().platform("linux", arch, variant);
    let report = report(&image("arm", Some("v6")), &image("arm", Some("v7")));
    assert!(report.places().contains("config variant"), "{report}");
    assert!(report.places().contains("index platform.variant"), "{report}");
}

#[test]
fn compression_is_packaging() {
    let (gzip, plain) = (sample(), sample().compression(Compression::Plain));
    let report = report(&gzip, &plain);
    assert_eq!(report.verdict(), "identical-content", "{report}");
    let fields: BTreeSet<String> = report.counted().into_iter().map(|it| it.field).collect();
    assert_eq!(fields, BTreeSet::from(["compression".to_owned(), "mediaType".to_owned()]));
    let level = sample().compression(Compression::Gzip { level: 1, mtime: 9, members: 1 });
    let report = self::report(&gzip, &level);
    assert_eq!(report.verdict(), "identical-content", "{report}");
    let fields: BTreeSet<String> = report.counted().into_iter().map(|it| it.field).collect();
    assert_eq!(fields, BTreeSet::from(["compression".to_owned()]), "{report}");
}

fn layer_of(name: &str, content: &str) -> Layer {
    Layer::new()
        .with(Entry::dir(name))
        .with(Entry::file(format!("{name}/a"), content))
        .with(Entry::file(format!("{name}/b"), content))
}

fn stack(layers: &[(&str, &str)]) -> Image {
    let image = Image::new().reference("app:1.0");
    layers.iter().fold(image, |image, (name, content)| {
        image.layer_by(layer_of(name, content), format!("COPY {name} /"))
    })
}

/// Paths with counted findings.
fn paths(report: &Report) -> BTreeSet<String> {
    report.counted().into_iter().filter_map(|it| it.path).collect()
}

#[test]
fn an_inserted_layer_does_not_shift_the_rest() {
    let few = stack(&[("base", "1"), ("lib", "1"), ("app", "1"), ("data", "1")]);
    let more = stack(&[("base", "1"), ("lib", "1"), ("new", "1"), ("app", "1"), ("data", "1")]);
    for (left, right, change) in [(&few, &more, "added"), (&more, &few, "removed")] {
        let report = report(left, right);
        let expected = ["/new", "/new/a", "/new/b"].map(str::to_owned);
        assert_eq!(paths(&report), BTreeSet::from(expected), "{report}");
        for found in report.counted() {
            assert_eq!(found.change, change, "{found:?}");
        }
        let history: Vec<Found> =
            report.counted().into_iter().filter(|it| it.scope == "config").collect();
        assert_eq!(history.len(), 1, "one entry of the history: {history:?}");
        assert_eq!(history[0].field, "history[2]");
    }
}

#[test]
fn an_inserted_layer_and_a_changed_one_are_both_found() {
    let left = stack(&[("base", "1"), ("lib", "1"), ("app", "1"), ("data", "1")]);
    let right = stack(&[("base", "1"), ("new", "1"), ("lib", "2"), ("app", "1"), ("data", "2")]);
    let report = report(&left, &right);
    let expected = ["/new", "/new/a", "/new/b", "/lib/a", "/lib/b", "/data/a", "/data/b"];
    assert_eq!(paths(&report), BTreeSet::from(expected.map(str::to_owned)), "{report}");
    let lib = report.counted().into_iter().find(|it| it.path.as_deref() == Some("/lib/a"));
    assert_eq!(lib.and_then(|it| it.layer), Some([Some(1), Some(2)]));
}

#[test]
fn layers_in_another_order_hold_the_same_files() {
    let left = stack(&[("base", "1"), ("lib", "1"), ("app", "1")]);
    let right = stack(&[("base", "1"), ("app", "1"), ("lib", "1")]);
    let report = report(&left, &right);
    assert_ne!(report.verdict(), "identical-content", "the order of layers is content: {report}");
    assert!(!report.counted().is_empty());
    let changed: Vec<Found> = report.counted().into_iter().filter(|it| it.path.is_some()).collect();
    assert!(changed.is_empty(), "no file differs: {changed:#?}");
}

/// `WORKDIR` leaves a layer of nothing; all of them are equal and tell nothing of their place.
#[test]
fn an_empty_layer_anchors_nothing() {
    let empty = |image: Image| image.layer_by(Layer::new(), "WORKDIR /");
    let lib = |image: Image, content| image.layer_by(layer_of("lib", content), "COPY lib /");
    let base = || stack(&[("base", "1")]);
    let report = report(&empty(lib(base(), "1")), &lib(empty(base()), "2"));
    let inside: Vec<Found> = report.counted().into_iter().filter(|it| it.path.is_some()).collect();
    assert_eq!(inside.len(), 2, "{report}");
    for found in inside {
        assert_eq!((found.scope.as_str(), found.field.as_str()), ("layer", "content"), "{report}");
        assert_eq!(found.layer, Some([Some(1), Some(2)]), "{report}");
    }
}

#[test]
fn squashed_layers_are_compared_as_the_tree_they_make() {
    let layered = stack(&[("base", "1"), ("lib", "1")]).layer_by(
        Layer::new()
            .with(Entry::whiteout("lib/a"))
            .with(Entry::dir("base"))
            .with(Entry::opaque("base"))
            .with(Entry::file("base/c", "new")),
        "RUN rm",
    );
    let squashed = Image::new().reference("app:1.0").layer_by(
        Layer::new()
            .with(Entry::dir("base"))
            .with(Entry::file("base/c", "new"))
            .with(Entry::dir("lib"))
            .with(Entry::file("lib/b", "1")),
        "squash",
    );
    for (left, right) in [(&layered, &squashed), (&squashed, &layered)] {
        let report = report(left, right);
        assert!(paths(&report).is_empty(), "the trees are equal: {report}");
        assert!(!report.counted().is_empty(), "and yet cut differently: {report}");
        assert!(!report.verdict().starts_with("identical-"), "{report}");
    }
    let changed = squashed.layer_by(Layer::new().with(Entry::file("lib/b", "2")), "RUN change");
    let report = report(&layered, &changed);
    assert_eq!(paths(&report), BTreeSet::from(["/lib/b".to_owned()]), "{report}");
}

/// What a whiteout hides in a layer without counterpart is gone from the tree.
#[test]
fn whiteouts_of_an_added_layer_remove_paths() {
    let left = stack(&[("base", "1"), ("lib", "1")]);
    let right = stack(&[("base", "1"), ("lib", "1")]).layer_by(
        Layer::new().with(Entry::whiteout("base/a")).with(Entry::opaque("lib")),
        "RUN rm",
    );
    let report = report(&left, &right);
    let removed: BTreeSet<String> = report
        .counted()
        .into_iter()
        .filter(|it| it.field == "entry" && it.change == "removed")
        .filter_map(|it| it.path)
        .collect();
    let expected = ["/base/a", "/lib/a", "/lib/b"].map(str::to_owned);
    assert_eq!(removed, BTreeSet::from(expected), "{report}");
    assert_eq!(paths(&report).len(), 3, "{report}");
}

/// A whiteout in a layer that has a counterpart is an entry like any other.
#[test]
fn whiteouts_of_paired_layers_are_entries() {
    let image = |entry: Entry| {
        stack(&[("base", "1")])
            .layer_by(Layer::new().with(Entry::file("x", "1")).with(entry), "RUN")
    };
    let report = report(&image(Entry::whiteout("base/a")), &image(Entry::whiteout("base/b")));
    let entries: BTreeSet<String> = paths(&report);
    assert!(entries.iter().any(|it| it.ends_with('a')), "{report}");
    assert!(entries.iter().any(|it| it.ends_with('b')), "{report}");
}

#[test]
fn a_changed_layer_is_compared_with_what_it_became() {
    let image = |content: &str| {
        Image::new()
            .reference("app:1.0")
            .layer(base_layer())
            .layer(app_layer(content))
            .layer(layer_of("top", "1"))
    };
    let desk = Desk::new();
    let report =
        compare(desk.image("a.tar", &image("1")), desk.image("b.tar", &image("2"))).checked();
    // Both names of the file.
    let expected = ["/opt/app/data", "/opt/app/data2"].map(|path| format!("layer {path} content"));
    assert_eq!(report.places(), BTreeSet::from(expected), "{report}");
    assert!(report.counted().iter().all(|it| it.layer == Some([Some(1), Some(1)])), "{report}");
}
