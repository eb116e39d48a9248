//! A pager in front of standard output, as git has one.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// Leave at once when all fits on one screen, let colours through, and leave the screen as it is.
const LESS: &str = "FRX";

/// What a shell says of a command that is not there or cannot be run (POSIX, section 2.8.2).
const NO_COMMAND: [i32; 2] = [126, 127];

/// A running pager. Dropped without [`Pager::wait`] it is left alone, and keeps Ctrl-C.
pub(super) struct Pager {
    child: Child,
    input: Option<ChildStdin>,
    /// Ctrl-C ends this program again.
    gone: Arc<AtomicBool>,
}

impl Pager {
    /// Starts the pager the user wants; none when that is `cat` or cannot be started.
    pub(super) fn start() -> Option<Self> {
        Self::run(&wanted(|name| env::var_os(name))?)
    }

    fn run(command: &OsStr) -> Option<Self> {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(command).stdin(Stdio::piped());
        if env::var_os("LESS").is_none() {
            shell.env("LESS", LESS);
        }
        let mut child = shell.spawn().ok()?;
        let input = child.stdin.take();
        // Ctrl-C is for the pager: `less` stops a search with it and stays. Who ended now would
        // leave it beside the shell, both reading what is typed.
        let gone = Arc::default();
        let _ = flag::register_conditional_default(SIGINT, Arc::clone(&gone));
        Some(Self { child, input, gone })
    }

    /// Where to write what shall be shown.
    pub(super) fn input(&mut self) -> impl Write + use<> {
        Input(self.input.take())
    }

    /// Waits until the user has seen enough; false when there was nothing to see it with.
    pub(super) fn wait(mut self) -> bool {
        drop(self.input.take());
        let code = self.child.wait().ok().and_then(|status| status.code());
        self.gone.store(true, Ordering::SeqCst);
        !code.is_some_and(|code| NO_COMMAND.contains(&code))
    }
}

/// Standard input of the pager, closed when dropped.
struct Input(Option<ChildStdin>);

impl Write for Input {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Some(input) => input.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// The command to show output with, as git chooses it: the program's own variable, the common
/// one, `less`. An empty one, or `cat`, means no pager.
fn wanted(variable: impl Fn(&str) -> Option<OsString>) -> Option<OsString> {
    let command = variable("OCIDIFF_PAGER").or_else(|| variable("PAGER"));
    let command = command.unwrap_or_else(|| "less".into());
    (!command.is_empty() && command != "cat").then_some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(variables: &[(&str, &str)]) -> Option<OsString> {
        wanted(|name| variables.iter().find(|(set, _)| *set == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_programs_own_variable_comes_first() {
        let pager = |text: &str| Some(OsString::from(text));
        assert_eq!(chosen(&[]), pager("less"));
        assert_eq!(chosen(&[("PAGER", "more")]), pager("more"));
        assert_eq!(chosen(&[("PAGER", "more"), ("OCIDIFF_PAGER", "most -s")]), pager("most -s"));
    }

    /// One test, for all tests of the process share what becomes of a signal.
    #[test]
    fn a_pager_has_the_interrupts_and_one_that_is_not_there_is_noticed() {
        let pager = Pager::run(OsStr::new("exec cat"));
        assert!(signal_hook::low_level::raise(SIGINT).is_ok(), "this process lives on");
        let gone = pager.as_ref().map(|pager| Arc::clone(&pager.gone));
        let is_gone = || gone.as_ref().is_some_and(|it| it.load(Ordering::SeqCst));
        assert!(!is_gone());
        assert!(pager.is_some_and(Pager::wait));
        assert!(is_gone(), "the next one ends it");
        let shows = |command: &str| Pager::run(OsStr::new(command)).is_some_and(Pager::wait);
        assert!(shows("exit 1"));
        // Else a machine without `less` would show nothing.
        assert!(!shows("exec 2> /dev/null; /nonexistent/less -R"));
    }

    #[test]
    fn no_pager_may_be_wanted() {
        assert_eq!(chosen(&[("PAGER", "cat")]), None);
        assert_eq!(chosen(&[("PAGER", "less"), ("OCIDIFF_PAGER", "")]), None);
    }
}
