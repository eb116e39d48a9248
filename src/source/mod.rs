//! Where bytes come from: a directory or an archive of named members, handed out as cheap slices
//! of memory maps. Nothing is copied to read a member and nothing is extracted.
//!
//! This module knows archives, not images: which members mean what is [`crate::image`]'s business.

mod archive;
mod blob;
mod directory;
mod input;
mod map;
mod member;
mod open;
mod remark;
mod spool;

pub use archive::Archive;
pub use blob::Blob;
pub use directory::Directory;
pub use input::{InputSpec, Selector, Transport};
pub use map::exit_when_a_map_shrinks;
pub use open::{Opened, open};
pub use remark::Remark;

use crate::error::Result;

/// A tree of named members.
pub trait Source: Send + Sync {
    /// The member called `name`, links followed as far as they stay inside; `None` if there is
    /// no such member.
    ///
    /// # Errors
    /// When the member exists and is not a readable regular file.
    fn get(&self, name: &str) -> Result<Option<Blob>>;

    /// Names of all regular members and links, relative to the root, in a stable order.
    fn names(&self) -> Vec<String>;

    /// Defects of the container itself, such as an archive that ends early, as lower-case
    /// fragments.
    fn faults(&self) -> &[String];

    /// What is odd about the container without hindering anybody to read it.
    fn remarks(&self) -> &[Remark] {
        &[]
    }
}
