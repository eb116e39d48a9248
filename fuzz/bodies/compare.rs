//! Two layers in two images that are otherwise sound: neither differs from itself, and it does not
//! matter which is left.
//!
//! Input: a byte of choices (mended checksums, the form of each archive, a layer below, how trees
//! are merged), then the two layers, half of the rest each.

use imagekit::{Archive, Compression, Entry, Image, Layer, forms};
use ocidiff::Merge;
use ocidiff::sides::Sides;

use super::support::{held, mend};

/// Compares the layers in `data`.
pub fn run(data: &[u8]) {
    let Some((choices, layers)) = data.split_first() else { return };
    let layers = mend::tar_if(choices & 1 != 0, layers);
    let (left, right) = layers.split_at(layers.len() / 2);
    let left = held::file(&archive(left, choices & 2 != 0, choices & 8 != 0));
    let right = held::file(&archive(right, choices & 4 != 0, choices & 8 != 0));
    let merge = match choices >> 4 & 3 {
        0 => Merge::Always,
        1 => Merge::Only,
        _ => Merge::WhereItDecides,
    };
    for image in [&left, &right] {
        held::equal(image, merge);
    }
    let there = held::compare(Sides::new(&left, &right), merge).expect("two images");
    let back = held::compare(Sides::new(&right, &left), merge).expect("two images");
    assert_eq!(there.verdict, back.verdict);
    assert_eq!(there.findings.len(), back.findings.len(), "{there:#?} {back:#?}");
}

fn archive(layer: &[u8], legacy: bool, base: bool) -> Vec<u8> {
    let image = Image::new().reference("app:1").compression(Compression::Plain);
    let image = if base { image.layer(below()) } else { image };
    let image = image.layer(Layer::new().raw(layer).no_end());
    let archive: Archive = if legacy { forms::docker_legacy([image]) } else { forms::oci([image]) };
    archive.to_tar()
}

/// Something to be replaced, removed and linked to.
fn below() -> Layer {
    let entries = [
        Entry::dir("d"),
        Entry::file("d/a", "1"),
        Entry::file("a", "1"),
        Entry::hardlink("b", "a"),
    ];
    Layer::new().with_all(entries)
}
