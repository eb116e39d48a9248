//! Runs the program and reads what it says: the tests see what a user sees, and nothing else.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use imagekit::{Archive, Entry, Image, Layer};
use serde_json::Value;

/// The program under test.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ocidiff"));
    for name in ["NO_COLOR", "COLUMNS", "SOURCE_DATE_EPOCH"] {
        command.env_remove(name);
    }
    command
}

/// One finished run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    /// Takes in what a run left. Whatever it was given, it ended by itself and with one of the
    /// exit codes the manual lists.
    pub(crate) fn of(output: Output) -> Self {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains("panicked"), "a panic: {stderr}");
        let code = output.status.code().unwrap_or_else(|| panic!("killed: {}", output.status));
        assert!((0..=2).contains(&code), "exit code {code}: {stderr}");
        Self { code, stdout: output.stdout, stderr }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.stdout.clone()).expect("output is UTF-8")
    }

    /// The report of a run with `--format json`.
    pub(crate) fn report(&self) -> Report {
        let value = serde_json::from_slice(&self.stdout);
        let value = value.unwrap_or_else(|error| panic!("{error}: {}", self.stderr));
        crate::schema::check(&value);
        Report(value)
    }

    /// The exit code, the report and the verdict must agree with each other.
    pub(crate) fn checked(&self) -> Report {
        let report = self.report();
        let damaged = report.findings().iter().any(Found::is_damage);
        let counted = !report.counted().is_empty();
        let expected = if damaged { 2 } else { i32::from(counted) };
        assert_eq!(self.code, expected, "exit code against the report\n{report}");
        assert!(!damaged || !report.verdict().starts_with("identical"), "{report}");
        assert!(!counted || report.verdict() != "identical-bytes", "{report}");
        let all = report.0["findings"].as_array().expect("findings").iter();
        let all = all.filter(|it| it["status"] == "counted");
        assert_eq!(report.0["summary"]["counted"], all.count());
        report
    }
}

/// Runs the program.
pub(crate) fn ocidiff<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Run {
    let run = command().args(args).stdin(Stdio::null()).output();
    Run::of(run.expect("the program can be started"))
}

/// Compares two inputs as JSON.
pub(crate) fn compare(left: impl AsRef<OsStr>, right: impl AsRef<OsStr>) -> Run {
    compare_with(left, right, &[])
}

/// Compares two inputs as JSON, with more arguments.
pub(crate) fn compare_with(
    left: impl AsRef<OsStr>,
    right: impl AsRef<OsStr>,
    more: &[&str],
) -> Run {
    let mut args = vec![left.as_ref(), right.as_ref(), OsStr::new("--format=json")];
    args.extend(more.iter().map(OsStr::new));
    ocidiff(args)
}

/// A report as a script reads it.
pub(crate) struct Report(pub(crate) Value);

impl Report {
    pub(crate) fn verdict(&self) -> &str {
        self.0["verdict"].as_str().expect("a verdict")
    }

    /// All but what lies inside of files, which has tests of its own.
    pub(crate) fn findings(&self) -> Vec<Found> {
        let findings = self.0["findings"].as_array().expect("findings").iter();
        findings.filter(|it| it["at"].get("within").is_none()).map(Found::of).collect()
    }

    pub(crate) fn counted(&self) -> Vec<Found> {
        self.findings().into_iter().filter(|it| it.status == "counted").collect()
    }

    /// Where the counted findings lie: `scope path field`, the path only where there is one.
    pub(crate) fn places(&self) -> BTreeSet<String> {
        self.counted().iter().map(Found::place).collect()
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        let notes = self.0["notes"].as_array().expect("notes");
        notes.iter().map(|note| note["message"].as_str().expect("a message").to_owned()).collect()
    }

    pub(crate) fn format(&self, side: &str) -> &str {
        self.0[side]["format"].as_str().expect("a format")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}, notes {:?}", self.verdict(), self.notes())?;
        self.findings().iter().try_for_each(|found| writeln!(out, "  {found:?}"))
    }
}

/// One finding of a report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) scope: String,
    pub(crate) image: Option<String>,
    pub(crate) platform: Option<String>,
    /// Positions of the layers on both sides.
    pub(crate) layer: Option<[Option<u64>; 2]>,
    pub(crate) path: Option<String>,
    pub(crate) change: String,
    pub(crate) field: String,
    pub(crate) left: Value,
    pub(crate) right: Value,
    pub(crate) status: String,
}

impl Found {
    fn of(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let at = &value["at"];
        let layer = at.get("layer").map(|it| [it["left"].as_u64(), it["right"].as_u64()]);
        Self {
            scope: text(&value["scope"]).expect("a scope"),
            image: text(&at["image"]),
            platform: text(&at["platform"]),
            layer,
            path: text(&at["path"]),
            change: text(&value["change"]).expect("a change"),
            field: text(&value["field"]).expect("a field"),
            left: value["left"].clone(),
            right: value["right"].clone(),
            status: text(&value["status"]).expect("a status"),
        }
    }

    pub(crate) fn is_damage(&self) -> bool {
        self.field.starts_with("damage.")
    }

    pub(crate) fn place(&self) -> String {
        match &self.path {
            Some(path) => format!("{} {path} {}", self.scope, self.field),
            None => format!("{} {}", self.scope, self.field),
        }
    }
}

/// A directory for the files of one test.
pub(crate) struct Desk(tempfile::TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("the file can be written");
        path
    }

    /// Writes an archive as a tar file.
    pub(crate) fn tar(&self, name: &str, archive: &Archive) -> PathBuf {
        self.put(name, archive.to_tar())
    }

    /// Writes an archive as a directory.
    pub(crate) fn dir(&self, name: &str, archive: &Archive) -> PathBuf {
        let path = self.path(name);
        archive.write_dir(&path);
        path
    }

    /// Writes an image as an OCI archive.
    pub(crate) fn image(&self, name: &str, image: &Image) -> PathBuf {
        self.put(name, imagekit::oci_archive(image))
    }
}

/// A file of the corpus.
pub(crate) fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/tiny").join(name)
}

/// `path` with `selector` behind it, as in `archive.tar:name`.
pub(crate) fn select(path: &Path, selector: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(selector);
    text.into()
}

/// An image with three small layers and a bit of everything.
pub(crate) fn sample() -> Image {
    Image::new()
        .reference("app:1.0")
        .env("PATH", "/usr/bin:/bin")
        .label("vendor", "example")
        .cmd(["/bin/app"])
        .layer(base_layer())
        .layer(app_layer("one"))
        .layer(
            Layer::new()
                .with(Entry::dir("var"))
                .with(Entry::dir("var/log"))
                .with(Entry::file("var/log/log", "line\n"))
                .with(Entry::whiteout("etc/motd")),
        )
}

pub(crate) fn base_layer() -> Layer {
    Layer::new()
        .with(Entry::dir("etc"))
        .with(Entry::file("etc/passwd", "root:x:0:0::/root:/bin/sh\n"))
        .with(Entry::file("etc/motd", "welcome\n"))
        .with(Entry::symlink("etc/mtab", "/proc/mounts"))
}

pub(crate) fn app_layer(content: &str) -> Layer {
    Layer::new()
        .with(Entry::dir("opt"))
        .with(Entry::dir("opt/app"))
        .with(Entry::file("opt/app/data", content))
        .with(Entry::hardlink("opt/app/data2", "opt/app/data"))
        .with(Entry::file("opt/app/run", "#!/bin/sh\n").mode(0o755))
}
