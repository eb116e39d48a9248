//! Images of any size with plausible content, for benches and soak tests.

use crate::entry::Entry;
use crate::image::Image;
use crate::layer::{Item, Layer};
use crate::rng::Rng;

#[rustfmt::skip]
const WORDS: [&str; 48] = [
    "the", "of", "license", "copyright", "return", "struct", "import", "error", "value",
    "class", "static", "const", "public", "function", "string", "buffer", "length", "file",
    "path", "name", "version", "package", "module", "config", "server", "client", "request",
    "response", "index", "layer", "image", "digest", "manifest", "and", "for", "with", "that",
    "this", "from", "default", "option", "number", "object", "table", "thread", "memory",
    "system", "library",
];
const TOPS: [&str; 6] = ["usr/lib", "usr/share/doc", "usr/bin", "etc", "opt/app", "var/lib"];
const ENDS: [&str; 6] = ["", ".so.1", ".py", ".txt", ".json", ".conf"];

/// `n` bytes that compress about as program files do: lines of words, every eighth stretch noise.
pub fn content(rng: &mut Rng, n: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(n + 512);
    while out.len() < n {
        if rng.one_in(8) {
            let noise = 64 + rng.below(192);
            out.extend(rng.bytes(noise));
        } else {
            for _ in 0..8 + rng.below(24) {
                out.extend_from_slice(rng.pick(&WORDS).as_bytes());
                out.push(if rng.one_in(9) { b'\n' } else { b' ' });
            }
        }
    }
    out.truncate(n);
    out
}

/// A layer of `files` files with `bytes_per_file` bytes each, below a few hundred directories;
/// now and then a symbolic link, a hard link, another owner, an extended attribute.
pub fn layer(seed: u64, files: usize, bytes_per_file: usize) -> Layer {
    let mut rng = Rng::new(seed);
    let mut layer = Layer::new();
    let mut dir = String::new();
    let mut last = String::new();
    for i in 0..files {
        if i % 24 == 0 {
            let (top, word) = (rng.pick(&TOPS), rng.pick(&WORDS));
            dir = format!("{top}/{word}-{:x}", seed.wrapping_add(i as u64 / 24) & 0xffff_ffff);
            layer = layer.with(Entry::dir(dir.as_str()).mtime(time(&mut rng)));
        }
        let name = format!("{}-{i}{}", rng.pick(&WORDS), rng.pick(&ENDS));
        let path = format!("{dir}/{name}");
        let mut entry = Entry::file(path.as_str(), content(&mut rng, bytes_per_file));
        entry = entry.mtime(time(&mut rng));
        if rng.one_in(5) {
            entry = entry.mode(0o755);
        }
        if rng.one_in(16) {
            entry = entry.uid(1000).gid(1000);
        }
        if rng.one_in(64) {
            entry = entry.xattr("user.checksum", rng.bytes(16));
        }
        layer = layer.with(entry);
        if rng.one_in(20) {
            layer = layer.with(Entry::symlink(format!("{path}.link"), name));
        }
        if rng.one_in(40) && !last.is_empty() {
            layer = layer.with(Entry::hardlink(format!("{path}.same"), last));
        }
        last = path;
    }
    layer
}

fn time(rng: &mut Rng) -> i64 {
    1_690_000_000 + rng.below(10_000_000) as i64
}

/// An image `bench:SEED` of `layers` layers with `files` files of `bytes` bytes each in every one.
pub fn image(seed: u64, layers: usize, files: usize, bytes: usize) -> Image {
    let mut rng = Rng::new(seed);
    let mut image = Image::new()
        .reference(format!("bench:{seed}"))
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .label("org.opencontainers.image.version", "1.0.0")
        .workdir("/opt/app")
        .cmd(["/usr/bin/server", "--verbose"]);
    for i in 0..layers {
        let made_by = format!("RUN apt-get install package-{i} # buildkit");
        image = image.layer_by(layer(rng.next_u64(), files, bytes), made_by);
        image = image.empty_history(format!("ENV STEP={i}"));
    }
    image
}

/// The image with a few changes, as of the next build: in the last layer, and in every other one
/// with a chance of one in four, some files changed in content, mode or time, some removed, one
/// added; and a label and a variable differ.
pub fn mutate(image: &Image, seed: u64) -> Image {
    let mut rng = Rng::new(seed);
    let mut image = image.clone();
    let count = image.layers.len();
    for (i, layer) in image.layers.iter_mut().enumerate() {
        if i + 1 == count || rng.one_in(4) {
            mutate_layer(layer, &mut rng);
        }
    }
    image
        .env("BUILD", format!("{seed:x}"))
        .label("org.opencontainers.image.version", format!("1.0.{}", 1 + seed % 1000))
}

fn mutate_layer(layer: &mut Layer, rng: &mut Rng) {
    // Hard links must keep their targets, so files beside a link are not removed.
    let linked: Vec<Vec<u8>> =
        layer.entries().filter(|e| e.flag == b'1').map(|e| e.get_link().to_vec()).collect();
    let sure = rng.below(layer.items.len().max(1));
    let mut items = Vec::with_capacity(layer.items.len() + 1);
    for (i, item) in std::mem::take(&mut layer.items).into_iter().enumerate() {
        let Item::Entry(mut entry) = item else {
            items.push(item);
            continue;
        };
        if entry.flag == b'0' {
            if (i == sure || rng.one_in(20)) && !entry.content.is_empty() {
                let at = rng.below(entry.content.len());
                entry.content[at] ^= 1 + rng.below(255) as u8;
                let longer = rng.below(32);
                entry.content.extend(content(rng, longer));
                entry.mtime.seconds += 3600;
            } else if rng.one_in(40) {
                entry.mtime.seconds += 60;
            } else if rng.one_in(60) {
                entry.mode ^= 0o111;
            } else if rng.one_in(100) && !linked.contains(&entry.path) {
                continue;
            }
        }
        items.push(Item::Entry(entry));
    }
    let path = format!("opt/app/added-{:x}", rng.next_u64() & 0xffff);
    items.push(Item::Entry(Box::new(Entry::file(path, content(rng, 1000)))));
    layer.items = items;
}
