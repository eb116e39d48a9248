//! Any text in the place of one document of an image that is otherwise sound: digests and sizes
//! are made right, so that whatever the text leads to is followed.
//!
//! Input: a byte that chooses the document, its text.

use imagekit::{Algorithm, Archive, Compression, Entry, Image, Layer, forms};
use ocidiff::image::Document;
use serde_json::{Value, json};

use super::support::{held, limits};

/// Puts the text in `data` into an image.
pub fn run(data: &[u8]) {
    let Some((which, text)) = data.split_first() else { return };
    parse(text);
    held::against_itself(&archive(*which, text).to_tar());
}

/// What is refused for no limit, any parser refuses; what is parsed, any parser reads alike.
fn parse(text: &[u8]) {
    let parsed = Document::parse(text, ocidiff::digest::Algorithm::Sha256, &limits::quick());
    match (parsed, serde_json::from_slice::<Value>(text)) {
        (Ok(document), Ok(value)) => {
            assert_eq!(document.value, value);
            assert_eq!(document.size, text.len() as u64);
        }
        (Ok(_), Err(error)) => panic!("parsed what serde_json refuses: {error}"),
        (Err(reason), Ok(_)) => assert!(reason.contains("--max-scale"), "{reason}"),
        (Err(_), Err(_)) => {}
    }
}

fn archive(which: u8, text: &[u8]) -> Archive {
    let hybrid = || forms::docker_hybrid([image()]);
    match which % 9 {
        0 => hybrid().replace("index.json", text),
        1 => oci(&descriptor(MANIFEST, text)).insert_file(blob(text), text),
        2 => with_config(text),
        3 => hybrid().replace("oci-layout", text),
        4 => hybrid().remove("index.json").replace("manifest.json", text),
        5 => hybrid().replace("repositories", text),
        6 => with_v1_json(text),
        7 => oci(&descriptor(INDEX, text)).insert_file(blob(text), text),
        _ => forms::skopeo_dir(image()).replace("manifest.json", text),
    }
}

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";

/// One file in one plain layer, which lies at the same digest in every run: seeds name it.
fn image() -> Image {
    let layer = Layer::new().with(Entry::file("a", "1"));
    Image::new().reference("app:1").compression(Compression::Plain).layer(layer)
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    let digest = Algorithm::Sha256.digest(bytes);
    json!({ "mediaType": media_type, "digest": digest, "size": bytes.len() })
}

fn blob(bytes: &[u8]) -> String {
    format!("blobs/sha256/{}", Algorithm::Sha256.hex(bytes))
}

/// A layout of the image whose index leads to `root`.
fn oci(root: &Value) -> Archive {
    let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [root] });
    forms::oci([image()]).replace("index.json", index.to_string())
}

/// The manifest of the image, but for the configuration.
fn with_config(text: &[u8]) -> Archive {
    let layers: Vec<Value> =
        image().build().layers.into_iter().map(|layer| layer.descriptor).collect();
    let config = descriptor(CONFIG, text);
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers,
    });
    let manifest = manifest.to_string();
    oci(&descriptor(MANIFEST, manifest.as_bytes()))
        .insert_file(blob(manifest.as_bytes()), manifest.as_bytes())
        .insert_file(blob(text), text)
}

/// The only layer of an image from before `manifest.json`.
fn with_v1_json(text: &[u8]) -> Archive {
    let archive = forms::docker_v1([image()]);
    let name = archive.names().into_iter().find(|name| name.ends_with("/json"));
    let name = name.expect("a layer").to_owned();
    archive.replace(&name, text)
}
