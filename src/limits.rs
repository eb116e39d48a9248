//! Every bound on what is read from input, in one place.
//!
//! The defaults are far above anything a builder writes and far below what would hurt. An error
//! about one of them names the limit and the flag that raises it: [`Limits::scaled`] is behind
//! `--max-scale`.

/// What an error about a limit ends with when nothing else names the flag.
pub(crate) const SCALE: &str = " (--max-scale 2 doubles every limit)";

/// Nesting that is followed by recursion never goes deeper.
const DEEPEST: usize = 1_000;

/// No path is ever longer, so that 32 bits can tell where in memory it stands.
const LONGEST_PATH: usize = 1 << 30;

/// Upper bounds on counts, depths and sizes that an input may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one JSON document.
    pub json_bytes: u64,
    /// Values in the JSON documents of one input together: numbers, strings, lists and objects.
    pub json_values: u64,
    /// How deep lists and objects may nest in a JSON document.
    pub json_depth: usize,
    /// How deep indexes may nest.
    pub index_depth: usize,
    /// Descriptors over all indexes of one input.
    pub descriptors: usize,
    /// Layers of one image.
    pub layers: usize,
    /// Entries of one layer.
    pub entries: usize,
    /// Bytes of names, link targets, attributes and PAX records over all entries of one layer.
    pub entry_bytes: u64,
    /// Members of the outer archive.
    pub archive_members: usize,
    /// Bytes of their names and link targets together.
    pub member_name_bytes: u64,
    /// Bytes of one PAX extended header, or of one GNU long name.
    pub extension_bytes: u64,
    /// Regions of one sparse file.
    pub sparse_regions: usize,
    /// Bytes of one path or link target.
    pub path_bytes: usize,
    /// Bytes one compressed stream may expand to.
    pub decompressed_bytes: u64,
    /// How many times its own size a compressed stream may expand to, once past 1 GiB.
    pub decompression_ratio: u64,
    /// Base-2 logarithm of the largest zstd window.
    pub zstd_window_log: u32,
    /// How deep containers are opened inside one another to look for what differs in a file.
    pub container_depth: usize,
    /// Bytes that are unpacked in doing so, for one pair of files.
    pub inspected_bytes: u64,
    /// Bytes of files of one input that are written into a directory, holes included.
    pub extracted_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json_bytes: 16 << 20,
            json_values: 1_000_000,
            json_depth: 120,
            index_depth: 16,
            descriptors: 10_000,
            layers: 1_000,
            entries: 10_000_000,
            entry_bytes: 256 << 20,
            archive_members: 100_000,
            member_name_bytes: 32 << 20,
            extension_bytes: 1 << 20,
            sparse_regions: 1_000_000,
            path_bytes: 64 << 10,
            decompressed_bytes: 1 << 40,
            decompression_ratio: 2_000,
            zstd_window_log: 27,
            container_depth: 8,
            inspected_bytes: 256 << 20,
            extracted_bytes: 64 << 30,
        }
    }
}

impl Limits {
    /// All limits `factor` times as large; depths no further than the stack of a thread allows.
    #[must_use]
    pub fn scaled(self, factor: u32) -> Self {
        let wide = u64::from(factor);
        let count = usize::try_from(factor).unwrap_or(usize::MAX);
        Self {
            json_bytes: self.json_bytes.saturating_mul(wide),
            json_values: self.json_values.saturating_mul(wide),
            json_depth: self.json_depth.saturating_mul(count).min(DEEPEST),
            index_depth: self.index_depth.saturating_mul(count).min(DEEPEST),
            descriptors: self.descriptors.saturating_mul(count),
            layers: self.layers.saturating_mul(count),
            entries: self.entries.saturating_mul(count),
            entry_bytes: self.entry_bytes.saturating_mul(wide),
            archive_members: self.archive_members.saturating_mul(count),
            member_name_bytes: self.member_name_bytes.saturating_mul(wide),
            extension_bytes: self.extension_bytes.saturating_mul(wide),
            sparse_regions: self.sparse_regions.saturating_mul(count),
            path_bytes: self.path_bytes.saturating_mul(count).min(LONGEST_PATH),
            decompressed_bytes: self.decompressed_bytes.saturating_mul(wide),
            decompression_ratio: self.decompression_ratio.saturating_mul(wide),
            zstd_window_log: self.zstd_window_log.saturating_add(factor.max(1).ilog2()).min(31),
            container_depth: self.container_depth,
            inspected_bytes: self.inspected_bytes.saturating_mul(wide),
            extracted_bytes: self.extracted_bytes.saturating_mul(wide),
        }
    }
}
