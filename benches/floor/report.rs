//! The tables, as text that is Markdown too.

use std::fmt::Write as _;
use std::process::Command;

use crate::clock::{Took, cpu_ratio, median, ratio};
use crate::pairs::{BYTES_PER_ENTRY, LAYERS_FOR_TWO_THREADS, TWO_THREADS, VERIFY};
use crate::peers::Race;
use crate::scaling::Row;
use crate::trial::{Start, Times, Trial, cores};

/// All that is printed, and kept for a file.
pub(crate) struct Report {
    text: String,
}

const INTRODUCTION: &str = "\
# How fast it is

Written by `make bench`. Absolute figures are those of one machine at one time, and of what else it
did then. What may be compared are the ratios: floor and program took turns, and so did the pairs.
Times are medians. A ratio is the median over turns, each of two runs of one turn, so it need not be
the quotient of the times beside it.

**Floor**: the least any honest tool must do, with the bare libraries (`benches/floor/work.rs`): each
blob once, its digest, its DiffID, and a digest for the content of each file; twins are hashed once
and compared; what was mapped is unmapped. **Ours**: the program as a process of its own, `--quiet
--no-content`.
*CPU* is all processor time of ours to all of the floor's: a busy machine distorts it less. **1:N**:
how many times as long ours takes with `--threads 1`; in brackets the target, for images of four layers
or more; after *of* an estimate of what the machine could give: the work of one single-threaded run for
each core at once, against one such run alone. **Looking inside**: without `--no-content`. **Memory**:
anonymous, at its peak; in brackets the target. A target that is missed is marked with ✗.
**Verify** hashes contents only for its list of deleted files, the floor always: **listing** is the
ratio of `verify --deleted`, which has that to do as well. Throughput is that of the unpacked bytes
of both sides.

**Peers** are those found on `PATH`, run once and after all else, because what they write to disk
keeps the machine busy for a while; ours is the median from above. diffoci is run with the loading of
both images into an empty store. diffoscope stops where blobs have other names; it is listed because
it is there, not for comparison.

In `gen-many` a tenth of 209,000 files differs, and each difference is found, judged and sorted:
the floor does nothing of the kind.
";

impl Report {
    pub(crate) fn begin() -> Self {
        let mut report = Self { text: String::new() };
        report.line(INTRODUCTION);
        report.line(&machine());
        report
    }

    pub(crate) fn markdown(&self) -> &str {
        &self.text
    }

    fn line(&mut self, line: &str) {
        println!("{line}");
        let _ = writeln!(self.text, "{line}");
    }

    fn head(&mut self, title: &str, columns: &[&str]) {
        self.line(&format!("\n## {title}\n"));
        self.line(&format!("| {} |", columns.join(" | ")));
        self.line(&format!("|---|{}", "---:|".repeat(columns.len() - 1)));
    }

    fn row(&mut self, cells: &[String]) {
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    pub(crate) fn pairs(&mut self, trials: &[Trial<'_>]) {
        if trials.is_empty() {
            return;
        }
        self.head(
            "Pairs",
            &[
                "pair",
                "entries",
                "unpacked",
                "floor",
                "ours",
                "ratio",
                "CPU",
                "1:N",
                "MB/s",
                "memory",
                "looking inside",
                "verify: floor",
                "ours",
                "ratio",
                "CPU",
                "listing",
            ],
        );
        trials.iter().for_each(|trial| self.pair(trial));
    }

    fn pair(&mut self, trial: &Trial<'_>) {
        let Trial { entries, bytes, peak, .. } = *trial;
        let Times { floor, ours, content, verify_floor, verify, deleted, .. } = &trial.took;
        let target = trial.pair.target;
        let allowed = (target.mebibytes << 20) + BYTES_PER_ENTRY * entries;
        let verified = |took| held(ratio(took, verify_floor), |it| it <= VERIFY, VERIFY);
        self.row(&[
            trial.pair.name.clone(),
            entries.to_string(),
            format!("{} MB", bytes / 1_000_000),
            seconds(floor),
            seconds(ours),
            held(ratio(ours, floor), |it| it <= target.ratio, target.ratio),
            format!("{:.2}", cpu_ratio(ours, floor)),
            gain(trial),
            format!("{:.0}", bytes as f64 / 1e6 / median(ours).wall.as_secs_f64()),
            format!(
                "{:.1} MiB ({:.0}){}",
                mebibytes(peak),
                mebibytes(allowed),
                cross(peak <= allowed)
            ),
            seconds(content),
            seconds(verify_floor),
            seconds(verify),
            verified(verify),
            format!("{:.2}", cpu_ratio(verify, verify_floor)),
            verified(deleted),
        ]);
    }

    pub(crate) fn start(&mut self, start: &Start) {
        let milliseconds = |took: std::time::Duration| 1e3 * took.as_secs_f64();
        self.head("Two archives of 20 KB, from start to exit", &["run", "wall", "target"]);
        let rows = [
            ("`--version`", milliseconds(start.none), None),
            ("`--no-content`", milliseconds(start.ours.wall), Some(5.0)),
            ("looking inside", milliseconds(start.content.wall), Some(5.0)),
        ];
        for (name, took, target) in rows {
            let within = target.is_none_or(|target| took <= target);
            let target = target.map_or("–".to_owned(), |target| format!("{target:.0} ms"));
            self.row(&[name.to_owned(), format!("{took:.1} ms{}", cross(within)), target]);
        }
        let within = start.peak <= 8 << 20;
        let peak = format!("{:.1} MiB{}", mebibytes(start.peak), cross(within));
        self.row(&["memory".to_owned(), peak, "8 MiB".to_owned()]);
    }

    pub(crate) fn scaling(&mut self, what: &str, title: &str, rows: &[Row]) {
        if rows.is_empty() {
            return;
        }
        self.head(
            &format!("{title} and what each costs"),
            &[&format!("{what} a side"), "wall", "CPU", "µs each", "memory", "bytes each"],
        );
        for row in rows {
            // Both sides have so many.
            let each = 2.0 * row.count as f64;
            self.row(&[
                row.count.to_string(),
                format!("{:.3} s", row.seconds),
                format!("{:.2} s", row.cpu),
                format!("{:.2}", 1e6 * row.seconds / each),
                format!("{:.1} MiB", mebibytes(row.peak)),
                format!("{:.0}", row.peak as f64 / each),
            ]);
        }
    }

    pub(crate) fn peers(&mut self, races: impl IntoIterator<Item = Race>) {
        let mut races = races.into_iter().peekable();
        if races.peek().is_none() {
            return;
        }
        self.head("Peers", &["pair", "peer", "takes", "ours", "times ours"]);
        for race in races {
            let (took, ours) = (race.took.as_secs_f64(), race.ours.as_secs_f64());
            self.row(&[
                race.pair,
                race.peer.to_owned(),
                format!("{took:.1} s"),
                format!("{ours:.3} s"),
                format!("{:.0}", took / ours),
            ]);
        }
    }

    /// What the micro-benches printed.
    pub(crate) fn micro(&mut self, output: &str) {
        self.line("\n## Parts\n\n```text");
        self.line(output.trim());
        self.line("```");
    }
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let name = name.trim_start_matches([' ', '\t', ':']);
    let said = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).output().ok();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        text.unwrap_or_default()
    };
    let (system, compiler) = (said("uname", &["-sm"]), said("rustc", &["--version"]));
    format!("{} cores of {name}; {system}; {compiler}.", cores())
}

fn seconds(all: &[Took]) -> String {
    format!("{:.3} s", median(all).wall.as_secs_f64())
}

/// What threads gain, and what as many processes of one thread get done.
fn gain(trial: &Trial<'_>) -> String {
    let Times { ours, single, singles, .. } = &trial.took;
    let (gain, had) = (ratio(single, ours), ratio(single, singles) * cores() as f64);
    if trial.layers < LAYERS_FOR_TWO_THREADS {
        return format!("{gain:.2} of {had:.2}");
    }
    let gain = held(gain, |it| it >= TWO_THREADS || cores() < 2, TWO_THREADS);
    format!("{gain} of {had:.2}")
}

/// A figure with its target, and a mark when it is not met.
fn held(figure: f64, meets: impl Fn(f64) -> bool, target: f64) -> String {
    format!("{figure:.2} ({target}){}", cross(meets(figure)))
}

const fn cross(met: bool) -> &'static str {
    if met { "" } else { " ✗" }
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
