//! SARIF, held against the schema of its standard.

use std::ffi::OsStr;

use imagekit::{Entry, Image, Layer};
use jsonschema::Validator;
use serde_json::Value;

use crate::support::{Desk, corpus, ocidiff};

const SCHEMA: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/schemas/sarif-2.1.0.json"));

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    // Else a URI may be anything.
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema")
}

/// Runs the program and returns how many results its SARIF has, which must be valid.
fn results<S: AsRef<OsStr>>(validator: &Validator, args: &[S]) -> usize {
    let run = ocidiff(args.iter().map(AsRef::as_ref).chain([OsStr::new("--format=sarif")]));
    let document: Value = serde_json::from_slice(&run.stdout).expect("JSON");
    let problems: Vec<String> = validator
        .iter_errors(&document)
        .take(5)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "not as the standard says: {problems:#?}");
    document["runs"][0]["results"].as_array().expect("results").len()
}

#[test]
fn the_schema_tells_what_is_no_sarif() {
    let log = |uri: &str| {
        serde_json::json!({ "version": "2.1.0", "runs": [{
            "tool": { "driver": { "name": "x" } },
            "artifacts": [{ "location": { "uri": uri } }],
        }] })
    };
    let validator = validator();
    assert!(validator.is_valid(&log("a%20b")));
    assert!(!validator.is_valid(&log("a b")), "no URI");
    let mut broken = log("a");
    broken["runs"][0].as_object_mut().expect("a run").remove("tool");
    assert!(!validator.is_valid(&broken), "a run has a tool");
}

#[test]
fn reports_are_as_the_standard_says() {
    let validator = validator();
    let image = |side: &str| corpus(&format!("buildkit-oci-gzip/{side}.tar")).into_os_string();
    assert!(results(&validator, &[image("left"), image("right")]) > 50);
    assert_eq!(results(&validator, &[image("left"), image("left")]), 0);
    assert!(results(&validator, &["verify".into(), image("left")]) > 0);
}

/// A location is a URI there, whatever the file is called.
#[test]
fn so_are_those_of_strange_names_and_lies() {
    let desk = Desk::new();
    let image = |side: &str| {
        let names: [&[u8]; 6] = [
            b"a b%20?#",
            b"not\xff\xfeutf8",
            b"..\\..",
            b"\x1b[2J\n",
            "ä\u{202e}".as_bytes(),
            b"::",
        ];
        let files = names.map(|name| Entry::file(name, side).xattr("user.\u{1}", side));
        let image = Image::new().layer(files.into_iter().collect::<Layer>());
        image.label("\u{1b}]0;", side).reference(side).lie_diff_id(0)
    };
    let (left, right) = (desk.image("a b%.tar", &image("1")), desk.image("b.tar", &image("2")));
    let validator = validator();
    assert!(results(&validator, &[&left, &right]) > 6);
    assert!(results(&validator, &[OsStr::new("verify"), left.as_os_str()]) > 0);
}
