//! Other programs for the same job, when they are on `PATH`.
//!
//! They come last, after all that is held to a target: they unpack gigabytes to disk, and the
//! machine is busy for some while after that.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::child;
use crate::clock::median;
use crate::pairs::Pair;
use crate::trial::Trial;

/// After this long a peer is stopped; some take minutes for what takes a second.
const LIMIT: Duration = Duration::from_secs(120);

/// Larger inputs are not given to peers that would only run into [`LIMIT`].
const LARGEST: u64 = 300 << 20;

/// Another program.
struct Peer {
    name: &'static str,
    /// What a shell is to run, with the archives as `$1` and `$2`.
    script: &'static str,
    patient: bool,
}

/// Into an empty store, and by the names that it says it saved. It ends with 1 both when images
/// differ and when it does not find them.
const DIFFOCI: &str = r#"
    store=$(mktemp -d) && trap 'rm -rf "$store"' EXIT && export DIFFOCI_LOCAL_CACHE="$store"
    load() { diffoci load --input "$1" | awk '$2 == "saved" { name = $1 } END { print name }'; }
    diffoci diff "$(load "$1")" "$(load "$2")" 2>"$store/said"
    code=$?
    if grep -q level=fatal "$store/said"; then exit 2; fi
    exit $code
"#;

const PEERS: [Peer; 3] = [
    Peer { name: "diffoci", script: DIFFOCI, patient: true },
    Peer {
        name: "container-diff",
        script: "container-diff diff --type=file \"$1\" \"$2\"",
        patient: true,
    },
    Peer { name: "diffoscope", script: "diffoscope --text=- \"$1\" \"$2\"", patient: false },
];

/// What a peer took, once, and ours at the median.
pub(crate) struct Race {
    pub(crate) pair: String,
    pub(crate) peer: &'static str,
    pub(crate) took: Duration,
    pub(crate) ours: Duration,
}

/// A race for each pair with each peer that is there and was not stopped; run when asked for.
pub(crate) fn run(trials: &[Trial<'_>]) -> impl Iterator<Item = Race> {
    trials.iter().flat_map(|trial| {
        let peers = PEERS.iter().filter(|peer| peer.wants(trial.pair));
        peers.filter_map(|peer| {
            let took = peer.run(trial.pair)?;
            let ours = median(&trial.took.ours).wall;
            Some(Race { pair: trial.pair.name.clone(), peer: peer.name, took, ours })
        })
    })
}

impl Peer {
    fn wants(&self, pair: &Pair) -> bool {
        let size = std::fs::metadata(&pair.left).map_or(0, |file| file.len());
        is_on_path(self.name) && (self.patient || size <= LARGEST)
    }

    fn run(&self, pair: &Pair) -> Option<Duration> {
        let mut child = child::quiet("timeout")
            .args([&format!("{}", LIMIT.as_secs()), "sh", "-c", self.script, "sh"])
            .args([&pair.left, &pair.right])
            .spawn()
            .ok()?;
        let start = Instant::now();
        // timeout(1) ends with 124 when it had to stop the command; peers say 0 or 1.
        let code = child.wait().ok()?.code();
        matches!(code, Some(0 | 1)).then(|| start.elapsed())
    }
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| Path::is_file(&directory.join(program)))
}
