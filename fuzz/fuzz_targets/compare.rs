//! See bodies/compare.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::compare::run(data));
