//! The findings as a tree: images, parts of an image, directories, files, what lies in files.

use std::collections::HashMap;

use super::listing::{Listing, Section};
use crate::render::group::same_member;
use crate::report::{Finding, Value};

/// Nodes by number; a parent comes before its children.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    /// For each finding, in the order of the listing, the node it belongs to.
    pub(super) findings: Vec<usize>,
}

/// One node.
pub(super) struct Node {
    pub(super) parent: Option<usize>,
    pub(super) kind: Kind,
    /// Text of any origin.
    pub(super) name: Vec<u8>,
    /// Bytes the larger side has at this very place, where its content differs.
    pub(super) bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Image,
    Section,
    /// A component of a path.
    Path,
    /// Something inside of a file.
    Member,
}

impl Tree {
    pub(super) fn of(listing: &Listing<'_>) -> Self {
        let mut tree = Self::default();
        for image in &listing.images {
            let title = image.title.as_ref();
            let root = title.map(|title| tree.add(None, Kind::Image, title.as_str().as_bytes()));
            image.sections.iter().for_each(|section| tree.add_section(root, section));
        }
        tree
    }

    fn add(&mut self, parent: Option<usize>, kind: Kind, name: &[u8]) -> usize {
        self.nodes.push(Node { parent, kind, name: name.to_vec(), bytes: 0 });
        self.nodes.len().saturating_sub(1)
    }

    fn add_section(&mut self, parent: Option<usize>, section: &Section<'_>) {
        let root = self.add(parent, Kind::Section, section.title.as_str().as_bytes());
        let mut known = HashMap::new();
        for findings in section.findings.chunk_by(|one, next| same_member(one, next)) {
            let node = self.place(root, findings, &mut known);
            self.findings.extend(findings.iter().map(|_| node));
        }
    }

    fn place<'a>(
        &mut self,
        root: usize,
        findings: &[&'a Finding],
        known: &mut HashMap<(usize, Kind, &'a [u8]), usize>,
    ) -> usize {
        let Some(at) = findings.first().map(|first| &first.at) else { return root };
        let Some(path) = &at.path else { return root };
        let parts = path.as_bytes().split(|&byte| byte == b'/').filter(|part| !part.is_empty());
        let parts = parts.map(|part| (Kind::Path, part));
        let members = at.within.iter().map(|member| (Kind::Member, member.as_bytes()));
        let mut node = root;
        for (kind, name) in parts.chain(members) {
            node = *known
                .entry((node, kind, name))
                .or_insert_with(|| self.add(Some(node), kind, name));
        }
        if at.within.is_empty()
            && let Some(node) = self.nodes.get_mut(node)
        {
            let bytes = findings.iter().map(|finding| bytes(finding)).max();
            node.bytes = node.bytes.max(bytes.unwrap_or_default());
        }
        node
    }

    /// Path of a node, from the part of the image it lies in.
    pub(super) fn path(&self, node: usize) -> Vec<u8> {
        let mut names = Vec::new();
        let mut next = self.nodes.get(node);
        while let Some(node) = next.filter(|node| node.kind == Kind::Path) {
            names.push(node.name.as_slice());
            next = node.parent.and_then(|parent| self.nodes.get(parent));
        }
        names.push(b"");
        names.reverse();
        names.join(&b'/')
    }
}

/// Bytes of the larger side, for a finding that says that content differs.
fn bytes(finding: &Finding) -> u64 {
    if let Some(sizes) = finding.sizes {
        return sizes.left.max(sizes.right);
    }
    let of = |value: &Option<Value>| match value {
        Some(Value::Entry(entry)) => entry.size,
        Some(Value::Number(bytes)) if finding.field == "size" => *bytes,
        _ => 0,
    };
    of(&finding.left).max(of(&finding.right))
}
