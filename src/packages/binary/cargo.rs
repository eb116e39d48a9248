//! `cargo auditable`: the section `.dep-v0` with JSON, compressed with zlib (its `PARSING.md`).

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use object::File;
use serde::Deserialize;

use super::super::Manager;
use super::super::fingerprint::Fingerprint;
use super::super::found::Found;
use super::{Named, package, section};

const SECTION: &str = ".dep-v0";

/// Most bytes the JSON may have; the format's own readers set the same bound.
const BYTES: usize = 8 << 20;

#[derive(Deserialize)]
struct Document {
    packages: Vec<Crate>,
}

/// One crate. Other fields, and other values of these, may come at any time.
#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    kind: String,
}

pub(super) fn read(path: &[u8], file: &File<'_>, found: &mut Found) -> Result<(), &'static str> {
    let Some(data) = section(file, SECTION) else { return Ok(()) };
    let mut text = Vec::new();
    let most = (BYTES as u64).saturating_add(1);
    let unpacked = ZlibDecoder::new(data).take(most).read_to_end(&mut text);
    unpacked.map_err(|_| "the list of crates is no zlib stream")?;
    if text.len() > BYTES {
        return Err("the list of crates is larger than 8 MiB");
    }
    let document: Document =
        serde_json::from_slice(&text).map_err(|_| "the list of crates is not as documented")?;
    for Crate { name, version, source, kind } in document.packages {
        let mut content = Fingerprint::default();
        content.add(source.as_bytes());
        content.add(kind.as_bytes());
        package(found, path, Manager::Cargo, Named { name, version, content });
    }
    Ok(())
}
