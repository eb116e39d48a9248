//! Flags about what is said, in which format and where.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// How to print the result
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub(super) format: Format,

    #[command(flatten)]
    pub(super) files: FileArgs,

    /// When to use colours; NO_COLOR is honoured
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub(super) color: Color,

    /// When to show long output in a pager: $OCIDIFF_PAGER, $PAGER or less
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub(super) paging: Paging,

    /// Leave nothing out: no folded lists, no shortened values
    #[arg(long)]
    pub(super) all: bool,

    /// Print nothing but errors; the exit code tells
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,

    /// Tell on standard error how much was read and how long it took
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// Reports beside the one that is printed; any number in one run.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Reports in files (`-` is standard output)")]
pub(super) struct FileArgs {
    /// The report as it is printed, without colours
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    text: Option<PathBuf>,

    /// One page that opens in any browser, without a network
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    html: Option<PathBuf>,

    /// A comment for a pull request
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    markdown: Option<PathBuf>,

    /// One document, for programs
    #[arg(long, visible_alias = "report-file", value_name = "FILE", value_hint = ValueHint::FilePath)]
    json: Option<PathBuf>,

    /// One finding a line, for programs
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    ndjson: Option<PathBuf>,

    /// JUnit XML, for CI
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    junit: Option<PathBuf>,

    /// SARIF 2.1.0, for code scanning
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    sarif: Option<PathBuf>,

    /// What `diffoscope --load-existing-diff` reads
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    diffoscope: Option<PathBuf>,
}

impl FileArgs {
    /// What goes where.
    pub(super) fn asked(&self) -> impl Iterator<Item = (Format, &Path)> {
        [
            (Format::Text, &self.text),
            (Format::Html, &self.html),
            (Format::Markdown, &self.markdown),
            (Format::Json, &self.json),
            (Format::Ndjson, &self.ndjson),
            (Format::Junit, &self.junit),
            (Format::Sarif, &self.sarif),
            (Format::Diffoscope, &self.diffoscope),
        ]
        .into_iter()
        .filter_map(|(format, file)| Some((format, file.as_deref()?)))
    }
}

/// Files that are written for other tools to go on with.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Reports in files (`-` is standard output)")]
pub(super) struct DirectoryArgs {
    /// Make a directory with the report and the differing files of both sides
    ///
    /// It must be empty or not there yet; what rules ignore is left out. It will hold README.md, report.json, and contents of
    /// files in input-0/manifests-N/layers-N/ and input-1/…, for `diff -ur` and other tools. No
    /// name in an image leads outside of it.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(super) report_dir: Option<PathBuf>,

    /// Put the unchanged files of all layers there too
    #[arg(long, requires = "report_dir")]
    pub(super) report_dir_all: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// Four columns, as diffoci has them: type, name, and what either input has
    Table,
    /// One versioned document, for programs
    Json,
    /// One finding a line
    Ndjson,
    /// A comment for a pull request
    Markdown,
    /// One page for a browser
    Html,
    /// JUnit XML
    Junit,
    /// SARIF 2.1.0
    Sarif,
    /// The JSON of diffoscope
    Diffoscope,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// When standard output is a terminal
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Paging {
    /// When standard output is a terminal
    #[default]
    Auto,
    Never,
}
