//! What is found inside of files that differ: members, lines, sections, packages.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod arrival;
mod corpus;
mod packages;
mod real;
#[path = "../common/schema.rs"]
mod schema;
mod support;
