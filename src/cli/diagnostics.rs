//! Standard error: `error: …`, then `hint: …`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use ocidiff::error::Error;
use ocidiff::render::escape;
use ocidiff::report::{Extraction, Finding, Refused, Report, Verified};

use super::environment::Environment;
use super::exit::Exit;
use super::options::Refusal;
use super::outputs::colored;
use super::reporting::Color;

/// Damage that is named one by one; the report has all of it.
const DAMAGE: usize = 20;

/// Writes to standard error, as far as that is possible: there is nobody left to tell otherwise.
pub(super) struct Diagnostics {
    color: bool,
}

impl Diagnostics {
    pub(super) const fn new(color: bool) -> Self {
        Self { color }
    }

    /// Before it is known which colours are wanted.
    pub(super) const fn early(around: &Environment) -> Self {
        Self::new(colored(Color::Auto, around, around.stderr))
    }

    /// The job could not be done.
    pub(super) fn error(&self, error: &Error) {
        self.trouble(&error.to_string(), error.hint().as_deref());
    }

    /// The command line contradicts itself.
    pub(super) fn usage(&self, reason: &str) {
        self.trouble(reason, Some("ocidiff --help tells how to use it"));
    }

    /// The job cannot begin.
    pub(super) fn refusal(&self, refusal: &Refusal) -> Exit {
        match refusal {
            Refusal::Usage(reason) => self.usage(reason),
            Refusal::Option(error) => self.error(error),
        }
        Exit::Trouble
    }

    /// One `error:` line, and a hint where there is one.
    pub(super) fn trouble(&self, message: &str, hint: Option<&str>) {
        let mut out = io::stderr().lock();
        self.write(&mut out, message, hint).ok();
    }

    /// What `report` found to be damaged.
    pub(super) fn damage(&self, report: &Report) {
        let mut out = io::stderr().lock();
        self.write_damage(&mut out, report).ok();
    }

    /// What of an input is wrong, as far as `tell` picks it.
    pub(super) fn findings(&self, input: &Verified, tell: impl Fn(&Finding) -> bool) {
        let mut out = io::stderr().lock();
        let mut picked = input.findings.iter().filter(|finding| tell(finding));
        for finding in picked.by_ref().take(DAMAGE) {
            let message = format!("{}: {}", input.input.input, finding.message());
            self.write(&mut out, &message, finding.hint.as_deref()).ok();
        }
        let more = picked.count();
        if more > 0 {
            self.write(&mut out, &format!("{more} more like these"), None).ok();
        }
    }

    /// Rules of the user's own that ignored nothing: mistyped, or out of date.
    pub(super) fn idle_rules(&self, report: &Report, strict: bool) {
        let mut out = io::stderr().lock();
        for rule in report.rules.iter().filter(|rule| rule.findings == 0) {
            let message = format!("{} ignored nothing", rule.rule);
            if strict {
                self.write(&mut out, &message, None).ok();
            } else {
                self.warn(&mut out, &message).ok();
            }
        }
    }

    /// Files that could not be written.
    pub(super) fn refused(&self, extraction: &Extraction) {
        let mut out = io::stderr().lock();
        let mut refused = extraction.refused.iter();
        for Refused { layer, path, reason } in refused.by_ref().take(DAMAGE) {
            let path = String::from_utf8_lossy(path);
            self.warn(&mut out, &format!("{layer}/{path}: not written: {reason}")).ok();
        }
        let more = refused.count();
        if more > 0 {
            self.warn(&mut out, &format!("{more} more like these, README.md lists some")).ok();
        }
    }

    fn warn(&self, out: &mut dyn Write, message: &str) -> io::Result<()> {
        self.label(out, "warning:", AnsiColor::Yellow.on_default())?;
        writeln!(out, " {}", escape(message))
    }

    /// A line for those who asked to be told more.
    pub(super) fn remark(&self, message: &str) {
        writeln!(io::stderr().lock(), "{}", escape(message)).ok();
    }

    fn write_damage(&self, out: &mut dyn Write, report: &Report) -> io::Result<()> {
        let mut damage = report.findings.iter().filter(|finding| finding.is_damage());
        let mut said = None;
        for finding in damage.by_ref().take(DAMAGE) {
            let hint = finding.hint.as_deref();
            self.write(out, &message(finding), hint.filter(|_| hint != said))?;
            said = hint;
        }
        match damage.count() {
            0 => Ok(()),
            more => self.write(out, &format!("{more} more like these"), None),
        }
    }

    fn write(&self, out: &mut dyn Write, message: &str, hint: Option<&str>) -> io::Result<()> {
        self.label(out, "error:", AnsiColor::Red.on_default().bold())?;
        writeln!(out, " {}", escape(message))?;
        let Some(hint) = hint else { return Ok(()) };
        self.label(out, "hint:", AnsiColor::Cyan.on_default())?;
        // A hint may list choices; what follows its first line is indented, so that no name out
        // of an archive can pass for a line of ours.
        let lines: Vec<_> = hint.lines().map(escape).collect();
        writeln!(out, " {}", lines.join("\n  "))
    }

    fn label(&self, out: &mut dyn Write, label: &str, style: Style) -> io::Result<()> {
        let style = if self.color { style } else { Style::new() };
        write!(out, "{style}{label}{style:#}")
    }
}

fn message(finding: &Finding) -> String {
    finding
        .damage_message()
        .map_or_else(|| finding.field.to_string(), |(side, message)| format!("{side}: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(color: bool, message: &str, hint: Option<&str>) -> String {
        let mut out = Vec::new();
        Diagnostics::new(color).write(&mut out, message, hint).ok();
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn a_message_stays_one_line() {
        assert_eq!(written(false, "a\nerror: b\x1b[2J", None), "error: a\\nerror: b\\x1b[2J\n");
    }

    #[test]
    fn choices_are_listed_below_the_hint() {
        let text = written(false, "two images", Some("choose:\n@0 a\n@1 \x1bb"));
        assert_eq!(text, "error: two images\nhint: choose:\n  @0 a\n  @1 \\x1bb\n");
    }

    #[test]
    fn colour_is_for_the_label() {
        assert!(written(true, "x", None).ends_with("error:\x1b[0m x\n"));
    }
}
