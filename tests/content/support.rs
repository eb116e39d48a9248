//! Two images that differ in a file, and what is said of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use imagekit::{Compression, Entry, Image, Layer};
use serde_json::Value;

/// Compares two inputs; the exit code, and the report.
pub(crate) fn compare(left: &Path, right: &Path, flags: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ocidiff"));
    command.env_remove("SOURCE_DATE_EPOCH").args([left, right]).arg("--format=json").args(flags);
    let output = command.output().expect("the program can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("panicked"), "{errors}");
    let report = serde_json::from_slice(&output.stdout);
    let code = output.status.code().expect("it ended by itself");
    let report = report.unwrap_or_else(|error| panic!("{error}: {errors}"));
    crate::schema::check(&report);
    (code, report)
}

/// Two images in files.
pub(crate) struct Pair {
    _directory: tempfile::TempDir,
    pub(crate) left: PathBuf,
    pub(crate) right: PathBuf,
}

impl Pair {
    /// Images of one layer each.
    pub(crate) fn of(left: Vec<Entry>, right: Vec<Entry>, compression: &Compression) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let write = |name: &str, entries: Vec<Entry>| {
            let path = directory.path().join(name);
            let layer = entries.into_iter().fold(Layer::new(), Layer::with);
            let image = Image::new().layer(layer).compression(*compression);
            std::fs::write(&path, imagekit::oci_archive(&image)).expect("a file");
            path
        };
        let (left, right) = (write("left.tar", left), write("right.tar", right));
        Self { _directory: directory, left, right }
    }

    /// Images that differ in what the file at `path` holds.
    pub(crate) fn file(path: &str, left: impl Into<Vec<u8>>, right: impl Into<Vec<u8>>) -> Self {
        let entry = |content: Vec<u8>| vec![Entry::file(path, content)];
        Self::of(entry(left.into()), entry(right.into()), &Compression::gzip())
    }

    pub(crate) fn compare(&self, flags: &[&str]) -> Value {
        compare(&self.left, &self.right, flags).1
    }
}

/// The finding about the content of the file at `path` as a whole.
pub(crate) fn whole<'a>(report: &'a Value, path: &str) -> &'a Value {
    let found = findings(report).iter().find(|it| {
        it["at"]["path"] == path && it["field"] == "content" && it["at"].get("within").is_none()
    });
    found.unwrap_or_else(|| panic!("nothing about {path}: {report:#}"))
}

/// `member › member field` of what lies inside of the file at `path`.
pub(crate) fn inside(report: &Value, path: &str) -> Vec<String> {
    let of_file = findings(report).iter().filter(|it| it["at"]["path"] == path);
    let mut inside: Vec<String> = of_file
        .filter_map(|it| {
            let within = it["at"].get("within")?.as_array().expect("a list");
            let names: Vec<&str> = within.iter().filter_map(Value::as_str).collect();
            Some(format!("{} {}", names.join(" › "), it["field"].as_str().expect("a field")))
        })
        .collect();
    inside.sort();
    inside
}

pub(crate) fn findings(report: &Value) -> &[Value] {
    report["findings"].as_array().expect("findings")
}

/// Paths about which something counts.
pub(crate) fn counted(report: &Value) -> std::collections::BTreeSet<String> {
    let counted = findings(report).iter().filter(|it| it["status"] == "counted");
    counted.filter_map(|it| it["at"]["path"].as_str().map(str::to_owned)).collect()
}
