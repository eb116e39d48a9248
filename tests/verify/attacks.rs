//! Archives made to hurt, by the name of the attack. All run within 512 MiB and a minute.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use imagekit::forms::oci;
use imagekit::{Algorithm, Archive, Compression, Content, Entry, Image, Layer, docker_legacy};
use serde_json::{Value, json};

use crate::memory::{bounded, verify, verify_with, with_threads};
use crate::support::{Desk, Run, blob, command, image_of, sample};

/// An OCI archive whose only layer is stored as `bytes`.
fn with_layer_bytes(bytes: Vec<u8>) -> Archive {
    let image = image_of(Layer::new().with(Entry::file("a", "1")));
    let member = blob(&image.build().layers[0].digest);
    oci([image]).replace(&member, bytes)
}

/// A layout whose index.json is `index`, with `blobs` beside it.
fn layout(index: &Value, blobs: &[(&str, &str)]) -> Archive {
    let archive = Archive::new()
        .insert_file("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#)
        .insert_file("index.json", index.to_string());
    blobs.iter().fold(archive, |archive, (digest, bytes)| {
        archive.insert_file(blob(digest), bytes.as_bytes().to_vec())
    })
}

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn descriptor(media_type: &str, digest: &str, size: usize) -> Value {
    json!({ "mediaType": media_type, "digest": digest, "size": size })
}

fn index_of(manifests: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests })
}

#[track_caller]
fn assert_refused(run: &Run, words: &str) {
    assert_eq!(run.code, 2, "{}", run.text());
    assert!(run.stderr.contains(words), "{words:?} in {}", run.stderr);
}

/// A PAX size that differs from the header's makes sloppy readers take content for entries.
#[test]
fn cve_2025_62518_pax_size_desync() {
    let desk = Desk::new();
    let hidden = Layer::new().with(Entry::file("hidden", "x").mode(0o4755)).tar();
    let size = hidden.len().to_string();
    let layer = Layer::new()
        .with(Entry::file("outer", hidden).lie_size(0).pax("size", size))
        .with(Entry::file("seen", "x").mode(0o4755));
    let run = verify(desk.image("image.tar", &image_of(layer)));
    assert_eq!(run.report().only("setuid").path.as_deref(), Some("/seen"));
}

/// The same trick on the outer archive.
#[test]
fn cve_2025_62518_pax_size_desync_of_members() {
    let desk = Desk::new();
    let evil = Layer::new().with(Entry::file("oci-layout", "{}")).no_end().tar();
    let mut tar = Vec::new();
    Entry::file("outer", evil.clone())
        .lie_size(0)
        .pax("size", evil.len().to_string())
        .write(&mut tar, true);
    tar.extend(oci([sample()]).to_tar());
    let report = verify(desk.put("image.tar", tar)).report();
    assert!(report.complaints().is_empty(), "{:#?}", report.findings());
    assert!(report.only("unreferenced").message.starts_with("outer"));
}

/// A sparse map with more regions than memory.
#[test]
fn cve_2025_58183_sparse_map_bomb() {
    let desk = Desk::new();
    let count = 3_000_000;
    let map = [format!("{count}\n"), "0\n0\n".repeat(count)].concat();
    let bomb = Entry::file("bomb", map)
        .pax("GNU.sparse.major", "1")
        .pax("GNU.sparse.minor", "0")
        .pax("GNU.sparse.name", "bomb")
        .pax("GNU.sparse.realsize", "1");
    let run = verify(desk.image("image.tar", &image_of(Layer::new().with(bomb))));
    assert_refused(&run, "--max-scale");
}

/// A digest that is a path.
#[test]
fn cve_2024_3727_digest_paths() {
    let desk = Desk::new();
    fs::write(desk.path("secret"), "{}").expect("a file");
    for digest in
        ["sha256:../../../secret", "sha256:../../secret", "../../secret", "sha256:", "x:y"]
    {
        let index = index_of(&[descriptor(MANIFEST, digest, 2)]);
        let path = desk.path("layout");
        fs::remove_dir_all(&path).ok();
        let run = verify(desk.dir("layout", &layout(&index, &[])));
        assert!(run.code > 0);
        assert_eq!(run.report().of_field("damage.descriptor").len(), 1, "{}", run.text());
    }
    let image = sample().manifest_value("/layers/0/digest", "sha256:../../../secret".into());
    let run = verify(desk.dir("image", &oci([image])));
    assert_eq!(run.report().of_field("damage.descriptor").len(), 1, "{}", run.text());
}

/// One document that is an image to one reader and an index to the other.
#[test]
fn cve_2021_41190_ambiguous_document() {
    let desk = Desk::new();
    let image = sample().manifest_value("/manifests", json!([]));
    let report = verify(desk.image("image.tar", &image)).report();
    assert_eq!(report.only("damage.ambiguous").severity, "error");
    let mut index = index_of(&[]);
    index["layers"] = json!([]);
    let report = verify(desk.tar("index.tar", &layout(&index, &[]))).report();
    assert_eq!(report.only("damage.ambiguous").severity, "error");
}

#[test]
fn json_a_hundred_thousand_deep() {
    let desk = Desk::new();
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let archive = oci([sample()]);
    let config = blob(&sample().build().config_digest);
    let run = verify(desk.tar("config.tar", &archive.clone().replace(&config, deep.clone())));
    assert_refused(&run, "JSON nested deeper than 120 levels");
    let run = verify(desk.tar("index.tar", &archive.replace("index.json", deep)));
    assert_refused(&run, "JSON nested deeper than 120 levels (--max-scale");
}

/// As deep as may be asked for, through everything that follows nesting by recursion.
#[test]
fn json_as_deep_as_the_limit_can_be_raised() {
    let desk = Desk::new();
    let deep = format!("{{\"config\":{}1{}}}", "[".repeat(990), "]".repeat(990));
    let config = blob(&sample().build().config_digest);
    let image = desk.tar("image.tar", &oci([sample()]));
    let deep = desk.tar("deep.tar", &oci([sample()]).replace(&config, deep));
    for format in ["json", "text"] {
        let raised = ["--max-scale=1000000", "--format", format];
        let verify = bounded(
            [OsStr::new("verify"), deep.as_ref()].into_iter().chain(raised.map(OsStr::new)),
        );
        assert!(!verify.stderr.contains("nested deeper"), "{}", verify.stderr);
        let diff =
            bounded([image.as_os_str(), deep.as_ref()].into_iter().chain(raised.map(OsStr::new)));
        assert!(!diff.stderr.contains("nested deeper"), "{}", diff.stderr);
    }
}

#[test]
fn json_of_many_values() {
    let desk = Desk::new();
    let wide = format!("[{}0]", "0,".repeat(8_000_000));
    let archive = oci([sample()]).replace("index.json", wide);
    assert_refused(&verify(desk.tar("index.tar", &archive)), "--max-scale");
}

#[test]
fn json_larger_than_the_limit() {
    let desk = Desk::new();
    let config = blob(&sample().build().config_digest);
    let long = format!("\"{}\"", "x".repeat(40 << 20));
    let run = verify(desk.tar("config.tar", &oci([sample()]).replace(&config, long)));
    assert_refused(&run, "bytes of JSON (--max-scale");
}

/// One large document, listed again and again.
#[test]
fn an_index_that_lists_one_large_manifest_nine_thousand_times() {
    let desk = Desk::new();
    let config = descriptor("application/vnd.oci.image.config.v1+json", "sha256:x", 1);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [],
        "annotations": { "x": "y".repeat(8 << 20) },
    });
    let manifest = manifest.to_string();
    let digest = Algorithm::Sha256.digest(manifest.as_bytes());
    let inner = index_of(&vec![descriptor(MANIFEST, &digest, manifest.len()); 9000]).to_string();
    let inner_digest = Algorithm::Sha256.digest(inner.as_bytes());
    let index = index_of(&[descriptor(INDEX, &inner_digest, inner.len())]);
    let blobs = [(digest.as_str(), manifest.as_str()), (&inner_digest, &inner)];
    let run = verify(desk.tar("image.tar", &layout(&index, &blobs)));
    assert_refused(&run, "JSON values in all documents");
}

#[test]
fn an_index_that_contains_itself() {
    let desk = Desk::new();
    let digest = Algorithm::Sha256.digest(b"myself");
    let index = index_of(&[descriptor(INDEX, &digest, 1)]);
    let run = verify(desk.tar("image.tar", &layout(&index, &[(&digest, &index.to_string())])));
    assert!(run.report().only("damage.cycle").message.contains("contains itself"));
}

#[test]
fn indexes_nested_without_end() {
    let desk = Desk::new();
    let mut document = index_of(&[]).to_string();
    let mut archive = layout(&json!({}), &[]);
    for _ in 0..200 {
        let digest = Algorithm::Sha256.digest(document.as_bytes());
        archive = archive.insert_file(blob(&digest), document.clone().into_bytes());
        document = index_of(&[descriptor(INDEX, &digest, document.len())]).to_string();
    }
    let run = verify(desk.tar("image.tar", &archive.replace("index.json", document)));
    assert_refused(&run, "nested deeper than 16 at");
    assert_refused(&run, "(--max-scale");
    let run = verify_with(desk.path("image.tar"), &["--max-scale=13"]);
    assert!(!run.stderr.contains("nested deeper"), "{}", run.stderr);
}

#[test]
fn an_index_of_fifty_thousand_manifests() {
    let desk = Desk::new();
    let manifests: Vec<Value> = (0..50_000)
        .map(|at: u32| descriptor(MANIFEST, &Algorithm::Sha256.digest(&at.to_le_bytes()), 1))
        .collect();
    let path = desk.tar("image.tar", &layout(&index_of(&manifests), &[]));
    let run = verify(&path);
    assert_refused(&run, "more than 10000 descriptors");
    assert!(run.stderr.contains("hint: --max-scale 2"), "{}", run.stderr);
    assert_refused(&verify_with(&path, &["--max-scale=5"]), "is missing");
}

#[test]
fn layers_without_number() {
    let desk = Desk::new();
    let image = sample().manifest_value("/layers", json!(vec![0; 5000]));
    assert_refused(&verify(desk.image("image.tar", &image)), "more than 1000 layers");
}

/// `member` again and again.
fn repeated(member: &[u8], times: usize) -> Vec<u8> {
    member.repeat(times)
}

#[test]
fn gzip_bomb_of_four_gibibytes() {
    let desk = Desk::new();
    let member = Compression::gzip().compress(&vec![0; 64 << 20]);
    let run = verify(desk.tar("bomb.tar", &with_layer_bytes(repeated(&member, 64))));
    // All of it can be read, and none of it is what the manifest claims.
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(run.report().of_field("damage.diff-id").len(), 1);
}

#[test]
fn zstd_bomb_of_four_gibibytes() {
    let desk = Desk::new();
    let frame = Compression::zstd().compress(&vec![0; 64 << 20]);
    let run = verify(desk.tar("bomb.tar", &with_layer_bytes(repeated(&frame, 64))));
    assert_refused(&run, "decompression ratio over the limit (--max-scale");
}

/// A frame that asks for more memory than anybody has.
#[test]
fn zstd_window_of_two_gibibytes() {
    let desk = Desk::new();
    // Magic, no flags, a window of 2 GiB (RFC 8878 section 3.1.1.1.2), one empty last block.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0];
    let run = verify(desk.tar("bomb.tar", &with_layer_bytes(frame.to_vec())));
    assert_refused(&run, "zstd window over the limit");
}

#[test]
fn three_hundred_thousand_tiny_entries() {
    let desk = Desk::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for at in 0..300_000_u32 {
        let mut entry = Vec::new();
        Entry::file(format!("d{}/{at}", at % 300), "").mode(0o4755).write(&mut entry, true);
        packed.write_all(&entry).expect("memory");
    }
    let run = verify(desk.tar("many.tar", &with_layer_bytes(packed.finish().expect("memory"))));
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(run.report().of_field("setuid").len(), 1001);
}

/// Who gets no threads does all in one; who gets the first two does without more of them.
#[test]
fn threads_that_the_system_refuses() {
    let desk = Desk::new();
    let image = |name: &str, byte: u8| {
        let layer = |at: u8| Layer::new().with(Entry::file("a", vec![byte + at; 700 << 10]));
        desk.tar(name, &docker_legacy([Image::new().layer(layer(0)).layer(layer(1))]))
    };
    let paths = [image("left.tar", 1), image("right.tar", 7)];
    let args = || paths.iter().map(|path| path.as_os_str()).chain(["--format=json".as_ref()]);
    let all = bounded(args());
    assert_eq!(all.code, 1, "{}", all.stderr);
    for threads in [0, 2] {
        let some = with_threads(threads, args());
        assert_eq!(some.code, 1, "{}", some.stderr);
        assert!(all.stdout == some.stdout, "not the same to all threads and to {threads}");
    }
}

/// The parts of deep paths count, however often their layer is listed.
#[test]
fn deep_paths_in_a_layer_that_is_listed_often() {
    let deep = |at: usize| Entry::file(format!("{}{at}/x", "a/".repeat(30_000)), "");
    let image = image_of((0..60).map(deep).collect());
    let descriptor = image.build().layers[0].descriptor.clone();
    let image = image.manifest_value("/layers", json!(vec![descriptor; 1000]));
    let desk = Desk::new();
    assert_refused(&verify(desk.image("deep.tar", &image)), "in all stacks of layers");
}

/// A header that announces 64 MiB of PAX records.
#[test]
fn pax_header_of_64_mebibytes() {
    let desk = Desk::new();
    let claim = Entry::raw_type("pax", b'x', "").lie_size(64 << 20);
    let layer = Layer::new().with(claim).with(Entry::file("a", "1"));
    let run = verify(desk.image("image.tar", &image_of(layer)));
    assert_refused(&run, "more than 1048576 bytes in an extended header");
    assert!(run.stderr.contains("--max-scale"), "{}", run.stderr);
}

/// Headers that are each within bounds, and together are not.
#[test]
fn pax_headers_of_a_mebibyte_each() {
    let desk = Desk::new();
    let mut entry = Vec::new();
    Entry::file("a", "").pax("comment", "x".repeat(1_000_000)).write(&mut entry, true);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..600 {
        packed.write_all(&entry).expect("memory");
    }
    let run = verify(desk.tar("pax.tar", &with_layer_bytes(packed.finish().expect("memory"))));
    assert_refused(&run, "bytes of names and attributes in one layer");
    assert!(run.stderr.contains("--max-scale"), "{}", run.stderr);
}

/// The same in names of owners, of which no two are alike.
#[test]
fn owners_with_names_of_a_mebibyte_each() {
    let desk = Desk::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for at in 0..600 {
        let mut entry = Vec::new();
        Entry::file("a", "")
            .pax("uname", format!("{at}{}", "x".repeat(1_000_000)))
            .write(&mut entry, true);
        packed.write_all(&entry).expect("memory");
    }
    let run = verify(desk.tar("owners.tar", &with_layer_bytes(packed.finish().expect("memory"))));
    assert_refused(&run, "bytes of names and attributes in one layer");
}

/// Paths so deep that every look at their parents costs.
#[test]
fn paths_of_thirty_thousand_parts() {
    let desk = Desk::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for at in 0..400 {
        let mut entry = Vec::new();
        Entry::file(format!("{}{at}", "a/".repeat(30_000)), "").write(&mut entry, true);
        packed.write_all(&entry).expect("memory");
    }
    verify(desk.tar("deep.tar", &with_layer_bytes(packed.finish().expect("memory"))));
}

/// One layer, listed a thousand times.
#[test]
fn one_layer_listed_a_thousand_times() {
    let desk = Desk::new();
    let layer: Layer = (0..7_000).map(|at| Entry::file(format!("f{at}"), "")).collect();
    let image = image_of(layer);
    let descriptor = image.build().layers[0].descriptor.clone();
    let image = image.manifest_value("/layers", json!(vec![descriptor; 1000]));
    let run = verify(desk.image("image.tar", &image));
    assert!(run.report().of_field("damage.diff-ids").len() == 1, "{}", run.stderr);
}

#[test]
fn a_fifo_where_a_blob_should_be() {
    let desk = Desk::new();
    let built = sample().build();
    for digest in [&built.manifest_digest, &built.config_digest, &built.layers[0].digest] {
        let member = blob(digest);
        let dir = desk.dir(&digest[7..19], &oci([sample()]).remove(&member));
        let made = Command::new("mkfifo").arg(dir.join(&member)).status();
        assert!(made.expect("coreutils").success());
        assert_refused(&verify(&dir), "not a regular file");
    }
}

#[test]
fn a_fifo_in_place_of_the_index() {
    let desk = Desk::new();
    let dir = desk.dir("layout", &oci([sample()]).remove("index.json"));
    assert!(
        Command::new("mkfifo").arg(dir.join("index.json")).status().expect("coreutils").success()
    );
    assert_refused(&verify(&dir), "not a regular file");
}

#[test]
fn a_directory_where_a_blob_should_be() {
    let desk = Desk::new();
    let member = blob(&sample().build().layers[0].digest);
    let dir = desk.dir("layout", &oci([sample()]).replace_with(&member, Content::Dir));
    assert_refused(&verify(&dir), "not a regular file");
}

#[test]
fn a_symlink_out_of_the_layout() {
    let desk = Desk::new();
    let built = sample().build();
    let outside = desk.put("outside", &built.config);
    let member = blob(&built.config_digest);
    for target in [outside.as_path(), "../../../outside".as_ref(), "/dev/zero".as_ref()] {
        fs::remove_dir_all(desk.path("layout")).ok();
        let dir = desk.dir("layout", &oci([sample()]).remove(&member));
        symlink(target, dir.join(&member)).expect("a link");
        assert_refused(&verify(&dir), "link leads out of the directory");
    }
    let archive =
        oci([sample()]).replace_with(&member, Content::Symlink("../../../outside".into()));
    assert_refused(&verify(desk.tar("image.tar", &archive)), "link leads out of the archive");
}

#[test]
fn links_that_go_round_in_circles() {
    let desk = Desk::new();
    let member = blob(&sample().build().config_digest);
    let (_, name) = member.rsplit_once('/').expect("a path");
    let archive = oci([sample()]).replace_with(&member, Content::Symlink(name.into()));
    assert_refused(&verify(desk.tar("image.tar", &archive)), "too many links");
    assert_eq!(verify(desk.dir("layout", &archive)).code, 2);
}

/// A file that shrinks while it is mapped raises SIGBUS.
#[test]
fn a_file_that_shrinks_while_it_is_read() {
    let desk = Desk::new();
    let image = image_of(Layer::new().with(Entry::file("a", "1"))).compression(Compression::Plain);
    let member = blob(&image.build().layers[0].digest);
    let dir = desk.dir("layout", &oci([image]));
    let file = File::options().write(true).open(dir.join(&member)).expect("the layer");
    // Holes, which take no room and long enough to read.
    file.set_len(8 << 30).expect("a file system with holes");
    let child = command()
        .args(["verify".as_ref(), dir.as_os_str()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let maps = format!("/proc/{}/maps", child.id());
    let start = Instant::now();
    while !fs::read_to_string(&maps).is_ok_and(|maps| maps.contains(&member)) {
        assert!(start.elapsed() < Duration::from_secs(20), "the layer is never mapped");
        std::thread::sleep(Duration::from_millis(1));
    }
    file.set_len(0).expect("a file system with holes");
    let run = Run::of(child.wait_with_output().expect("the program ends"));
    assert_refused(&run, "error: an input shrank while it was read");
}

/// Names that cost more memory than the archive has bytes.
#[test]
fn an_archive_of_long_names() {
    let desk = Desk::new();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut name = String::new();
    for at in 0..6000 {
        name.clear();
        write!(name, "{}{at}", "x".repeat(60_000)).expect("memory");
        let mut entry = Vec::new();
        Entry::file(name.as_str(), "").write(&mut entry, true);
        packed.write_all(&entry).expect("memory");
    }
    packed.write_all(&oci([sample()]).to_tar()).expect("memory");
    let run = verify(desk.put("names.tar.gz", packed.finish().expect("memory")));
    assert_refused(&run, "bytes of member names and links (--max-scale");
}

/// More blobs than anybody lists.
#[test]
fn an_archive_of_many_members() {
    let desk = Desk::new();
    let many: Layer = (0..150_000).map(|at| Entry::file(format!("m{at}"), "")).collect();
    let tar = [many.no_end().tar(), oci([sample()]).to_tar()].concat();
    assert_refused(&verify(desk.put("many.tar", tar)), "more than 100000 members");
}

#[test]
fn an_image_of_nothing_is_survived() {
    let desk = Desk::new();
    assert_eq!(verify(desk.image("image.tar", &Image::new())).code, 0);
}
