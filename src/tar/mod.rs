//! A strict push parser for tar streams: the ustar interchange format and the pax extended header
//! (POSIX.1-2017, `pax`, "EXTENDED DESCRIPTION"), the GNU dialect (GNU tar manual, "Basic Tar
//! Format" and "Storing Sparse Files") and what is left of V7.
//!
//! Where tar readers disagree, one archive means two things, and a diff that follows the wrong
//! reading hides what a container will see. This parser therefore follows Go's `archive/tar`,
//! which docker and containerd unpack layers with. It stops at what Go refuses, says so
//! ([`Fault`]), and reports what Go lets pass but an honest writer has no reason for ([`Oddity`]).
//! It never guesses its way back into step after a break.
//!
//! Bytes are pushed in chunks of any size. The chunk may be a whole archive mapped into memory:
//! contents are then handed out as slices of the map, or passed over, without being touched.
//! No amount of memory depends on a length an archive claims; what is kept is bounded by
//! [`Limits`](crate::limits::Limits).

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod block;
mod event;
mod fault;
mod header;
mod member;
mod number;
mod oddity;
mod pax;
mod pending;
mod sparse;
#[cfg(test)]
mod tests;
mod walker;

pub use event::{EndOfArchive, Ending, Event};
pub use fault::{Fault, FaultKind, Field, Inside, PaxError, SparseError};
pub use header::looks_like_header;
pub use member::{Dialect, Member, SparseMap};
pub use oddity::{Extension, Oddity};
pub use walker::Walker;
