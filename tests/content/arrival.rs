//! How contents arrive: whatever the order, size or compression, the same is said.

use imagekit::{Compression, Entry};
use serde_json::Value;

use crate::support::{Pair, inside, whole};

/// Longer than what is held.
const LONG: usize = 40 << 20;

fn files(words: &str, long: &[u8], turned: bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> =
        (0..50).map(|at| Entry::file(format!("f{at}"), format!("{words} {at}\n"))).collect();
    entries.push(Entry::file("long", long));
    entries.push(Entry::file("twin", format!("{words} 7\n")));
    if turned {
        entries.reverse();
    }
    entries
}

#[test]
fn neither_order_nor_compression_nor_threads_show() {
    let long = vec![1; LONG];
    let mut other = long.clone();
    other[LONG / 2] = 2;
    let mut said: Vec<Vec<Value>> = Vec::new();
    for compression in [Compression::gzip(), Compression::zstd(), Compression::Plain] {
        for turned in [false, true] {
            let (left, right) = (files("one", &long, false), files("two", &other, turned));
            let pair = Pair::of(left, right, &compression);
            for threads in ["--threads=1", "--threads=4"] {
                let report = pair.compare(&[threads]);
                let paths = (0..50).map(|at| format!("/f{at}"));
                let paths = paths.chain(["/long".to_owned(), "/twin".to_owned()]);
                let told = |path: String| {
                    let found = whole(&report, &path);
                    Value::from(vec![found["unified"].clone(), found["note"].clone()])
                };
                said.push(paths.map(told).collect());
            }
        }
    }
    let first = said.first().expect("a run");
    assert!(said.iter().all(|it| it == first));
    assert!(first[3][0].as_str().is_some_and(|text| text.contains("-one 3\n+two 3\n")));
    let note = first[50][1].as_str().expect("a note");
    assert!(note.contains("1 of 640 blocks of 65536 bytes differ, at 20971520-21037055"), "{note}");
}

fn gzip(content: &[u8]) -> Vec<u8> {
    Compression::gzip().compress(content)
}

#[test]
fn containers_are_opened_as_deep_as_is_asked() {
    let nest = |content: &str| gzip(&gzip(&gzip(content.as_bytes())));
    let pair = Pair::file("data.gz.gz.gz", nest("one\n"), nest("two\n"));
    let deep = inside(&pair.compare(&[]), "/data.gz.gz.gz");
    assert_eq!(deep.len(), 3, "{deep:?}");
    let flat = pair.compare(&["--max-container-depth=1"]);
    assert_eq!(inside(&flat, "/data.gz.gz.gz").len(), 1);
    assert!(flat.to_string().contains("nested deeper than is looked into"));
}

#[test]
fn a_bomb_in_a_file_is_cut_short_and_said_to_be() {
    let bomb = |first: u8| {
        let mut zeros = vec![0; 300 << 20];
        zeros[0] = first;
        gzip(&zeros)
    };
    let pair = Pair::file("bomb.gz", bomb(1), bomb(2));
    let report = pair.compare(&[]);
    let note = whole(&report, "/bomb.gz")["note"].as_str().expect("a note");
    assert!(note.contains("cut short"), "{note}");
}

#[test]
fn a_broken_member_is_a_note_and_bytes() {
    let good = gzip(b"one two three four five six seven\n");
    let broken = &good[..good.len() - 9];
    let report = Pair::file("a.gz", good.clone(), broken).compare(&[]);
    let found = whole(&report, "/a.gz");
    assert!(
        found["note"]
            .as_str()
            .is_some_and(|note| note.contains("ends early; 9 of 54 bytes differ")),
        "{found}"
    );
    assert!(found["unified"].as_str().is_some_and(|text| text.contains("00000010  cf 57")));
}

#[test]
fn one_side_of_another_format_is_compared_as_bytes_or_text() {
    let report = Pair::file("a.gz", gzip(b"one\n"), "one\n").compare(&[]);
    let note = whole(&report, "/a.gz")["note"].as_str().expect("a note");
    assert!(note.contains("bytes differ"), "{note}");
}

#[test]
fn what_a_rule_says_of_a_file_holds_inside_of_it() {
    let report = Pair::file("etc/shadow", "root:*:1::::::\n", "root:*:2::::::\n")
        .compare(&["--ignore-path=/etc/shadow"]);
    assert_eq!(report["summary"]["counted"].as_u64(), Some(0), "{report:#}");
    let flags = ["--ignore=lastchange"];
    let report = Pair::file("etc/shadow", "root:*:1::::::\n", "root:*:2::::::\n").compare(&flags);
    assert_eq!(report["verdict"], "equivalent", "{report:#}");
}

#[test]
fn private_keys_are_not_shown() {
    let key =
        |text: &str| format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
    let secret = "MC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let other = secret.replace("AAAA", "BBBB");
    for (left, right) in [
        (key(secret), key(&other)),
        (key(secret), "none\n".to_owned()),
        (format!("config\n{}", key(secret)), format!("config\n{}", key(&other))),
    ] {
        let report = Pair::file("etc/ssl/key", left, right).compare(&[]);
        assert!(!report.to_string().contains("MC4CAQAwBQ"), "{report:#}");
        assert_eq!(whole(&report, "/etc/ssl/key")["status"], "counted");
    }
}
