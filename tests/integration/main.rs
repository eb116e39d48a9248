//! Whole runs of the program over whole images, one module for each promise it makes.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod cli;
mod comparison;
mod damage;
mod formats;
mod ground_truth;
mod inputs;
mod outputs;
mod pace;
mod properties;
mod report_dir;
mod sarif;
#[path = "../common/schema.rs"]
mod schema;
mod support;
mod wild;
