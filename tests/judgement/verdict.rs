//! The ladder of verdicts, the gate over it, and what rules may never do to it.

use imagekit::{Compression, Entry, Image, Layer};
use ocidiff::compare::Merge;
use ocidiff::judge::{Preset, Rule, Rules};
use ocidiff::report::{Report, Status, Verdict};
use ocidiff::sides::Sides;
use ocidiff::{Options, progress};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::support::{Pair, image};

const RUNGS: [&str; 6] = [
    "identical-bytes",
    "identical-image",
    "identical-content",
    "equivalent",
    "equivalent-rootfs",
    "different",
];

fn files() -> Vec<Entry> {
    vec![Entry::dir("etc"), Entry::file("etc/a", "1"), Entry::file("etc/b", "2")]
}

/// A pair that stands on the rung and on none above.
fn on(rung: &str) -> Pair {
    let left = image([files()]);
    let bytes = imagekit::oci_archive(&left);
    let mut changed = files();
    match rung {
        "identical-bytes" => Pair::new(&left, &left),
        "identical-image" => {
            let longer = imagekit::forms::oci([&left]).insert_file("README", "x");
            Pair::of_bytes(&bytes, &longer.to_tar())
        }
        "identical-content" => Pair::new(&left, &left.clone().compression(Compression::zstd())),
        "equivalent" => {
            changed[1] = changed[1].clone().mtime(1);
            Pair::new(&left, &image([changed]))
        }
        "equivalent-rootfs" => {
            let last = changed.split_off(2);
            Pair::new(&left, &image([changed, last]))
        }
        _ => {
            changed[1] = changed[1].clone().content("other");
            Pair::new(&left, &image([changed]))
        }
    }
}

#[test]
fn the_gate_opens_at_its_rung_and_above() {
    for (at, rung) in RUNGS.iter().enumerate() {
        let pair = on(rung);
        for (asked, required) in RUNGS.iter().enumerate() {
            let (code, report) = pair.judged(&[&format!("--require={required}")]);
            let expected = i32::from(at > asked);
            assert_eq!(code, expected, "{rung} where {required} is required\n{report}");
        }
        let verdict = pair.report(&["--require=equivalent-rootfs"]);
        assert_eq!(verdict.verdict(), *rung, "{verdict}");
    }
}

#[test]
fn without_a_gate_what_counts_decides() {
    for (rung, strict, semantic) in [
        ("identical-bytes", 0, 0),
        ("identical-image", 0, 0),
        ("identical-content", 1, 0),
        ("equivalent", 1, 0),
        ("equivalent-rootfs", 1, 1),
        ("different", 1, 1),
    ] {
        assert_eq!(on(rung).judged(&[]).0, strict, "{rung}");
        assert_eq!(on(rung).judged(&["--semantic"]).0, semantic, "{rung}");
    }
}

#[test]
fn an_unknown_rung_is_bad_usage() {
    assert_eq!(on("different").run(&["--require=same"]).code, 2);
}

#[test]
fn a_squashed_image_has_the_same_file_system() {
    let layers = [
        vec![Entry::dir("etc"), Entry::file("etc/a", "1"), Entry::file("etc/gone", "g")],
        vec![Entry::dir("etc"), Entry::whiteout("etc/gone"), Entry::file("etc/b", "2")],
        vec![Entry::dir("opt"), Entry::hardlink("opt/c", "etc/a")],
    ];
    let squashed = [vec![
        Entry::dir("etc"),
        Entry::file("etc/a", "1"),
        Entry::file("etc/b", "2"),
        Entry::dir("opt"),
        Entry::hardlink("opt/c", "etc/a"),
    ]];
    let pair = Pair::of_layers(layers, squashed);
    let (code, report) = pair.judged(&["--require=equivalent-rootfs"]);
    assert_eq!((code, report.verdict()), (0, "equivalent-rootfs"), "{report}");
    assert_eq!(pair.judged(&["--require=equivalent"]).0, 1);
    let (code, report) = pair.judged(&["--rootfs"]);
    assert_eq!((code, report.verdict()), (0, "equivalent-rootfs"), "{report}");
}

#[test]
fn a_squashed_image_that_lost_something_is_different() {
    let layers = [files(), vec![Entry::file("etc/c", "3").mode(0o4755)]];
    for kept in [files(), [files(), vec![Entry::file("etc/c", "3")]].concat()] {
        let pair = Pair::of_layers(layers.clone(), [kept]);
        for flags in [&["--require=equivalent-rootfs"][..], &["--rootfs"], &["--semantic"]] {
            let (code, report) = pair.judged(flags);
            assert_eq!((code, report.verdict()), (1, "different"), "{flags:?}\n{report}");
        }
    }
}

#[test]
fn what_is_run_is_part_of_the_container() {
    let changes: [fn(Image) -> Image; 4] = [
        |image| image.env("A", "1"),
        |image| image.cmd(["sh"]),
        |image| image.user("1000"),
        |image| image.platform("linux", "arm64", None),
    ];
    for change in changes {
        let pair = Pair::new(&image([files()]), &change(image([files()])));
        let (code, report) = pair.judged(&["--rootfs"]);
        assert_ne!((code, report.verdict()), (0, "equivalent-rootfs"), "{report}");
        assert_eq!(code, 1, "{report}");
    }
    let pair = Pair::new(&image([files()]), &image([files()]).empty_history("CMD"));
    assert_eq!(pair.judged(&["--rootfs"]).0, 0, "history is not");
}

#[test]
fn times_are_part_of_the_file_system_unless_they_are_ignored() {
    let pair = on("equivalent");
    assert_eq!(pair.judged(&["--rootfs"]).0, 1);
    assert_eq!(pair.judged(&["--rootfs", "--ignore-timestamps"]).0, 0);
    assert_eq!(pair.judged(&["--rootfs", "--semantic"]).0, 0);
}

#[test]
fn damage_passes_no_gate() {
    let good = image([files()]);
    for broken in [good.clone().lie_diff_id(0), good.clone().lie_layer_size(0, 7)] {
        let bytes = imagekit::oci_archive(&broken);
        for pair in [
            Pair::of_bytes(&imagekit::oci_archive(&good), &bytes),
            Pair::of_bytes(&bytes, &imagekit::oci_archive(&good)),
        ] {
            for rung in RUNGS {
                let (code, report) = pair.judged(&[&format!("--require={rung}"), "--semantic"]);
                assert_eq!((code, report.verdict()), (2, "different"), "{rung}\n{report}");
            }
        }
    }
}

/// What may be added to what is ignored.
#[derive(Clone, Debug)]
enum Added {
    Preset(Preset),
    Noise,
    Field(&'static str),
    Path(&'static str),
}

impl Added {
    fn to(&self, rules: &mut Rules) {
        match self {
            Self::Preset(preset) => rules.presets.push(*preset),
            Self::Noise => rules.noise = true,
            Self::Field(text) => rules.own.push(Rule::ignoring(text).unwrap()),
            Self::Path(glob) => rules.own.push(Rule::ignoring_path("--exclude", glob).unwrap()),
        }
    }
}

fn added() -> impl Strategy<Value = Added> {
    prop_oneof![
        select(Preset::ALL.to_vec()).prop_map(Added::Preset),
        Just(Added::Noise),
        select(vec![
            "mode",
            "content",
            "entry",
            "mtime",
            "mtime@/d/**",
            "history",
            "*",
            "env.A",
            "layer",
            "diffId",
            "path",
            "type",
            "config",
            "digest",
            "rootfs",
            "entry@/**/.wh.*",
        ])
        .prop_map(Added::Field),
        select(vec!["/a", "/d", "/d/*", "a", "/**"]).prop_map(Added::Path),
    ]
}

fn entry() -> impl Strategy<Value = Entry> {
    let path = select(vec!["a", "b", "d", "d/a", "d/b", "etc/hosts"]);
    (path, 0..9_u8, 0..3_u8, 0..2_i64).prop_map(|(path, kind, variety, time)| {
        let entry = match kind {
            0..=3 => Entry::file(path, vec![b'x'; usize::from(variety)]),
            4 => Entry::dir(path),
            5 => Entry::symlink(path, "a"),
            6 => Entry::hardlink(path, "a"),
            7 => Entry::whiteout(path),
            _ => Entry::opaque("d"),
        };
        let entry = if variety == 2 { entry.mode(0o700) } else { entry };
        entry.mtime(1_700_000_000 + time)
    })
}

fn images() -> impl Strategy<Value = Image> {
    let layers = vec(vec(entry(), 0..5), 1..4);
    (layers, 0..2_u8, 0..2_u8).prop_map(|(layers, env, created)| {
        let image = layers
            .into_iter()
            .fold(Image::new(), |image, entries| image.layer(Layer::new().with_all(entries)));
        let image =
            image.env("A", env.to_string()).created(format!("2024-01-0{}T00:00:00Z", created + 1));
        image.compression(Compression::Plain)
    })
}

fn diff(pair: &Pair, rules: Rules) -> Report {
    let options = Options { rules, merge: Merge::Always, threads: 1, ..Options::default() };
    let inputs = Sides::new(pair.left.as_os_str(), pair.right.as_os_str());
    ocidiff::diff(inputs, &options, &progress::Silent).unwrap()
}

fn counted(report: &Report) -> Vec<usize> {
    let counted = report.findings.iter().filter(|it| it.status == Status::Counted);
    counted.map(|it| it.id).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..<_>::default() })]

    /// A rule only ever takes findings out of what counts, takes none out of the report, and the
    /// rung gets better or stays.
    #[test]
    fn more_rules_never_make_it_worse(
        left in images(),
        right in images(),
        rules in vec(added(), 1..4).prop_flat_map(|all| {
            let count = all.len();
            (Just(all.clone()), subsequence(all, 0..count))
        }),
    ) {
        let pair = Pair::new(&left, &right);
        let (all, some) = rules;
        let report = |added: &[Added]| {
            let mut rules = Rules::default();
            added.iter().for_each(|it| it.to(&mut rules));
            diff(&pair, rules)
        };
        let (more, fewer) = (report(&all), report(&some));
        prop_assert_eq!(more.findings.len(), fewer.findings.len());
        let before = counted(&fewer);
        prop_assert!(counted(&more).iter().all(|id| before.contains(id)), "{:?} {:?}", some, all);
        prop_assert!(more.verdict <= fewer.verdict, "{:?} {:?} {:?}", some, all, more.verdict);
    }

    /// Equivalent images make equivalent containers, whatever their layers do.
    #[test]
    fn the_rung_and_the_file_systems_agree(left in images(), right in images()) {
        let pair = Pair::new(&left, &right);
        let rules = Rules { presets: Preset::ALL.to_vec(), noise: true, ..Rules::default() };
        let whole = diff(&pair, rules.clone());
        let options = Options {
            rules: Rules { rootfs_only: true, ..rules },
            merge: Merge::Only,
            ..Options::default()
        };
        let inputs = Sides::new(pair.left.as_os_str(), pair.right.as_os_str());
        let merged = ocidiff::diff(inputs, &options, &progress::Silent).unwrap();
        let same = merged.summary.counted == 0;
        prop_assert_eq!(whole.verdict <= Verdict::EquivalentRootfs, same, "{:?}", whole.findings);
    }
}
