//! What an image is, whatever form holds it: roots with names, indexes, manifests, a
//! configuration, layers.
//!
//! Documents are kept as raw JSON values; typed structs of `oci-spec` only navigate. What is
//! broken becomes [`Damage`] beside what could still be read.

mod bundle;
mod damage;
mod descent;
mod docker;
mod docker_v1;
mod document;
pub mod hybrid;
mod json_text;
mod manifest;
mod oci;
mod oci_manifest;
mod platform;
mod reference;
mod select;
mod skopeo_dir;

pub use bundle::{Bundle, Form, load};
pub use damage::Damage;
pub use docker::{Listed, MANIFEST as DOCKER_MANIFEST, digest_in};
pub use document::Document;
pub use manifest::{Absent, Image, Layer, Manifest, Role};
pub use platform::Platform;
pub use reference::normalize as normalize_reference;
pub(crate) use select::refuse;
pub use select::{candidates, choose};
