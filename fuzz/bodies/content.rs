//! Two contents of one file, each taken for whatever it seems to be: something is said of them
//! when they differ, whichever is left, and nothing when they do not. Package databases are read on
//! the way.
//!
//! Input: a byte that chooses the name, then the two contents, half of the rest each.

use imagekit::{Compression, Entry, Image, Layer};
use ocidiff::Merge;
use ocidiff::sides::Sides;

use super::support::held;

/// Names that say something of what is in a file.
const NAMES: [&str; 16] = [
    "opt/content",
    "etc/shadow",
    "etc/group",
    "opt/a.json",
    "var/log/a.log",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/rpm/Packages",
    "var/lib/rpm/Packages.db",
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/a",
    "lib/apk/db/installed",
    "var/lib/pacman/local/a-1-1/desc",
    "usr/lib/python3/dist-packages/a-1.dist-info/METADATA",
    "usr/lib/python3/dist-packages/a-1.dist-info/RECORD",
    "opt/node_modules/a/package.json",
    "usr/share/gems/specifications/a-1.gemspec",
];

/// Compares the contents in `data`.
pub fn run(data: &[u8]) {
    let Some((choice, contents)) = data.split_first() else { return };
    let name = NAMES[usize::from(*choice) % NAMES.len()];
    let (left, right) = contents.split_at(contents.len() / 2);
    let files = Sides::new(left, right).map(|content| held::file(&image(name, content)));
    let there = held::compare(files.as_ref(), Merge::WhereItDecides).expect("two images");
    let back = Sides::new(&files.right, &files.left);
    let back = held::compare(back, Merge::WhereItDecides).expect("two images");
    assert_eq!(there.verdict, back.verdict);
    assert_eq!(there.packages.len(), back.packages.len());
    let differs = there.findings.iter().any(|finding| {
        finding.field == "content"
            && (finding.told_inside || finding.note.is_some() || finding.unified.is_some())
    });
    assert_eq!(differs, left != right, "{there:#?}");
}

fn image(name: &str, content: &[u8]) -> Vec<u8> {
    let layer = Layer::new().with(Entry::file(name, content));
    imagekit::oci_archive(Image::new().compression(Compression::Plain).layer(layer))
}
