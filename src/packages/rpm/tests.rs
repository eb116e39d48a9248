//! Databases that RPM's own code and Berkeley DB's own tools wrote, whole and damaged.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use super::super::tests::{Damage, corpus, names, paths};
use super::super::{Files, Installed};
use super::*;

const KINDS: [(&str, &str); 3] = [
    ("usr/lib/sysimage/rpm/rpmdb.sqlite", "rpm/rpmdb.sqlite.gz"),
    ("var/lib/rpm/Packages.db", "rpm/Packages.db"),
    ("var/lib/rpm/Packages", "rpm/Packages"),
];

fn installed(path: &str, content: Vec<u8>) -> Installed {
    super::super::read(&Files::from([(path.as_bytes().into(), content)]))
}

#[test]
fn every_kind_of_database_tells_the_same_packages() {
    let mut all = Vec::new();
    for (path, file) in KINDS {
        let mut found = installed(path, corpus(file));
        assert_eq!(found.problems, Vec::<String>::new());
        assert_eq!(names(&found), ["rpm large 2.0-3", "rpm plain 2.0-3", "rpm tiny 1:1.2~rc1-3"]);
        assert_eq!(&*found.packages[0].source, path.as_bytes());
        found.packages.iter_mut().for_each(|it| it.source = Box::default());
        all.push(found);
    }
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
}

#[test]
fn packages_own_what_their_header_lists() {
    let found = installed("var/lib/rpm/Packages.db", corpus("rpm/Packages.db"));
    let tiny = &found.packages[2];
    assert_eq!(tiny.architecture.as_deref(), Some("noarch"));
    assert_eq!(
        paths(&tiny.files),
        ["etc/tiny.conf", "usr/share/tiny", "usr/share/tiny/deep/two", "usr/share/tiny/one"]
    );
    // As many as `rpm -ql` prints.
    assert_eq!(found.packages[0].files.len(), 74);
}

#[test]
fn the_moment_of_installation_is_told_apart_from_the_rest() {
    let (first, later) = (corpus("rpm/rpmdb.sqlite.gz"), corpus("rpm/rpmdb-later.sqlite.gz"));
    assert_ne!(first, later);
    assert_eq!(rpm_differs_only_in_install_time(&first, &later), Some(true));
    for (_, file) in KINDS {
        assert_eq!(rpm_differs_only_in_install_time(&corpus(file), &later), Some(true), "{file}");
    }
    let packages =
        |content: &[u8]| installed("var/lib/rpm/rpmdb.sqlite", content.to_vec()).packages;
    assert_eq!(packages(&first), packages(&later));
}

#[test]
fn another_package_is_not_the_moment_of_installation() {
    let good = corpus("rpm/Packages.db");
    let mut other = good.clone();
    let at = good.windows(12).position(|it| it == b"Nothing much").unwrap();
    other[at] = b'n';
    assert_eq!(rpm_differs_only_in_install_time(&good, &other), Some(false));
    let found = |content| installed("var/lib/rpm/Packages.db", content);
    assert_ne!(found(good.clone()).packages, found(other).packages);
    assert_eq!(rpm_differs_only_in_install_time(&good, b"no database"), None);
    assert_eq!(rpm_differs_only_in_install_time(&good[..good.len() - 64], &good), None);
}

#[test]
fn what_is_no_database_is_a_problem() {
    let found = installed("var/lib/rpm/Packages", b"text".to_vec());
    let problem = "var/lib/rpm/Packages: neither SQLite, ndb nor a Berkeley DB hash";
    assert_eq!(found.problems, [problem]);
    assert_eq!(installed("var/lib/rpm/Packages", Vec::new()), Installed::default());
    let log = installed("var/lib/rpm/rpmdb.sqlite-wal", b"frames".to_vec());
    assert_eq!(log.problems.len(), 1);
    let empty = installed("var/lib/rpm/rpmdb.sqlite-wal", Vec::new());
    assert_eq!(empty, Installed::default());
}

#[test]
fn no_damage_is_too_strange() {
    for (path, file) in KINDS {
        let good = corpus(file);
        // SQLite takes a while for each; the others are read a few thousand times.
        let step = if file.ends_with(".gz") { 1499 } else { 7 };
        for damaged in Damage::of(&good, step) {
            let found = installed(path, damaged);
            assert!(found.packages.len() <= 3, "{:?}", names(&found));
            let bytes: usize =
                found.packages.iter().flat_map(|it| &it.files).map(|it| it.len()).sum();
            assert!(bytes <= 64 * good.len());
        }
    }
}

#[test]
fn no_damage_to_a_header_is_too_strange() {
    let database = corpus("rpm/Packages.db");
    let header = ndb::blobs(&database).blobs.pop().unwrap();
    for damaged in Damage::of(&header, 1) {
        if let Ok(header) = Header::parse(&damaged) {
            let mut found = Found::default();
            package::read(&header, b"x", &mut found);
        }
    }
}

#[test]
fn a_header_that_says_one_thing_many_times_is_refused() {
    // A thousand entries that all take the same bytes for their own.
    let entry = [1117_u32, 8, 0, 1].map(u32::to_be_bytes).concat();
    let mut header = [1000_u32, 100].map(u32::to_be_bytes).concat();
    header.extend(entry.repeat(1000));
    header.extend([[b'x'; 99].as_slice(), b"\0"].concat());
    assert!(Header::parse(&header).is_err());
}

/// A database in which `Packages` is not what it should be.
fn sqlite(schema: &str) -> Vec<u8> {
    let mut connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(schema).unwrap();
    connection.serialize("main").unwrap().to_vec()
}

#[test]
fn what_stands_in_place_of_the_table_is_not_run() {
    for schema in [
        "CREATE TABLE other (x)",
        "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, other)",
        "CREATE VIEW Packages AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
         SELECT i AS hnum, zeroblob(1000000) AS blob FROM n",
    ] {
        let found = installed("var/lib/rpm/rpmdb.sqlite", sqlite(schema));
        assert!(found.packages.is_empty());
        assert_eq!(found.problems.len(), 1, "{schema}");
    }
    let computed = "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob AS (zeroblob(4000)));\
         INSERT INTO Packages WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
         LIMIT 1000) SELECT i FROM n";
    let found = installed("var/lib/rpm/rpmdb.sqlite", sqlite(computed));
    assert!(!found.problems.is_empty());
}

/// A Berkeley DB file by hand: one page of items, one overflow page that leads to itself.
fn looping() -> Vec<u8> {
    let mut file = vec![0; 512 * 3];
    let mut put = |at: usize, bytes: &[u8]| file[at..at + bytes.len()].copy_from_slice(bytes);
    put(12, &0x0006_1561_u32.to_le_bytes());
    put(20, &512_u32.to_le_bytes());
    put(512 + 20, &[2, 0]);
    put(512 + 25, &[13]);
    put(512 + 26, &[250, 1, 238, 1]);
    put(512 + 506, &[1, 7, 0, 0, 0, 0]);
    put(512 + 494, &[3, 0, 0, 0, 2, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f]);
    put(1024 + 16, &[2, 0, 0, 0, 0, 0, 100, 0, 0, 7]);
    file
}

#[test]
fn a_chain_that_leads_to_itself_ends() {
    let found = installed("var/lib/rpm/Packages", looping());
    assert_eq!(found.problems, ["var/lib/rpm/Packages: chains of overflow pages meet"]);
}
