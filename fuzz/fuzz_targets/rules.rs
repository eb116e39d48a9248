//! See bodies/rules.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::rules::run(data));
