//! One line for each path or document field that counts, as `diff -qr` has it.

use std::collections::BTreeSet;
use std::io;

use anstyle::Style;

use super::Renderer;
use super::escape::escape;
use super::group::{became, is_whole, same_place};
use super::text::Role;
use super::words::{image, mark};
use crate::report::{Change, Finding, Report, Status, Value};

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
        let change = became(group);
        let style = if self.color { Role::of(change).style() } else { Style::new() };
        write!(out, "{style}{}{style:#} ", mark(change))?;
        if let Some(image) = image(&first.at).filter(|_| several) {
            write!(out, "{} ", image.as_str())?;
        }
        write!(out, "{}", place(first))?;
        let fields = fields(group);
        if first.at.path.is_some() && !fields.is_empty() {
            write!(out, "  {}", escape(&fields.join(", ")))?;
        }
        if let Some(finding) = group.iter().find(|it| it.change == Change::Moved) {
            write!(out, "  from {}", origin(finding))?;
        }
        writeln!(out)
    }
}

/// Names of what differs; inside of a file it is the content of the file that does.
fn fields<'a>(group: &[&'a Finding]) -> Vec<&'a str> {
    let parts = group.iter().filter(|it| !is_whole(it));
    let mut fields: Vec<&str> =
        parts.map(|it| if it.at.within.is_empty() { &*it.field } else { "content" }).collect();
    let mut known = BTreeSet::new();
    fields.retain(|field| known.insert(*field));
    fields
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
