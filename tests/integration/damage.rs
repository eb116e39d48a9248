//! Broken, lying and hostile inputs: exit code 2, an `error:` line that names the object, never a
//! panic, and whatever could still be compared is reported.

use std::path::PathBuf;

use imagekit::forms::{docker_legacy, docker_v1, oci};
use imagekit::{Algorithm, Archive, Compression, Content, Entry, Image, Index, Layer, Rng};
use serde_json::{Value, json};

use crate::support::{Desk, Found, Report, Run, app_layer, base_layer, compare, sample};

/// Compares a good image with `bad`, in both orders, and returns the first run. Damage is told
/// about in the same way on both sides.
fn against_good(desk: &Desk, bad: &PathBuf) -> Run {
    let good = desk.image("good.tar", &sample());
    let mirrored = compare(bad, &good);
    let run = compare(&good, bad);
    for run in [&run, &mirrored] {
        assert_eq!(run.code, 2, "{}: {}", bad.display(), run.stderr);
        let first = run.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with("error: "), "{}: {:?}", bad.display(), run.stderr);
        if !run.stdout.is_empty() {
            run.checked();
        }
    }
    run
}

/// The message of the first error line.
fn error_of(run: &Run) -> &str {
    run.stderr.lines().next().and_then(|line| line.strip_prefix("error: ")).expect("an error")
}

fn assert_said(run: &Run, words: &[&str]) {
    let said = |line: &str| line.starts_with("error: ") && words.iter().all(|it| line.contains(it));
    assert!(run.stderr.lines().any(said), "{words:?} in\n{}", run.stderr);
}

fn damage(report: &Report) -> Vec<Found> {
    report.findings().into_iter().filter(Found::is_damage).collect()
}

#[test]
fn what_is_no_archive_is_refused_by_name() {
    let desk = Desk::new();
    let mut rng = Rng::new(7);
    let elf = [b"\x7fELF\x02\x01\x01".as_slice(), &[0; 2000]].concat();
    let zip = [b"PK\x03\x04".as_slice(), &[1; 2000]].concat();
    for (name, bytes, word) in [
        ("empty", Vec::new(), "empty"),
        ("short", b"abc".to_vec(), "short"),
        ("random", rng.bytes(5000), "not a tar"),
        ("zeros", vec![0; 10240], "without members"),
        ("elf", elf, "executable"),
        ("zip", zip, "zip"),
        ("json", [br#"{"schemaVersion": 2"#.as_slice(), &[b' '; 600], b"}"].concat(), "JSON"),
    ] {
        let run = against_good(&desk, &desk.put(name, bytes));
        let error = error_of(&run);
        assert!(error.contains(name) && error.contains(word), "{error}");
        assert!(run.stdout.is_empty());
    }
}

#[test]
fn a_directory_without_an_image_is_refused() {
    let desk = Desk::new();
    let empty = desk.dir("nothing", &Archive::new());
    assert!(error_of(&against_good(&desk, &empty)).contains("nothing"));
    let other = desk.dir("other", &Archive::new().insert_file("readme", "text"));
    assert!(error_of(&against_good(&desk, &other)).contains("no image"));
}

#[test]
fn a_compressed_archive_cut_short_is_damaged() {
    let desk = Desk::new();
    let tar = oci([sample()]).to_tar();
    for (name, compression) in [
        ("gzip", Compression::gzip()),
        ("zstd", Compression::zstd()),
        ("xz", Compression::Xz),
        ("bzip2", Compression::Bzip2),
    ] {
        let bytes = compression.compress(&tar);
        // Of a first block that is cut nothing comes out at all; it is no empty file for that.
        for length in [40, bytes.len() - 9] {
            let cut = bytes.get(..length).expect("some bytes");
            let run = against_good(&desk, &desk.put("cut", cut));
            assert_said(&run, &[name, "ends early"]);
            assert!(run.stderr.contains("hint: the archive is damaged"), "{}", run.stderr);
        }
    }
}

/// Where no member is cut the stream is sound, and only its end is missing.
#[test]
fn an_archive_cut_between_members_is_said_to_have_no_end() {
    let desk = Desk::new();
    let whole = std::fs::read(desk.image("whole.tar", &sample())).expect("it was just written");
    let name = whole.windows(10).rposition(|bytes| bytes == b"index.json").expect("an index");
    let run = against_good(&desk, &desk.put("cut.tar", &whole[..name]));
    assert_said(&run, &["cut.tar", "does not end", "no image in it"]);
    assert!(run.stderr.contains("hint: the archive is damaged"), "{}", run.stderr);
}

/// The path of a blob in a layout.
fn blob(digest: &str) -> String {
    format!("blobs/{}", digest.replace(':', "/"))
}

#[test]
fn missing_blobs_are_named_with_what_they_are() {
    let desk = Desk::new();
    let built = sample().build();
    let layout = oci([sample()]);
    for (what, digest) in [
        ("manifest", &built.manifest_digest),
        ("config", &built.config_digest),
        ("layer", &built.layers[1].digest),
    ] {
        let broken = desk.tar(what, &layout.clone().remove(&blob(digest)));
        let run = against_good(&desk, &broken);
        assert_said(&run, &[what, digest]);
    }
    let legacy = docker_legacy([sample()]);
    let member = legacy.names().into_iter().find(|it| it.ends_with("layer.tar")).expect("a layer");
    let broken = desk.tar("legacy", &legacy.clone().remove(member));
    assert_said(&against_good(&desk, &broken), &[member]);
    let config = format!("{}.json", built.config_digest.trim_start_matches("sha256:"));
    let broken = desk.tar("legacy-config", &legacy.remove(&config));
    assert_said(&against_good(&desk, &broken), &["config", &config]);
}

#[test]
fn bad_json_is_named_with_where_it_lies() {
    let desk = Desk::new();
    let built = sample().build();
    for (what, member) in [
        ("index.json", "index.json".to_owned()),
        ("manifest", blob(&built.manifest_digest)),
        ("config", blob(&built.config_digest)),
    ] {
        for (case, bytes) in [("cut", "{\"schemaVersion\": 2"), ("bytes", "\u{0}\u{1}")] {
            let archive = oci([sample()]).replace(&member, bytes);
            let run = against_good(&desk, &desk.tar(&format!("{case}.tar"), &archive));
            assert_said(&run, &[what, "JSON"]);
        }
    }
    let archive = docker_legacy([sample()]).replace("manifest.json", "[{]");
    assert_said(&against_good(&desk, &desk.tar("legacy", &archive)), &["manifest.json", "JSON"]);
}

/// JSON of the wrong shape is no reason to fall over.
#[test]
fn documents_of_the_wrong_shape_are_survived() {
    let desk = Desk::new();
    let built = sample().build();
    let good = desk.image("good.tar", &sample());
    let shapes = [
        "null",
        "[]",
        "{}",
        "3",
        "\"text\"",
        "[[[]]]",
        r#"{"manifests":{}}"#,
        r#"{"layers":[{}],"config":[]}"#,
        r#"{"manifests":[null,3,{"digest":7}]}"#,
        r#"{"manifests":[{"digest":"sha256:../../etc/passwd","size":-1}]}"#,
        r#"{"layers":"x","config":{"digest":"sha256:00"}}"#,
        r#"{"rootfs":{"diff_ids":[1]}}"#,
        r#"[{"Config":3,"Layers":{}}]"#,
        r#"[{"Layers":["../../x", "/etc/passwd"]}]"#,
    ];
    let members =
        ["index.json".to_owned(), blob(&built.manifest_digest), blob(&built.config_digest)];
    for shape in shapes {
        for member in &members {
            let archive = oci([sample()]).replace(member, shape);
            let run = compare(&good, desk.tar("odd.tar", &archive));
            assert_eq!(run.code, 2, "{member} {shape}: {}", run.stderr);
        }
        let archive = docker_legacy([sample()]).replace("manifest.json", shape);
        let run = compare(&good, desk.tar("odd.tar", &archive));
        assert_eq!(run.code, 2, "manifest.json {shape}: {}", run.stderr);
    }
}

#[test]
fn json_nested_absurdly_deep_is_refused() {
    let desk = Desk::new();
    let built = sample().build();
    let deep = ["{\"a\":".repeat(100_000), "1".to_owned(), "}".repeat(100_000)].concat();
    for member in ["index.json".to_owned(), blob(&built.config_digest)] {
        let archive = oci([sample()]).replace(&member, deep.as_str());
        assert_said(&against_good(&desk, &desk.tar("deep.tar", &archive)), &["JSON"]);
    }
}

#[test]
fn every_lie_is_found_out() {
    let desk = Desk::new();
    for (lie, image, words) in [
        ("digest", sample().lie_layer_digest(1), &["layer", "digest"][..]),
        ("size", sample().lie_layer_size(1, 12345), &["layer", "12345"]),
        ("diff-id", sample().lie_diff_id(1), &["DiffID"]),
        ("config", sample().lie_config_digest(), &["config", "digest"]),
        (
            "diff-ids",
            sample().config_value("/rootfs/diff_ids/-", json!(Algorithm::Sha256.digest(b"x"))),
            &["4 DiffIDs", "3 layers"],
        ),
        ("no-digest", sample().config_value("/rootfs/diff_ids/0", json!("md5:x")), &["DiffID"]),
    ] {
        let run = against_good(&desk, &desk.image(&format!("{lie}.tar"), &image));
        assert_said(&run, words);
        let report = run.report();
        assert!(damage(&report).iter().all(|it| it.left.is_null()), "the right one lies: {report}");
    }
}

/// Equal lies on both sides are lies still, and one is not believed because the other agrees.
#[test]
fn two_liars_do_not_bear_each_other_out() {
    let desk = Desk::new();
    for (lie, image) in [
        ("digest", sample().lie_layer_digest(1)),
        ("size", sample().lie_layer_size(1, 12345)),
        ("config", sample().lie_config_digest()),
    ] {
        let path = desk.image(&format!("{lie}.tar"), &image);
        let run = compare(&path, &path);
        let report = run.checked();
        assert_eq!((run.code, report.verdict()), (2, "different"), "{lie}: {report}");
        let sides = damage(&report).iter().filter(|it| !it.left.is_null()).count();
        assert!(sides > 0 && 2 * sides == damage(&report).len(), "{lie}: {report}");
    }
}

#[test]
fn an_index_that_contains_itself_is_a_cycle() {
    let desk = Desk::new();
    // Nobody can know the digest of what holds it; a layout may still say so.
    let claimed = Algorithm::Sha256.digest(b"a digest nobody can have");
    let descriptor = json!({
        "mediaType": "application/vnd.oci.image.index.v1+json", "digest": claimed, "size": 300,
    });
    let index = json!({ "schemaVersion": 2, "manifests": [descriptor] }).to_string();
    let layout = Archive::new()
        .insert_file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#)
        .insert_file("index.json", index.as_str())
        .insert_file(blob(&claimed), index.as_str());
    assert_said(&against_good(&desk, &desk.tar("cycle.tar", &layout)), &["itself", &claimed]);
}

#[test]
fn indexes_nest_so_deep_and_no_deeper() {
    let desk = Desk::new();
    let nested = |depth: usize| {
        let index = Index::new().reference("app:1.0").image(sample()).nested(depth);
        desk.put("nested.tar", imagekit::oci_archive(index))
    };
    let good = desk.image("good.tar", &sample());
    assert_eq!(compare(&good, nested(10)).checked().verdict(), "identical-content");
    assert_said(&against_good(&desk, &nested(60)), &["nest"]);
}

#[test]
fn absurd_counts_meet_a_limit_that_can_be_raised() {
    let desk = Desk::new();
    let built = sample().build();
    let index: Value =
        serde_json::from_slice(oci([sample()]).file("index.json")).expect("an index");
    let many = json!({ "schemaVersion": 2, "manifests": (0..20_000).map(|at| {
        let mut descriptor = index["manifests"][0].clone();
        descriptor["digest"] = Algorithm::Sha256.digest(format!("{at}").as_bytes()).into();
        descriptor
    }).collect::<Vec<_>>() });
    let archive = oci([sample()]).replace("index.json", many.to_string());
    let run = against_good(&desk, &desk.tar("descriptors.tar", &archive));
    assert_said(&run, &["descriptors", "10000"]);
    assert!(run.stderr.contains("hint: --max-scale"), "{}", run.stderr);
    let name = &built.layers[0].digest;
    let list = json!([{ "Config": "config.json", "Layers": vec![blob(name); 5000] }]);
    let archive = Archive::new()
        .insert_file("config.json", built.config.clone())
        .insert_file(blob(name), built.layers[0].blob.clone())
        .insert_file("manifest.json", list.to_string());
    let run = against_good(&desk, &desk.tar("layers.tar", &archive));
    assert_said(&run, &["layers", "1000"]);
}

#[test]
fn a_v1_chain_that_bites_its_tail_is_refused() {
    let desk = Desk::new();
    let archive = docker_v1([sample()]);
    let ids: Vec<String> = archive
        .names()
        .iter()
        .filter_map(|name| name.strip_suffix("/json").map(str::to_owned))
        .collect();
    let ring = ids.iter().enumerate().fold(archive, |archive, (at, id)| {
        let parent = &ids[(at + 1) % ids.len()];
        archive.replace(&format!("{id}/json"), json!({ "id": id, "parent": parent }).to_string())
    });
    assert_said(&against_good(&desk, &desk.tar("ring.tar", &ring)), &["ancestor"]);
}

/// An image whose middle layer is `bytes`, stored as they are and honestly described.
fn with_layer_bytes(bytes: &[u8]) -> Archive {
    let image = sample();
    let built = image.build();
    let old = &built.layers[1];
    let digest = Algorithm::Sha256.digest(bytes);
    let mut manifest: Value = serde_json::from_slice(&built.manifest).expect("JSON");
    manifest["layers"][1]["digest"] = digest.as_str().into();
    manifest["layers"][1]["size"] = bytes.len().into();
    let manifest = manifest.to_string();
    let manifest_digest = Algorithm::Sha256.digest(manifest.as_bytes());
    let archive = oci([&image]);
    let mut index: Value = serde_json::from_slice(archive.file("index.json")).expect("JSON");
    index["manifests"][0]["digest"] = manifest_digest.as_str().into();
    index["manifests"][0]["size"] = manifest.len().into();
    archive
        .remove(&blob(&built.manifest_digest))
        .remove(&blob(&old.digest))
        .insert_file(blob(&manifest_digest), manifest)
        .insert_file(blob(&digest), bytes)
        .replace("index.json", index.to_string())
}

#[test]
fn layers_that_cannot_be_unpacked_are_named() {
    let desk = Desk::new();
    let good = sample().build().layers[1].blob.clone();
    let (cut, flipped) = {
        let mut flipped = good.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0x55;
        (good[..good.len() - 6].to_vec(), flipped)
    };
    let tar = app_layer("one").tar();
    let zstd = Compression::zstd().compress(&tar);
    for (case, bytes, words) in [
        ("cut", cut, &["gzip"][..]),
        ("flipped", flipped, &["gzip"]),
        ("zstd-cut", zstd[..zstd.len() - 3].to_vec(), &["zstd"]),
        ("no-tar", Compression::gzip().compress(&[b'x'; 3000]), &["DiffID"]),
        ("tar-cut", Compression::gzip().compress(&tar[..1700]), &["DiffID"]),
    ] {
        let archive = with_layer_bytes(&bytes);
        let run = against_good(&desk, &desk.tar(&format!("{case}.tar"), &archive));
        assert_said(&run, words);
        assert_said(&run, &["layer sha256:"]);
    }
}

#[test]
fn tar_streams_that_break_off_are_named() {
    let desk = Desk::new();
    let entry = |name: &str| Entry::file(name, "content");
    for (case, layer) in [
        ("checksum", Layer::new().with(entry("a")).with(entry("b").lie_checksum(1))),
        ("size", Layer::new().with(entry("a")).with(entry("b").lie_size(1 << 40))),
        ("garbage", Layer::new().with(entry("a")).raw([b'x'; 512]).with(entry("b"))),
    ] {
        let image = Image::new().reference("app:1.0").layer(layer);
        let run = against_good(&desk, &desk.image(&format!("{case}.tar"), &image));
        assert_said(&run, &["layer sha256:"]);
    }
}

/// A broken layer does not keep the others from being compared.
#[test]
fn what_is_whole_is_still_compared() {
    let desk = Desk::new();
    let image = |content: &str| {
        Image::new()
            .reference("app:1.0")
            .env("WORD", content)
            .layer(base_layer())
            .layer(Layer::new().with(Entry::file("lost", "lost")))
            .layer(app_layer(content))
    };
    let left = desk.image("a.tar", &image("1"));
    let lost = desk.image("b.tar", &image("2").drop_layer_blob(1));
    let lying = desk.image("c.tar", &image("2").lie_layer_digest(1));
    for right in [lost, lying] {
        let run = compare(&left, &right);
        let report = run.checked();
        assert_eq!(run.code, 2);
        let places = report.places();
        assert!(places.contains("layer /opt/app/data content"), "{report}");
        assert!(places.contains("config env.WORD"), "{report}");
        // What was lost is not reported as removed: nobody knows.
        assert!(!places.contains("layer /lost entry"), "{report}");
    }
}

/// A blob that is a directory, a link to nowhere or a link to itself is no blob.
#[test]
fn blobs_of_the_wrong_kind_are_refused() {
    let desk = Desk::new();
    let built = sample().build();
    let name = blob(&built.layers[0].digest);
    let own = name.rsplit('/').next().expect("a name").to_owned();
    for (case, content) in [
        ("directory", Content::Dir),
        ("dangling", Content::Symlink("nowhere".into())),
        ("loop", Content::Symlink(own)),
    ] {
        let archive = oci([sample()]).replace_with(&name, content);
        let run = against_good(&desk, &desk.tar(&format!("{case}.tar"), &archive));
        assert_said(&run, &["layer", &built.layers[0].digest]);
        let run = against_good(&desk, &desk.dir(case, &archive));
        assert_said(&run, &["layer", &built.layers[0].digest]);
    }
}

#[test]
fn a_document_that_is_index_and_manifest_is_ambiguous() {
    let desk = Desk::new();
    let image = sample().manifest_value("/manifests", json!([]));
    assert_said(&against_good(&desk, &desk.image("both.tar", &image)), &["both"]);
}

/// Much air in a small file is not unpacked without end.
#[test]
fn a_layer_that_expands_without_end_meets_a_limit() {
    let desk = Desk::new();
    let zeros =
        Compression::Zstd { level: 1, frames: 1, skippable: false }.compress(&vec![0; 8 << 20]);
    let bomb = zeros.repeat(400);
    let run = against_good(&desk, &desk.tar("bomb.tar", &with_layer_bytes(&bomb)));
    assert_said(&run, &["layer sha256:"]);
}

/// The second input is a pipe, so the program is known to wait when the first one shrinks.
#[cfg(unix)]
#[test]
fn an_input_that_shrinks_while_it_is_mapped_is_an_error() {
    let desk = Desk::new();
    let big = Layer::new().with(Entry::file("big", vec![7; 4 << 20]));
    let image = Image::new().layer(big).compression(Compression::Plain);
    let left = desk.image("left.tar", &image);
    let bytes = std::fs::read(&left).expect("the archive");
    let pipe = desk.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let child = crate::support::command()
        .args([&left, &pipe])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program can be started");
    // Opening a pipe for writing waits for its reader: the first input has been mapped by then.
    let mut writer = std::fs::OpenOptions::new().write(true).open(&pipe).expect("a reader");
    let file = std::fs::OpenOptions::new().write(true).open(&left).expect("the archive");
    file.set_len(4096).expect("the archive shrinks");
    // The program may be gone before it has read all.
    std::io::Write::write_all(&mut writer, &bytes).ok();
    drop(writer);
    let run = Run::of(child.wait_with_output().expect("an end"));
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("an input shrank while it was read"), "{}", run.stderr);
}

/// A thousand entries that carry a megabyte of records each: what is kept of them is bounded.
#[test]
fn attributes_of_a_layer_are_bounded() {
    let desk = Desk::new();
    let value = vec![b'v'; 900_000];
    let entries =
        (0..400).map(|number| Entry::file(format!("f{number}"), "").pax("VENDOR.note", &*value));
    let layer = Layer::new().with_all(entries);
    let bad = desk.image("bad.tar", &sample().layer(layer).compression(Compression::gzip()));
    let run = against_good(&desk, &bad);
    assert_said(&run, &["more than 268435456 bytes of names and attributes in one layer"]);
}
