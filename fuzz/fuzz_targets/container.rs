//! See bodies/container.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::container::run(data));
