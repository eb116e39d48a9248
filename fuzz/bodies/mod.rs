//! What the fuzz targets do with their bytes, one file each. `tests/fuzz_replay.rs` runs the same
//! code over seeds and old finds, without a fuzzer.

pub mod compare;
pub mod container;
pub mod content;
pub mod decompress;
pub mod json_document;
pub mod layer;
pub mod pax;
pub mod rules;
mod support;
pub mod tar_walk;
