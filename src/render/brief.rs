//! One line for each path or document field that counts, as `diff -qr` has it.

use std::io;

use anstyle::{AnsiColor, Style};

use super::Renderer;
use super::escape::escape;
use crate::report::{Change, Finding, Location, Report, Status, Value};

/// One line for each path.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brief {
    /// Use terminal colours.
    pub color: bool,
}

impl Renderer for Brief {
    fn render(&self, report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
        let counted: Vec<&Finding> = report
            .findings
            .iter()
            .filter(|finding| finding.status == Status::Counted && !finding.derived)
            .collect();
        let several = report.images.len() > 1;
        for group in counted.chunk_by(|one, next| same_place(one, next)) {
            self.line(group, several, out)?;
        }
        writeln!(out, "verdict: {}", report.verdict)
    }
}

impl Brief {
    fn line(self, group: &[&Finding], several: bool, out: &mut dyn io::Write) -> io::Result<()> {
        let Some(first) = group.first() else { return Ok(()) };
        let whole = group.iter().find(|it| is_whole(it));
        let (mark, color) = match whole.map_or(Change::Changed, |finding| finding.change) {
            Change::Added => ('+', AnsiColor::Green),
            Change::Removed => ('-', AnsiColor::Red),
            Change::Changed => ('~', AnsiColor::Yellow),
            Change::Moved => ('>', AnsiColor::Cyan),
        };
        let style = if self.color { color.on_default() } else { Style::new() };
        write!(out, "{style}{mark}{style:#} ")?;
        if several {
            write_image(&first.at, out)?;
        }
        write!(out, "{}", place(first))?;
        let fields: Vec<&str> =
            group.iter().filter(|it| !is_whole(it)).map(|it| &*it.field).collect();
        if first.at.path.is_some() && !fields.is_empty() {
            write!(out, "  {}", escape(&fields.join(", ")))?;
        }
        if let Some(finding) = whole.filter(|it| it.change == Change::Moved) {
            write!(out, "  from {}", origin(finding))?;
        }
        writeln!(out)
    }
}

fn same_place(one: &Finding, next: &Finding) -> bool {
    one.at.path.is_some() && one.at == next.at
}

/// Which of several images a line is about.
fn write_image(at: &Location, out: &mut dyn io::Write) -> io::Result<()> {
    [&at.image, &at.platform]
        .into_iter()
        .flatten()
        .try_for_each(|part| write!(out, "{} ", escape(&**part)))
}

/// The whole entry comes, goes or moves.
fn is_whole(finding: &Finding) -> bool {
    finding.at.path.is_none()
        || finding.change == Change::Moved
        || matches!(finding.left.as_ref().or(finding.right.as_ref()), Some(Value::Entry(_)))
}

fn place(finding: &Finding) -> String {
    match &finding.at.path {
        Some(path) => escape(path.as_bytes()).into_owned(),
        None => format!("{} {}", finding.scope.name(), escape(&*finding.field)),
    }
}

fn origin(finding: &Finding) -> String {
    match &finding.left {
        Some(Value::Bytes(path)) => escape(path).into_owned(),
        Some(Value::Number(layer)) => format!("layer {layer}"),
        _ => String::new(),
    }
}
