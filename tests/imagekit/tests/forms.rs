//! The shapes of the forms, the lies, and the generator.

use imagekit::forms::{self, FlatStyle};
use imagekit::{
    Algorithm, Archive, Compression, Content, Entry, Family, Image, Index, Layer, generate, outer,
};
use serde_json::{Value, json};

fn image() -> Image {
    Image::new()
        .layer(Layer::new().with(Entry::file("a", "1")))
        .empty_history("ENV A=1")
        .layer_by(Layer::new().with(Entry::whiteout("a")), "RUN rm a")
        .env("A", "1")
        .reference("app:1.0")
}

fn parse(archive: &Archive, name: &str) -> Value {
    serde_json::from_slice(archive.file(name)).unwrap()
}

fn blob(digest: &Value) -> String {
    format!("blobs/{}", digest.as_str().unwrap().replace(':', "/"))
}

/// Every blob lies under its own digest.
fn blobs_are_true(archive: &Archive) -> bool {
    archive.members().iter().all(|(name, content)| match (name.split('/').next_back(), content) {
        (Some(hex), Content::File(bytes)) if name.starts_with("blobs/sha256/") => {
            Algorithm::Sha256.hex(bytes) == hex
        }
        _ => true,
    })
}

#[test]
fn oci_layout_hangs_together() {
    let archive = forms::oci([image().annotation("k", "v").layer_annotation(1, "l", "m")]);
    assert!(blobs_are_true(&archive));
    let index = parse(&archive, "index.json");
    let descriptor = &index["manifests"][0];
    let names = json!({
        "io.containerd.image.name": "docker.io/library/app:1.0",
        "org.opencontainers.image.ref.name": "1.0",
    });
    assert_eq!(descriptor["annotations"], names);
    let path = blob(&descriptor["digest"]);
    assert_eq!(descriptor["size"], archive.file(&path).len());
    let manifest = parse(&archive, &path);
    assert_eq!(manifest["annotations"]["k"], "v");
    assert_eq!(manifest["layers"][1]["annotations"]["l"], "m");
    let config = parse(&archive, &blob(&manifest["config"]["digest"]));
    assert_eq!(config["config"]["Env"], json!(["A=1"]));
    assert_eq!(config["history"][1]["empty_layer"], true);
    assert_eq!(config["history"].as_array().unwrap().len(), 3);
    let diff_id = Layer::new().with(Entry::file("a", "1")).diff_id();
    assert_eq!(config["rootfs"]["diff_ids"][0], diff_id);
}

#[test]
fn sha512_and_docker_types() {
    let archive = forms::oci([image().algorithm(Algorithm::Sha512).family(Family::Docker)]);
    assert!(archive.contains("blobs/sha512") && !archive.contains("blobs/sha256"));
    let descriptor = &parse(&archive, "index.json")["manifests"][0];
    assert_eq!(descriptor["mediaType"], "application/vnd.docker.distribution.manifest.v2+json");
}

#[test]
fn edits_come_last() {
    let built = image()
        .config_value("/config/Env/-", json!("B=2"))
        .config_value("/config/Nested/Deep", json!(1))
        .config_value("/created", Value::Null)
        .config_remove("/history")
        .manifest_value("/layers/0/urls", json!(["https://example.org/"]))
        .build();
    let config: Value = serde_json::from_slice(&built.config).unwrap();
    assert_eq!(config["config"]["Env"], json!(["A=1", "B=2"]));
    assert_eq!(config["config"]["Nested"]["Deep"], 1);
    assert!(config["created"].is_null() && config.get("history").is_none());
    let manifest: Value = serde_json::from_slice(&built.manifest).unwrap();
    assert_eq!(manifest["layers"][0]["urls"][0], "https://example.org/");
    assert_eq!(Algorithm::Sha256.digest(&built.manifest), built.manifest_digest);
}

#[test]
fn lies() {
    let truth = image().build();
    assert!(!blobs_are_true(&forms::oci([image().lie_layer_digest(0)])));
    assert!(!blobs_are_true(&forms::oci([image().lie_config_digest()])));
    let built = image().lie_layer_size(1, 7).lie_media_type(0, "x/y").lie_diff_id(1).build();
    assert_eq!(built.layers[1].descriptor["size"], 7);
    assert_eq!(built.layers[0].descriptor["mediaType"], "x/y");
    assert_ne!(built.layers[1].diff_id, truth.layers[1].diff_id);
    assert_eq!(built.layers[1].digest, truth.layers[1].digest);
    let gone = blob(&Value::from(truth.layers[0].digest.as_str()));
    assert!(forms::oci([image()]).contains(&gone));
    assert!(!forms::oci([image().drop_layer_blob(0)]).contains(&gone));
}

#[test]
fn indexes() {
    let arm = image().platform("linux", "arm64", "v8");
    let index = Index::new()
        .image(image())
        .image(arm)
        .attestation(1, json!({ "predicateType": "https://slsa.dev/provenance/v1" }))
        .absent_platform("windows", "amd64")
        .artifact("application/x-sbom", "sbom")
        .annotation("k", "v")
        .reference("app:1.0");
    let archive = forms::oci([index.clone()]);
    assert!(blobs_are_true(&archive));
    let top = parse(&archive, "index.json")["manifests"][0]["digest"].clone();
    let inner = parse(&archive, &blob(&top));
    assert_eq!(inner["annotations"]["k"], "v");
    let list = &inner["manifests"];
    assert_eq!(list[1]["platform"]["variant"], "v8");
    assert_eq!(list[2]["annotations"]["vnd.docker.reference.digest"], list[1]["digest"]);
    assert!(!archive.contains(&blob(&list[3]["digest"])));
    assert_eq!(list[4]["artifactType"], "application/x-sbom");
    let nested = forms::oci([index.clone().nested(2)]);
    let mut at = parse(&nested, "index.json")["manifests"][0]["digest"].clone();
    for _ in 0..2 {
        at = parse(&nested, &blob(&at))["manifests"][0]["digest"].clone();
    }
    assert_eq!(at, top);
    let dir = forms::skopeo_dir(&index);
    assert_eq!(dir.names().iter().filter(|n| n.ends_with(".manifest.json")).count(), 4);
}

#[test]
fn docker_forms_name_what_they_hold() {
    let images = [image(), image().reference("other/app:2").env("B", "2")];
    let plain = images.clone().map(|image| image.compression(Compression::Plain));
    for (what, archive) in [
        ("legacy", forms::docker_legacy(&images)),
        ("hybrid", forms::docker_hybrid(&images)),
        ("plain hybrid", forms::docker_hybrid(&plain)),
        ("podman", forms::docker_flat(&images, FlatStyle::Podman)),
        ("crane", forms::docker_flat(&images, FlatStyle::Crane)),
        ("kaniko", forms::docker_flat(&images, FlatStyle::Kaniko)),
        ("bazel", forms::docker_flat(&images, FlatStyle::Bazel)),
        ("jib", forms::jib(&images)),
    ] {
        let manifest = parse(&archive, "manifest.json");
        let entries = manifest.as_array().unwrap();
        assert_eq!(entries.len(), 2, "{what}");
        for entry in entries {
            let get = |key: &str, lower: &str| entry.get(key).or(entry.get(lower)).unwrap();
            let config = parse(&archive, get("Config", "config").as_str().unwrap());
            let layers = get("Layers", "layers").as_array().unwrap();
            assert_eq!(config["rootfs"]["diff_ids"].as_array().unwrap().len(), layers.len());
            for layer in layers {
                assert!(archive.contains(layer.as_str().unwrap()), "{what} {layer}");
            }
        }
        let tags = entries[1].get("RepoTags").or(entries[1].get("repoTags")).unwrap();
        assert_eq!(tags, &json!(["app:1.0", "other/app:2"]), "{what}");
    }
}

#[test]
fn legacy_links_repeated_layers() {
    let layer = || Layer::new().with(Entry::file("a", "1"));
    let archive = forms::docker_legacy([Image::new().layer(layer()).layer(layer())]);
    let of = |link: bool| {
        archive
            .members()
            .iter()
            .filter(|(n, c)| n.ends_with("/layer.tar") && matches!(c, Content::Symlink(_)) == link)
            .count()
    };
    assert_eq!((of(false), of(true)), (1, 1));
    assert!(parse(&archive, "manifest.json")[0]["RepoTags"].is_null());
}

#[test]
fn v1_is_found_by_name() {
    let archive = forms::docker_v1([image()]);
    assert!(!archive.contains("manifest.json"));
    let top = parse(&archive, "repositories")["app"]["1.0"].as_str().unwrap().to_owned();
    let json = parse(&archive, &format!("{top}/json"));
    assert_eq!(json["config"]["Env"], json!(["A=1"]));
    assert!(archive.contains(&format!("{}/layer.tar", json["parent"].as_str().unwrap())));
}

#[test]
fn archives_bend() {
    let archive = Archive::new().insert_file("a", "1").insert_file("b", "22").duplicate("a");
    assert_eq!(archive.names(), ["a", "b", "a"]);
    let archive = archive.replace("b", "333").prefix("./");
    assert_eq!(archive.names(), [".", "./a", "./b", "./a"]);
    let tar = archive.to_tar();
    let offsets = archive.member_offsets();
    assert_eq!(offsets[2], ("./b".to_owned(), 2048, 2051));
    assert_eq!(&tar[2048..2051], b"333");
    assert_eq!(archive.remove("./a").names(), [".", "./b"]);
    let out = outer::compress(&tar, Compression::gzip());
    assert_eq!(&out[..2], [0x1f, 0x8b]);
}

#[test]
fn directories_are_written() {
    let root = std::env::temp_dir().join(format!("imagekit-{}", std::process::id()));
    let archive = forms::docker_flat([image()], FlatStyle::Podman);
    archive.write_dir(&root);
    for (name, content) in archive.members() {
        match content {
            Content::File(bytes) => assert_eq!(&std::fs::read(root.join(name)).unwrap(), bytes),
            _ => assert!(root.join(name).exists(), "{name}"),
        }
    }
    std::fs::remove_dir_all(&root).unwrap();
}

#[test]
fn generated_images_repeat_and_mutate() {
    let one = generate::image(1, 3, 50, 2000);
    let tar = forms::oci([&one]).to_tar();
    assert_eq!(tar, forms::oci([generate::image(1, 3, 50, 2000)]).to_tar());
    let two = generate::mutate(&one, 9);
    assert_eq!(two.layers().len(), 3);
    assert_ne!(one.layers()[2], two.layers()[2]);
    assert_ne!(tar, forms::oci([generate::image(2, 3, 50, 2000)]).to_tar());
    let plain = one.layers()[0].tar();
    let packed = Compression::gzip().compress(&plain);
    let ratio = plain.len() as f64 / packed.len() as f64;
    assert!((1.5..6.0).contains(&ratio), "{ratio}");
}
