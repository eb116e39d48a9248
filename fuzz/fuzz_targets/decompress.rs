//! See bodies/decompress.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::decompress::run(data));
