//! See bodies/layer.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::layer::run(data));
