//! What counts, what is noise, and why: the program's judgement over pairs of images, one module
//! for each promise it makes.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod causes;
mod corpus;
mod hidden;
mod moves;
mod rootfs;
mod rule_files;
mod rules;
#[path = "../common/schema.rs"]
mod schema;
mod support;
mod verdict;
mod views;
