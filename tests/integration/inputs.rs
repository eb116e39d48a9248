//! Every form of input the manual promises to recognise, by its content and not by its name.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use imagekit::forms::{docker_flat, docker_hybrid, docker_legacy, docker_v1, jib, oci, skopeo_dir};
use imagekit::{
    Algorithm, Archive, Compression, Content, Entry, Family, FlatStyle, Image, Index, Layer,
};
use serde_json::json;

use crate::support::{
    Desk, Found, Report, Run, app_layer, base_layer, command, compare, ocidiff, sample, select,
};

/// Asserts that `input` holds the very image `sample()` and returns the report.
fn holds_sample(desk: &Desk, input: &Path) -> Report {
    let reference = desk.image("reference.tar", &sample());
    let report = compare(&reference, input).checked();
    let verdicts = ["identical-bytes", "identical-image", "identical-content"];
    assert!(verdicts.contains(&report.verdict()), "{}: {report}", input.display());
    report
}

fn sample_with(compression: Compression) -> Image {
    sample().compression(compression)
}

/// The two ways of writing the same layer twice.
fn repeating() -> Image {
    sample().layer(base_layer()).layer(app_layer("two")).layer(base_layer())
}

fn error_of(run: &Run) -> &str {
    assert_eq!(run.code, 2, "{}", run.stderr);
    let line = run.stderr.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or_else(|| panic!("no error line: {}", run.stderr))
}

#[test]
fn every_form_of_archive_is_recognised() {
    let plain = sample_with(Compression::Plain);
    let forms: [(&str, Archive, &str); 10] = [
        ("legacy", docker_legacy([sample()]), "docker-archive"),
        ("hybrid", docker_hybrid([&plain]), "docker-hybrid"),
        ("hybrid-gzip", docker_hybrid([sample()]), "docker-hybrid"),
        ("podman", docker_flat([sample()], FlatStyle::Podman), "docker-archive"),
        ("crane", docker_flat([sample()], FlatStyle::Crane), "docker-archive"),
        ("kaniko", docker_flat([sample()], FlatStyle::Kaniko), "docker-archive"),
        ("bazel", docker_flat([sample()], FlatStyle::Bazel), "docker-archive"),
        ("jib", jib([sample()]), "docker-archive"),
        ("oci", oci([sample()]), "oci-archive"),
        ("skopeo-dir", skopeo_dir(sample()), "dir"),
    ];
    let desk = Desk::new();
    for (name, archive, format) in &forms {
        // The suffix must not matter.
        let report = holds_sample(&desk, &desk.tar(&format!("{name}.dat"), archive));
        assert_eq!(report.format("right"), *format, "{name}");
        let dotted = desk.tar(&format!("{name}-dotted"), &archive.clone().prefix("./"));
        assert_eq!(holds_sample(&desk, &dotted).format("right"), *format, "{name} with ./");
        let reversed = desk.tar(&format!("{name}-reversed"), &archive.clone().reverse());
        assert_eq!(holds_sample(&desk, &reversed).format("right"), *format, "{name} reversed");
    }
}

#[test]
fn directories_are_recognised() {
    let desk = Desk::new();
    for (name, archive, format) in [
        ("layout", oci([sample()]), "oci"),
        ("dir", skopeo_dir(sample()), "dir"),
        ("unpacked", docker_legacy([sample()]), "docker-archive"),
    ] {
        let report = holds_sample(&desk, &desk.dir(name, &archive));
        assert_eq!(report.format("right"), format, "{name}");
    }
}

#[test]
fn the_oldest_archives_have_no_manifest() {
    let desk = Desk::new();
    let old = |name: &str, image: &Image| desk.tar(name, &docker_v1([image]));
    let left = old("left.tar", &sample());
    let report = compare(&left, old("same.tar", &sample())).checked();
    assert_eq!((report.format("left"), report.verdict()), ("docker-v1", "identical-bytes"));
    assert!(report.findings().is_empty(), "{report}");
    let changed = sample().layer(app_layer("two"));
    let report = compare(&left, old("changed.tar", &changed)).checked();
    assert!(report.findings().iter().any(|it| it.path.as_deref() == Some("/opt/app/data")));
    let report = compare(desk.image("new.tar", &sample()), &left).checked();
    assert!(report.findings().iter().all(|it| it.path.is_none()), "the same layers: {report}");
    assert!(!report.findings().iter().any(Found::is_damage), "{report}");
}

#[test]
fn layers_that_repeat_are_links_in_old_archives() {
    let desk = Desk::new();
    let archive = docker_legacy([repeating()]);
    let is_link = |(name, content): &&(String, Content)| {
        name.ends_with("/layer.tar") && matches!(content, Content::Symlink(_))
    };
    assert_eq!(archive.members().iter().filter(is_link).count(), 2);
    let reference = desk.image("reference.tar", &repeating());
    let report = compare(&reference, desk.tar("legacy.tar", &archive)).checked();
    assert_eq!(report.verdict(), "identical-content", "{report}");
    let links = archive.members().iter().filter(is_link).cloned().collect::<Vec<_>>();
    let hard = links.into_iter().fold(archive, |archive, (name, content)| {
        let Content::Symlink(target) = content else { unreachable!() };
        let target = target.trim_start_matches("../").to_owned();
        archive.remove(&name).insert(name, Content::Hardlink(target))
    });
    let report = compare(&reference, desk.tar("hard.tar", &hard)).checked();
    assert_eq!(report.verdict(), "identical-content", "{report}");
}

#[test]
fn manifest_json_must_be_a_list() {
    let desk = Desk::new();
    let archive = docker_legacy([sample()]);
    for (name, text) in [("null", "null"), ("object", r#"{"Config":"x"}"#), ("text", r#""x""#)] {
        let broken = archive.clone().replace("manifest.json", text);
        let run = compare(desk.tar(name, &broken), desk.tar("good", &archive));
        let error = error_of(&run);
        assert!(error.contains("manifest.json") && error.contains(name), "{error}");
    }
}

#[test]
fn a_hybrid_whose_index_lists_nothing_is_a_docker_archive() {
    let desk = Desk::new();
    for list in ["null", "[]"] {
        let index = format!(r#"{{"schemaVersion":2,"manifests":{list}}}"#);
        let archive = docker_hybrid([sample()]).replace("index.json", index);
        let report = holds_sample(&desk, &desk.tar("hybrid.tar", &archive));
        assert_eq!(report.format("right"), "docker-archive", "{list}");
    }
}

#[test]
fn a_hybrid_can_be_read_either_way() {
    let desk = Desk::new();
    let path = desk.tar("hybrid.tar", &docker_hybrid([sample()]));
    let with = |prefix: &str| format!("{prefix}{}", path.display());
    let run = compare(with("oci-archive:"), with("docker-archive:"));
    let report = run.checked();
    assert!(report.verdict().starts_with("identical-"), "{report}");
    assert_eq!(
        [report.format("left"), report.format("right")],
        ["docker-hybrid", "docker-archive"]
    );
}

#[test]
fn transports_and_their_aliases_are_understood() {
    let desk = Desk::new();
    let layout = desk.dir("layout", &oci([sample()])).display().to_string();
    let archive = desk.tar("docker.tar", &docker_legacy([sample()])).display().to_string();
    let directory = desk.dir("dir", &skopeo_dir(sample())).display().to_string();
    let digest = sample().build().manifest_digest;
    for input in [
        layout.clone(),
        format!("oci:{layout}"),
        format!("oci:{layout}:1.0"),
        format!("oci:{layout}:app:1.0"),
        format!("oci:{layout}@0"),
        format!("oci:{layout}@{digest}"),
        format!("oci-dir:{layout}"),
        format!("ocidir://{layout}"),
        format!("ocidir://{layout}:1.0"),
        format!("oci-layout://{layout}"),
        format!("oci-layout://{layout}@{digest}"),
        format!("docker-archive:{archive}"),
        format!("docker-archive:{archive}:app:1.0"),
        format!("docker-archive:{archive}@0"),
        format!("{archive}:app:1.0"),
        format!("dir:{directory}"),
    ] {
        holds_sample(&desk, input.as_ref());
    }
}

#[test]
fn a_name_with_a_colon_is_a_name() {
    let desk = Desk::new();
    let path = desk.image("my:image:1.tar", &sample());
    holds_sample(&desk, &path);
    holds_sample(&desk, &select(&path, ":app:1.0"));
}

#[test]
fn compressed_archives_are_recognised() {
    let desk = Desk::new();
    let archives =
        [("oci", oci([sample()]).to_tar()), ("docker", docker_legacy([sample()]).to_tar())];
    for (form, tar) in archives {
        for (name, compression) in [
            ("gzip", Compression::gzip()),
            ("gzip-members", Compression::Gzip { level: 1, mtime: 7, members: 5 }),
            ("zstd", Compression::zstd()),
            ("zstd-frames", Compression::Zstd { level: 1, frames: 4, skippable: true }),
            ("xz", Compression::Xz),
            ("bzip2", Compression::Bzip2),
        ] {
            let name = format!("{form}.{name}");
            holds_sample(&desk, &desk.put(&name, imagekit::outer::compress(&tar, compression)));
        }
    }
}

#[test]
fn standard_input_is_read() {
    let desk = Desk::new();
    let path = desk.image("a.tar", &sample());
    for bytes in [oci([sample()]).to_tar(), Compression::zstd().compress(&oci([sample()]).to_tar())]
    {
        for args in [["-", "a.tar"], ["a.tar", "-"]] {
            let mut child = command()
                .current_dir(path.parent().expect("a directory"))
                .args(args)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program can be started");
            let mut stdin = child.stdin.take().expect("a pipe");
            stdin.write_all(&bytes).expect("the program reads");
            drop(stdin);
            let run = Run::of(child.wait_with_output().expect("an end"));
            assert_eq!(run.code, 0, "{args:?}: {}{}", run.stderr, run.text());
        }
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_read() {
    let desk = Desk::new();
    let regular = desk.image("a.tar", &sample());
    let pipe = desk.path("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let bytes = std::fs::read(&regular).expect("the archive");
    let writer = {
        let pipe = pipe.clone();
        std::thread::spawn(move || std::fs::write(pipe, bytes))
    };
    let run = ocidiff([&pipe, &regular]);
    writer.join().expect("no panic").expect("the pipe can be written");
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn sha512_names_blobs_too() {
    let desk = Desk::new();
    let image = |content: &str| sample().algorithm(Algorithm::Sha512).layer(app_layer(content));
    let left = desk.image("a.tar", &image("1"));
    let layout = desk.dir("b", &oci([image("1")]));
    assert!(layout.join("blobs/sha512").is_dir());
    let report = compare(&left, &layout).checked();
    assert_eq!(report.verdict(), "identical-image", "{report}");
    let report = compare(&left, desk.image("c.tar", &image("2"))).checked();
    assert!(report.places().contains("layer /opt/app/data content"), "{report}");
    let run = compare(&left, desk.image("d.tar", &image("1").lie_layer_digest(0)));
    assert!(error_of(&run).contains("sha512:"), "{}", run.stderr);
}

/// Digests of two algorithms cannot be compared, so it is not known that the bytes are the same;
/// that nothing in them differs is.
#[test]
fn layers_under_other_digests_show_no_difference_inside() {
    let desk = Desk::new();
    let report = compare(
        desk.image("a.tar", &sample()),
        desk.image("b.tar", &sample().algorithm(Algorithm::Sha512)),
    )
    .checked();
    assert!(report.findings().iter().all(|it| it.path.is_none()), "{report}");
    assert!(!report.places().contains("layer tar-encoding"), "{report}");
    assert!(!report.findings().iter().any(Found::is_damage), "{report}");
}

#[test]
fn docker_and_oci_media_types_are_two_words_for_one_thing() {
    let desk = Desk::new();
    let docker = desk.image("b.tar", &sample().family(Family::Docker));
    let report = compare(desk.image("a.tar", &sample()), docker).checked();
    assert_eq!(report.verdict(), "identical-content", "{report}");
    let fields: Vec<String> = report.counted().into_iter().map(|it| it.field).collect();
    assert!(!fields.is_empty() && fields.iter().all(|it| it.ends_with("mediaType")), "{fields:?}");
}

#[test]
fn indexes_may_nest() {
    let desk = Desk::new();
    let index = || Index::new().reference("app:1.0").image(sample());
    let flat = desk.put("flat.tar", imagekit::oci_archive(index()));
    let single = desk.image("single.tar", &sample());
    for depth in [1, 5] {
        let nested = imagekit::oci_archive(index().nested(depth));
        let nested = desk.put("nested.tar", nested);
        for other in [&flat, &single] {
            for (left, right) in [(other, &nested), (&nested, other)] {
                let report = compare(left, right).checked();
                assert_eq!(report.verdict(), "identical-content", "{depth}: {report}");
            }
        }
    }
}

#[test]
fn an_index_and_a_manifest_compare_in_either_order() {
    let desk = Desk::new();
    let index = |content: &str| {
        let image = sample().layer(app_layer(content));
        imagekit::oci_archive(Index::new().reference("app:1.0").image(image))
    };
    let single = desk.image("single.tar", &sample().layer(app_layer("1")));
    let (same, other) = (desk.put("same.tar", index("1")), desk.put("other.tar", index("2")));
    for (left, right) in [(&single, &same), (&same, &single)] {
        let report = compare(left, right).checked();
        assert_eq!(report.verdict(), "identical-content", "{report}");
    }
    for (left, right) in [(&single, &other), (&other, &single)] {
        let report = compare(left, right).checked();
        assert!(report.places().contains("layer /opt/app/data content"), "{report}");
    }
}

/// Three images, of which the second and third share a repository.
fn several(content: &str) -> Vec<Image> {
    vec![
        sample().layer(app_layer(content)),
        sample_named("tool:1").layer(app_layer("tool")),
        sample_named("tool:2").layer(app_layer("tool 2")),
    ]
}

fn sample_named(name: &str) -> Image {
    Image::new().reference(name).layer(base_layer())
}

#[test]
fn one_of_several_images_can_be_chosen() {
    let desk = Desk::new();
    let images = several("1");
    let oci_digest = images[1].build().manifest_digest;
    let config_digest = images[1].build().config_digest;
    let alone = desk.image("alone.tar", &images[1]);
    for (name, archive) in [("oci", oci(images.clone())), ("docker", docker_legacy(&images))] {
        let path = desk.tar(name, &archive);
        let mut selectors = vec!["@1".to_owned(), ":tool:1".to_owned(), ":1".to_owned()];
        selectors.push(":docker.io/library/tool:1".to_owned());
        selectors.push(format!("@{config_digest}"));
        if name == "oci" {
            selectors.push(format!("@{oci_digest}"));
        }
        for selector in selectors {
            let report = compare(&alone, select(&path, &selector)).checked();
            assert!(report.verdict().starts_with("identical-"), "{name}{selector}: {report}");
        }
        let report = compare(select(&path, "@1"), select(&path, "@2")).checked();
        assert!(report.places().contains("layer /opt/app/data content"), "{name}: {report}");
    }
}

#[test]
fn images_of_the_same_names_are_compared_pairwise() {
    let desk = Desk::new();
    let mut shuffled = several("2");
    shuffled.rotate_left(1);
    let report = compare(
        desk.tar("a.tar", &oci(several("1"))),
        desk.tar("b.tar", &docker_legacy(&shuffled)),
    )
    .checked();
    let differing: Vec<Found> =
        report.findings().into_iter().filter(|it| it.path.is_some()).collect();
    assert!(!differing.is_empty(), "{report}");
    for found in differing {
        assert!(found.image.as_deref().is_some_and(|it| it.ends_with("app:1.0")), "{found:?}");
    }
    assert_eq!(report.0["images"].as_array().map(Vec::len), Some(3));
}

#[test]
fn the_name_of_a_lone_image_chooses_among_several() {
    let desk = Desk::new();
    let many = desk.tar("many.tar", &oci(several("1")));
    let one = desk.image("one.tar", &several("2")[0]);
    for (left, right) in [(&many, &one), (&one, &many)] {
        let report = compare(left, right).checked();
        assert!(report.places().contains("layer /opt/app/data content"), "{report}");
    }
}

#[test]
fn an_ambiguous_choice_lists_what_there_is() {
    let desk = Desk::new();
    let many = desk.tar("many.tar", &oci(several("1")));
    let other = desk.image("other.tar", &sample_named("elsewhere:9"));
    let fewer = desk.tar("fewer.tar", &oci(several("1").into_iter().take(2)));
    for (left, right) in [(&many, &other), (&other, &many), (&many, &fewer)] {
        let run = compare(left, right);
        assert!(error_of(&run).contains("several images"), "{}", run.stderr);
        assert!(run.stdout.is_empty());
        for row in ["@0", "@1", "@2"] {
            let line = run.stderr.lines().find(|line| line.trim_start().starts_with(row));
            assert!(line.is_some_and(|line| line.contains("linux/amd64")), "{row} {}", run.stderr);
        }
        assert!(run.stderr.contains("tool:1") && run.stderr.contains("hint: "), "{}", run.stderr);
    }
    let run = compare(select(&many, ":absent:1"), &other);
    assert!(error_of(&run).contains("no such image"), "{}", run.stderr);
    let run = compare(select(&many, "@7"), &other);
    assert!(error_of(&run).contains("no such image"), "{}", run.stderr);
}

fn for_platform(architecture: &str) -> Image {
    sample().platform("linux", architecture, None).layer(app_layer(architecture))
}

/// What an attestation says of the image for `architecture`.
fn statement(architecture: &str) -> serde_json::Value {
    json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": "https://slsa.dev/provenance/v0.2",
        "predicate": { "builder": architecture },
    })
}

fn index_of(architectures: &[&str]) -> Index {
    let named = Index::new().reference("app:1.0");
    let images = architectures.iter().fold(named, |index, it| index.image(for_platform(it)));
    let attested = architectures.iter().enumerate();
    attested.fold(images, |index, (at, it)| index.attestation(at, statement(it)))
}

#[test]
fn platforms_are_paired_by_name_and_attestations_with_them() {
    let desk = Desk::new();
    let put = |name: &str, index: Index| desk.put(name, imagekit::oci_archive(index));
    let left = put("a.tar", index_of(&["amd64", "arm64", "riscv64"]));
    let right = put("b.tar", index_of(&["riscv64", "amd64", "arm64"]));
    let report = compare(&left, &right).checked();
    assert_eq!(report.verdict(), "identical-content", "{report}");
    let beyond: Vec<_> = report.counted().into_iter().filter(|it| it.scope != "index").collect();
    assert!(beyond.is_empty(), "only the order in the index differs: {beyond:?}");
}

#[test]
fn a_platform_on_one_side_only_is_a_difference() {
    let desk = Desk::new();
    let put = |name: &str, index: Index| desk.put(name, imagekit::oci_archive(index));
    let left = put("a.tar", index_of(&["amd64"]));
    let right = put("b.tar", index_of(&["amd64", "arm64"]));
    for (left, right, change) in [(&left, &right, "added"), (&right, &left, "removed")] {
        let report = compare(left, right).checked();
        let lone: Vec<Found> = report
            .counted()
            .into_iter()
            .filter(|it| it.platform.as_deref() == Some("linux/arm64"))
            .collect();
        assert!(lone.iter().any(|it| it.field == "manifest" && it.change == change), "{report}");
        assert!(lone.iter().any(|it| it.field == "attestation"), "{report}");
    }
}

#[test]
fn what_an_attestation_says_is_compared() {
    let desk = Desk::new();
    let index = |word: &str| {
        let index = Index::new().reference("app:1.0").image(for_platform("amd64"));
        imagekit::oci_archive(index.attestation(0, statement(word)))
    };
    let report =
        compare(desk.put("a.tar", index("one")), desk.put("b.tar", index("two"))).checked();
    let counted = report.counted();
    assert!(!counted.is_empty());
    for found in counted {
        assert!(found.field.starts_with("attestation"), "{found:?}");
        assert_eq!(found.platform.as_deref(), Some("linux/amd64"));
    }
}

#[test]
fn platforms_that_are_listed_and_not_there_are_worth_one_note() {
    let desk = Desk::new();
    let index = |content: &str| {
        let image = for_platform("amd64").layer(app_layer(content));
        let index = Index::new().reference("app:1.0").image(image);
        let index = index.absent_platform("linux", "arm64").absent_platform("linux", "s390x");
        imagekit::oci_archive(index)
    };
    let left = desk.put("a.tar", index("1"));
    let run = compare(&left, desk.put("b.tar", index("1")));
    let report = run.checked();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{report}");
    let notes = report.notes();
    assert_eq!(notes.len(), 2, "one for each side: {notes:?}");
    assert!(notes.iter().all(|it| it.contains("linux/arm64") && it.contains("linux/s390x")));
    let report = compare(&left, desk.put("c.tar", index("2"))).checked();
    assert!(!report.findings().iter().any(Found::is_damage), "{report}");
    let platforms =
        report.findings().iter().filter_map(|it| it.platform.clone()).collect::<Vec<_>>();
    assert!(platforms.iter().all(|it| it == "linux/amd64"), "{platforms:?}");
}

#[test]
fn layers_of_many_members_and_frames_are_read_to_their_end() {
    let desk = Desk::new();
    for compression in [
        Compression::Gzip { level: 9, mtime: 1_700_000_000, members: 7 },
        Compression::Zstd { level: 1, frames: 1, skippable: true },
        Compression::Zstd { level: 19, frames: 6, skippable: true },
        Compression::Zstd { level: 3, frames: 3, skippable: false },
    ] {
        holds_sample(&desk, &desk.image("many.tar", &sample_with(compression)));
    }
}

#[test]
fn a_media_type_that_lies_about_compression_is_said() {
    let desk = Desk::new();
    let good = desk.image("good.tar", &sample());
    for (said, word) in [("tar+zstd", "zstd"), ("tar", "none")] {
        let media_type = format!("application/vnd.oci.image.layer.v1.{said}");
        let lying = desk.image("lying.tar", &sample().lie_media_type(1, media_type));
        let report = compare(&good, &lying).checked();
        assert_eq!(report.verdict(), "identical-content", "{report}");
        let text = ocidiff([&good, &lying]).text();
        let said = |line: &&str| line.contains("media type") && line.contains("gzip");
        let line = text.lines().find(said).unwrap_or_else(|| panic!("not said:\n{text}"));
        assert!(line.contains(word) || word == "none", "{line}");
    }
}

/// The same tree with its blobs in another place and links to them.
fn linked(target: impl Fn(&str) -> String) -> Archive {
    let archive = oci([sample()]);
    let blobs: Vec<(String, Vec<u8>)> = archive
        .members()
        .iter()
        .filter_map(|(name, content)| match content {
            Content::File(bytes) if name.starts_with("blobs/") => {
                Some((name.clone(), bytes.clone()))
            }
            _ => None,
        })
        .collect();
    blobs.into_iter().fold(archive, |archive, (name, bytes)| {
        let hex = name.rsplit('/').next().expect("a name").to_owned();
        archive
            .replace_with(&name, Content::Symlink(target(&hex)))
            .insert_file(format!("store/{hex}"), bytes)
    })
}

#[cfg(unix)]
#[test]
fn blobs_may_be_links_inside_the_tree() {
    let desk = Desk::new();
    let inside = linked(|hex| format!("../../store/{hex}"));
    holds_sample(&desk, &desk.dir("layout", &inside));
    holds_sample(&desk, &desk.tar("archive.tar", &inside));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_tree_are_not_followed() {
    let desk = Desk::new();
    let store: PathBuf = desk.dir("outside", &inside_out());
    let absolute = linked(|hex| store.join("store").join(hex).display().to_string());
    let relative = linked(|hex| format!("../../../outside/store/{hex}"));
    let good = desk.image("good.tar", &sample());
    for (name, archive) in [("absolute", absolute), ("relative", relative)] {
        let run = compare(&good, desk.dir(name, &archive));
        assert_eq!(run.code, 2, "{name}: {}", run.stderr);
    }
}

/// Nothing but the blobs, where a link out of a layout would find them.
fn inside_out() -> Archive {
    let links = linked(|hex| hex.to_owned());
    let files = links.members().iter().filter(|(name, _)| name.starts_with("store/"));
    files.fold(Archive::new(), |archive, (name, content)| {
        archive.insert(name.clone(), content.clone())
    })
}

#[test]
fn a_root_file_system_is_no_image_and_the_hint_says_what_to_do() {
    let desk = Desk::new();
    let root = Layer::new()
        .with(Entry::dir("etc"))
        .with(Entry::file("etc/passwd", "root"))
        .with(Entry::dir("usr"))
        .with(Entry::file("usr/lib", "x"));
    let run = compare(desk.put("root.tar", root.tar()), desk.image("good.tar", &sample()));
    assert!(error_of(&run).contains("no image"), "{}", run.stderr);
    assert!(run.stderr.contains("hint: ") && run.stderr.contains("docker save"), "{}", run.stderr);
}

#[test]
fn an_image_one_directory_down_is_pointed_at() {
    let desk = Desk::new();
    let nested = oci([sample()]).prefix("image/");
    let run = compare(desk.tar("nested.tar", &nested), desk.image("good.tar", &sample()));
    error_of(&run);
    assert!(run.stderr.contains("hint: ") && run.stderr.contains("image/"), "{}", run.stderr);
}
