//! Media types: docker's and OCI's words for the same things (`media-types.md`, compatibility
//! matrix).

use oci_spec::image::MediaType;

/// What a blob is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A list of descriptors of manifests.
    Index,
    /// An image manifest.
    Manifest,
    /// An image configuration.
    Config,
    /// A layer: a tar stream, compressed or not.
    Layer,
    /// Anything else.
    Other,
}

/// Docker's word and the OCI type that means the same.
const DOCKER: [(&str, MediaType); 7] = [
    ("application/vnd.docker.distribution.manifest.list.v2+json", MediaType::ImageIndex),
    ("application/vnd.docker.distribution.manifest.v2+json", MediaType::ImageManifest),
    ("application/vnd.docker.container.image.v1+json", MediaType::ImageConfig),
    ("application/vnd.docker.image.rootfs.diff.tar", MediaType::ImageLayer),
    ("application/vnd.docker.image.rootfs.diff.tar.gzip", MediaType::ImageLayerGzip),
    ("application/vnd.docker.image.rootfs.diff.tar.zstd", MediaType::ImageLayerZstd),
    (
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        MediaType::ImageLayerNonDistributableGzip,
    ),
];

/// The OCI media type that means what `text` means.
pub fn canonical(text: &str) -> MediaType {
    DOCKER
        .into_iter()
        .find(|(docker, _)| *docker == text)
        .map_or_else(|| MediaType::from(text), |(_, oci)| oci)
}

/// Whether a blob of media type `text` is to be unpacked as a tar stream. Layers need not have a
/// type, and artifacts know more types of tar than the specification.
pub fn is_layer(text: &str) -> bool {
    text.is_empty() || text.contains(".tar") || kind(text) == Kind::Layer
}

/// What a blob of media type `text` is good for.
pub fn kind(text: &str) -> Kind {
    match canonical(text) {
        MediaType::ImageIndex => Kind::Index,
        MediaType::ImageManifest => Kind::Manifest,
        MediaType::ImageConfig => Kind::Config,
        MediaType::ImageLayer
        | MediaType::ImageLayerGzip
        | MediaType::ImageLayerZstd
        | MediaType::ImageLayerNonDistributable
        | MediaType::ImageLayerNonDistributableGzip
        | MediaType::ImageLayerNonDistributableZstd => Kind::Layer,
        _ => Kind::Other,
    }
}
