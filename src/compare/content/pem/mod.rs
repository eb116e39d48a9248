//! Certificates (RFC 5280) and the text armour around them and around keys (RFC 7468): by subject,
//! or by label. What is in a private key is never shown, not even its digest.

mod certificate;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use self::certificate::Certificate;
use super::joined::{capped, join};
use super::part::digest;
use super::{Broken, Comparator, File, Inside, Inspector, Part};
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// Bytes in which the first block has to begin.
const PROBE: usize = 64 << 10;
/// Blocks that are read.
const BLOCKS: usize = 20_000;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

pub(super) struct Pem;

impl Comparator for Pem {
    fn name(&self) -> &'static str {
        "PEM file"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        let named = [".pem", ".crt", ".cer", ".cert", ".key", ".pub", ".asc"];
        let named = named.iter().any(|end| file.base_name().ends_with(end));
        let start = file.bytes.get(..PROBE).unwrap_or(file.bytes);
        file.bytes.starts_with(BEGIN) || (named && lines(start).any(|line| line.starts_with(BEGIN)))
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        Ok(compare(&files.map(|file| read(file.bytes))))
    }
}

/// A certificate in the binary form that is inside of the armour.
pub(super) struct Der;

impl Comparator for Der {
    fn name(&self) -> &'static str {
        "certificate"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        let named = [".der", ".crt", ".cer", ".cert"];
        let named = named.iter().any(|end| file.base_name().ends_with(end));
        named && file.bytes.starts_with(b"\x30\x82")
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        let blocks = files.try_map(|file| {
            let block = Block::of(String::new(), file.bytes.to_vec());
            let is_read = block.certificate.is_some();
            is_read.then_some(block).ok_or_else(|| Broken::new("it cannot be read"))
        })?;
        Ok(compare(&blocks.map(|block| Bundle { blocks: vec![block], text: Vec::new() })))
    }
}

/// What a file is made of.
struct Bundle {
    blocks: Vec<Block>,
    /// What lies between the blocks.
    text: Vec<u8>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Block {
    /// The subject of a certificate, or the label.
    name: String,
    bytes: Vec<u8>,
    certificate: Option<Certificate>,
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii)
}

/// Reads blocks. There is no way to refuse a file: the bytes of a key would be shown instead.
fn read(bytes: &[u8]) -> Bundle {
    let mut bundle = Bundle { blocks: Vec::new(), text: Vec::new() };
    let mut open: Option<(String, Vec<u8>)> = None;
    for line in lines(bytes) {
        let label = line.strip_prefix(BEGIN).filter(|_| bundle.blocks.len() < BLOCKS);
        if let Some(label) = label {
            bundle.blocks.extend(open.take().map(Block::armoured));
            let label = String::from_utf8_lossy(label.trim_ascii_end()).into_owned();
            open = Some((label.trim_end_matches('-').to_owned(), Vec::new()));
        } else if line.starts_with(END) && open.is_some() {
            bundle.blocks.extend(open.take().map(Block::armoured));
        } else {
            let to = open.as_mut().map_or(&mut bundle.text, |(_, body)| body);
            to.extend_from_slice(line);
            to.push(b'\n');
        }
    }
    bundle.blocks.extend(open.take().map(Block::armoured));
    bundle
}

impl Block {
    fn of(label: String, bytes: Vec<u8>) -> Self {
        let is_named = label.is_empty() || label.ends_with("CERTIFICATE");
        let certificate = if is_named { Certificate::read(&bytes) } else { None };
        let name = certificate.as_ref().map_or(label, |certificate| certificate.subject.clone());
        Self { name, bytes, certificate }
    }

    fn armoured((label, body): (String, Vec<u8>)) -> Self {
        let is_code = |byte: &u8| !byte.is_ascii_whitespace();
        let code: Vec<u8> = body.iter().copied().filter(is_code).collect();
        Self::of(label, BASE64.decode(code).unwrap_or(body))
    }

    fn is_secret(&self) -> bool {
        self.certificate.is_none() && self.name.contains("PRIVATE KEY")
    }

    fn value(&self) -> Value {
        match &self.certificate {
            _ if self.is_secret() => Value::Text("a private key that is not shown".into()),
            Some(certificate) => Value::Text(certificate.text()),
            None => digest(&self.bytes),
        }
    }
}

fn compare(bundles: &Sides<Bundle>) -> Inside {
    let blocks = bundles.as_ref().map(|bundle| counts(&bundle.blocks));
    let blocks = Sides::new(only(&blocks.left, &blocks.right), only(&blocks.right, &blocks.left));
    let tables = blocks.map(named);
    let pairs = join(tables.as_ref()).flat_map(|(name, lists)| {
        let name = EntryPath::new(name.as_bytes());
        let found = paired(lists.map(|list| list.map_or(&[][..], Vec::as_slice)));
        found.into_iter().map(move |part| part.inside_of(name.clone()))
    });
    let mut parts: Vec<Part> = capped("certificate", "(other blocks)", pairs);
    let texts = bundles.as_ref().map(|bundle| bundle.text.as_slice());
    if texts.left != texts.right {
        let part = Part::new("content", texts.map(|text| Some(digest(text))));
        parts.push(part.inside_of(EntryPath::new(*b"(text)")));
    }
    if parts.is_empty() {
        return Inside::noted("the same blocks, written differently or in another order");
    }
    Inside::of(parts)
}

/// Blocks, and how often each is there.
fn counts(blocks: &[Block]) -> BTreeMap<&Block, usize> {
    let mut counts: BTreeMap<&Block, usize> = BTreeMap::new();
    for block in blocks {
        let count = counts.entry(block).or_default();
        *count = count.saturating_add(1);
    }
    counts
}

/// Blocks that there are more of in `counts` than in `others`.
fn only<'b>(
    counts: &BTreeMap<&'b Block, usize>,
    others: &BTreeMap<&'b Block, usize>,
) -> Vec<&'b Block> {
    let more = counts.iter().flat_map(|(block, count)| {
        let other = others.get(block).copied().unwrap_or_default();
        std::iter::repeat_n(*block, count.saturating_sub(other))
    });
    more.collect()
}

fn named(blocks: Vec<&Block>) -> BTreeMap<&str, Vec<&Block>> {
    let mut table: BTreeMap<&str, Vec<&Block>> = BTreeMap::new();
    for block in blocks {
        table.entry(&block.name).or_default().push(block);
    }
    table
}

/// Blocks of one name, each with the one that may have taken its place.
fn paired(lists: Sides<&[&Block]>) -> Vec<Part> {
    let longer = lists.left.len().max(lists.right.len());
    let pairs = (0..longer).map(|at| lists.map(|list| list.get(at).copied()));
    pairs.flat_map(differences).collect()
}

fn differences(pair: Sides<Option<&Block>>) -> Vec<Part> {
    let certificates = pair.map(|block| block.and_then(|block| block.certificate.as_ref()));
    if let Sides { left: Some(left), right: Some(right) } = certificates {
        let parts = certificate::compare(Sides::new(left, right));
        if !parts.is_empty() {
            return parts;
        }
    }
    let is_certificate = certificates.left.or(certificates.right).is_some();
    let is_changed = pair.left.is_some() && pair.right.is_some();
    let values = pair.map(|block| {
        block.map(|block| match is_changed && is_certificate {
            true => digest(&block.bytes),
            false => block.value(),
        })
    });
    let field = if is_certificate && !is_changed { "certificate" } else { "content" };
    let is_secret = |block: Option<&Block>| block.is_some_and(Block::is_secret);
    let field = if is_secret(pair.left.or(pair.right)) { "key" } else { field };
    vec![Part::new(field, values)]
}
