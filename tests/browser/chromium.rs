//! Chromium without a window, spoken to through two pipes.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Time after which a browser that does not answer is given up; far more than it ever takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// One browser at a time: the figures that are printed should be those of one.
static ALONE: Mutex<()> = Mutex::new(());

/// A running browser, which ends when this is dropped.
pub(crate) struct Chromium {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    last: u64,
    /// What the browser told without being asked.
    pub(crate) events: Vec<Value>,
    _profile: tempfile::TempDir,
    _alone: MutexGuard<'static, ()>,
}

impl Chromium {
    /// Starts a browser; says why not where there is none.
    pub(crate) fn start() -> Option<Self> {
        let Some(program) = program() else {
            let reason = "no chromium, chromium-browser or google-chrome in PATH, nor $CHROMIUM";
            let must = std::env::var_os("OCIDIFF_REQUIRE_CHROMIUM").is_some();
            assert!(!must, "{reason}, and OCIDIFF_REQUIRE_CHROMIUM is set");
            // The test harness would keep what a test that passes prints by other means.
            writeln!(std::io::stderr(), "skipped: {reason}").ok();
            return None;
        };
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let profile = tempfile::tempdir().expect("a temporary directory");
        let mut child = command(&program, &profile).spawn().expect("the browser starts");
        let input = child.stdin.take().expect("a pipe");
        let messages = listen(child.stdout.take().expect("a pipe"));
        let events = Vec::new();
        Some(Self { child, input, messages, last: 0, events, _profile: profile, _alone: alone })
    }

    /// Asks for `method` and waits for the answer.
    pub(crate) fn call(&mut self, session: Option<&str>, method: &str, params: Value) -> Value {
        self.last += 1;
        let mut message = json!({"id": self.last, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        self.input.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut answer = self.receive(deadline, method);
            if answer["id"] == self.last {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    /// Waits until the browser tells of `method`.
    pub(crate) fn wait_for(&mut self, method: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.events.iter().any(|event| event["method"] == method) {
            let event = self.receive(deadline, method);
            self.events.push(event);
        }
    }

    /// What was told of `method` so far.
    pub(crate) fn told(&self, method: &str) -> Vec<&Value> {
        self.events.iter().filter(|event| event["method"] == method).collect()
    }

    fn receive(&self, deadline: Instant, what: &str) -> Value {
        let left = deadline.saturating_duration_since(Instant::now());
        let message = self.messages.recv_timeout(left);
        message.unwrap_or_else(|error| panic!("no answer to {what}: {error}"))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn program() -> Option<PathBuf> {
    if let Some(program) = std::env::var_os("CHROMIUM") {
        return Some(program.into());
    }
    let paths = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let places = std::env::split_paths(&paths);
    places.flat_map(|place| names.map(|name| place.join(name))).find(|program| program.is_file())
}

/// The shell gives the browser its pipes under the numbers it wants them by.
fn command(program: &PathBuf, profile: &tempfile::TempDir) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1"]).arg(program);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1400,1000",
        "--remote-debugging-pipe",
    ]);
    command.arg(format!("--user-data-dir={}", profile.path().display()));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn listen(output: impl Read + Send + 'static) -> Receiver<Value> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let messages = BufReader::new(output).split(0).map_while(Result::ok);
        for message in messages.map_while(|bytes| serde_json::from_slice(&bytes).ok()) {
            if sender.send(message).is_err() {
                break;
            }
        }
    });
    receiver
}
