//! Claims, and what becomes of each that is not true.

use imagekit::forms::{docker_hybrid, docker_legacy, oci};
use imagekit::{Algorithm, Archive, Compression, FlatStyle, Image, Index, forms};
use serde_json::{Value, json};

use crate::support::{Desk, Report, blob, sample, verify, verify_with};

/// Verifies `archive` as a tar and as a directory: both must say the same.
fn report_of(desk: &Desk, archive: &Archive) -> Report {
    let tar = verify(desk.tar("image.tar", archive));
    let dir = desk.path("image");
    std::fs::remove_dir_all(&dir).ok();
    let dir = verify(desk.dir("image", archive));
    let (report, other) = (tar.report(), dir.report());
    assert_eq!(report.complaints(), other.complaints());
    assert_eq!(tar.code, dir.code);
    report
}

#[track_caller]
fn assert_only(report: &Report, complaints: &[&str]) {
    assert_eq!(report.complaints(), complaints, "{:#?}", report.findings());
}

fn edit(archive: &Archive, member: &str, change: impl FnOnce(&mut Value)) -> Archive {
    let mut value: Value = serde_json::from_slice(archive.file(member)).expect("JSON");
    change(&mut value);
    archive.clone().replace(member, serde_json::to_vec(&value).expect("JSON"))
}

#[test]
fn every_form_of_a_sound_image_is_sound() {
    let desk = Desk::new();
    let image = sample();
    for (name, archive) in [
        ("oci", oci([&image])),
        ("hybrid", docker_hybrid([&image])),
        ("hybrid-plain", docker_hybrid([&image.clone().compression(Compression::Plain)])),
        ("legacy", docker_legacy([&image])),
        ("podman", forms::docker_flat([&image], FlatStyle::Podman)),
        ("crane", forms::docker_flat([&image], FlatStyle::Crane)),
        ("bazel", forms::docker_flat([&image], FlatStyle::Bazel)),
        ("v1", forms::docker_v1([&image])),
        ("jib", forms::jib([&image])),
        ("dir", forms::skopeo_dir(&image)),
        ("sha512", oci([image.clone().algorithm(Algorithm::Sha512)])),
        ("zstd", oci([image.clone().compression(Compression::zstd())])),
    ] {
        let run = verify(desk.tar(name, &archive));
        assert_eq!(run.code, 0, "{name}: {}{}", run.text(), run.stderr);
        assert_eq!(run.report().findings().len(), 1, "{name}: the deleted file\n{}", run.text());
    }
}

#[test]
fn an_index_with_attestations_and_artifacts_is_sound() {
    let desk = Desk::new();
    let index = Index::new()
        .image(sample())
        .image(sample().platform("linux", "arm64", "v8"))
        .attestation(0, json!({ "predicateType": "https://slsa.dev/provenance/v1" }))
        .artifact("application/vnd.example.sbom", b"sbom".to_vec())
        .nested(2);
    let run = verify(desk.tar("index.tar", &oci([index])));
    assert_eq!(run.code, 0, "{}", run.text());
}

#[test]
fn the_layout_version_is_a_claim() {
    let desk = Desk::new();
    let layout = oci([sample()]);
    for archive in [
        layout.clone().remove("oci-layout"),
        layout.clone().replace("oci-layout", r#"{"imageLayoutVersion":"2.0.0"}"#),
        layout.clone().replace("oci-layout", "{}"),
        layout.clone().replace("oci-layout", "1.0.0"),
    ] {
        let report = report_of(&desk, &archive);
        assert_only(&report, &["error damage.layout-version"]);
    }
}

#[test]
fn all_lies_are_listed_not_the_first() {
    let desk = Desk::new();
    let image = sample()
        .lie_layer_digest(0)
        .lie_layer_size(1, 7)
        .lie_diff_id(2)
        .lie_config_digest()
        .lie_media_type(1, "application/vnd.oci.image.layer.v1.tar+zstd")
        .config_value("/rootfs/type", "files".into());
    let report = report_of(&desk, &oci([image]));
    assert_only(
        &report,
        &[
            "error damage.digest",
            "error damage.rootfs",
            "error damage.digest",
            "error damage.media-type",
            "error damage.size",
            "error damage.diff-id",
        ],
    );
}

#[test]
fn the_number_of_diff_ids_and_history_entries_must_fit() {
    let desk = Desk::new();
    let image = sample().config_remove("/rootfs/diff_ids/2");
    assert_only(&report_of(&desk, &oci([image])), &["error damage.diff-ids"]);
    let image = sample().config_remove("/history/0");
    assert_only(&report_of(&desk, &oci([image])), &["warning damage.history"]);
    let image = sample().config_remove("/history");
    assert_only(&report_of(&desk, &oci([image])), &[]);
}

#[test]
fn a_config_must_be_for_the_platform_its_descriptor_names() {
    let desk = Desk::new();
    let wrong = |pointer, value: &str| oci([sample().config_value(pointer, value.into())]);
    let other = wrong("/architecture", "arm64");
    assert_only(&report_of(&desk, &other), &["error damage.platform"]);
    let image = sample().platform("linux", "arm", "v7").config_value("/variant", "v6".into());
    assert_only(&report_of(&desk, &oci([image])), &["warning damage.variant"]);
    let image = sample().platform("linux", "arm", "v7").config_remove("/variant");
    assert_only(&report_of(&desk, &oci([image])), &[]);
}

#[test]
fn embedded_data_must_be_what_the_digest_names() {
    let desk = Desk::new();
    let with = |data: &str| oci([sample().manifest_value("/config/data", data.into())]);
    for wrong in ["e30=", "!"] {
        assert_only(&report_of(&desk, &with(wrong)), &["error damage.data"]);
    }
}

#[test]
fn attestation_blobs_are_checked_like_layers() {
    let desk = Desk::new();
    let index = Index::new().image(sample()).attestation(0, json!({ "predicateType": "x" }));
    let archive = oci([index]);
    let statement = br#"{"predicateType":"x"}"#;
    let member = blob(&Algorithm::Sha256.digest(statement));
    let report = report_of(&desk, &archive.replace(&member, r#"{"predicateType":"y"}"#));
    assert_only(&report, &["error damage.digest"]);
}

#[test]
fn what_is_not_there_cannot_be_read() {
    let desk = Desk::new();
    let built = sample().build();
    for digest in [&built.manifest_digest, &built.config_digest, &built.layers[1].digest] {
        let run = verify(desk.tar("missing.tar", &oci([sample()]).remove(&blob(digest))));
        assert_eq!(run.code, 2);
        assert!(run.report().of_field("damage.missing").len() == 1, "{}", run.text());
        assert!(run.stderr.contains(digest), "{}", run.stderr);
    }
}

#[test]
fn an_unreferenced_blob_must_still_be_what_its_name_says() {
    let desk = Desk::new();
    let extra = Algorithm::Sha256.digest(b"hidden");
    let layout = oci([sample()]).insert_file(blob(&extra), "hidden");
    let report = report_of(&desk, &layout);
    assert_only(&report, &[]);
    assert_eq!(report.only("unreferenced").severity, "note");
    let report = report_of(&desk, &layout.replace(&blob(&extra), "changed"));
    assert_only(&report, &["error damage.digest"]);
}

#[test]
fn media_types_of_documents_must_agree_with_their_descriptors() {
    let desk = Desk::new();
    let docker = "application/vnd.docker.distribution.manifest.v2+json";
    let image = sample().manifest_value("/mediaType", docker.into());
    assert_only(&report_of(&desk, &oci([image])), &["error damage.media-type"]);
}

#[test]
fn both_halves_of_a_hybrid_archive_must_mean_one_image() {
    let desk = Desk::new();
    let archive = docker_hybrid([sample().compression(Compression::Plain)]);
    let list = "manifest.json";
    let report = report_of(
        &desk,
        &edit(&archive, list, |it| {
            it[0]["Layers"].as_array_mut().expect("layers").pop();
        }),
    );
    assert_only(&report, &["error damage.hybrid"]);
    let other = blob(&Algorithm::Sha256.digest(b"other"));
    let report = report_of(&desk, &edit(&archive, list, |it| it[0]["Config"] = other.into()));
    assert!(report.complaints().contains(&"error damage.hybrid".into()));
    let report =
        report_of(&desk, &edit(&archive, list, |it| it[0]["RepoTags"] = json!(["evil:1.0"])));
    assert!(report.complaints().iter().all(|it| it.starts_with("warning damage.")));
    assert_eq!(report.of_field("damage.tags").len(), 2, "one too many and one too few");
    let report = report_of(
        &desk,
        &edit(&archive, list, |it| {
            let sources = it[0]["LayerSources"].as_object_mut().expect("sources");
            sources.values_mut().for_each(|it| it["size"] = 1.into());
        }),
    );
    assert_only(&report, &["error damage.layer-sources"; 3]);
}

#[test]
fn repositories_must_name_the_images() {
    let desk = Desk::new();
    for archive in [docker_legacy([sample()]), docker_hybrid([sample()])] {
        for (value, count) in [
            (json!({ "app": { "1.0": "0".repeat(64) } }), 1),
            (json!({ "evil": { "1.0": "0".repeat(64) } }), 2),
            (json!({}), 1),
        ] {
            let report =
                report_of(&desk, &archive.clone().replace("repositories", value.to_string()));
            assert_only(&report, &vec!["warning damage.repositories"; count]);
        }
    }
}

#[test]
fn promised_digests_must_be_there() {
    let desk = Desk::new();
    let image = sample();
    let built = image.build();
    let path = desk.image("image.tar", &image);
    let layer = &built.layers[0];
    for digest in [&built.manifest_digest, &built.config_digest, &layer.digest, &layer.true_diff_id]
    {
        assert_eq!(verify_with(&path, &["--expect", digest]).code, 0, "{digest}");
    }
    let other = Algorithm::Sha256.digest(b"other");
    let run = verify_with(&path, &["--expect", &built.config_digest, "--expect", &other]);
    assert_eq!(run.code, 1);
    assert!(run.report().only("expected-digest").message.contains(&other));
    // A claim is not enough.
    let lying = desk.image("lying.tar", &image.lie_layer_digest(0));
    let claimed = sample().lie_layer_digest(0).build().layers[0].digest.clone();
    let report = verify_with(lying, &["--expect", &claimed]).report();
    assert_eq!(report.only("expected-digest").severity, "error");
}

#[test]
fn an_index_digest_can_be_promised() {
    let desk = Desk::new();
    let archive =
        oci([Index::new().image(sample()).image(sample().platform("linux", "arm64", None))]);
    let root: Value = serde_json::from_slice(archive.file("index.json")).expect("JSON");
    let digest = root["manifests"][0]["digest"].as_str().expect("a digest");
    let path = desk.tar("index.tar", &archive);
    assert_eq!(verify_with(&path, &["--expect", digest]).code, 0);
    assert_eq!(verify_with(&path, &["--expect", &format!("app@{digest}")]).code, 0);
}

#[test]
fn chain_ids_are_computed() {
    let desk = Desk::new();
    let image = sample();
    let built = image.build();
    let chain =
        built.layers.iter().skip(1).fold(built.layers[0].true_diff_id.clone(), |below, it| {
            Algorithm::Sha256.digest(format!("{below} {}", it.true_diff_id).as_bytes())
        });
    let report = verify(desk.image("image.tar", &image)).report();
    assert_eq!(report.0["manifests"][0]["chainId"], chain);
}

#[test]
fn images_are_selected_as_for_a_comparison() {
    let desk = Desk::new();
    let bad = Image::new().reference("bad:1").layer(imagekit::Layer::new()).lie_diff_id(0);
    let path = desk.tar("two.tar", &oci([sample(), bad]));
    let select = |name: &str| format!("{}:{name}", path.display());
    assert_eq!(verify(&path).code, 1);
    assert_eq!(verify(select("app:1.0")).code, 0);
    assert_eq!(verify(select("bad:1")).code, 1);
    assert_eq!(verify(select("none:1")).code, 2);
}

/// What one manifest lists as a layer another may list as bytes of any kind, and before it.
#[test]
fn a_false_diff_id_is_seen_however_the_blob_is_listed_elsewhere() {
    let desk = Desk::new();
    let bytes = sample().platform("unknown", "unknown", None);
    let bytes = (0..3).fold(bytes, |it, at| it.lie_media_type(at, "application/octet-stream"));
    let report = report_of(&desk, &oci([Index::new().image(bytes).image(sample().lie_diff_id(1))]));
    assert!(report.complaints().contains(&"error damage.diff-id".into()), "{}", report.0);
}

#[test]
fn a_diff_id_that_cannot_be_checked_is_said_to_be_so() {
    let desk = Desk::new();
    let image = sample().lie_media_type(1, "application/vnd.foo").lie_diff_id(1);
    let report = report_of(&desk, &oci([image]));
    assert!(report.complaints().contains(&"warning unread-layer".into()), "{}", report.0);
}
