//! What the script of the page knows: the tree, and what to filter by, in columns.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::listing::Listing;
use super::page::Page;
use super::tree::{Kind, Tree};
use crate::render::escape;
use crate::render::words::Safe;
use crate::report::{Change, Finding, Report, Status};

#[derive(Serialize)]
struct Data {
    /// Names of fields.
    fields: Vec<String>,
    /// Identifiers of causes, in the order of their table.
    causes: Vec<String>,
    /// Names of packages, in the order of their table.
    packages: Vec<String>,
    /// For each section its command, in the order of their nodes.
    commands: Vec<String>,
    nodes: Nodes,
    findings: Findings,
}

/// A column each; one letter for each node where there is a string.
#[derive(Default, Serialize)]
struct Nodes {
    parent: Vec<i64>,
    kind: String,
    name: Vec<String>,
    bytes: Vec<u64>,
}

#[derive(Default, Serialize)]
struct Findings {
    node: Vec<usize>,
    field: Vec<usize>,
    change: String,
    status: String,
    cause: Vec<i64>,
    package: Vec<i64>,
}

pub(super) fn write(
    report: &Report,
    listing: &Listing<'_>,
    tree: &Tree,
    page: &mut Page<'_>,
) -> io::Result<()> {
    let text = serde_json::to_string(&Data::of(report, listing, tree))?;
    page.html("<script type=\"application/json\" id=\"data\">");
    page.json(&text).html("</script>\n");
    Ok(())
}

impl Data {
    fn of(report: &Report, listing: &Listing<'_>, tree: &Tree) -> Self {
        let command = |command: &Option<Safe>| command.as_ref().map(|it| it.as_str().to_owned());
        let (fields, findings) = columns(report, listing, tree);
        Self {
            fields,
            causes: report.causes.iter().map(|cause| escape(&cause.id).into_owned()).collect(),
            packages: report.packages.iter().map(|it| escape(&it.name).into_owned()).collect(),
            commands: listing
                .sections()
                .map(|section| command(&section.command).unwrap_or_default())
                .collect(),
            nodes: Nodes::of(tree),
            findings,
        }
    }
}

impl Nodes {
    fn of(tree: &Tree) -> Self {
        let mut nodes = Self::default();
        for node in &tree.nodes {
            nodes.parent.push(signed(node.parent));
            nodes.kind.push(match node.kind {
                Kind::Image => 'i',
                Kind::Section => 's',
                Kind::Path => 'p',
                Kind::Member => 'm',
            });
            nodes.name.push(escape(&node.name).into_owned());
            nodes.bytes.push(node.bytes);
        }
        nodes
    }
}

fn columns(report: &Report, listing: &Listing<'_>, tree: &Tree) -> (Vec<String>, Findings) {
    let mut fields: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names = Vec::new();
    let causes: BTreeMap<&str, usize> =
        report.causes.iter().enumerate().map(|(at, cause)| (cause.id.as_str(), at)).collect();
    let mut columns = Findings { node: tree.findings.clone(), ..Findings::default() };
    for finding in listing.sections().flat_map(|section| &section.findings) {
        let next = fields.len();
        let field = *fields.entry(&finding.field).or_insert(next);
        if field == next {
            names.push(escape(&*finding.field).into_owned());
        }
        let cause = finding.cause.as_deref().and_then(|id| causes.get(id).copied());
        columns.add(finding, field, cause);
    }
    (names, columns)
}

impl Findings {
    fn add(&mut self, finding: &Finding, field: usize, cause: Option<usize>) {
        self.field.push(field);
        self.cause.push(signed(cause));
        self.package.push(signed(finding.package));
        self.change.push(match finding.change {
            Change::Added => 'a',
            Change::Removed => 'r',
            Change::Changed => 'c',
            Change::Moved => 'm',
        });
        self.status.push(match finding.status {
            Status::Counted => 'c',
            Status::Ignored => 'i',
            Status::Explained => 'e',
        });
    }
}

/// A place in a column, or -1.
fn signed(place: Option<usize>) -> i64 {
    place.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1)
}
