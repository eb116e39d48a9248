//! The corpus: one image with known changes, built by every producer. The lists in
//! `corpus/tiny/EXPECTED` were made by another program, which merges the layers and compares the
//! file systems and configurations; the report must say the same, no less and no more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Found, Report, Run, compare, compare_with, corpus, select};

/// Path (empty for the configuration) and field, as the report names them.
type Place = (String, String);

/// What a list says of a place: the values of both sides as it writes them.
type Expected = BTreeMap<Place, (String, String)>;

#[test]
fn known_changes_are_reported_and_nothing_else() {
    assert_eq!(check_all("left-right"), 22);
}

#[test]
fn a_rebuild_differs_in_times_and_nothing_else() {
    assert_eq!(check_all("left-left2"), 22);
}

#[test]
fn noise_is_reported_and_nothing_else() {
    assert_eq!(check_all("left-noise"), 2);
}

/// The lists were made from merged file systems, so there each place has one finding, its values
/// are the listed ones, and no header field comes in between.
#[test]
fn merged_file_systems_differ_as_listed() {
    for pair in ["left-right", "left-left2", "left-noise"] {
        let (left, right) = pair.split_once('-').expect("two sides");
        for producer in producers(pair) {
            let run = compare_with(input(&producer, left), input(&producer, right), &["--rootfs"]);
            let report = run.checked();
            let found: BTreeSet<(Option<String>, Place)> = report
                .findings()
                .iter()
                .filter(|it| it.path.is_some() && it.field != "size")
                .map(|it| (it.platform.clone(), place_of(it)))
                .collect();
            let platforms: BTreeSet<_> = found.iter().map(|(platform, _)| platform).collect();
            let list = expected(&producer, pair);
            let listed = list.keys().filter(|place| !place.0.is_empty() && place.1 != "size");
            let listed: BTreeSet<_> = listed
                .flat_map(|place| platforms.iter().map(|it| ((*it).clone(), place.clone())))
                .collect();
            let odd: Vec<_> = listed.symmetric_difference(&found).collect();
            assert!(odd.is_empty(), "{producer} {pair}: {odd:#?}");
            let inside: Vec<Found> =
                report.findings().into_iter().filter(|it| it.path.is_some()).collect();
            for found in inside {
                let (left, right) = &list[&place_of(&found)];
                let agrees = says(&found.field, left, &found.left)
                    && says(&found.field, right, &found.right);
                assert!(agrees, "{producer} {pair}: {found:?}");
            }
        }
    }
}

#[test]
fn a_reproducible_build_is_identical_to_the_byte() {
    let run = compare(input("buildkit-oci-sde", "left"), input("buildkit-oci-sde", "left2"));
    let report = run.checked();
    assert_eq!((run.code, report.verdict()), (0, "identical-bytes"));
    assert!(report.findings().is_empty(), "{report}");
}

/// Archives that hold both images: chosen by name, by position and by the name's full form.
#[test]
fn both_images_of_one_archive_show_the_same_changes() {
    let selectors =
        [(":tiny:left", ":tiny:right"), ("@0", "@1"), (":library/tiny:left", ":tiny:right")];
    for (archive, single) in [
        ("docker-20.10-save-multi", "docker-20.10-save"),
        ("docker-29.7-containerd-multi", "docker-29.7-containerd"),
        ("podman-4.3-docker-archive-multi", "podman-4.3-docker-archive"),
    ] {
        let both = corpus(&format!("{archive}/both.tar"));
        for (left, right) in selectors {
            // podman's short names are names on localhost.
            if archive.starts_with("podman") && left.starts_with(":library") {
                continue;
            }
            let (left, right) = match archive.starts_with("podman") {
                true => (
                    left.replace(":tiny", ":localhost/tiny"),
                    right.replace(":tiny", ":localhost/tiny"),
                ),
                false => (left.to_owned(), right.to_owned()),
            };
            let run = compare(select(&both, &left), select(&both, &right));
            let wrong = judge(single, "left-right", &run);
            assert!(wrong.is_empty(), "{archive} {left} {right}:\n{}", wrong.join("\n"));
        }
    }
}

/// skopeo only repacked what BuildKit had built.
#[test]
fn repacked_images_have_identical_content() {
    let left = input("buildkit-oci-gzip", "left");
    for producer in ["skopeo-1.18-oci-zstd", "skopeo-1.18-oci-zstdchunked", "skopeo-1.9-dir"] {
        let run = compare(&left, input(producer, "left"));
        let report = run.checked();
        // The copy to a directory left even the manifest as it was.
        let verdict = if producer.ends_with("-dir") { "image" } else { "content" };
        assert_eq!(report.verdict(), format!("identical-{verdict}"), "{producer}:\n{report}");
        assert!(report.findings().iter().all(|it| it.path.is_none()), "{producer}:\n{report}");
    }
    let run = compare(input("podman-4.3-oci-archive", "left"), input("podman-4.3-oci-dir", "left"));
    assert!(run.checked().verdict().starts_with("identical-"));
}

fn input(producer: &str, side: &str) -> std::path::PathBuf {
    let directory = corpus(&format!("{producer}/{side}"));
    if directory.is_dir() { directory } else { corpus(&format!("{producer}/{side}.tar")) }
}

/// Those of whom there is a list called `pair`.
fn producers(pair: &str) -> Vec<String> {
    let suffix = format!(".{pair}.tsv");
    let mut producers: Vec<String> = std::fs::read_dir(corpus("EXPECTED"))
        .expect("the lists")
        .map(|file| file.expect("a list").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(&suffix).map(str::to_owned))
        .collect();
    producers.sort();
    producers
}

fn expected(producer: &str, pair: &str) -> Expected {
    let list = corpus(&format!("EXPECTED/{producer}.{pair}.tsv"));
    parse(&std::fs::read_to_string(list).expect("a list"))
}

/// Checks every list called `pair` and returns how many there are.
fn check_all(pair: &str) -> usize {
    let producers = producers(pair);
    let (left, right) = pair.split_once('-').expect("two sides");
    let wrong: Vec<String> = producers
        .iter()
        .flat_map(|producer| {
            let run = compare(input(producer, left), input(producer, right));
            let wrong = judge(producer, pair, &run);
            wrong.into_iter().map(|line| format!("{producer}: {line}")).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    producers.len()
}

/// Everything in which the report of `run` departs from the list.
fn judge(producer: &str, pair: &str, run: &Run) -> Vec<String> {
    let expected = expected(producer, pair);
    let report = run.checked();
    let mut wrong = Vec::new();
    let verdict = if expected.is_empty() { "identical-bytes" } else { "different" };
    if report.verdict() != verdict {
        wrong.push(format!("verdict {} instead of {verdict}", report.verdict()));
    }
    // Images made without a configuration have no platform.
    let inside = report.findings().into_iter().filter(|it| it.path.is_some());
    let images: BTreeSet<Option<String>> = inside.map(|it| it.platform).collect();
    let count = if producer.contains("multiplatform") { 2 } else { 1 };
    if images.len() != if expected.is_empty() { 0 } else { count } {
        wrong.push(format!("platforms {images:?}"));
    }
    for image in images {
        let findings: Vec<Found> =
            report.findings().into_iter().filter(|it| it.platform == image).collect();
        wrong.extend(against(&expected, &findings));
    }
    wrong.extend(unlisted(producer, &expected, &report));
    wrong
}

/// What the list has and the findings have not, and values that differ.
fn against(expected: &Expected, findings: &[Found]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (place, values) in expected {
        let found: Vec<&Found> = findings.iter().filter(|it| place_of(it) == *place).collect();
        if found.is_empty() {
            wrong.push(format!("missed {place:?}"));
        }
        // A directory that several layers touch has several findings; the list speaks of the last.
        let agrees = |found: &&Found| {
            says(&place.1, &values.0, &found.left) && says(&place.1, &values.1, &found.right)
        };
        if !found.is_empty() && !found.iter().any(agrees) {
            wrong.push(format!("{place:?} {values:?}: {found:?}"));
        }
    }
    wrong
}

/// Findings that are not in the list and have no business outside it.
fn unlisted(producer: &str, expected: &Expected, report: &Report) -> Vec<String> {
    let mut wrong = Vec::new();
    for found in report.findings() {
        let known = expected.contains_key(&place_of(&found))
            || is_packaging(producer, &found)
            || is_derived(&found)
            || is_strict_only(&found, expected);
        if !known {
            wrong.push(format!("unlisted {found:?}"));
        }
    }
    wrong
}

fn place_of(found: &Found) -> Place {
    let inside = matches!(found.scope.as_str(), "config" | "layer" | "rootfs");
    let field = match found.field.split_once('[') {
        Some((list @ "history", _)) => list.to_owned(),
        _ => found.field.clone(),
    };
    match &found.path {
        Some(path) => (path.clone(), field),
        None if inside => (String::new(), field),
        None => (found.scope.clone(), field),
    }
}

/// What lies outside the file system and the configuration, of which the lists do not speak: the
/// images have different names, and some producers write down when or from what they built.
fn is_packaging(producer: &str, found: &Found) -> bool {
    const NAMES: [&str; 4] = [
        "references",
        "annotations.io.containerd.image.name",
        "annotations.org.opencontainers.image.ref.name",
        "annotations.org.opencontainers.image.created",
    ];
    const BY_PRODUCER: [(&str, &str, &str); 6] = [
        // The provenance attestation holds the time of the build.
        ("buildkit-oci-provenance", "manifest", "attestation.layers[0].content"),
        ("docker-29.7-containerd", "manifest", "attestation.layers[0].content"),
        // The table of contents repeats what the entries say.
        ("buildkit-oci-estargz", "manifest", "annotations.io.containers.estargz."),
        ("buildkit-oci-estargz", "manifest", "annotations.containerd.io/snapshot/stargz/toc."),
        (
            "skopeo-1.18-oci-zstdchunked",
            "manifest",
            "annotations.io.github.containers.zstd-chunked.",
        ),
        // The base image was built anew as well.
        ("podman-4.3-oci", "manifest", "annotations.org.opencontainers.image.base.digest"),
    ];
    let field = found.field.as_str();
    found.path.is_none()
        && ((found.scope == "index" && NAMES.contains(&field))
            || BY_PRODUCER.iter().any(|(of, scope, start)| {
                producer.starts_with(of) && found.scope == *scope && field.starts_with(start)
            })
            // The table of contents lies behind the end of the archive.
            || (producer.contains("estargz") && field.starts_with("trailing-data")))
}

/// Digests and sizes of what differs, which the report itself calls explained.
fn is_derived(found: &Found) -> bool {
    let last = found.field.rsplit('.').next().unwrap_or_default();
    found.status == "explained"
        && matches!(last, "digest" | "size" | "diffId" | "diff_ids" | "layer" | "history")
}

/// What only a strict comparison of headers sees, each with the listed change it comes with.
fn is_strict_only(found: &Found, expected: &Expected) -> bool {
    let Some(path) = &found.path else { return false };
    let listed = |field: &str| expected.contains_key(&(path.clone(), field.to_owned()));
    match found.field.as_str() {
        // Some producers repeat the type in the mode.
        "mode.type-bits" => listed("type"),
        // Some producers look owners up by their numbers.
        "uname" => listed("uid"),
        "gname" => listed("gid"),
        // A hard link is a type of entry; the merged view knows names of files only.
        "type" => listed("linkname") && found.left == "hardlink",
        // Half a second needs a PAX header, whole ones do not.
        "tar-format" => path == "/etc/app/app.conf" && listed("mtime"),
        _ => false,
    }
}

fn parse(list: &str) -> Expected {
    let mut expected = Expected::new();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[path, kind, detail] = columns.as_slice() else { panic!("{line:?}") };
        match kind {
            "config" => config(path, detail, &mut expected),
            "added" => put(&mut expected, path, "entry", "None", detail),
            "removed" => put(&mut expected, path, "entry", detail, "None"),
            "changed" => fields(path, detail, &mut expected),
            other => panic!("{other:?}"),
        }
    }
    expected
}

fn put(expected: &mut Expected, path: &str, field: &str, left: &str, right: &str) {
    let place = (path.to_owned(), field.to_owned());
    expected.insert(place, (left.to_owned(), right.to_owned()));
}

/// `mode: 0o644 -> 0o755; target: None -> opq`
fn fields(path: &str, detail: &str, expected: &mut Expected) {
    for part in detail.split("; ") {
        let (name, values) = part.split_once(": ").expect("a field");
        let (left, right) = values.split_once(" -> ").expect("two values");
        match name {
            "dev" => put(expected, path, "device", left, right),
            "target" | "hardlink" => put(expected, path, "linkname", left, right),
            "xattr" => {
                let key = |text: &str| {
                    text.strip_prefix("{'")
                        .and_then(|it| it.split_once("': "))
                        .map(|it| it.0.to_owned())
                };
                assert_eq!(key(left), key(right), "one attribute, on both sides");
                let field = format!("xattr.{}", key(left).expect("an attribute"));
                put(expected, path, &field, "", "");
            }
            name => put(expected, path, name, left, right),
        }
    }
}

fn config(name: &str, detail: &str, expected: &mut Expected) {
    let (left, right) = detail.split_once(" -> ").expect("two values");
    match name {
        "config.Env" => variables("env", left, right, expected),
        "container_config.Env" => variables(name, left, right, expected),
        "rootfs.diff_ids" | "history" => put(expected, "", name, "", ""),
        _ => {
            let label = name.strip_prefix("config.Labels.").map(|label| format!("labels.{label}"));
            put(expected, "", &label.unwrap_or_else(|| name.to_owned()), left, right);
        }
    }
}

fn variables(prefix: &str, left: &str, right: &str, expected: &mut Expected) {
    let read = |list: &str| -> BTreeMap<String, String> {
        let list: Vec<String> = serde_json::from_str(list).expect("a list of variables");
        list.iter()
            .map(|text| text.split_once('=').expect("NAME=VALUE"))
            .map(|(name, value)| (name.to_owned(), Value::from(value).to_string()))
            .collect()
    };
    let (left, right) = (read(left), read(right));
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    for name in names.into_iter().filter(|name| left.get(*name) != right.get(*name)) {
        let value = |side: &BTreeMap<String, String>| {
            side.get(name).cloned().unwrap_or_else(|| "null".to_owned())
        };
        put(expected, "", &format!("{prefix}.{name}"), &value(&left), &value(&right));
    }
}

/// Whether `value` is what the list writes as `text`.
fn says(field: &str, text: &str, value: &Value) -> bool {
    if text.is_empty() {
        return true;
    }
    if text == "None" {
        return value.is_null();
    }
    let shown = value.as_str().unwrap_or_default();
    match field {
        "content" => shown.strip_prefix("sha256:").is_some_and(|hex| hex.starts_with(text)),
        "mode" => text.strip_prefix("0o") == Some(shown.trim_start_matches('0')),
        "mtime" => {
            let fraction = shown.strip_suffix('Z').and_then(|it| it.get(19..)).unwrap_or_default();
            format!("{}{fraction}", seconds(shown)) == text
        }
        "uid" | "gid" | "size" => value.as_u64() == text.parse().ok(),
        "linkname" => shown == text,
        "device" => {
            let pair = text.trim_matches(['[', ']']).split_once(", ");
            shown.split_once(':') == pair
        }
        "type" => shown.starts_with(text) || (text == "l" && shown == "symlink"),
        "entry" => {
            let kind = value["type"].as_str().unwrap_or_default();
            kind.starts_with(text) || (text == "l" && kind == "symlink")
        }
        _ => serde_json::from_str::<Value>(text).is_ok_and(|json| json == *value),
    }
}

/// Seconds since 1970 of an RFC 3339 time in UTC, counted day by day.
fn seconds(time: &str) -> i64 {
    let number = |range: std::ops::Range<usize>| -> i64 {
        time.get(range).and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("{time:?}"))
    };
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let years: i64 = (1970..year).map(|year| 365 + i64::from(leap(year))).sum();
    let lengths = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months: i64 = lengths.iter().take(usize::try_from(month - 1).unwrap()).sum();
    let days = years + months + day - 1;
    ((days * 24 + number(11..13)) * 60 + number(14..16)) * 60 + number(17..19)
}
