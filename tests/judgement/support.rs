//! Pairs of images, runs of the program over them, and what it said.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use imagekit::{Entry, Image, Layer};
use serde_json::Value;

/// One finished run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the program.
pub(crate) fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ocidiff"));
    for name in ["NO_COLOR", "COLUMNS", "SOURCE_DATE_EPOCH"] {
        command.env_remove(name);
    }
    let output = command.args(args).output().expect("the program can be started");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains("panicked"), "{stderr}");
    Run {
        code: output.status.code().expect("it ended by itself"),
        stdout: String::from_utf8(output.stdout).expect("output is UTF-8"),
        stderr,
    }
}

/// Compares two inputs as JSON.
pub(crate) fn compare(left: &Path, right: &Path, flags: &[&str]) -> (i32, Report) {
    let fixed = [left.as_os_str(), right.as_os_str(), OsStr::new("--format=json")];
    let run = run(fixed.into_iter().chain(flags.iter().map(OsStr::new)));
    (run.code, run.report())
}

impl Run {
    /// The report of a run with `--format json`.
    pub(crate) fn report(&self) -> Report {
        let report = serde_json::from_str(&self.stdout);
        let report = report.unwrap_or_else(|error| panic!("{error}: {}", self.stderr));
        crate::schema::check(&report);
        Report(report)
    }
}

/// Two images in files.
pub(crate) struct Pair {
    directory: tempfile::TempDir,
    pub(crate) left: PathBuf,
    pub(crate) right: PathBuf,
}

impl Pair {
    pub(crate) fn new(left: &Image, right: &Image) -> Self {
        Self::of_bytes(&imagekit::oci_archive(left), &imagekit::oci_archive(right))
    }

    pub(crate) fn of_bytes(left: &[u8], right: &[u8]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let [left, right] = [("left.tar", left), ("right.tar", right)].map(|(name, bytes)| {
            let path = directory.path().join(name);
            std::fs::write(&path, bytes).expect("the file can be written");
            path
        });
        Self { directory, left, right }
    }

    /// Two images of one layer each.
    pub(crate) fn of_entries(left: Vec<Entry>, right: Vec<Entry>) -> Self {
        Self::of_layers([left], [right])
    }

    pub(crate) fn of_layers<const L: usize, const R: usize>(
        left: [Vec<Entry>; L],
        right: [Vec<Entry>; R],
    ) -> Self {
        Self::new(&image(left), &image(right))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a file beside the images and gives its path.
    pub(crate) fn put(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("the file can be written");
        path.to_str().expect("UTF-8").to_owned()
    }

    /// The exit code and the report with these flags.
    pub(crate) fn judged(&self, flags: &[&str]) -> (i32, Report) {
        compare(&self.left, &self.right, flags)
    }

    pub(crate) fn report(&self, flags: &[&str]) -> Report {
        self.judged(flags).1
    }

    /// A run without a format of its own.
    pub(crate) fn run(&self, flags: &[&str]) -> Run {
        run([self.left.as_os_str(), self.right.as_os_str()]
            .into_iter()
            .chain(flags.iter().map(OsStr::new)))
    }
}

/// An image of these layers.
pub(crate) fn image(layers: impl IntoIterator<Item = Vec<Entry>>) -> Image {
    layers.into_iter().fold(Image::new().reference("app:1"), |image, entries| {
        image.layer(Layer::new().with_all(entries))
    })
}

/// A report as a script reads it.
pub(crate) struct Report(pub(crate) Value);

impl Report {
    pub(crate) fn verdict(&self) -> &str {
        self.0["verdict"].as_str().expect("a verdict")
    }

    pub(crate) fn count(&self, what: &str) -> u64 {
        self.0["summary"][what].as_u64().expect("a count")
    }

    pub(crate) fn list(&self, what: &str) -> &[Value] {
        self.0[what].as_array().expect("a list")
    }

    pub(crate) fn findings(&self) -> &[Value] {
        self.list("findings")
    }

    /// `path field` or `scope field` of what counts.
    pub(crate) fn counted(&self) -> BTreeSet<String> {
        let counted = self.findings().iter().filter(|it| it["status"] == "counted");
        counted.map(name).collect()
    }

    /// The finding of this name.
    pub(crate) fn finding(&self, wanted: &str) -> &Value {
        let mut found = self.findings().iter().filter(|it| name(it) == wanted);
        let first = found.next().unwrap_or_else(|| panic!("no {wanted}\n{self}"));
        assert!(found.next().is_none(), "several {wanted}\n{self}");
        first
    }

    /// The cause with this identifier.
    pub(crate) fn cause(&self, id: &str) -> Option<&Value> {
        self.list("causes").iter().find(|cause| cause["id"] == id)
    }

    /// Identifiers of all causes, in their order.
    pub(crate) fn causes(&self) -> Vec<&str> {
        self.list("causes").iter().map(|it| it["id"].as_str().expect("an id")).collect()
    }
}

/// `path field`, or `scope field` where there is no path.
pub(crate) fn name(finding: &Value) -> String {
    let place = finding["at"]["path"].as_str().or(finding["scope"].as_str()).expect("a place");
    format!("{place} {}", finding["field"].as_str().expect("a field"))
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}, causes {:?}", self.verdict(), self.causes())?;
        self.findings().iter().try_for_each(|it| {
            let (status, cause, rule) = (&it["status"], &it["cause"], &it["rule"]);
            writeln!(out, "  {}: {status} {cause} {rule} {} {}", name(it), it["left"], it["right"])
        })
    }
}

pub(crate) fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}
