//! For every flag and rule a pair that differs only in what it covers, and the same pair with one
//! difference more, which the flag must not hide.

use std::collections::BTreeSet;

use imagekit::{Dialect, Entry, Image};

use crate::support::{Pair, image, set};

const A: usize = 1;
const B: usize = 2;

/// An image to be bent.
struct Sample {
    entries: Vec<Entry>,
    finish: Vec<fn(Image) -> Image>,
}

type Twist = fn(&mut Sample);

impl Sample {
    fn of(twists: &[Twist]) -> Image {
        let entries = vec![
            Entry::dir("etc"),
            Entry::file("etc/a", "alpha"),
            Entry::file("etc/b", "beta").xattr("user.note", "1"),
        ];
        let mut sample = Self { entries, finish: Vec::new() };
        twists.iter().for_each(|twist| twist(&mut sample));
        let plain = image([sample.entries]).env("HOME", "/root").env("APP", "1").label("keep", "1");
        sample.finish.into_iter().fold(plain, |image, finish| finish(image))
    }

    fn entry(&mut self, at: usize, change: impl FnOnce(Entry) -> Entry) {
        self.entries[at] = change(self.entries[at].clone());
    }
}

/// What a flag covers, and what it does not.
struct Case {
    flags: &'static [&'static str],
    covered: Twist,
    names: &'static [&'static str],
    other: Twist,
    other_names: &'static [&'static str],
}

fn owned(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

impl Case {
    /// Strictly it counts and is named; with the flag it does not; nothing else is hidden.
    fn check(&self) {
        let Self { flags, .. } = self;
        let only = Pair::new(&Sample::of(&[]), &Sample::of(&[self.covered]));
        let (code, report) = only.judged(&[]);
        assert_eq!(
            (code, report.counted()),
            (1, owned(self.names)),
            "{flags:?} strictly\n{report}"
        );
        let (code, report) = only.judged(flags);
        assert_eq!((code, report.counted()), (0, set([])), "{flags:?}\n{report}");
        assert!(report.count("ignored") >= self.names.len() as u64, "{flags:?}\n{report}");
        let both = Pair::new(&Sample::of(&[]), &Sample::of(&[self.covered, self.other]));
        let (code, report) = both.judged(flags);
        let expected = (1, owned(self.other_names));
        assert_eq!((code, report.counted()), expected, "{flags:?} and more\n{report}");
        let (_, strict) = both.judged(&[]);
        let all = owned(&[self.names, self.other_names].concat());
        assert!(strict.counted().is_superset(&all), "{flags:?} and more, strictly\n{strict}");
    }
}

fn other_content(sample: &mut Sample) {
    sample.entry(A, |entry| entry.content("ALPHA"));
}

fn other_size(sample: &mut Sample) {
    sample.entry(A, |entry| entry.content("a longer alpha"));
}

fn later(sample: &mut Sample) {
    sample.entry(A, |entry| entry.mtime(1_700_000_777));
}

fn of_others(sample: &mut Sample) {
    sample.entry(A, |entry| entry.mode(0o640));
}

fn another_mode_on_b(sample: &mut Sample) {
    sample.entry(B, |entry| entry.mode(0o600));
}

fn created_later(sample: &mut Sample) {
    sample.finish.push(|image| image.created("2024-05-06T07:08:09Z"));
}

fn another_app(sample: &mut Sample) {
    sample.finish.push(|image| image.config_value("/config/Env/1", "APP=2".into()));
}

const CONTENT: &[&str] = &["/etc/a content"];

#[test]
fn ignore_history() {
    let case = Case {
        flags: &["--ignore-history"],
        covered: |it| it.finish.push(|image| image.empty_history("CMD [\"sh\"]")),
        names: &["config history[1]"],
        other: |it| it.finish.push(|image| image.cmd(["sh"])),
        other_names: &["config config.Cmd"],
    };
    case.check();
    Case { other: other_content, other_names: CONTENT, ..case }.check();
}

#[test]
fn ignore_file_order() {
    let case = Case {
        flags: &["--ignore-file-order"],
        covered: |it| it.entries.swap(A, B),
        names: &["layer order"],
        other: |it| it.entries[B] = it.entries[B].clone().content("ALPHA"),
        other_names: CONTENT,
    };
    case.check();
    let added: Twist = |it| it.entries.push(Entry::file("etc/c", "new"));
    Case { other: added, other_names: &["/etc/c entry"], ..case }.check();
}

#[test]
fn ignore_file_mode_redundant_bits() {
    Case {
        flags: &["--ignore-file-mode-redundant-bits"],
        covered: |it| it.entry(A, |entry| entry.mode(0o100_644)),
        names: &["/etc/a mode.type-bits"],
        other: |it| it.entry(A, |entry| entry.mode(0o100_640)),
        other_names: &["/etc/a mode"],
    }
    .check();
}

#[test]
fn ignore_file_timestamps() {
    let case = Case {
        flags: &["--ignore-file-timestamps"],
        covered: later,
        names: &["/etc/a mtime"],
        other: other_content,
        other_names: CONTENT,
    };
    case.check();
    Case { other: other_size, ..case }.check();
    Case {
        other: created_later,
        other_names: &["config created", "config history[0].created"],
        ..case
    }
    .check();
}

#[test]
fn ignore_access_and_change_times() {
    let times = |entry: Entry| entry.dialect(Dialect::Pax).atime(1).ctime(1);
    let later = |entry: Entry| entry.dialect(Dialect::Pax).atime(2).ctime(2);
    let of = |entry: Entry| vec![Entry::dir("etc"), entry];
    let pair = |content: &str| {
        Pair::of_entries(
            of(times(Entry::file("etc/a", "alpha"))),
            of(later(Entry::file("etc/a", content))),
        )
    };
    let strict = pair("alpha").report(&[]);
    assert_eq!(strict.counted(), set(["/etc/a atime", "/etc/a ctime"]), "{strict}");
    assert_eq!(pair("alpha").judged(&["--ignore-file-timestamps"]).0, 0);
    let (code, report) = pair("ALPHA").judged(&["--ignore-file-timestamps"]);
    assert_eq!((code, report.counted()), (1, set(["/etc/a content"])));
}

#[test]
fn ignore_image_timestamps() {
    let case = Case {
        flags: &["--ignore-image-timestamps"],
        covered: created_later,
        names: &["config created", "config history[0].created"],
        other: later,
        other_names: &["/etc/a mtime"],
    };
    case.check();
    Case {
        covered: |it| {
            it.finish.push(|image| {
                image
                    .label("org.opencontainers.image.created", "2024")
                    .annotation("org.opencontainers.image.created", "2024")
            });
        },
        names: &[
            "config labels.org.opencontainers.image.created",
            "manifest annotations.org.opencontainers.image.created",
        ],
        other: |it| it.finish.push(|image| image.label("org.opencontainers.image.version", "2")),
        other_names: &["config labels.org.opencontainers.image.version"],
        ..case
    }
    .check();
    let text: Twist = |it| {
        it.finish.push(|image| image.config_value("/history/0/created_by", "COPY it".into()));
    };
    Case { other: text, other_names: &["config history[0].created_by"], ..case }.check();
}

#[test]
fn ignore_timestamps() {
    let both: Twist = |it| {
        later(it);
        created_later(it);
    };
    let case = Case {
        flags: &["--ignore-timestamps"],
        covered: both,
        names: &["/etc/a mtime", "config created", "config history[0].created"],
        other: other_size,
        other_names: CONTENT,
    };
    case.check();
    Case { other: other_content, ..case }.check();
    Case { other: another_app, other_names: &["config env.APP"], ..case }.check();
}

#[test]
fn ignore_image_name() {
    type Form = fn(&Image) -> Vec<u8>;
    let oci: Form = |image| imagekit::oci_archive(image);
    let docker: Form = |image| imagekit::forms::docker_legacy([image]).to_tar();
    let named = |name: &str, app: &str| Image::new().env("APP", app).reference(name);
    for (form, names) in [
        (
            oci,
            set([
                "index annotations.io.containerd.image.name",
                "index annotations.org.opencontainers.image.ref.name",
            ]),
        ),
        (docker, set(["index references"])),
    ] {
        let pair =
            |app: &str| Pair::of_bytes(&form(&named("left:1", "1")), &form(&named("right:2", app)));
        let (code, strict) = pair("1").judged(&[]);
        assert_eq!((code, strict.counted()), (1, names), "{strict}");
        assert_eq!(pair("1").judged(&["--ignore-image-name"]).0, 0);
        let (code, report) = pair("2").judged(&["--ignore-image-name"]);
        assert_eq!((code, report.counted()), (1, set(["config env.APP"])), "{report}");
    }
}

#[test]
fn ignore_tar_format() {
    let case = Case {
        flags: &["--ignore-tar-format"],
        covered: |it| it.entry(A, |entry| entry.dialect(Dialect::Gnu)),
        names: &["/etc/a tar-format"],
        other: later,
        other_names: &["/etc/a mtime"],
    };
    case.check();
    Case { other: other_content, other_names: CONTENT, ..case }.check();
}

#[test]
fn treat_canonical_paths_equal() {
    let case = Case {
        flags: &["--treat-canonical-paths-equal"],
        covered: |it| it.entry(A, |entry| entry.raw_path("./etc/a")),
        names: &["/etc/a path-form"],
        other: other_content,
        other_names: CONTENT,
    };
    case.check();
    let owner: Twist = |it| it.entry(A, |entry| entry.uid(7));
    Case { other: owner, other_names: &["/etc/a uid"], ..case }.check();
}

#[test]
fn semantic_stands_for_all_of_them() {
    let everything: Twist = |it| {
        it.finish.push(|image| image.empty_history("CMD").created("2024-05-06T07:08:09Z"));
        it.entry(A, |entry| entry.mode(0o100_644).raw_path("./etc/a").mtime(7));
        it.entry(B, |entry| entry.dialect(Dialect::Pax));
        it.entries.swap(A, B);
    };
    let case = Case {
        flags: &["--semantic"],
        covered: everything,
        names: &[
            "/etc/a mode.type-bits",
            "/etc/a mtime",
            "/etc/a path-form",
            "config created",
            "config history[0].created",
            "config history[1]",
            "layer order",
        ],
        other: |it| it.entries[B] = it.entries[B].clone().content("ALPHA"),
        other_names: CONTENT,
    };
    case.check();
    Case { other: another_app, other_names: &["config env.APP"], ..case }.check();
    let owner: Twist = |it| it.entries[B] = it.entries[B].clone().gid(9);
    Case { other: owner, other_names: &["/etc/a gid"], ..case }.check();
}

#[test]
fn ignore_a_field() {
    let case = Case {
        flags: &["--ignore", "mode"],
        covered: of_others,
        names: &["/etc/a mode"],
        other: other_content,
        other_names: CONTENT,
    };
    case.check();
    Case {
        flags: &["--ignore=env.APP"],
        covered: another_app,
        names: &["config env.APP"],
        other: |it| it.finish.push(|image| image.config_value("/config/Env/0", "HOME=/".into())),
        other_names: &["config env.HOME"],
    }
    .check();
    Case {
        flags: &["--ignore=xattr"],
        covered: |it| it.entry(B, |entry| entry.xattr("user.more", "1")),
        names: &["/etc/b xattr.user.more"],
        other: of_others,
        other_names: &["/etc/a mode"],
    }
    .check();
    Case {
        flags: &["--ignore=labels.build*"],
        covered: |it| it.finish.push(|image| image.label("build.id", "7")),
        names: &["config labels.build.id"],
        other: |it| it.finish.push(|image| image.config_value("/config/Labels/keep", "2".into())),
        other_names: &["config labels.keep"],
    }
    .check();
}

#[test]
fn a_field_is_not_the_beginning_of_another() {
    let pair = Pair::new(
        &image([vec![]]).label("build", "1").label("builder", "1"),
        &image([vec![]]).label("build", "2").label("builder", "2"),
    );
    let (code, report) = pair.judged(&["--ignore=labels.build"]);
    assert_eq!((code, report.counted()), (1, set(["config labels.builder"])));
}

#[test]
fn ignore_a_field_at_a_path() {
    let case = Case {
        flags: &["--ignore=mode@/etc/a"],
        covered: of_others,
        names: &["/etc/a mode"],
        other: another_mode_on_b,
        other_names: &["/etc/b mode"],
    };
    case.check();
    Case { other: other_content, other_names: CONTENT, ..case }.check();
    Case { flags: &["--ignore=mode@/**/a"], ..case }.check();
    let case = Case { flags: &["--ignore=mode@/etc/**"], other: other_content, ..case };
    Case { other_names: CONTENT, ..case }.check();
}

#[test]
fn ignore_paths() {
    for flags in [["--ignore-path", "/etc/a"], ["--exclude", "/etc/a"], ["--exclude", "a"]] {
        let flags: &'static [&'static str] = Box::leak(Box::new(flags));
        let covered: Twist = |it| {
            of_others(it);
            later(it);
            other_size(it);
        };
        Case {
            flags,
            covered,
            names: &["/etc/a content", "/etc/a mode", "/etc/a mtime"],
            other: another_mode_on_b,
            other_names: &["/etc/b mode"],
        }
        .check();
    }
}

#[test]
fn ignore_paths_with_all_below() {
    let left =
        vec![Entry::dir("var/log"), Entry::file("var/log/x/y", "1"), Entry::file("var/logs", "1")];
    let right = vec![
        Entry::dir("var/log").mode(0o700),
        Entry::file("var/log/x/y", "2"),
        Entry::file("var/logs", "2"),
    ];
    let pair = Pair::of_entries(left, right);
    for glob in ["/var/log", "/var/log/", "var/log"] {
        let (code, report) = pair.judged(&["--ignore-path", glob]);
        assert_eq!((code, report.counted()), (1, set(["/var/logs content"])), "{glob}");
    }
    let report = pair.report(&["--exclude", "/var/*"]);
    assert_eq!(report.counted(), set([]), "what matches takes all below with it\n{report}");
    let report = pair.report(&["--exclude", "/var/log/*/*"]);
    assert_eq!(report.counted(), set(["/var/log mode", "/var/logs content"]), "{report}");
    assert_eq!(pair.judged(&["--exclude", "/"]).0, 0, "everything lies below the root");
}

#[test]
fn a_malformed_glob_is_refused() {
    let pair = Pair::of_entries(vec![], vec![]);
    for flag in ["--exclude=/a[", "--ignore-path={", "--ignore=mode@/a["] {
        let run = pair.run(&[flag]);
        assert_eq!(run.code, 2, "{flag}");
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    }
}

/// As from a script's variable that is not set.
#[test]
fn an_empty_rule_is_refused_rather_than_covering_everything() {
    let pair = Pair::of_entries(vec![Entry::file("a", "1")], vec![Entry::file("a", "2")]);
    for flag in ["--ignore=", "--ignore=@", "--ignore=mode@", "--ignore-path=", "--exclude="] {
        let run = pair.run(&[flag]);
        assert_eq!(run.code, 2, "{flag}: {}", run.stdout);
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    }
}

/// A field is ignored at the path itself; everything is ignored at the path and below.
#[test]
fn a_field_at_a_directory_is_of_the_directory() {
    let of = |mode| vec![Entry::dir("etc").mode(mode), Entry::file("etc/a", "1").mode(mode)];
    let pair = Pair::of_entries(of(0o755), of(0o700));
    let (code, report) = pair.judged(&["--ignore=mode@/etc"]);
    assert_eq!((code, report.counted()), (1, set(["/etc/a mode"])), "{report}");
    assert_eq!(pair.judged(&["--ignore=mode@/etc", "--ignore=mode@/etc/**"]).0, 0);
    assert_eq!(pair.judged(&["--ignore-path=/etc"]).0, 0);
}

/// The rule says that it ignored, and which it was.
#[test]
fn what_is_ignored_stays_in_the_report_with_its_rule() {
    let pair = Pair::new(&Sample::of(&[]), &Sample::of(&[later, of_others]));
    let report = pair.report(&["--ignore-timestamps", "--ignore=mode@/etc/**"]);
    assert_eq!(report.finding("/etc/a mtime")["rule"], "ignore-file-timestamps");
    assert_eq!(report.finding("/etc/a mtime")["status"], "ignored");
    assert_eq!(report.finding("/etc/a mode")["rule"], "--ignore mode@/etc/**");
    assert_eq!(report.list("rules").len(), 1);
    assert_eq!(report.list("rules")[0]["findings"], 1);
}
