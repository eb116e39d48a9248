//! Causes that lie in names, descriptors, manifests and compression.

use super::Known;
use crate::judge::case::Case;
use crate::media_type::{canonical, is_layer};
use crate::report::Scope;

pub(super) const CAUSES: &[Known] = &[
    Known {
        id: "attestation",
        title: "provenance or SBOM records the run that made it",
        noise: true,
        evidence: "manifests with vnd.docker.reference.type",
        fix: "compare the images themselves, or build with --provenance=false",
        recognise: |case| case.is_of_packaging() && case.field_begins(&["attestation"]),
    },
    Known {
        id: "image-name",
        title: "the images have different names",
        noise: true,
        evidence: "names in annotations, RepoTags",
        fix: "none needed: names are not content",
        recognise: |case| {
            case.field() == "references"
                || case.field_ends(&[
                    "annotations.io.containerd.image.name",
                    "annotations.org.opencontainers.image.ref.name",
                ])
        },
    },
    Known {
        id: "rewritten-epoch",
        title: "the builder notes the epoch it rewrote times to",
        noise: true,
        evidence: "annotations buildkit/rewritten-timestamp and the like",
        fix: "use one SOURCE_DATE_EPOCH for both builds",
        recognise: |case| case.is_of_packaging() && case.field_contains(&["rewritten-timestamp"]),
    },
    Known {
        id: "lazy-format",
        title: "layers are prepared for lazy pulling",
        noise: true,
        evidence: "eStargz or zstd:chunked annotations, tables of contents, landmarks",
        fix: "use one compression for both: compression=gzip, or the same lazy format",
        recognise: is_lazy_format,
    },
    Known {
        id: "media-type-family",
        title: "docker's and OCI's words for the same things",
        noise: true,
        evidence: "media types that mean the same",
        fix: "BuildKit: oci-mediatypes=true on both; skopeo: the same --format",
        recognise: |case| {
            case.field_ends(&["mediaType"])
                && match (case.text_left(), case.text_right()) {
                    (Some(left), Some(right)) => canonical(left) == canonical(right),
                    // An OCI manifest need not name its own type.
                    _ => case.field() == "mediaType",
                }
        },
    },
    Known {
        id: "compressor",
        title: "the same layers, compressed otherwise",
        noise: true,
        evidence: "equal DiffIDs, different blobs",
        fix: "pin builder, compression and level: compression=gzip,compression-level=…,\
              force-compression=true",
        recognise: |case| {
            // Of another type nobody has looked at what it holds.
            let of_layer = |text: Option<&str>| text.is_none_or(is_layer);
            case.field() == "compression"
                || case.is_layer_descriptor()
                    && case.field_ends(&["mediaType"])
                    && of_layer(case.text_left())
                    && of_layer(case.text_right())
        },
    },
    Known {
        id: "base-reference",
        title: "the base image is recorded by a digest, which changes with its metadata",
        noise: true,
        evidence: "annotations org.opencontainers.image.base.*",
        fix: "pin FROM by digest; what the base holds is compared layer by layer",
        recognise: |case| {
            case.is_of_packaging()
                && case.field_contains(&["annotations.org.opencontainers.image.base."])
        },
    },
    Known {
        id: "index-form",
        title: "one image stands in an index, the other by itself",
        noise: true,
        evidence: "an index, or a platform in a descriptor, on one side only",
        fix: "none needed; build both with the same --provenance and --platform",
        recognise: |case| {
            case.scope() == Scope::Index
                && (case.field() == "index"
                    || case.is_one_sided() && case.field_contains(&["platform"]))
        },
    },
    Known {
        id: "image-created",
        title: "the time of the build is recorded in the image",
        noise: true,
        evidence: "created, history[].created, labels and annotations of creation",
        fix: "set SOURCE_DATE_EPOCH for both builds",
        recognise: |case| {
            case.is_of_documents()
                && (case.field_ends(&[
                    "org.opencontainers.image.created",
                    "org.label-schema.build-date",
                    "build-date",
                ]) || case.field() == "created"
                    || case.field_begins(&["history"]) && case.field_ends(&["].created"]))
        },
    },
    Known {
        id: "revision-label",
        title: "built from another commit or version",
        noise: false,
        evidence: "labels and annotations of revision and version",
        fix: "build both from the same commit",
        recognise: |case| {
            case.is_of_documents()
                && !case.field_begins(&["container_config"])
                && case.field_ends(&[
                    "org.opencontainers.image.revision",
                    "org.opencontainers.image.version",
                    "org.opencontainers.image.source",
                    "org.opencontainers.image.url",
                    "org.label-schema.vcs-ref",
                    "org.label-schema.version",
                    "vcs-ref",
                    "git-commit",
                ])
        },
    },
];

fn is_lazy_format(case: &Case<'_>) -> bool {
    const LANDMARKS: [&str; 3] =
        ["/.prefetch.landmark", "/.no.prefetch.landmark", "/stargz.index.json"];
    case.is_of_packaging() && case.field_contains(&["stargz", "zstd-chunked"])
        || case.layer_is_lazy()
            && (LANDMARKS.contains(&case.path()) && case.is_about_content()
                || case.field_begins(&["trailing-data", "tar-end"]))
}
