//! See bodies/content.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::content::run(data));
