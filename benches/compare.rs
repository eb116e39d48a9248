//! The whole run, from two files to a report, but for printing it.
#![expect(clippy::expect_used, reason = "without its input a benchmark has nothing to measure")]

use std::fs;
use std::path::PathBuf;

use divan::Bencher;
use divan::counter::BytesCount;
use imagekit::{Image, generate, oci_archive};
use ocidiff::Options;
use ocidiff::progress::Silent;
use ocidiff::sides::{Side, Sides};
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// Four layers of 16 MiB, each of the next build on the right.
#[divan::bench(sample_count = 10)]
fn all_layers_differ(bencher: Bencher<'_, '_>) {
    run(bencher, |side| image(side, 4, 1_000, 16 << 10, |_| true));
}

/// Eight layers of 16 MiB, of which the topmost differs.
#[divan::bench(sample_count = 10)]
fn one_layer_differs(bencher: Bencher<'_, '_>) {
    run(bencher, |side| image(side, 8, 1_000, 16 << 10, |layer| layer == 7));
}

/// Three layers of 20,000 files of 200 bytes, all of which differ.
#[divan::bench(sample_count = 10)]
fn many_small_files(bencher: Bencher<'_, '_>) {
    run(bencher, |side| image(side, 3, 20_000, 200, |_| true));
}

/// An image, of which the layers that `differs` wants are of the next build on the right.
fn image(
    side: Side,
    layers: u64,
    files: usize,
    bytes: usize,
    differs: impl Fn(u64) -> bool,
) -> Image {
    let one = |number| {
        let image = generate::image(number, 1, files, bytes);
        let again = side == Side::Right && differs(number);
        if again { generate::mutate(&image, number) } else { image }
    };
    (0..layers).flat_map(|number| one(number).layers().to_vec()).fold(Image::new(), Image::layer)
}

/// Throughput is that of the two archives as they lie on disk.
fn run(bencher: Bencher<'_, '_>, image: impl Fn(Side) -> Image) {
    let pair = Pair::write(image);
    let options = Options::default();
    let inputs = pair.paths.as_ref().map(|path| path.as_os_str());
    bencher
        .counter(BytesCount::new(pair.bytes))
        .bench(|| ocidiff::diff(inputs, &options, &Silent).expect("both are images"));
}

/// Two archives on disk, for as long as this lives.
struct Pair {
    paths: Sides<PathBuf>,
    bytes: usize,
    _directory: TempDir,
}

impl Pair {
    fn write(image: impl Fn(Side) -> Image) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        let mut bytes = 0;
        let paths = Sides::new(Side::Left, Side::Right).map(|side| {
            let path = directory.path().join(format!("{side}.tar"));
            let archive = oci_archive(image(side));
            bytes += archive.len();
            fs::write(&path, archive).expect("room for the archive");
            path
        });
        Self { paths, bytes, _directory: directory }
    }
}
