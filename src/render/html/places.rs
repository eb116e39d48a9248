//! Where bytes changed, for readers without the map the script draws.

use std::collections::BTreeMap;

use super::page::Page;
use super::tree::{Kind, Tree};
use crate::render::words::size::human;

/// Directories that are listed.
const SHOWN: usize = 25;

pub(super) fn write(tree: &Tree, page: &mut Page<'_>) {
    let places = places(tree);
    let Some(&(_, most)) = places.first() else { return };
    page.html("<section><h3>where bytes changed</h3>\n<table><thead><tr><th>directory<th>bytes of files that differ<th></tr></thead>\n");
    for (path, bytes) in places.iter().take(SHOWN) {
        page.element("<tr><td><code>", path, "</code><td class=\"num\">");
        page.safe(&human(*bytes)).html("<td><meter max=\"").number(most);
        page.html("\" value=\"").number(*bytes).html("\"></meter>\n");
    }
    page.html("</table></section>\n");
}

/// Directories by the bytes of the files right in them, most first.
fn places(tree: &Tree) -> Vec<(Vec<u8>, u64)> {
    let mut totals: BTreeMap<usize, u64> = BTreeMap::new();
    for node in tree.nodes.iter().filter(|node| node.kind == Kind::Path && node.bytes > 0) {
        let total = totals.entry(node.parent.unwrap_or_default()).or_default();
        *total = total.saturating_add(node.bytes);
    }
    let mut places: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for (node, bytes) in totals {
        let mut path = tree.path(node);
        if path.is_empty() {
            path.push(b'/');
        }
        let total = places.entry(path).or_default();
        *total = total.saturating_add(bytes);
    }
    let mut places: Vec<(Vec<u8>, u64)> = places.into_iter().collect();
    places.sort_by_key(|&(_, bytes)| std::cmp::Reverse(bytes));
    places
}
