//! See bodies/json_document.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::json_document::run(data));
