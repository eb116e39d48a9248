//! Every cause of the catalogue: a pair that shows it and nothing else, and pairs that only look
//! like it.

use imagekit::{Compression, Dialect, Entry, Family, Image, Index, Layer};
use serde_json::json;

use crate::support::{Pair, Report, image, set};

/// The pair shows just these causes, the first of them at `finding`, and nothing unexplained.
#[track_caller]
fn shows(pair: &Pair, ids: &[&str], finding: &str, noise: bool) {
    let report = pair.report(&[]);
    assert_eq!(report.finding(finding)["cause"], ids[0], "{report}");
    let mut found = report.causes();
    found.sort_unstable();
    let mut expected = ids.to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "{report}");
    assert_eq!(report.count("unexplained"), 0, "{report}");
    let cause = report.cause(ids[0]).unwrap();
    assert_eq!(cause["noise"], noise, "{report}");
    for text in ["title", "evidence", "fix"] {
        assert!(!cause[text].as_str().unwrap().is_empty(), "{text} of {}", ids[0]);
    }
    let semantic = pair.report(&["--semantic"]);
    let status = if noise { "ignored" } else { "counted" };
    assert_eq!(semantic.finding(finding)["status"], status, "{semantic}");
}

/// The finding counts although all noise is left out, and is not said to be of the cause.
#[track_caller]
fn does_not_show(pair: &Pair, id: &str, finding: &str) -> Report {
    let report = pair.report(&["--semantic"]);
    let found = report.finding(finding);
    assert_ne!(found["cause"], id, "{report}");
    assert_eq!(found["status"], "counted", "{report}");
    report
}

fn twisted(left: impl Fn(Image) -> Image, right: impl Fn(Image) -> Image) -> Pair {
    let plain = || image([vec![Entry::file("a", "1")]]);
    Pair::new(&left(plain()), &right(plain()))
}

fn only(right: impl Fn(Image) -> Image) -> Pair {
    twisted(|image| image, right)
}

/// One file with two contents.
fn file_at(path: &str) -> Pair {
    Pair::of_entries(vec![Entry::file(path, "one")], vec![Entry::file(path, "two")])
}

/// One entry, changed.
fn entry(make: impl Fn(Entry) -> Entry) -> Pair {
    let plain = || Entry::file("a", "1").dialect(Dialect::Pax);
    Pair::of_entries(vec![plain()], vec![make(plain())])
}

#[test]
fn attestation() {
    let index = |run: u32| {
        let image = image([vec![Entry::file("a", "1")]]);
        imagekit::oci_archive(
            Index::new().image(image).attestation(0, json!({ "run": run })).reference("app:1"),
        )
    };
    let report = Pair::of_bytes(&index(1), &index(2)).report(&[]);
    assert_eq!(report.causes(), ["attestation"], "{report}");
    assert_eq!(report.count("unexplained"), 0, "{report}");
    assert_eq!(Pair::of_bytes(&index(1), &index(2)).judged(&["--semantic"]).0, 0);
    let pair = twisted(
        |image| image.config_value("/attestation", json!("1")),
        |image| image.config_value("/attestation", json!("2")),
    );
    does_not_show(&pair, "attestation", "config attestation");
}

#[test]
fn image_name() {
    let of = |name: &str| Image::new().reference(name);
    let pair = Pair::new(&of("one:1"), &of("two:2"));
    shows(&pair, &["image-name"], "index annotations.io.containerd.image.name", true);
}

#[test]
fn rewritten_epoch() {
    let of = |time: &'static str| {
        move |image: Image| image.layer_annotation(0, "buildkit/rewritten-timestamp", time)
    };
    let pair = twisted(of("1"), of("2"));
    shows(&pair, &["rewritten-epoch"], "manifest annotations.buildkit/rewritten-timestamp", true);
}

fn lazy(image: Image) -> Image {
    let toc = "containerd.io/snapshot/stargz/toc.digest";
    image.layer_annotation(0, toc, "sha256:0123")
}

#[test]
fn lazy_format() {
    let field = "manifest annotations.containerd.io/snapshot/stargz/toc.digest";
    shows(&only(lazy), &["lazy-format"], field, true);
    let plain = vec![Entry::file("a", "1")];
    let mut prepared = plain.clone();
    prepared.insert(0, Entry::file(".no.prefetch.landmark", "\x0f"));
    prepared.push(Entry::file("stargz.index.json", "{}"));
    let pair = Pair::new(&image([plain]), &lazy(image([prepared])));
    shows(&pair, &["lazy-format"], "/stargz.index.json entry", true);
}

#[test]
fn lazy_format_is_told_by_place() {
    let pair = file_at("srv/stargz.index.json");
    does_not_show(&pair, "lazy-format", "/srv/stargz.index.json content");
    let pair = twisted(|it| it.env("stargz", "1"), |it| it.env("stargz", "2"));
    does_not_show(&pair, "lazy-format", "config env.stargz");
}

#[test]
fn trailing_data_is_of_the_lazy_format_only_there() {
    let of = |lazily: bool| {
        let layer = Layer::new().with(Entry::file("a", "1"));
        let image = Image::new().layer(layer.clone());
        let longer = Image::new().layer(layer.trailing("hidden"));
        if lazily { (image, lazy(longer)) } else { (image, longer) }
    };
    let (left, right) = of(true);
    let report = Pair::new(&left, &right).report(&[]);
    assert_eq!(report.finding("layer trailing-data")["cause"], "lazy-format", "{report}");
    let (left, right) = of(false);
    does_not_show(&Pair::new(&left, &right), "lazy-format", "layer trailing-data");
}

#[test]
fn media_type_family() {
    let pair = only(|image| image.family(Family::Docker));
    shows(&pair, &["media-type-family"], "manifest config.mediaType", true);
}

#[test]
fn compressor() {
    let level = |level| Compression::Gzip { level, mtime: 0, members: 1 };
    let pair = twisted(|it| it.compression(level(0)), |it| it.compression(level(9)));
    shows(&pair, &["compressor"], "layer compression", true);
    let pair = only(|image| image.compression(Compression::zstd()));
    shows(&pair, &["compressor"], "layer compression", true);
    let pair = only(|image| image.compression(Compression::Plain));
    shows(&pair, &["compressor"], "layer compression", true);
}

#[test]
fn base_reference() {
    let of = |digest: &'static str| {
        move |image: Image| image.annotation("org.opencontainers.image.base.digest", digest)
    };
    let pair = twisted(of("sha256:1"), of("sha256:2"));
    let field = "manifest annotations.org.opencontainers.image.base.digest";
    shows(&pair, &["base-reference"], field, true);
}

#[test]
fn index_form() {
    let of = || Image::new().layer(Layer::new().with(Entry::file("a", "1")));
    let lone = imagekit::oci_archive(of().reference("app:1"));
    let listed = imagekit::oci_archive(Index::new().image(of()).reference("app:1"));
    shows(&Pair::of_bytes(&lone, &listed), &["index-form"], "index index", true);
}

#[test]
fn image_created() {
    let pair = only(|image| image.created("2024-05-06T07:08:09Z"));
    shows(&pair, &["image-created"], "config created", true);
    let label = "org.opencontainers.image.created";
    let pair = twisted(|it| it.label(label, "1"), |it| it.label(label, "2"));
    shows(&pair, &["image-created"], "config labels.org.opencontainers.image.created", true);
}

#[test]
fn revision_label() {
    let label = "org.opencontainers.image.revision";
    let pair = twisted(|it| it.label(label, "1"), |it| it.label(label, "2"));
    shows(&pair, &["revision-label"], "config labels.org.opencontainers.image.revision", false);
}

#[test]
fn builder_label() {
    let pair = only(|image| image.label("io.buildah.version", "1.28"));
    shows(&pair, &["builder-label"], "config labels.io.buildah.version", true);
    let pair = only(|image| image.label("io.buildah.versions", "1.28"));
    does_not_show(&pair, "builder-label", "config labels.io.buildah.versions");
}

#[test]
fn history_text() {
    let pair = only(|it| it.config_value("/history/0/created_by", json!("COPY it")));
    shows(&pair, &["history-text"], "config history[0].created_by", true);
    let pair = only(|image| image.config_value("/author", json!("me")));
    shows(&pair, &["history-text"], "config author", true);
}

#[test]
fn buildinfo() {
    for (pointer, field) in [
        ("/config/Hostname", "config config.Hostname"),
        ("/container", "config container"),
        ("/moby.buildkit.buildinfo.v1", "config moby.buildkit.buildinfo.v1"),
    ] {
        shows(&only(|it| it.config_value(pointer, json!("0123"))), &["buildinfo"], field, true);
    }
    let command = only(|it| it.config_value("/container_config", json!({ "Cmd": ["x"] })));
    shows(&command, &["buildinfo"], "config container_config.Cmd", true);
}

#[test]
fn args_escaped() {
    let pair = only(|image| image.config_value("/config/ArgsEscaped", json!(true)));
    shows(&pair, &["args-escaped"], "config config.ArgsEscaped", true);
}

#[test]
fn config_default() {
    for (name, value) in [
        ("Tty", json!(false)),
        ("Domainname", json!("")),
        ("OnBuild", json!(null)),
        ("Shell", json!([])),
    ] {
        let pair = only(|it| it.config_value(format!("/config/{name}"), value.clone()));
        shows(&pair, &["config-default"], &format!("config config.{name}"), true);
    }
}

#[test]
fn what_is_no_default_is_no_config_default() {
    for (name, value) in [("Tty", json!(true)), ("User", json!("0")), ("StopTimeout", json!(0))] {
        let pair = only(|it| it.config_value(format!("/config/{name}"), value.clone()));
        does_not_show(&pair, "config-default", &format!("config config.{name}"));
    }
    does_not_show(&only(|it| it.env("DEBUG", "")), "config-default", "config env.DEBUG");
    does_not_show(&only(|it| it.label("flag", "")), "config-default", "config labels.flag");
    does_not_show(&only(|it| it.volume("/data")), "config-default", "config config.Volumes./data");
    let port = only(|image| image.expose("80/tcp"));
    does_not_show(&port, "config-default", "config config.ExposedPorts.80/tcp");
}

/// An entry that only the right side has.
fn added(entry: Entry) -> Pair {
    let plain = || vec![Entry::dir("etc"), Entry::file("etc/a", "1")];
    let more = plain().into_iter().chain([entry]).collect();
    Pair::of_entries(plain(), more)
}

#[test]
fn builder_adds() {
    for path in ["dev", "proc", "sys", "run"] {
        let pair = added(Entry::dir(path));
        shows(&pair, &["builder-adds"], &format!("/{path} entry"), true);
    }
    for path in ["etc/hostname", "etc/hosts", "etc/resolv.conf"] {
        let pair = added(Entry::file(path, ""));
        shows(&pair, &["builder-adds"], &format!("/{path} entry"), true);
    }
}

#[test]
fn builders_add_nothing_but_empty_things() {
    let link = added(Entry::symlink("etc/resolv.conf", "/run/stub.conf"));
    does_not_show(&link, "builder-adds", "/etc/resolv.conf entry");
    does_not_show(&added(Entry::chardev("dev", 1, 3)), "builder-adds", "/dev entry");
    does_not_show(&added(Entry::symlink("run", "/tmp")), "builder-adds", "/run entry");
    does_not_show(&added(Entry::dir("data")), "builder-adds", "/data entry");
    let leak = added(Entry::file("etc/hostname", "build-host\n"));
    shows(&leak, &["host-leak"], "/etc/hostname entry", false);
}

#[test]
fn causes_told_by_path() {
    for (path, id) in [
        ("etc/hosts", "host-leak"),
        ("etc/mailname", "host-leak"),
        ("etc/machine-id", "machine-identity"),
        ("etc/ssh/ssh_host_ed25519_key", "machine-identity"),
        ("var/lib/systemd/random-seed", "machine-identity"),
        ("etc/ssl/private/ssl-cert-snakeoil.key", "machine-identity"),
        ("var/cache/ldconfig/aux-cache", "ldconfig-aux-cache"),
        ("var/log/dpkg.log", "log-file"),
        ("var/log/apt/history.log", "log-file"),
        ("var/log/dnf.rpm.log", "log-file"),
        ("var/log/lastlog", "log-file"),
        ("var/cache/apt/pkgcache.bin", "package-cache"),
        ("var/lib/apt/lists/deb.example_Packages", "package-cache"),
        ("var/lib/dpkg/status-old", "package-cache"),
        ("var/cache/fontconfig/x.cache-9", "fontconfig-cache"),
        ("var/cache/man/index.db", "man-db"),
        ("etc/ssl/certs/java/cacerts", "cacerts-jks"),
        ("usr/share/icons/hicolor/icon-theme.cache", "gtk-icons"),
        ("root/.wget-hsts", "tool-droppings"),
        ("root/.npm/_logs/1.log", "package-cache"),
        ("home/u/.cache/x", "tool-droppings"),
        ("tmp/hsperfdata_root/7", "tool-droppings"),
    ] {
        shows(&file_at(path), &[id], &format!("/{path} content"), false);
        let sized = Pair::of_entries(vec![], vec![Entry::file(path, "x")]);
        shows(&sized, &[id], &format!("/{path} entry"), false);
    }
}

#[test]
fn paths_that_only_resemble_those_of_causes() {
    for path in
        ["etc/hosts.allow", "srv/etc/hosts", "var/log/app.log", "var/lib/dpkg/status", "tmpfile"]
    {
        let report = file_at(path).report(&[]);
        assert!(report.causes().is_empty(), "{path}\n{report}");
        assert_eq!(report.count("unexplained"), 1, "{path}\n{report}");
    }
}

#[test]
fn other_fields_of_such_files_have_causes_of_their_own() {
    let log = |time| vec![Entry::file("var/log/dpkg.log", "1").mtime(time)];
    let pair = Pair::of_entries(log(1), log(2));
    shows(&pair, &["file-mtime"], "/var/log/dpkg.log mtime", true);
    let log = |mode| vec![Entry::file("var/log/dpkg.log", "1").mode(mode)];
    let pair = Pair::of_entries(log(0o644), log(0o666));
    does_not_show(&pair, "log-file", "/var/log/dpkg.log mode");
}

/// Two stacks without history, so that it does not differ.
fn stacks<const L: usize, const R: usize>(left: [Vec<Entry>; L], right: [Vec<Entry>; R]) -> Pair {
    let bare = |image: Image| image.config_remove("/history");
    Pair::new(&bare(image(left)), &bare(image(right)))
}

#[test]
fn empty_layer() {
    let base = || vec![Entry::dir("etc"), Entry::file("etc/a", "1")];
    shows(&stacks([base()], [base(), vec![]]), &["empty-layer"], "layer layer", true);
    let repeats = stacks([base()], [base(), vec![Entry::dir("etc")]]);
    shows(&repeats, &["empty-layer"], "layer layer", true);
    let pair = stacks([base()], [base(), vec![Entry::dir("etc").mode(0o700)]]);
    does_not_show(&pair, "empty-layer", "/etc mode");
}

fn base() -> Vec<Entry> {
    vec![Entry::dir("d"), Entry::file("d/old", "1"), Entry::file("e", "1")]
}

#[test]
fn opaque_whiteout() {
    let by_name = vec![Entry::dir("d"), Entry::whiteout("d/old"), Entry::file("d/new", "2")];
    let opaque = vec![Entry::dir("d"), Entry::opaque("d"), Entry::file("d/new", "2")];
    let pair = Pair::of_layers([base(), by_name], [base(), opaque]);
    shows(&pair, &["opaque-whiteout"], "/d/.wh..wh..opq entry", true);
    let (code, report) = pair.judged(&["--semantic"]);
    assert_eq!((code, report.verdict()), (0, "equivalent"), "{report}");
}

#[test]
fn an_opaque_whiteout_that_hides_something_counts() {
    let mut more = base();
    more.push(Entry::file("d/other", "1"));
    let by_name = vec![Entry::dir("d"), Entry::whiteout("d/old")];
    let opaque = vec![Entry::dir("d"), Entry::opaque("d")];
    let pair = Pair::of_layers([more.clone(), by_name], [more, opaque]);
    let report = does_not_show(&pair, "opaque-whiteout", "/d/.wh..wh..opq entry");
    assert_eq!(report.verdict(), "different", "{report}");
}

#[test]
fn a_whiteout_that_hides_something_counts() {
    let patch = |entries: Vec<Entry>| [vec![Entry::file("x", "1")], entries].concat();
    let pair =
        Pair::of_layers([base(), patch(vec![])], [base(), patch(vec![Entry::whiteout("e")])]);
    does_not_show(&pair, "opaque-whiteout", "/.wh.e entry");
    let pair =
        Pair::of_layers([base(), patch(vec![])], [base(), patch(vec![Entry::whiteout("no")])]);
    shows(&pair, &["opaque-whiteout"], "/.wh.no entry", true);
}

#[test]
fn a_whiteout_of_what_moved_away_counts() {
    let patch = |entries: Vec<Entry>| [vec![Entry::file("x", "x")], entries].concat();
    let moved = vec![Entry::whiteout("e"), Entry::file("f", "1")];
    let mut below = base();
    below[1] = Entry::file("d/old", "2");
    let pair = Pair::of_layers([below.clone(), patch(vec![])], [below, patch(moved)]);
    does_not_show(&pair, "opaque-whiteout", "/.wh.e entry");
}

#[test]
fn redundant_entry() {
    let patch = |entries: Vec<Entry>| [vec![Entry::file("x", "1")], entries].concat();
    let of = |directory| Pair::of_layers([base(), patch(vec![])], [base(), patch(vec![directory])]);
    shows(&of(Entry::dir("d")), &["redundant-entry"], "/d entry", true);
    does_not_show(&of(Entry::dir("new")), "redundant-entry", "/new entry");
    for changed in [
        Entry::dir("d").mode(0o777),
        Entry::dir("d").uid(1000),
        Entry::dir("d").xattr("security.capability", "x"),
    ] {
        let pair = of(changed);
        let report = does_not_show(&pair, "redundant-entry", "/d entry");
        assert_eq!(report.verdict(), "different", "{report}");
    }
    let later = of(Entry::dir("d").mtime(1));
    let (code, report) = later.judged(&["--semantic"]);
    assert_eq!((code, report.verdict()), (0, "equivalent"), "{report}");
}

#[test]
fn whiteout_mtime() {
    let patch = |time| vec![Entry::whiteout("e").mtime(time)];
    let pair = Pair::of_layers([base(), patch(1)], [base(), patch(2)]);
    shows(&pair, &["whiteout-mtime"], "/.wh.e mtime", true);
    let patch = |mode| vec![Entry::whiteout("e").mode(mode)];
    let pair = Pair::of_layers([base(), patch(0)], [base(), patch(0o644)]);
    shows(&pair, &["whiteout-mtime"], "/.wh.e mode", true);
}

#[test]
fn time_rounding() {
    let at =
        |seconds: i64, nanos| entry(move |entry| entry.mtime_nanos(1_700_000_000 + seconds, nanos));
    shows(&at(0, 500_000_000), &["time-rounding"], "/a mtime", true);
    shows(&at(-1, 1), &["time-rounding"], "/a mtime", true);
    shows(&at(1, 0), &["file-mtime"], "/a mtime", true);
    shows(&at(1, 1), &["file-mtime"], "/a mtime", true);
    let fractions = |nanos| vec![Entry::file("a", "1").mtime_nanos(1, nanos)];
    shows(&Pair::of_entries(fractions(1), fractions(2)), &["file-mtime"], "/a mtime", true);
}

#[test]
fn parent_dir_mtime() {
    let of = |time, content: &str| vec![Entry::dir("d").mtime(time), Entry::file("d/a", content)];
    let report = Pair::of_entries(of(1, "1"), of(2, "2")).report(&[]);
    assert_eq!(report.finding("/d mtime")["cause"], "parent-dir-mtime", "{report}");
    shows(&Pair::of_entries(of(1, "1"), of(2, "1")), &["file-mtime"], "/d mtime", true);
    let beside = |time, content: &str| {
        vec![Entry::dir("d").mtime(time), Entry::file("d2", content), Entry::file("d.x", content)]
    };
    let report = Pair::of_entries(beside(1, "1"), beside(2, "2")).report(&[]);
    assert_eq!(report.finding("/d mtime")["cause"], "file-mtime", "{report}");
}

#[test]
fn the_root_is_not_its_own_parent() {
    let of = |time, content: &str| vec![Entry::dir("./").mtime(time), Entry::file("a", content)];
    shows(&Pair::of_entries(of(1, "1"), of(2, "1")), &["file-mtime"], "/ mtime", true);
    let report = Pair::of_entries(of(1, "1"), of(2, "2")).report(&[]);
    assert_eq!(report.finding("/ mtime")["cause"], "parent-dir-mtime", "{report}");
}

#[test]
fn owner_names() {
    shows(&entry(|it| it.uname("root")), &["owner-names"], "/a uname", true);
    shows(&entry(|it| it.gname("root")), &["owner-names"], "/a gname", true);
    let report = entry(|it| it.uname("app").uid(1000)).report(&["--semantic"]);
    assert_eq!(report.counted(), set(["/a uid", "/a uname"]), "{report}");
    assert_eq!(report.count("unexplained"), 2, "{report}");
}

#[test]
fn tar_dialect() {
    shows(&entry(|it| it.dialect(Dialect::Ustar)), &["tar-dialect"], "/a tar-format", true);
    shows(&entry(|it| it.mode(0o100_644)), &["tar-dialect"], "/a mode.type-bits", true);
    shows(&entry(|it| it.raw_path("./a")), &["tar-dialect"], "/a path-form", true);
    shows(&entry(|it| it.atime(1)), &["tar-dialect"], "/a atime", true);
    shows(&entry(|it| it.pax("comment", "x")), &["tar-dialect"], "/a pax.comment", true);
    let of = |layer: Layer| Image::new().layer(layer.with(Entry::file("a", "1")));
    let pair = Pair::new(&of(Layer::new()), &of(Layer::new().record_padding(10240)));
    shows(&pair, &["tar-dialect"], "layer tar-end", true);
}

#[test]
fn entry_order() {
    let (a, b) = (Entry::file("a", "1"), Entry::file("b", "2"));
    let pair = Pair::of_entries(vec![a.clone(), b.clone()], vec![b, a]);
    shows(&pair, &["entry-order"], "layer order", true);
}

#[test]
fn hardlink_primary() {
    let of =
        |first: &str, second: &str| vec![Entry::file(first, "1"), Entry::hardlink(second, first)];
    let pair = Pair::of_entries(of("a", "b"), of("b", "a"));
    let report = pair.report(&[]);
    assert_eq!(report.count("unexplained"), 0, "{report}");
    assert!(report.cause("hardlink-primary").is_some_and(|it| it["noise"] == true), "{report}");
    assert_eq!(pair.judged(&["--semantic"]).0, 0);
    let broken = vec![Entry::file("a", "1"), Entry::file("b", "1")];
    let pair = Pair::of_entries(of("a", "b"), broken);
    let (code, report) = pair.judged(&["--semantic"]);
    assert_eq!(code, 1, "{report}");
}

#[test]
fn extended_attributes() {
    for (name, id, noise) in [
        ("security.selinux", "xattr-host", true),
        ("trusted.overlay.opaque", "xattr-host", true),
        ("user.overlay.origin", "xattr-host", true),
        ("security.capability", "xattr-capability", false),
        ("user.note", "builder-drops", false),
    ] {
        let pair = entry(|it| it.xattr(name, "x"));
        shows(&pair, &[id], &format!("/a xattr.{name}"), noise);
    }
    let of = |value: &str| vec![Entry::file("a", "1").xattr("user.note", value)];
    let pair = Pair::of_entries(of("1"), of("2"));
    let report = does_not_show(&pair, "builder-drops", "/a xattr.user.note");
    assert_eq!(report.count("unexplained"), 1, "{report}");
    let pair = entry(|it| it.xattr("security.ima", "x"));
    assert_eq!(does_not_show(&pair, "xattr-host", "/a xattr.security.ima").causes().len(), 0);
}

#[test]
fn base_drift() {
    let of = |command: &str, content: &str, app: &str| {
        Image::new()
            .layer_by(Layer::new().with(Entry::file("usr/lib/libc.so", content)), command)
            .layer(Layer::new().with(Entry::file("app", app)))
    };
    let root = |digest: &str| format!("/bin/sh -c #(nop) ADD file:{digest} in / ");
    let pair = Pair::new(&of(&root("1"), "one", "1"), &of(&root("2"), "two", "1"));
    let found = ["base-drift", "history-text"];
    shows(&pair, &found, "/usr/lib/libc.so content", false);
    let pair = Pair::new(&of(&root("1"), "one", "1"), &of(&root("1"), "one", "2"));
    does_not_show(&pair, "base-drift", "/app content");
    let pair = Pair::new(&of("COPY lib /usr", "one", "1"), &of("COPY lib /usr", "two", "1"));
    does_not_show(&pair, "base-drift", "/usr/lib/libc.so content");
}

#[test]
fn times_later_than_the_epoch_are_named() {
    let of = |times: [i64; 3]| {
        let names = ["a", "b", "c"].into_iter().zip(times);
        image([names.map(|(name, time)| Entry::file(name, "1").mtime(time)).collect()])
    };
    let pair = Pair::new(&of([90, 90, 90]), &of([95, 100, 101]).created("2024-05-06T07:08:09Z"));
    let evidence = |flags: &[&str], id: &str| {
        pair.report(flags).cause(id).unwrap()["evidence"].as_str().unwrap().to_owned()
    };
    let late = evidence(&["--source-date-epoch=100"], "file-mtime");
    assert!(late.ends_with("; 1 later than SOURCE_DATE_EPOCH (1970-01-01T00:01:40Z)"), "{late}");
    let late = evidence(&["--source-date-epoch=-5"], "file-mtime");
    assert!(late.contains("; 3 later than SOURCE_DATE_EPOCH"), "{late}");
    assert!(!evidence(&["--source-date-epoch=101"], "file-mtime").contains("later"));
    assert!(!evidence(&[], "file-mtime").contains("later"));
    // 2024-05-06T07:08:09Z is 1714979289.
    let late = evidence(&["--source-date-epoch=1714979288"], "image-created");
    assert!(late.contains("; 2 later than"), "{late}");
    assert!(!evidence(&["--source-date-epoch=1714979289"], "image-created").contains("later"));
}

#[test]
fn the_epoch_of_the_environment_is_the_default() {
    let of = |time| vec![Entry::file("a", "1").mtime(time)];
    let pair = Pair::of_entries(of(90), of(101));
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_ocidiff"))
        .args([&pair.left, &pair.right])
        .arg("--format=json")
        .env("SOURCE_DATE_EPOCH", "100")
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.contains("1 later than SOURCE_DATE_EPOCH (1970-01-01T00:01:40Z)"), "{text}");
}

#[test]
fn most_explaining_first() {
    let left = vec![
        Entry::file("a", "1"),
        Entry::file("b", "1"),
        Entry::file("etc/hosts", "1"),
        Entry::file("x", "1"),
        Entry::file("y", "1"),
    ];
    let right = vec![
        Entry::file("a", "1").mtime(1),
        Entry::file("b", "1").mtime(1),
        Entry::file("etc/hosts", "2"),
        Entry::file("x", "2"),
        Entry::file("y", "1").uname("me"),
    ];
    let report = Pair::of_entries(left, right).report(&[]);
    assert_eq!(report.causes(), ["file-mtime", "host-leak", "owner-names"], "{report}");
    let counts: Vec<u64> =
        report.list("causes").iter().map(|it| it["findings"].as_u64().unwrap()).collect();
    assert_eq!(counts, [2, 1, 1]);
    assert_eq!((report.count("counted"), report.count("unexplained")), (5, 1), "{report}");
    let total = ["counted", "ignored", "explained"].map(|it| report.count(it)).iter().sum::<u64>();
    assert_eq!(total, report.count("findings"));
}

#[test]
fn echoes_have_no_cause_of_their_own() {
    let report = file_at("etc/hosts").report(&[]);
    let explained = report.findings().iter().filter(|it| it["status"] == "explained");
    assert!(explained.clone().count() >= 3, "{report}");
    assert!(explained.clone().all(|it| it.get("cause").is_none()), "{report}");
    assert_eq!(report.counted(), set(["/etc/hosts content"]), "{report}");
}
