//! How near a run comes to the least it could take.
//!
//! For each pair of images the *floor* is measured then and there: the work no honest tool can
//! leave out, done with the bare libraries (`work.rs`). Floor and program take turns, and so do the
//! pairs, so that what else the machine does meets all; only ratios within one run mean anything.
//!
//! ```text
//! cargo bench --bench floor -- [--markdown FILE] [--micro FILE] [NAME...]
//! ```
//!
//! `NAME` picks pairs. Big pairs are taken from the directories below `OCIDIFF_BIG`, each with
//! `left-FORM.tar` and `right-FORM.tar`. A peer on `PATH` is run too, when all else is done.
#![expect(clippy::expect_used, reason = "without its input a benchmark has nothing to measure")]
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]
#![expect(clippy::print_stderr, reason = "rounds are counted there; tables come after minutes")]

mod child;
mod clock;
mod pairs;
mod peers;
mod plan;
mod report;
mod scaling;
mod trial;
mod work;

use std::path::PathBuf;

use crate::report::Report;

/// What was typed.
#[derive(Default)]
struct Args {
    markdown: Option<PathBuf>,
    micro: Option<PathBuf>,
    names: Vec<String>,
}

impl Args {
    fn parse() -> Self {
        let mut args = Self::default();
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--markdown" => args.markdown = words.next().map(PathBuf::from),
                "--micro" => args.micro = words.next().map(PathBuf::from),
                // What `cargo bench` says to every benchmark.
                "--bench" => {}
                name => args.names.push(name.to_owned()),
            }
        }
        args
    }

    fn wants(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|wanted| name.contains(wanted.as_str()))
    }
}

fn main() {
    let args = Args::parse();
    let mut report = Report::begin();
    let pairs: Vec<_> = pairs::all().into_iter().filter(|it| args.wants(&it.name)).collect();
    let trials = trial::run(&pairs);
    report.pairs(&trials);
    if args.wants("tiny") {
        report.start(&trial::start(&pairs::tiny()));
    }
    report.scaling("entries", "Entries", &scaling::entries(&|name| args.wants(name)));
    report.scaling("layers", "Layers", &scaling::layers(&|name| args.wants(name)));
    report.peers(peers::run(&trials));
    if let Some(file) = &args.micro {
        report.micro(&std::fs::read_to_string(file).expect("the micro-benches have run"));
    }
    if let Some(file) = &args.markdown {
        std::fs::write(file, report.markdown()).expect("room for the report");
    }
}
