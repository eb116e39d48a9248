//! What the tests of the readers share, and what holds for all of them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io::Read as _;

use super::*;

/// Files from text.
pub(super) fn files(list: &[(&str, &str)]) -> Files {
    list.iter().map(|(path, text)| (path.as_bytes().into(), text.as_bytes().to_vec())).collect()
}

/// `MANAGER NAME VERSION` of every package.
pub(super) fn names(all: &Installed) -> Vec<String> {
    let line = |it: &Package| format!("{} {} {}", it.manager, it.name, it.version);
    all.packages.iter().map(line).collect()
}

/// Paths as text.
pub(super) fn paths(list: &[Box<[u8]>]) -> Vec<&str> {
    list.iter().map(|path| std::str::from_utf8(path).unwrap_or("not UTF-8")).collect()
}

/// A file no one here wrote, unpacked if its name ends in `.gz`.
pub(super) fn corpus(name: &str) -> Vec<u8> {
    let path = format!("{}/corpus/formats/packages/{name}", env!("CARGO_MANIFEST_DIR"));
    let content = std::fs::read(path).unwrap();
    if !name.ends_with(".gz") {
        return content;
    }
    let mut whole = Vec::new();
    flate2::read::GzDecoder::new(content.as_slice()).read_to_end(&mut whole).unwrap();
    whole
}

/// A content cut short, and with a byte turned, at every so many places.
pub(super) struct Damage;

impl Damage {
    pub(super) fn of(good: &[u8], step: usize) -> impl Iterator<Item = Vec<u8>> {
        let places = (0..good.len()).step_by(step.max(1));
        places.flat_map(|at| {
            let mut turned = good.to_vec();
            turned[at] ^= 0xff;
            let mut low = good.to_vec();
            low[at] ^= 1;
            [good[..at].to_vec(), turned, low]
        })
    }
}

/// Where the files of the corpus would lie.
const REAL: [(&str, &str); 14] = [
    ("var/lib/dpkg/status", "dpkg/status"),
    ("var/lib/dpkg/info/zlib1g:amd64.list", "dpkg/zlib1g.amd64.list"),
    ("var/lib/dpkg/info/zlib1g:amd64.md5sums", "dpkg/zlib1g.amd64.md5sums"),
    ("var/lib/dpkg/info/base-files.list", "dpkg/base-files.list"),
    ("var/lib/dpkg/info/base-files.md5sums", "dpkg/base-files.md5sums"),
    ("p/colorama-0.4.6.dist-info/METADATA", "pip/colorama-0.4.6.dist-info/METADATA"),
    ("p/colorama-0.4.6.dist-info/RECORD", "pip/colorama-0.4.6.dist-info/RECORD"),
    ("p/xmltodict-0.13.0.egg-info/PKG-INFO", "pip/xmltodict-0.13.0.egg-info/PKG-INFO"),
    ("p/xmltodict-0.13.0.egg-info/top_level.txt", "pip/xmltodict-0.13.0.egg-info/top_level.txt"),
    ("node_modules/@esbuild/linux-x64/package.json", "npm/esbuild-linux-x64.json"),
    ("g/specifications/rainbow-3.1.1.gemspec", "gem/rainbow-3.1.1.gemspec"),
    ("usr/lib/sysimage/rpm/Packages.db", "rpm/Packages.db"),
    ("var/lib/pacman/local/tiny-1:1.2rc1-3/desc", "pacman/desc"),
    ("var/lib/pacman/local/tiny-1:1.2rc1-3/files", "pacman/files"),
];

fn real() -> Files {
    REAL.iter().map(|(path, file)| (path.as_bytes().into(), corpus(file))).collect()
}

#[test]
fn real_files_are_read() {
    let files = real();
    assert!(files.keys().all(|path| is_database(path)));
    let all = read(&files);
    assert_eq!(all.problems, Vec::<String>::new());
    let expected = [
        "apt base-files 12.4+deb12u11",
        "apt libc6 2.36-9+deb12u14",
        "apt perl-base 5.36.0-7+deb12u2",
        "apt tzdata 2025b-0+deb12u2",
        "apt zlib1g 1:1.2.13.dfsg-1",
        "rpm large 2.0-3",
        "rpm plain 2.0-3",
        "rpm tiny 1:1.2~rc1-3",
        "pacman tiny 1:1.2rc1-3",
        "pip colorama 0.4.6",
        "pip xmltodict 0.13.0",
        "npm @esbuild/linux-x64 0.25.0",
        "gem rainbow 3.1.1",
    ];
    assert_eq!(names(&all), expected);
    let zlib = paths(&all.packages[4].files);
    assert!(zlib.contains(&"lib/x86_64-linux-gnu/libz.so.1"), "{zlib:?}");
    assert!(zlib.contains(&"usr/lib/x86_64-linux-gnu/libz.so.1"), "{zlib:?}");
    assert!(paths(&all.packages[9].files).contains(&"p/colorama/ansi.py"));
    assert_eq!(
        paths(&all.packages[10].directories),
        ["p/xmltodict", "p/xmltodict-0.13.0.egg-info"]
    );
    assert_eq!(compare(&all.packages, &all.packages), []);
}

#[test]
fn what_is_left_out_of_one_side_is_a_change() {
    let all = read(&real()).packages;
    let mut fewer = all.clone();
    let removed = fewer.remove(1);
    fewer[0].version = "12.4+deb12u12".to_owned();
    let changed = compare(&all, &fewer);
    let kinds: Vec<PackageChange> = changed.iter().map(|it| it.change).collect();
    assert_eq!(kinds, [PackageChange::Upgraded, PackageChange::Removed]);
    assert_eq!(changed[1].name, removed.name);
}

#[test]
fn no_damage_is_too_strange() {
    let good = real();
    for (path, content) in good.iter().filter(|(path, _)| !path.ends_with(b".db")) {
        let alone = |content: Vec<u8>| read(&Files::from([(path.clone(), content)]));
        for damaged in Damage::of(content, content.len() / 300 + 1) {
            assert!(alone(damaged).packages.len() <= 6);
        }
    }
}
