//! See bodies/tar_walk.rs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::tar_walk::run(data));
