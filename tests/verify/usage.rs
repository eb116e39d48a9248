//! What people type, and what they get to see.

use imagekit::forms::oci;
use imagekit::{Entry, Layer};

use crate::support::{Desk, image_of, ocidiff, sample, verify_with};

#[test]
fn fail_on_decides_the_exit_code() {
    let desk = Desk::new();
    let noted = desk.image("noted.tar", &sample());
    let warned = desk.image("warned.tar", &sample().config_remove("/history/0"));
    let wrong = desk.image("wrong.tar", &sample().lie_diff_id(0));
    for (path, codes) in [(noted, [0, 0, 1]), (warned, [0, 1, 1]), (wrong, [1, 1, 1])] {
        for (grade, code) in ["error", "warning", "note"].into_iter().zip(codes) {
            let run = verify_with(&path, &["--fail-on", grade]);
            assert_eq!(run.code, code, "{} {grade}", path.display());
        }
    }
}

#[test]
fn the_last_line_is_the_verdict() {
    let desk = Desk::new();
    for (image, code, verdict) in [
        (sample(), 0, "sound"),
        (sample().lie_diff_id(0), 1, "unsound"),
        (sample().drop_layer_blob(0), 2, "unreadable"),
    ] {
        let run = ocidiff(["verify".as_ref(), desk.image("image.tar", &image).as_os_str()]);
        assert_eq!(run.code, code);
        let text = run.text();
        assert_eq!(
            text.lines().next_back(),
            Some(format!("verdict: {verdict}").as_str()),
            "{text}"
        );
    }
}

#[test]
fn several_images_are_verified_in_one_run() {
    let desk = Desk::new();
    let good = desk.image("good.tar", &sample());
    let bad = desk.image("bad.tar", &sample().lie_diff_id(0));
    let none = desk.path("none.tar");
    let paths = |paths: &[&std::path::PathBuf]| {
        let mut args = vec!["verify".into(), "--format=json".into()];
        args.extend(paths.iter().map(|path| path.as_os_str().to_owned()));
        ocidiff(args)
    };
    assert_eq!(paths(&[&good, &good]).code, 0);
    assert_eq!(paths(&[&good, &bad]).code, 1);
    let run = paths(&[&none, &bad, &good]);
    assert_eq!(run.code, 2);
    let value: serde_json::Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let verdicts: Vec<&str> = value["inputs"]
        .as_array()
        .expect("inputs")
        .iter()
        .filter_map(|it| it["verdict"].as_str())
        .collect();
    assert_eq!(verdicts, ["unreadable", "unsound", "sound"]);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
}

#[test]
fn quiet_still_tells_errors() {
    let desk = Desk::new();
    let bad = desk.image("bad.tar", &sample().lie_diff_id(0));
    let run = ocidiff(["verify".as_ref(), "-q".as_ref(), bad.as_os_str()]);
    assert!(run.stdout.is_empty() && run.stderr.contains("DiffID"), "{}", run.stderr);
}

#[test]
fn names_out_of_archives_do_not_reach_the_terminal_raw() {
    let desk = Desk::new();
    let evil = "\x1b[2J\u{202e}\n";
    let layer = Layer::new().with(Entry::file(format!("su{evil}"), "x").mode(0o4755));
    let archive = oci([image_of(layer).reference(format!("a{evil}"))])
        .insert_file(format!("notes{evil}"), "x");
    let path = desk.tar("image.tar", &archive);
    for format in ["text", "json"] {
        let run =
            ocidiff(["verify".as_ref(), path.as_os_str(), "--format".as_ref(), format.as_ref()]);
        let all = format!("{}{}", run.text(), run.stderr);
        assert!(all.contains("notes"), "{all}");
        assert!(!all.contains(['\x1b', '\u{202e}']), "{all}");
    }
}
