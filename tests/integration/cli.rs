//! The command line: exit codes, streams, formats, flags.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::Stdio;

use imagekit::{Entry, Image, Index, Layer};

use crate::support::{Desk, Run, command, compare, compare_with, corpus, ocidiff, sample};

fn pair() -> [PathBuf; 2] {
    ["left", "right"].map(|side| corpus(&format!("buildkit-oci-gzip/{side}.tar")))
}

#[test]
fn agreement_exits_0_and_difference_1() {
    let [left, right] = pair();
    assert_eq!(ocidiff([&left, &left]).code, 0);
    assert_eq!(ocidiff([&left, &right]).code, 1);
}

#[test]
fn the_word_diff_changes_nothing() {
    let [left, right] = pair();
    let short = ocidiff([&left, &right]);
    let long = ocidiff(["diff".as_ref(), left.as_os_str(), right.as_os_str()]);
    assert_eq!((short.code, short.stdout), (long.code, long.stdout));
}

#[test]
fn text_ends_in_counts_and_the_verdict() {
    let [left, right] = pair();
    for (other, verdict) in [(&left, "identical-bytes"), (&right, "different")] {
        let text = ocidiff([&left, other]).text();
        let last = text.lines().last().expect("a last line");
        assert!(last.contains(verdict), "{last:?}");
    }
    let text = ocidiff([&left, &right]).text();
    for word in ["/etc/app/", "app.conf", "content", "suid", "StopSignal", "SIGINT"] {
        assert!(text.contains(word), "{word}\n{text}");
    }
}

#[test]
fn quiet_prints_nothing_but_errors() {
    let [left, right] = pair();
    let run = ocidiff([left.as_os_str(), right.as_os_str(), "--quiet".as_ref()]);
    assert_eq!((run.code, run.text().as_str(), run.stderr.as_str()), (1, "", ""));
    let run = ocidiff([left.as_os_str(), "absent.tar".as_ref(), "-q".as_ref()]);
    assert_eq!((run.code, run.text().as_str()), (2, ""));
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
}

/// The keys scripts may rely on.
#[test]
fn json_has_the_promised_keys() {
    let [left, right] = pair();
    let report = compare(left, right).checked().0;
    let keys = |value: &serde_json::Value| -> BTreeSet<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    let has = |value: &serde_json::Value, promised: &[&str]| {
        let missing: Vec<_> = promised.iter().filter(|key| value.get(**key).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?} of {:?}", keys(value));
    };
    has(&report, &["schemaVersion", "left", "right", "verdict", "summary", "causes", "findings"]);
    assert_eq!(report["schemaVersion"], 1);
    for side in ["left", "right"] {
        has(&report[side], &["input", "format", "references", "image"]);
        has(&report[side]["image"], &["digest", "mediaType", "platform", "configDigest"]);
    }
    has(&report["summary"], &["findings", "counted", "ignored", "explained"]);
    let findings = report["findings"].as_array().expect("a list");
    for (id, finding) in findings.iter().enumerate() {
        has(finding, &["id", "scope", "at", "change", "field", "left", "right", "status"]);
        assert_eq!(finding["id"], id);
    }
    let status = |name: &str| findings.iter().filter(|it| it["status"] == name).count();
    for name in ["counted", "ignored", "explained"] {
        assert_eq!(report["summary"][name], status(name), "{name}");
    }
    assert_eq!(report["summary"]["findings"], findings.len());
}

#[test]
fn a_path_that_is_not_utf8_survives_json() {
    let desk = Desk::new();
    let image = |content: &str| {
        let file = Entry::file(b"etc/\xff\xfe".to_vec(), content);
        Image::new().layer(Layer::new().with(file))
    };
    let run = compare(desk.image("a.tar", &image("1")), desk.image("b.tar", &image("2")));
    let report = run.checked().0;
    let findings = report["findings"].as_array().expect("findings");
    let found = findings.iter().find(|it| it["field"] == "content").expect("the content");
    assert_eq!(found["at"]["path"], r"/etc/\xff\xfe");
    assert_eq!(found["at"]["pathBytes"], "L2V0Yy///g==");
}

#[test]
fn untrusted_text_reaches_no_terminal_raw() {
    let desk = Desk::new();
    let image = |content: &str| {
        let file = Entry::file("etc/\u{1b}[2J\u{202e}evil", content);
        Image::new().layer(Layer::new().with(file)).label("x", format!("\u{1b}]0;{content}\u{7}"))
    };
    let (left, right) = (desk.image("a.tar", &image("1")), desk.image("b.tar", &image("2")));
    for format in ["text", "json"] {
        let run =
            ocidiff([left.as_os_str(), right.as_os_str(), format!("--format={format}").as_ref()]);
        let text = run.text();
        assert!(text.contains("evil"), "{format}");
        let raw = text.chars().find(|it| matches!(it, '\u{1b}' | '\u{7}' | '\u{202e}'));
        assert_eq!(raw, None, "{format}");
    }
}

#[test]
fn excluded_paths_do_not_count() {
    let desk = Desk::new();
    let image = |content: &str| {
        Image::new().layer(
            Layer::new()
                .with(Entry::file("var/log/a.log", content))
                .with(Entry::file("var/log/deep/b.log", content)),
        )
    };
    let (left, right) = (desk.image("a.tar", &image("1")), desk.image("b.tar", &image("2")));
    let paths = |glob: &str| -> (i32, Vec<String>) {
        let run = compare_with(&left, &right, &["--exclude", glob]);
        let counted = run.checked().counted();
        (run.code, counted.into_iter().filter_map(|it| it.path).collect())
    };
    assert_eq!(paths("/nothing").1, ["/var/log/a.log", "/var/log/deep/b.log"]);
    assert_eq!(paths("/var/log/*.log"), (1, vec!["/var/log/deep/b.log".to_owned()]));
    assert_eq!(paths("/var/log/**"), (0, vec![]));
    assert_eq!(paths("/var/log"), (0, vec![]), "a directory stands for what lies below it");
    assert_eq!(paths("*.log"), (0, vec![]));
    let run = compare_with(&left, &right, &["--exclude", "["]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
}

#[test]
fn platform_selects_images() {
    let desk = Desk::new();
    let image = |arch: &str, content: &str| {
        sample().platform("linux", arch, None).layer(crate::support::app_layer(content))
    };
    let index = |content: &str| {
        Index::new().reference("app:1").image(image("amd64", content)).image(image("arm64", "same"))
    };
    let left = desk.put("a.tar", imagekit::oci_archive(index("1")));
    let right = desk.put("b.tar", imagekit::oci_archive(index("2")));
    let platforms = |more: &[&str]| -> BTreeSet<String> {
        let report = compare_with(&left, &right, more).checked();
        let images = report.0["images"].as_array().expect("images").clone();
        images.iter().filter_map(|it| it["platform"].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(platforms(&[]).len(), 2);
    assert_eq!(platforms(&["--platform", "linux/arm64"]), BTreeSet::from(["linux/arm64".into()]));
    let both = ["--platform", "linux/arm64", "--platform", "linux/amd64"];
    assert_eq!(platforms(&both).len(), 2);
    let run = compare_with(&left, &right, &["--platform", "linux/arm64"]);
    let inside = run.checked().findings().iter().filter(|it| it.scope == "layer").count();
    assert_eq!(inside, 0, "the images for arm64 are the same");
}

#[test]
fn a_platform_nobody_has_is_refused() {
    let [left, right] = pair();
    let run = compare_with(left, right, &["--platform", "windows/amd64"]);
    assert_eq!(run.code, 2, "nothing was compared");
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
}

#[test]
fn bad_usage_exits_2_with_a_message() {
    let [left, right] = pair();
    let (left, right) = (left.to_str().expect("UTF-8"), right.to_str().expect("UTF-8"));
    for args in [
        &[][..],
        &[left],
        &[left, right, left],
        &["-", "-"],
        &[left, right, "--format", "yaml"],
        &[left, right, "--platform", "linux"],
        &[left, right, "--threads", "many"],
        &[left, right, "--no-such-flag"],
    ] {
        let run = ocidiff(args);
        assert_eq!(run.code, 2, "{args:?}");
        assert!(run.stdout.is_empty() && !run.stderr.is_empty(), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    for flag in ["--help", "-h", "--version"] {
        let run = ocidiff([flag]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{flag}");
        assert!(run.text().contains("ocidiff"), "{flag}");
    }
}

#[test]
fn remote_transports_name_the_command_to_run() {
    let [left, _] = pair();
    for (input, command) in [
        ("docker://alpine:3", "skopeo copy docker://alpine:3 oci-archive:"),
        ("registry:alpine:3", "skopeo copy docker://alpine:3 oci-archive:"),
        ("podman://alpine:3", "podman save"),
        ("containers-storage:alpine", "skopeo copy containers-storage:alpine oci-archive:"),
        ("docker-daemon:alpine:3", "docker save -o"),
    ] {
        let run = ocidiff([left.as_os_str(), input.as_ref()]);
        assert_eq!(run.code, 2, "{input}");
        let mut lines = run.stderr.lines();
        let error = lines.next().unwrap_or_default();
        assert!(error.starts_with("error: ") && error.contains(input), "{error}");
        let hint = lines.next().unwrap_or_default();
        assert!(hint.starts_with("hint: ") && hint.contains(command), "{hint}");
    }
}

#[test]
fn a_missing_input_is_named() {
    let [left, _] = pair();
    let run = ocidiff([left.as_os_str(), "no/such/file.tar".as_ref()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.starts_with("error: ") && run.stderr.contains("no/such/file.tar"));
    assert!(run.stdout.is_empty());
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let [left, right] = pair();
    let mut child = command()
        .args([left.as_os_str(), right.as_os_str(), "--format=json".as_ref()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    // Far less than is to come.
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0; 16]).expect("some output");
    drop(stdout);
    let run = Run::of(child.wait_with_output().expect("an end"));
    assert_eq!((run.code, run.stderr.as_str()), (1, ""));
}

#[test]
fn colour_is_for_terminals_and_those_who_ask() {
    let [left, right] = pair();
    let colored = |flags: &[&str], no_color: Option<&str>| {
        let mut command = command();
        command.args([&left, &right]).args(flags);
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        Run::of(command.output().expect("a run")).text().contains('\u{1b}')
    };
    assert!(!colored(&[], None), "a pipe is no terminal");
    assert!(colored(&["--color", "always"], None));
    assert!(colored(&["--color", "always"], Some("1")), "the flag is the later word");
    assert!(!colored(&["--color", "never"], None));
    assert!(!colored(&[], Some("1")));
}

#[test]
fn any_number_of_threads_prints_the_same() {
    for producer in ["buildkit-oci-gzip", "docker-20.10-save", "buildkit-oci-multiplatform"] {
        let side = |side: &str| corpus(&format!("{producer}/{side}.tar"));
        for format in ["--format=json", "--format=text"] {
            let print = |threads: &str| {
                let (left, right) = (side("left"), side("right"));
                ocidiff([
                    left.as_os_str(),
                    right.as_os_str(),
                    format.as_ref(),
                    "--threads".as_ref(),
                    threads.as_ref(),
                ])
                .stdout
            };
            let one = print("1");
            for threads in ["0", "2", "7"] {
                assert!(one == print(threads), "{producer} {format} with {threads} threads");
            }
        }
    }
}

#[test]
fn trusted_digests_are_not_read() {
    let desk = Desk::new();
    let honest = desk.image("a.tar", &sample());
    let image = sample();
    let digest = image.build().layers[0].digest.clone();
    let name = format!("blobs/{}", digest.replace(':', "/"));
    let archive = imagekit::forms::oci([&image]);
    let mut bytes = archive.file(&name).to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let lying = desk.tar("b.tar", &archive.replace(&name, bytes));
    assert_eq!(compare(&honest, &lying).code, 2, "read and found out");
    assert_eq!(compare_with(&honest, &lying, &["--trust-digests"]).code, 0);
}
