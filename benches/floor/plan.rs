//! What there is to do for a pair: every blob once, and what its tar stream holds where.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;
use ocidiff::compress::Compression;
use ocidiff::image::{Layer, load};
use ocidiff::limits::Limits;
use ocidiff::source::{Blob, InputSpec};

/// Where the contents of regular files lie in a tar stream.
pub(crate) struct Contents {
    pub(crate) files: Vec<Range<u64>>,
    pub(crate) entries: u64,
    pub(crate) unpacked: u64,
}

/// One blob to be read.
pub(crate) struct Job {
    pub(crate) blob: Blob,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    /// Both sides claim one digest: one is hashed and compared with the other.
    Twin(Blob),
    /// To be unpacked and hashed.
    Layer(Compression, Arc<Contents>),
}

/// Inputs with what is known of them before the clock runs. Nothing of this is part of the floor.
pub(crate) struct Plan<'a> {
    inputs: Vec<&'a Path>,
    contents: BTreeMap<String, Arc<Contents>>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(inputs: Vec<&'a Path>) -> Self {
        let mut plan = Self { inputs, contents: BTreeMap::new() };
        for layer in plan.layers().into_iter().flatten() {
            if let Some(blob) = &layer.blob {
                plan.contents
                    .entry(name(&layer))
                    .or_insert_with(|| Arc::new(Contents::of(blob.bytes())));
            }
        }
        plan
    }

    /// The work, over maps that no page of has been touched by this process.
    pub(crate) fn jobs(&self) -> Vec<Job> {
        let mut jobs: BTreeMap<String, Job> = BTreeMap::new();
        for (side, layers) in self.layers().into_iter().enumerate() {
            for layer in layers {
                let name = name(&layer);
                let Some(blob) = layer.blob else { continue };
                match jobs.get_mut(&name) {
                    Some(job) if side > 0 => job.kind = Kind::Twin(blob),
                    Some(_) => {}
                    None => {
                        let kind = self.kind(&name, &blob);
                        jobs.insert(name, Job { blob, kind });
                    }
                }
            }
        }
        let mut jobs: Vec<Job> = jobs.into_values().collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.blob.len()));
        jobs
    }

    fn kind(&self, name: &str, blob: &Blob) -> Kind {
        let contents = self.contents.get(name).expect("every layer was looked at");
        Kind::Layer(Compression::detect(blob.bytes()), Arc::clone(contents))
    }

    /// Entries and unpacked bytes of all layers of all inputs.
    pub(crate) fn totals(&self) -> (u64, u64) {
        let layers = self.layers().into_iter().flatten();
        let known = layers.filter_map(|layer| self.contents.get(&name(&layer)));
        known.fold((0, 0), |(entries, bytes), it| (entries + it.entries, bytes + it.unpacked))
    }

    /// Those of each input.
    pub(crate) fn layers(&self) -> Vec<Vec<Layer>> {
        let open = |input: &&Path| {
            let spec = InputSpec::parse(input.as_os_str()).expect("a path");
            let bundle = load(spec, &Limits::default()).expect("an image");
            let manifests = bundle.images.into_iter().flat_map(|image| image.manifests);
            manifests.flat_map(|manifest| manifest.layers).collect()
        };
        self.inputs.iter().map(open).collect()
    }
}

/// What a blob is claimed to be; the same on both sides for twins.
fn name(layer: &Layer) -> String {
    let digest = layer.digest.as_ref().map(ToString::to_string);
    digest.unwrap_or_else(|| layer.diff_id.as_ref().expect("a claim").0.to_string())
}

impl Contents {
    fn of(blob: &[u8]) -> Self {
        match Compression::detect(blob) {
            Compression::Gzip => Self::read(MultiGzDecoder::new(blob)),
            Compression::Zstd => {
                Self::read(zstd::stream::read::Decoder::with_buffer(blob).expect("a decoder"))
            }
            _ => Self::read(blob),
        }
    }

    fn read(stream: impl Read) -> Self {
        let mut archive = tar::Archive::new(stream);
        let mut found = Self { files: Vec::new(), entries: 0, unpacked: 0 };
        for entry in archive.entries().expect("a tar archive") {
            let entry = entry.expect("an entry");
            found.entries += 1;
            let start = entry.raw_file_position();
            if entry.header().entry_type().is_file() && entry.size() > 0 {
                found.files.push(start..start + entry.size());
            }
        }
        let mut rest = archive.into_inner();
        std::io::copy(&mut rest, &mut std::io::sink()).expect("an end");
        found.unpacked = found.files.last().map_or(0, |last| last.end);
        found
    }
}
