//! Rule files: what they say, what of them is refused, how they are kept from rotting, and the
//! ones the program writes itself.

use imagekit::{Entry, Image, Index};

use crate::support::{Pair, Run, image, set};

fn pair() -> Pair {
    let left = vec![Entry::dir("etc"), Entry::file("etc/a", "1"), Entry::file("etc/gone", "g")];
    let right = vec![
        Entry::dir("etc").mode(0o700),
        Entry::file("etc/a", "2").mode(0o600),
        Entry::file("etc/new", "n").mode(0o751),
    ];
    Pair::of_entries(left, right)
}

const ALL: [&str; 5] =
    ["/etc mode", "/etc/a content", "/etc/a mode", "/etc/gone entry", "/etc/new entry"];

fn rule(keys: &str) -> String {
    format!("version = 1\n[[ignore]]\nreason = \"known\"\n{keys}\n")
}

fn with_rules(pair: &Pair, text: &str, more: &[&str]) -> Run {
    let path = pair.put("rules.toml", text);
    let mut flags = vec!["--rules", &path, "--format=json"];
    flags.extend(more);
    pair.run(&flags)
}

#[test]
fn rules_by_path_field_and_change() {
    let pair = pair();
    assert_eq!(pair.report(&[]).counted(), set(ALL));
    for (keys, hidden) in [
        ("path = \"/etc/a\"", &["/etc/a content", "/etc/a mode"][..]),
        ("field = \"mode\"", &["/etc mode", "/etc/a mode"]),
        ("field = \"mode\"\npath = \"/etc/*\"", &["/etc/a mode"]),
        ("field = \"entry\"\nchange = \"added\"", &["/etc/new entry"]),
        ("field = \"entry\"\nchange = \"removed\"", &["/etc/gone entry"]),
        ("path = \"/**\"\nchange = \"changed\"", &["/etc mode", "/etc/a content", "/etc/a mode"]),
    ] {
        let run = with_rules(&pair, &rule(keys), &[]);
        let mut expected = set(ALL);
        expected.retain(|name| !hidden.contains(&name.as_str()));
        assert_eq!((run.code, run.report().counted()), (1, expected), "{keys}");
    }
    let run = with_rules(&pair, &rule("path = \"/etc\""), &[]);
    assert_eq!((run.code, run.report().verdict()), (0, "equivalent"));
}

#[test]
fn rules_by_change_know_moves() {
    let entries = |path: &str| vec![Entry::file(path, "the same"), Entry::file("etc/x", "x")];
    let pair = Pair::of_entries(entries("a"), entries("b"));
    assert_eq!(with_rules(&pair, &rule("field = \"path\"\nchange = \"moved\""), &[]).code, 0);
    assert_eq!(with_rules(&pair, &rule("field = \"path\"\nchange = \"added\""), &[]).code, 1);
}

#[test]
fn rules_by_platform() {
    let index = |arm: &str| {
        let of = |arch: &str, app: &str| Image::new().platform("linux", arch, None).env("APP", app);
        imagekit::oci_archive(Index::new().image(of("amd64", "1")).image(of("arm64", arm)))
    };
    let pair = Pair::of_bytes(&index("1"), &index("2"));
    let (code, report) = pair.judged(&[]);
    assert_eq!((code, report.counted()), (1, set(["config env.APP"])), "{report}");
    let of = |platform: &str| rule(&format!("field = \"env\"\nplatform = \"{platform}\""));
    assert_eq!(with_rules(&pair, &of("linux/arm64"), &[]).code, 0);
    assert_eq!(with_rules(&pair, &of("linux/amd64"), &[]).code, 1);
}

#[test]
fn several_rules_and_files_add_up() {
    let pair = pair();
    let one = pair.put("one.toml", &rule("field = \"mode\""));
    let two = pair.put("two.toml", &rule("field = \"entry\""));
    let (code, report) = pair.judged(&["--rules", &one, "--rules", &two, "--ignore=content"]);
    assert_eq!((code, report.counted()), (0, set([])));
    let counts: Vec<u64> =
        report.list("rules").iter().map(|it| it["findings"].as_u64().unwrap()).collect();
    assert_eq!(counts.iter().sum::<u64>(), 5);
}

#[test]
fn what_is_no_rule_file_is_refused() {
    for (text, reason) in [
        ("version = 1\n[[ignore]]\nfield = \"mode\"\n", "rule 1 has no reason"),
        ("version = 1\n[[ignore]]\nfield = \"mode\"\nreason = \" \"\n", "rule 1 has no reason"),
        (&*(rule("field = \"mode\"") + "[[ignore]]\nfield = \"x\"\n"), "rule 2 has no reason"),
        (&*rule("feild = \"mode\""), "unknown field `feild`"),
        ("version = 1\nignored = []\n", "unknown field `ignored`"),
        ("version = 2\n", "version 2"),
        ("[[ignore]]\nfield = \"x\"\nreason = \"y\"\n", "missing field `version`"),
        (&*rule("field = \"mode\"\nchange = \"gone\""), "rule 1: unknown change \"gone\""),
        (&*rule(""), "rule 1 names neither path nor field"),
        (&*rule("path = \"/a[\""), "rule 1 (/a[)"),
        (&*rule("path = 1"), "invalid type"),
        ("version", "TOML parse error"),
        ("", "missing field `version`"),
    ] {
        let run = with_rules(&pair(), text, &[]);
        assert_eq!(run.code, 2, "{text}");
        assert!(run.stderr.starts_with("error: "), "{text}: {}", run.stderr);
        assert!(run.stderr.contains(reason), "{text}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{text}");
    }
}

#[test]
fn a_missing_rule_file_is_trouble() {
    let run = pair().run(&["--rules", "/does/not/exist.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("/does/not/exist.toml"), "{}", run.stderr);
}

#[test]
fn rules_that_ignore_nothing_are_listed() {
    let pair = pair();
    let text = rule("field = \"mode\"") + "[[ignore]]\npath = \"/nowhere\"\nreason = \"rotten\"\n";
    let run = with_rules(&pair, &text, &["--ignore=labels.no"]);
    assert_eq!(run.code, 1);
    for idle in ["rule 2 (/nowhere)", "--ignore labels.no"] {
        assert!(run.stderr.contains(&format!("warning: {idle} ignored nothing")), "{}", run.stderr);
    }
    assert!(!run.stderr.contains("rule 1"), "{}", run.stderr);
    let report = run.report();
    let rotten = report.list("rules").iter().find(|it| it["reason"] == "rotten").unwrap();
    assert_eq!((&rotten["rule"], &rotten["findings"]), (&"rule 2 (/nowhere)".into(), &0.into()));
}

#[test]
fn strict_rules_make_an_idle_rule_trouble() {
    let pair = pair();
    let busy = rule("path = \"/etc\"");
    assert_eq!(with_rules(&pair, &busy, &["--strict-rules"]).code, 0);
    assert_eq!(with_rules(&pair, &rule("field = \"mode\""), &["--strict-rules"]).code, 1);
    let run = with_rules(&pair, &busy, &["--strict-rules", "--exclude=/nowhere"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("error: --exclude /nowhere ignored nothing"), "{}", run.stderr);
    assert!(!run.stdout.is_empty(), "the report is printed all the same");
}

#[test]
fn damage_is_never_ignored() {
    let good = imagekit::forms::oci([&image([vec![Entry::file("a", "1")]])]);
    let broken = image([vec![Entry::file("a", "1")]]).lie_diff_id(0);
    let pair = Pair::of_bytes(&good.to_tar(), &imagekit::oci_archive(&broken));
    for flags in [&["--semantic"][..], &["--ignore=*"], &["--exclude=/**"], &["--ignore=damage"]] {
        let (code, report) = pair.judged(flags);
        assert_eq!((code, report.verdict()), (2, "different"), "{flags:?}\n{report}");
    }
}

/// Writes rules from one pair and reads them back.
fn written(pair: &Pair) -> (String, String) {
    let path = pair.path("starter.toml").to_str().unwrap().to_owned();
    let run = pair.run(&["--quiet", "--write-rules", &path]);
    assert_eq!((run.code, &*run.stderr), (1, ""));
    (std::fs::read_to_string(&path).unwrap(), path)
}

#[test]
fn written_rules_ignore_the_present_and_nothing_else() {
    let pair = pair();
    let (text, path) = written(&pair);
    let (code, report) = pair.judged(&["--rules", &path, "--strict-rules"]);
    assert_eq!((code, report.verdict()), (0, "equivalent"), "{text}\n{report}");
    let left = vec![Entry::dir("etc"), Entry::file("etc/a", "1"), Entry::file("etc/gone", "g")];
    let right = vec![
        Entry::dir("etc").mode(0o700).uid(5),
        Entry::file("etc/a", "2").mode(0o600),
        Entry::file("etc/b", "b"),
        Entry::file("etc/gone", "G"),
    ];
    let other = Pair::of_entries(left, right);
    let (code, report) = other.judged(&["--rules", &path]);
    let expected = set(["/etc uid", "/etc/b entry", "/etc/gone content"]);
    assert_eq!((code, report.counted()), (1, expected), "{text}\n{report}");
}

/// What is written of a directory speaks of the directory, not of what will ever lie in it.
#[test]
fn a_written_rule_for_a_directory_spares_what_lies_in_it() {
    let etc = |directory: u32, file: u32| {
        vec![Entry::dir("etc").mode(directory), Entry::file("etc/a", "1").mode(file)]
    };
    let pair = Pair::of_entries(etc(0o755, 0o644), etc(0o700, 0o644));
    let (text, path) = written(&pair);
    assert_eq!(pair.judged(&["--rules", &path]).0, 0, "{text}");
    let other = Pair::of_entries(etc(0o755, 0o644), etc(0o700, 0o4777));
    let (code, report) = other.judged(&["--rules", &path]);
    assert_eq!((code, report.counted()), (1, set(["/etc/a mode"])), "{text}\n{report}");
}

#[test]
fn written_rules_name_causes_and_counts() {
    let left =
        vec![Entry::file("a", "1"), Entry::file("b", "1"), Entry::file("var/log/dpkg.log", "1")];
    let right = vec![
        Entry::file("a", "1").mtime(1),
        Entry::file("b", "1").mtime(2),
        Entry::file("var/log/dpkg.log", "2"),
    ];
    let (text, _) = written(&Pair::of_entries(left, right));
    assert!(text.contains("version = 1\n"), "{text}");
    assert!(text.contains("\n# 2 findings\n[[ignore]]\nfield = \"mtime\"\n"), "{text}");
    assert!(text.contains("path = \"/var/log/dpkg.log\"\nfield = \"content\"\n"), "{text}");
    assert!(text.contains("reason = \"logs of the build\""), "{text}");
}

#[test]
fn hostile_paths_survive_the_round_trip() {
    let hostile: [&[u8]; 14] = [
        b"quote\"d",
        b"tick'''s",
        b"new\nline",
        b"tab\tand\x1bescape",
        b"star*",
        b"[class]",
        b"{a,b}",
        b"com,ma",
        b"question?",
        b"back\\slash",
        b"back\\*",
        b"not\xffutf8",
        "bidi\u{202e}".as_bytes(),
        b"!bang#hash = 1",
    ];
    for path in hostile {
        let of = |content: &str| vec![Entry::file(path, content), Entry::file("plain", "p")];
        let pair = Pair::of_entries(of("1"), of("2"));
        let (text, rules) = written(&pair);
        let (code, report) = pair.judged(&["--rules", &rules, "--strict-rules"]);
        assert_eq!(code, 0, "{text}\n{report}");
        let mut others = of("2");
        others[1] = others[1].clone().content("P");
        let other = Pair::of_entries(of("1"), others);
        let (code, report) = other.judged(&["--rules", &rules]);
        assert_eq!((code, report.counted()), (1, set(["/plain content"])), "{text}\n{report}");
    }
}

#[test]
fn hostile_globs_mean_themselves_only() {
    let of = |star: &str, other: &str| vec![Entry::file("a*", star), Entry::file("ab", other)];
    let pair = Pair::of_entries(of("1", "1"), of("2", "1"));
    let (text, rules) = written(&pair);
    let (code, report) = Pair::of_entries(of("1", "1"), of("2", "2")).judged(&["--rules", &rules]);
    assert_eq!((code, report.counted()), (1, set(["/ab content"])), "{text}");
}

#[test]
fn hostile_fields_survive_the_round_trip() {
    for label in ["a\"b", "a\nb", "a b", "*", "é", "a[0]", "x.y"] {
        let of = |value: &str, other: &str| image([vec![]]).label(label, value).label("z", other);
        let pair = Pair::new(&of("1", "1"), &of("2", "1"));
        let (text, rules) = written(&pair);
        assert_eq!(pair.judged(&["--rules", &rules]).0, 0, "{text}");
        let other = Pair::new(&of("1", "1"), &of("2", "2"));
        let (code, report) = other.judged(&["--rules", &rules]);
        assert_eq!((code, report.counted()), (1, set(["config labels.z"])), "{text}");
    }
}

#[test]
fn rules_for_images_without_differences_are_empty() {
    let pair = Pair::of_entries(vec![Entry::file("a", "1")], vec![Entry::file("a", "1")]);
    let path = pair.path("starter.toml");
    assert_eq!(pair.run(&["-q", "--write-rules", path.to_str().unwrap()]).code, 0);
    assert_eq!(pair.judged(&["--rules", path.to_str().unwrap(), "--strict-rules"]).0, 0);
}

#[test]
fn rules_that_cannot_be_written_are_trouble() {
    let run = pair().run(&["--write-rules", "/does/not/exist/rules.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("/does/not/exist/rules.toml"), "{}", run.stderr);
}
