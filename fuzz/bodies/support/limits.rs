//! Limits low enough that a fuzzer meets them, and that no input takes long.

use ocidiff::limits::Limits;

/// For whole images: only what makes a run slow is bounded tighter than by default.
pub(crate) fn quick() -> Limits {
    let mut limits = Limits::default();
    limits.decompressed_bytes = 1 << 20;
    limits.json_values = 10_000;
    limits.descriptors = 100;
    limits.layers = 50;
    limits.zstd_window_log = 20;
    limits
}

/// For tar streams: every bound is within reach of a small input.
pub(crate) fn tight() -> Limits {
    let mut limits = quick();
    limits.entries = 8;
    limits.entry_bytes = 1 << 10;
    limits.extension_bytes = 600;
    limits.path_bytes = 200;
    limits.sparse_regions = 6;
    limits
}
