//! What a layer's bytes turned out to be against what was claimed of them.

use super::blobs::Blobs;
use crate::compress::Compression;
use crate::image::{Damage, Layer};
use crate::layer::LayerScan;
use crate::limits::SCALE;
use crate::media_type::canonical;
use crate::report::Scope;

/// Every claim about `layer`, which lies at `position`, that its bytes do not bear out.
pub(crate) fn damage(layer: &Layer, position: usize, blobs: &Blobs<'_>) -> Vec<Damage> {
    let Some(read) = blobs.get(layer) else { return Vec::new() };
    let name = &layer.name;
    let mut found = Vec::new();
    let mut say = |kind, message| {
        found.push(Damage::new(Scope::Layer, kind, message).in_layer(position));
    };
    if let Some(said) = layer.size.filter(|said| *said != read.size) {
        say("size", format!("{name}: {} bytes, descriptor says {said}", read.size));
    }
    if let (Some(said), Some(actual)) = (&layer.digest, &read.digest)
        && said != actual
        && !is_diff_id_claim(layer)
    {
        say("digest", format!("{name}: bytes have digest {actual}, not {said}"));
    }
    if let Some(scan) = blobs.scan(layer) {
        for (kind, message) in inside(layer, &scan) {
            say(kind, format!("{name}: {message}"));
        }
    }
    found
}

/// A plain layer of a docker archive has one claim only, and it is said to be its DiffID.
fn is_diff_id_claim(layer: &Layer) -> bool {
    layer.descriptor.is_none() && layer.digest == layer.diff_id.as_ref().map(|it| it.0.clone())
}

fn inside(layer: &Layer, scan: &LayerScan) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    if let Some(error) = &scan.broken {
        found.push(("compression", format!("{}: {error}", scan.compression.name())));
    }
    if let Some(fault) = &scan.ending.fault {
        let what = if scan.ending.entries == 0 { "not a tar stream: " } else { "" };
        let scale = if fault.is_limit() { SCALE } else { "" };
        found.push(("tar", format!("{what}{fault}{scale}")));
    }
    if let (Some(said), Some(actual)) = (&layer.diff_id, &scan.diff_id)
        && said != actual
    {
        found.push(("diff-id", format!("unpacked bytes have DiffID {actual}, config says {said}")));
    }
    found
}

/// What is odd about `layer` without being a lie in a digest.
pub(crate) fn notes(layer: &Layer, blobs: &Blobs<'_>) -> Vec<String> {
    let name = &layer.name;
    let mut notes = Vec::new();
    if let Some(said) = layer.media_type.as_deref().and_then(claimed_compression)
        && let Some(is) = layer.blob.as_ref().map(|blob| Compression::detect(blob.bytes()))
        && said != is
    {
        let (said, is) = (said.name(), is.name());
        notes.push(format!("{name}: media type says compression {said}, the bytes say {is}"));
    }
    if let Some(scan) = blobs.scan(layer).filter(|scan| scan.trailing > 0) {
        let rest = scan.trailing;
        notes.push(format!("{name}: {rest} bytes follow the end of the compressed stream"));
    }
    notes
}

/// What a media type says of the compression.
pub(crate) fn claimed_compression(media_type: &str) -> Option<Compression> {
    use oci_spec::image::MediaType as Type;
    match canonical(media_type) {
        Type::ImageLayer | Type::ImageLayerNonDistributable => Some(Compression::Plain),
        Type::ImageLayerGzip | Type::ImageLayerNonDistributableGzip => Some(Compression::Gzip),
        Type::ImageLayerZstd | Type::ImageLayerNonDistributableZstd => Some(Compression::Zstd),
        _ => None,
    }
}
