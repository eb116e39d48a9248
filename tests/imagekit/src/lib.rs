//! Builds container images for tests: any tar header, any compression, any archive form, and any
//! lie. It shares no code with the product it tests. Everything is deterministic; the same calls
//! give the same bytes. Builders take and give themselves by value, and panic on nonsense.
//!
//! ```
//! use imagekit::{Compression, Entry, Image, Layer, forms};
//!
//! let base = Layer::new()
//!     .with(Entry::dir("etc"))
//!     .with(Entry::file("etc/passwd", "root:x:0:0::/:/bin/sh\n").mode(0o600));
//! let patch = Layer::new()
//!     .with(Entry::whiteout("etc/passwd"))
//!     .with(Entry::symlink("etc/mtab", "/proc/mounts"));
//! let image = Image::new()
//!     .layer_by(base, "COPY passwd /etc/")
//!     .layer_by(patch, "RUN rm /etc/passwd")
//!     .empty_history("CMD [\"sh\"]")
//!     .cmd(["sh"])
//!     .compression(Compression::zstd())
//!     .reference("app:1.0");
//!
//! let tar: Vec<u8> = forms::oci([&image]).to_tar();
//! let broken = forms::docker_legacy([&image]).remove("manifest.json").prefix("./");
//! assert!(broken.contains("./repositories"));
//! assert_eq!(tar.len() % 512, 0);
//! ```
//!
//! The parts: [`Entry`] and [`Layer`] make layer tars; [`Image`] and [`Index`] make documents;
//! [`forms`] makes an [`Archive`] of them, which can still be bent, and is then written as a tar
//! or a directory; [`outer`] compresses a whole archive; [`generate`] makes big images for benches.

pub use crate::archive::{Archive, Content, Span};
pub use crate::compression::{Compression, Family, skippable_frame};
pub use crate::digest::Algorithm;
pub use crate::entry::Entry;
pub use crate::forms::{FlatStyle, docker_legacy, oci_archive, oci_layout_dir};
pub use crate::header::{Dialect, pax_record};
pub use crate::image::{Built, BuiltLayer, Image};
pub use crate::index::{Index, Root};
pub use crate::layer::Layer;
pub use crate::rng::Rng;

pub mod forms;
pub mod generate;
pub mod outer;
pub mod rng;

mod archive;
mod compression;
mod digest;
mod entry;
mod header;
mod image;
mod index;
mod json;
mod layer;
mod reference;
