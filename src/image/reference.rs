//! Image names. Builders write the same name in full, short or as a bare tag.

/// The annotation that holds the tag, or the full name (`annotations.md`).
pub(super) use oci_spec::image::ANNOTATION_REF_NAME as REF_NAME;
/// The annotation in which containerd keeps the full name.
pub(super) const CONTAINERD_NAME: &str = "io.containerd.image.name";

/// The short form: without `docker.io/library/`, without `:latest`.
pub fn normalize(name: &str) -> &str {
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    let name = name.strip_prefix("library/").unwrap_or(name);
    name.strip_suffix(":latest").unwrap_or(name)
}

/// Whether somebody who asks for `wanted` means an image called `name`: by its full name, or by
/// its tag alone.
pub(super) fn matches(name: &str, wanted: &str) -> bool {
    let (name, wanted) = (normalize(name), normalize(wanted));
    name == wanted || name.rsplit_once(':').is_some_and(|(_, tag)| tag == wanted)
}
