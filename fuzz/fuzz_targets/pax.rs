//! See bodies/pax.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::pax::run(data));
