#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use imagekit::{Dialect, Entry, Layer};

use super::*;
use crate::compare::content::found::TIMES;
use crate::compare::content::testing;
use crate::compare::content::trial::{self, told};

fn base() -> [Entry; 3] {
    [Entry::dir("etc"), Entry::file("etc/a", "one\n"), Entry::file("etc/b", "two\n")]
}

fn compare(left: &Layer, right: &Layer) -> Inside {
    let (left, right) = (left.tar(), right.tar());
    trial::compare(&Tar, "a.tar", &left, &right).expect("sound archives")
}

fn changed(right: [Entry; 3]) -> Inside {
    compare(&Layer::new().with_all(base()), &Layer::new().with_all(right))
}

#[test]
fn a_tar_archive_is_known_by_its_first_header() {
    let tar = Layer::new().with_all(base()).tar();
    let file = |bytes| File { name: b"x", bytes };
    assert!(Tar.recognises(file(&tar)));
    assert!(!Tar.recognises(file(&[0; 1024])));
    assert!(!Tar.recognises(file(tar.get(..511).expect("long enough"))));
}

#[test]
fn equal_archives_give_nothing() {
    assert_eq!(changed(base()), Inside::default());
}

#[test]
fn members_fields_and_contents_are_told() {
    let [etc, a, b] = base();
    let right = [etc.mode(0o700), a.content("three\n"), b.uid(7).uname("x").mtime(1)];
    let inside = changed(right);
    assert_eq!(
        told(&inside),
        [
            "etc/ mode: 0755 -> 0700",
            "etc/a content: # -> #",
            "etc/b mtime: 2023-11-14T22:13:20Z -> 1970-01-01T00:00:01Z",
            "etc/b uid: 0 -> 7",
            "etc/b uname:  -> x",
        ]
    );
    assert_eq!(inside.aspect, None);
}

#[test]
fn a_member_of_one_side_is_summed_up() {
    let [etc, a, b] = base();
    let left = Layer::new().with_all([etc.clone(), a, b.clone()]);
    let right = Layer::new().with_all([etc, b, Entry::symlink("etc/l", "b")]);
    assert_eq!(
        told(&compare(&left, &right)),
        ["etc/a entry: file 0644 0:0 4 B -> -", "etc/l entry: - -> symlink 0777 0:0 0 B"]
    );
}

#[test]
fn times_and_order_alone_have_a_cause() {
    let [etc, a, b] = base();
    let inside = changed([etc.clone(), b.clone(), a.clone()]);
    assert_eq!(inside, Inside::noted("members in another order").because(TIMES));
    let inside = changed([etc, b, a.mtime(1)]);
    assert_eq!(
        told(&inside),
        [
            "etc/a mtime: 2023-11-14T22:13:20Z -> 1970-01-01T00:00:01Z",
            "(order) order: etc/a -> etc/b"
        ]
    );
    assert_eq!(inside.aspect, Some(TIMES));
}

#[test]
fn several_members_of_one_name_are_told_apart() {
    let twice = |second: &str| {
        let [etc, a, _] = base();
        Layer::new().with_all([etc, a, Entry::file("etc/a", second)])
    };
    assert_eq!(
        told(&compare(&twice("x"), &twice("y"))),
        ["etc/a (number 2 of that name) content: # -> #"]
    );
}

#[test]
fn records_links_and_devices_are_fields() {
    let left = [
        Entry::file("f", "").xattr("user.a", "1").pax("X.k", "v").atime(1),
        Entry::symlink("l", "a"),
        Entry::chardev("d", 1, 2),
    ];
    let right = [
        Entry::file("f", "").xattr("user.a", "2").pax("X.k", "w").atime(2),
        Entry::symlink("l", "b"),
        Entry::chardev("d", 1, 3),
    ];
    assert_eq!(
        told(&compare(&Layer::new().with_all(left), &Layer::new().with_all(right))),
        [
            "f atime: 1970-01-01T00:00:01Z -> 1970-01-01T00:00:02Z",
            "f pax.X.k: v -> w",
            "f xattr.user.a: 1 -> 2",
            "l linkname: a -> b",
            "d device: 1:2 -> 1:3",
        ]
    );
}

#[test]
fn what_surrounds_the_members_is_told() {
    let layer = || Layer::new().with_all(base());
    let inside = compare(&layer(), &layer().trailing("hidden"));
    assert_eq!(told(&inside).first().map(String::as_str), Some("(end) padding: 0 -> -"));
    assert_eq!(told(&inside).get(1).map(String::as_str), Some("(end) content: # -> #"));
    let inside = compare(&layer(), &layer().no_end());
    assert_eq!(told(&inside), ["(end) end: two zero blocks -> no zero blocks"]);
}

#[test]
fn bytes_no_reader_takes_in_do_not_hide_behind_a_time() {
    let [etc, a, b] = base();
    let left = Layer::new().with_all([etc.clone(), a.clone(), b.clone()]).tar();
    let mut right = Layer::new().with_all([etc, a, b.mtime(1)]).tar();
    let padding = right.get_mut(512 * 2 + 100).expect("padding of the first file");
    *padding = 1;
    let inside = trial::compare(&Tar, "a.tar", &left, &right).expect("sound archives");
    assert!(told(&inside).contains(&"etc/a header: # -> #".to_owned()), "{:?}", told(&inside));
    assert_eq!(inside.aspect, None);
}

#[test]
fn dialects_differ_in_one_word() {
    let [etc, a, b] = base();
    let inside = changed([etc, a.dialect(Dialect::Gnu), b]);
    assert_eq!(told(&inside), ["etc/a tar-format: ustar -> gnu"]);
}

#[test]
fn a_broken_archive_is_not_compared() {
    let good = Layer::new().with_all(base()).tar();
    let mut bad = good.clone();
    bad.truncate(512 * 2 + 2);
    let reason = trial::compare(&Tar, "a.tar", &good, &bad).expect_err("it is cut short");
    assert!(reason.0.contains("stream ends inside"), "{reason:?}");
    testing::torture(&Tar, "a.tar", &good);
}
