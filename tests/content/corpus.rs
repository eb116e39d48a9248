//! The tiny pair of the corpus: what is noise inside of its files vanishes, what is real is named.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{compare, counted, findings, inside, whole};

fn tiny(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/tiny").join(name)
}

/// Those of whom there is a list called `pair`.
fn producers(pair: &str) -> Vec<String> {
    let suffix = format!(".{pair}.tsv");
    let lists = std::fs::read_dir(tiny("EXPECTED")).expect("the lists");
    let names = lists.map(|file| file.expect("a list").file_name().to_string_lossy().into_owned());
    let mut producers: Vec<String> =
        names.filter_map(|name| name.strip_suffix(&suffix).map(str::to_owned)).collect();
    producers.sort();
    producers
}

fn input(producer: &str, side: &str) -> PathBuf {
    let directory = tiny(&format!("{producer}/{side}"));
    if directory.is_dir() { directory } else { tiny(&format!("{producer}/{side}.tar")) }
}

/// Files whose content differs in ways that TRUTH.md calls noise.
const NOISE: [&str; 10] = [
    "/etc/app/order.json",
    "/etc/shadow",
    "/lib/apk/db/scripts.tar",
    "/opt/rich/a.jar",
    "/opt/rich/doc.gz",
    "/opt/rich/hello",
    "/opt/rich/liba.a",
    "/opt/rich/m.cpython-311.pyc",
    "/var/log/dpkg.log",
    "/etc/app/mtime-only",
];

/// Files whose content differs in ways that TRUTH.md calls real.
const REAL: [&str; 6] = [
    "/etc/app/app.conf",
    "/lib/apk/db/installed",
    "/opt/rich/D/F",
    "/opt/rich/samesize.bin",
    "/opt/rich/sp ace é名.txt",
    "/var/lib/dpkg/status",
];

#[test]
fn noise_inside_of_files_vanishes() {
    for producer in producers("left-noise") {
        let (left, right) = (input(&producer, "left"), input(&producer, "noise"));
        let (code, report) = compare(&left, &right, &["--semantic"]);
        assert_eq!((code, &report["verdict"]), (0, &Value::from("equivalent")), "{producer}");
        assert_eq!(counted(&report), BTreeSet::new(), "{producer}");
        let (code, report) = compare(&left, &right, &[]);
        assert_eq!(code, 1, "{producer}");
        assert_eq!(report["summary"]["unexplained"], 0, "{producer}");
    }
}

#[test]
fn what_is_real_stays_and_what_is_noise_goes() {
    let producers = producers("left-right");
    assert_eq!(producers.len(), 22);
    for producer in producers {
        let (left, right) = (input(&producer, "left"), input(&producer, "right"));
        let (_, report) = compare(&left, &right, &["--semantic", "--rootfs"]);
        let counted = counted(&report);
        for path in NOISE {
            assert!(!counted.contains(path), "{producer}: {path}");
        }
        let long = format!("/opt/rich/{}/{}", "d".repeat(120), "f".repeat(140));
        for path in REAL.map(|path| if path.ends_with("D/F") { &long } else { path }) {
            assert!(counted.contains(path), "{producer}: {path}");
        }
    }
}

#[test]
fn members_lines_and_sections_are_named() {
    let producer = "buildkit-oci-gzip";
    let (_, report) = compare(&input(producer, "left"), &input(producer, "right"), &[]);
    let text = whole(&report, "/etc/app/app.conf")["unified"].as_str().expect("a diff");
    assert!(text.contains("\n-workers=4\n+workers=8\n"), "{text}");
    assert_eq!(inside(&report, "/etc/shadow"), ["root lastchange"]);
    assert_eq!(inside(&report, "/opt/rich/doc.gz"), ["header gzip.mtime"]);
    assert_eq!(inside(&report, "/opt/rich/m.cpython-311.pyc"), ["header pyc.mtime"]);
    assert_eq!(inside(&report, "/opt/rich/hello"), [".note.gnu.build-id elf.build-id"]);
    for (path, members) in
        [("/opt/rich/a.jar", 2), ("/opt/rich/liba.a", 2), ("/lib/apk/db/scripts.tar", 2)]
    {
        let inside = inside(&report, path);
        assert_eq!(inside.len(), members, "{inside:?}");
        assert!(inside.iter().all(|it| it.ends_with(" mtime")), "{inside:?}");
    }
    let note = whole(&report, "/opt/rich/samesize.bin")["note"].as_str().expect("a note");
    assert_eq!(note, "1 of 256 bytes differ (0.3 %), the first at 200");
}

#[test]
fn nothing_is_looked_into_when_nobody_asks() {
    let producer = "buildkit-oci-gzip";
    let flags = ["--no-content"];
    let (_, report) = compare(&input(producer, "left"), &input(producer, "right"), &flags);
    let looked = |it: &&Value| it.get("unified").is_some() || it["at"].get("within").is_some();
    assert_eq!(findings(&report).iter().filter(looked).count(), 0);
    assert_eq!(report["packages"], Value::Array(Vec::new()));
}
