//! What a layer holds (`layer.md`): its entries with content digests, out of one pass over its
//! bytes, and the file system that a stack of layers makes.

mod chunk;
mod contents;
mod entangled;
mod entry;
mod name;
mod packed;
mod path;
mod path_hash;
mod rootfs;
mod scan;
mod sink;
mod stream;
mod walk;
mod whiteout;

pub use contents::{BLOCK, Content, Contents, Long};
pub use entangled::{Hashed, entangled};
pub use entry::{Entry, Extra, Owner, PERMISSIONS};
pub use name::Name;
pub use path::{PathForm, Prefix, meaning};
pub use path_hash::PathHasher;
pub use rootfs::{Buried, Node, RootFs};
pub use scan::{LayerScan, ScanRequest, scan};
pub use walk::Walk;
pub use whiteout::Whiteout;
