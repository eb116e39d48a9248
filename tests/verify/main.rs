//! `ocidiff verify`: every claim an image makes, every lie it may tell, and archives made to hurt.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod attacks;
mod claims;
mod corpus;
mod damage_matrix;
mod forensics;
mod memory;
#[path = "../common/schema.rs"]
mod schema;
mod support;
mod usage;
