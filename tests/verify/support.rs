//! Runs the program and reads what it says.

use std::ffi::OsStr;
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
    /// Whatever it was given, it ended by itself and with one of the exit codes the manual lists.
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

    /// What was found in the only input, checked against the exit code and the counts.
    pub(crate) fn report(&self) -> Report {
        let value: Value = serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stderr));
        crate::schema::check(&value);
        assert_eq!(value["schemaVersion"], 1);
        let verdict =
            ["sound", "unsound", "unreadable"][usize::try_from(self.code).expect("0 to 2")];
        assert_eq!(value["verdict"], verdict, "{value:#}");
        let report = Report(value["inputs"][0].clone());
        let count =
            |grade: &str| report.findings().iter().filter(|it| it.severity == grade).count();
        if report.0.get("error").is_none() {
            assert_eq!(report.0["summary"]["errors"], count("error"));
            assert_eq!(report.0["summary"]["warnings"], count("warning"));
            assert_eq!(report.0["summary"]["notes"], count("note"));
        }
        report
    }
}

/// Runs the program.
pub(crate) fn ocidiff<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Run {
    let run = command().args(args).stdin(Stdio::null()).output();
    Run::of(run.expect("the program can be started"))
}

/// Verifies one input, as JSON.
pub(crate) fn verify(input: impl AsRef<OsStr>) -> Run {
    verify_with(input, &[])
}

/// Verifies one input, as JSON, with more arguments.
pub(crate) fn verify_with(input: impl AsRef<OsStr>, more: &[&str]) -> Run {
    let mut args = vec![OsStr::new("verify"), input.as_ref(), OsStr::new("--format=json")];
    args.extend(more.iter().map(OsStr::new));
    ocidiff(args)
}

/// What was found in one input, as a script reads it.
pub(crate) struct Report(pub(crate) Value);

impl Report {
    pub(crate) fn findings(&self) -> Vec<Found> {
        self.0["findings"].as_array().expect("findings").iter().map(Found::of).collect()
    }

    /// `severity field` of everything that is graver than a note.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let graver = self.findings().into_iter().filter(|it| it.severity != "note");
        graver.map(|it| format!("{} {}", it.severity, it.field)).collect()
    }

    /// The findings of one field.
    pub(crate) fn of_field(&self, field: &str) -> Vec<Found> {
        self.findings().into_iter().filter(|it| it.field == field).collect()
    }

    /// The only finding of one field.
    #[track_caller]
    pub(crate) fn only(&self, field: &str) -> Found {
        match self.of_field(field).as_slice() {
            [found] => found.clone(),
            other => panic!("{} findings about {field}: {:#?}", other.len(), self.findings()),
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) severity: String,
    pub(crate) field: String,
    pub(crate) path: Option<String>,
    pub(crate) layer: Option<u64>,
    pub(crate) message: String,
    pub(crate) left: Value,
    pub(crate) note: Option<String>,
}

impl Found {
    fn of(value: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Self {
            severity: text(&value["severity"]).expect("a severity"),
            field: text(&value["field"]).expect("a field"),
            path: text(&value["at"]["path"]),
            layer: value["at"]["layer"]["left"].as_u64(),
            message: text(&value["left"]).unwrap_or_default(),
            left: value["left"].clone(),
            note: text(&value["note"]),
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

/// The member of a layout that holds the blob called `digest`.
pub(crate) fn blob(digest: &str) -> String {
    format!("blobs/{}", digest.replace(':', "/"))
}

/// A sound image with three small layers, of which the last deletes a file of the first.
pub(crate) fn sample() -> Image {
    Image::new()
        .reference("app:1.0")
        .env("PATH", "/usr/bin:/bin")
        .cmd(["/bin/app"])
        .layer(
            Layer::new()
                .with(Entry::dir("etc"))
                .with(Entry::file("etc/passwd", "root:x:0:0::/root:/bin/sh\n"))
                .with(Entry::file("etc/secret", "hunter2\n"))
                .with(Entry::symlink("etc/mtab", "/proc/mounts")),
        )
        .layer(
            Layer::new()
                .with(Entry::dir("opt"))
                .with(Entry::file("opt/data", "one"))
                .with(Entry::hardlink("opt/data2", "opt/data")),
        )
        .layer(Layer::new().with(Entry::whiteout("etc/secret")))
}

/// A sound image with one layer.
pub(crate) fn image_of(layer: Layer) -> Image {
    Image::new().layer(layer)
}
