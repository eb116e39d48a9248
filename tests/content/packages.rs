//! Which packages changed, and whose files the findings are about.

use std::path::PathBuf;

use imagekit::{Compression, Entry};
use serde_json::Value;

use crate::support::{Pair, compare, findings};

fn rows(report: &Value) -> Vec<String> {
    let rows = report["packages"].as_array().expect("packages").iter();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    rows.map(|row| {
        let columns = ["manager", "name", "left", "right", "change"];
        columns.map(|column| text(&row[column])).join(" ")
    })
    .collect()
}

#[test]
fn the_tiny_pair_has_its_seven() {
    let tiny = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/tiny/docker-20.10-save");
    let (left, right) = (tiny.join("left.tar"), tiny.join("right.tar"));
    let expected = [
        "apt curl 7.88.1-10+deb12u5 7.88.1-10+deb12u6 upgraded",
        "apt nano 7.2-1 - removed",
        "apt zstd - 1.5.4 added",
        "apk curl - 8.5-r0 added",
        "apk musl 1.2.4-r2 1.2.5-r0 upgraded",
        "apk zlib 1.3-r0 - removed",
        "pip foo 1.0 1.1 upgraded",
    ];
    assert_eq!(rows(&compare(&left, &right, &[]).1), expected);
    assert_eq!(rows(&compare(&left, &right, &["--type=apk,pip"]).1), expected[3..]);
    let mut back = rows(&compare(&right, &left, &["--type", "python"]).1);
    assert_eq!(back.pop().as_deref(), Some("pip foo 1.1 1.0 downgraded"));
}

fn status(version: &str) -> String {
    format!(
        "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\n\n\
         Package: other\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
    )
}

/// A package with three files, one of them under the name it has without a merged `/usr`.
fn system(version: &str, content: &str) -> Vec<Entry> {
    let list = "/.\n/bin\n/bin/tool\n/etc\n/etc/tool.conf\n/usr/share/tool\n/usr/share/tool/data\n";
    vec![
        Entry::dir("usr").mtime(content.len() as i64),
        Entry::file("usr/bin/tool", content),
        Entry::file("etc/tool.conf", content),
        Entry::file("etc/mine.conf", content),
        Entry::file("usr/share/tool/data", content),
        Entry::file("var/lib/dpkg/status", status(version)),
        Entry::file("var/lib/dpkg/info/tool.list", list),
        Entry::file("var/lib/dpkg/info/tool.postinst", content),
    ]
}

#[test]
fn files_belong_to_the_package_that_changed() {
    let pair = Pair::of(system("1", "one\n"), system("2", "other\n"), &Compression::gzip());
    let report = pair.compare(&[]);
    assert_eq!(rows(&report), ["apt tool 1 2 upgraded"]);
    let owner = |path: &str| {
        let found = findings(&report).iter().find(|it| it["at"]["path"] == path);
        found.unwrap_or_else(|| panic!("{path}: {report:#}")).get("package").cloned()
    };
    for path in ["/usr/bin/tool", "/etc/tool.conf", "/usr/share/tool/data"] {
        assert_eq!(owner(path), Some(Value::from(0)), "{path}");
    }
    assert_eq!(owner("/var/lib/dpkg/info/tool.postinst"), Some(Value::from(0)));
    assert_eq!(owner("/etc/mine.conf"), None);
    assert_eq!(owner("/usr"), None);
    let unexplained: Vec<&Value> = findings(&report)
        .iter()
        .filter(|it| it["status"] == "counted" && it.get("cause").is_none_or(Value::is_null))
        .map(|it| &it["at"]["path"])
        .collect();
    assert!(unexplained.iter().all(|path| *path == "/etc/mine.conf"), "{unexplained:?}");
}

#[test]
fn a_database_that_is_deleted_tells_of_nothing() {
    let with = vec![Entry::file("var/lib/dpkg/status", status("1"))];
    let pair = Pair::of(with, vec![Entry::whiteout("var/lib/dpkg/status")], &Compression::gzip());
    assert_eq!(rows(&pair.compare(&[])), ["apt other 1 - removed", "apt tool 1 - removed"]);
}

#[test]
fn a_broken_database_is_a_note_and_no_damage() {
    let file = |bytes: &[u8]| vec![Entry::file("var/lib/rpm/rpmdb.sqlite", bytes)];
    let broken = [&b"SQLite format 3\0"[..], &[0xff; 200]].concat();
    let pair = Pair::of(file(&broken), file(b"nothing"), &Compression::gzip());
    let (code, report) = compare(&pair.left, &pair.right, &[]);
    assert_eq!(code, 1, "{report:#}");
    assert!(report["notes"].to_string().contains("var/lib/rpm/rpmdb.sqlite"), "{report:#}");
}
