//! A file that left one path or layer for another is one row.

use imagekit::Entry;
use serde_json::json;

use crate::support::{Pair, Report, name, set};

fn moves(report: &Report) -> Vec<String> {
    report.findings().iter().filter(|it| it["change"] == "moved").map(name).collect()
}

/// Layers that keep their pairs whatever moves between them.
fn beside(file: Vec<Entry>, anchor: &str) -> Vec<Entry> {
    let anchors = ["0", "1", "2"].map(|it| Entry::file(format!("{anchor}{it}"), it));
    anchors.into_iter().chain(file).collect()
}

#[test]
fn to_another_path() {
    let of = |path: &str| beside(vec![Entry::file(path, "content")], "x");
    let pair = Pair::of_entries(of("old"), of("new"));
    let (code, report) = pair.judged(&[]);
    assert_eq!((code, report.counted()), (1, set(["/new path"])), "{report}");
    let found = report.finding("/new path");
    assert_eq!(found["change"], "moved");
    assert_eq!((&found["left"], &found["right"]), (&json!("/old"), &json!("/new")));
}

#[test]
fn to_another_layer() {
    let file = || vec![Entry::file("a", "content")];
    let left = [beside(file(), "x"), beside(vec![], "y")];
    let right = [beside(vec![], "x"), beside(file(), "y")];
    let pair = Pair::of_layers(left, right);
    let report = pair.report(&[]);
    assert_eq!(report.counted(), set(["/a layer"]), "{report}");
    let found = report.finding("/a layer");
    assert_eq!(found["change"], "moved");
    assert_eq!((&found["left"], &found["right"]), (&json!(0), &json!(1)));
    assert_eq!(found["at"]["layer"], json!({ "left": 0, "right": 1 }));
    assert_eq!(pair.judged(&["--require=equivalent-rootfs"]).0, 0);
    assert_eq!(pair.judged(&["--rootfs"]).0, 0);
}

#[test]
fn staying_at_the_path_goes_before_staying_in_the_layer() {
    let file = |path: &str| Entry::file(path, "content");
    let left = [beside(vec![file("a")], "x"), beside(vec![], "y")];
    let right = [beside(vec![file("b")], "x"), beside(vec![file("a")], "y")];
    let report = Pair::of_layers(left, right).report(&[]);
    assert_eq!(report.counted(), set(["/a layer", "/b entry"]), "{report}");
}

#[test]
fn moved_and_touched() {
    let of = |path: &str, time| beside(vec![Entry::file(path, "content").mtime(time)], "x");
    let pair = Pair::of_entries(of("old", 1), of("new", 2));
    let report = pair.report(&[]);
    assert_eq!(report.counted(), set(["/new mtime", "/new path"]), "{report}");
    let report = pair.report(&["--semantic"]);
    assert_eq!(report.counted(), set(["/new path"]), "{report}");
}

#[test]
fn swapped_contents_are_no_moves() {
    let of = |a: &str, b: &str| vec![Entry::file("a", a), Entry::file("b", b)];
    let report = Pair::of_entries(of("1", "2"), of("2", "1")).report(&[]);
    assert_eq!(report.counted(), set(["/a content", "/b content"]), "{report}");
}

#[test]
fn duplicates_move_one_by_one() {
    let of = |paths: &[&str]| {
        beside(paths.iter().map(|path| Entry::file(*path, "content")).collect(), "x")
    };
    let report = Pair::of_entries(of(&["a", "b"]), of(&["c", "d"])).report(&[]);
    assert_eq!(moves(&report), ["/c path", "/d path"], "{report}");
    assert_eq!(report.finding("/c path")["left"], "/a");
    assert_eq!(report.finding("/d path")["left"], "/b");
    let report = Pair::of_entries(of(&["a", "b"]), of(&["c"])).report(&[]);
    assert_eq!(report.counted(), set(["/b entry", "/c path"]), "{report}");
    let report = Pair::of_entries(of(&["a"]), of(&["a", "c"])).report(&[]);
    assert_eq!(report.counted(), set(["/c entry"]), "a copy is no move\n{report}");
}

#[test]
fn what_differs_in_more_than_its_place_did_not_move() {
    for other in [
        Entry::file("new", "CONTENT"),
        Entry::file("new", "content").mode(0o600),
        Entry::file("new", "content").uid(7),
        Entry::file("new", "content").gid(7),
    ] {
        let left = beside(vec![Entry::file("old", "content")], "x");
        let report = Pair::of_entries(left, beside(vec![other], "x")).report(&[]);
        assert_eq!(report.counted(), set(["/new entry", "/old entry"]), "{report}");
    }
}

#[test]
fn empty_files_and_what_is_no_file_never_move() {
    type Make = fn(&str) -> Entry;
    let empty: Make = |path| Entry::file(path, "");
    let directory: Make = |path| Entry::dir(path);
    let link: Make = |path| Entry::symlink(path, "x0");
    for make in [empty, directory, link] {
        let report =
            Pair::of_entries(beside(vec![make("old")], "x"), beside(vec![make("new")], "x"))
                .report(&[]);
        assert_eq!(report.counted(), set(["/new entry", "/old entry"]), "{report}");
    }
}

#[test]
fn a_moved_directory_is_its_files() {
    let of = |directory: &str| {
        let below = |name: &str| format!("{directory}/{name}");
        beside(
            vec![Entry::dir(directory), Entry::file(below("a"), "1"), Entry::file(below("b"), "2")],
            "x",
        )
    };
    let report = Pair::of_entries(of("old"), of("new")).report(&[]);
    assert_eq!(moves(&report), ["/new/a path", "/new/b path"], "{report}");
    assert!(report.counted().is_superset(&set(["/new entry", "/old entry"])), "{report}");
}

#[test]
fn moves_in_merged_file_systems() {
    let of = |path: &str| [beside(vec![], "x"), vec![Entry::file(path, "content")]];
    let report = Pair::of_layers(of("old"), of("new")).report(&["--rootfs"]);
    assert_eq!(report.counted(), set(["/new path"]), "{report}");
    assert_eq!(report.finding("/new path")["scope"], "rootfs");
}
