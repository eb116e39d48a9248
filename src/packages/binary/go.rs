//! Go's build information: the toolchain and the modules a binary was linked of.
//!
//! A block of 32 bytes begins with a magic; two strings follow it since Go 1.18, and before it
//! pointed to them (the comments of Go's `debug/buildinfo` tell the layout).

use object::{File, Object as _, ObjectSegment as _};

use super::super::Manager;
use super::super::fingerprint::Fingerprint;
use super::super::found::Found;
use super::{Named, package, section};

const MAGIC: &[u8] = b"\xff Go buildinf:";
/// Of the block, and of the strings' place after it.
const BLOCK: usize = 32;
/// What the block is aligned to.
const ALIGN: usize = 16;
/// In ELF, in Mach-O, and where PE keeps the block without a section of its own.
const SECTIONS: [&str; 3] = [".go.buildinfo", "__go_buildinfo", ".data"];
/// Random bytes before and after the list of modules, by which it is found in memory.
const GUARD: usize = 16;

pub(super) fn read(
    path: &[u8],
    content: &[u8],
    file: &File<'_>,
    found: &mut Found,
) -> Result<(), &'static str> {
    let Some(block) = block(content, file) else { return Ok(()) };
    let (version, modules) = strings(file, block).ok_or("Go's build information is cut short")?;
    if let Some(version) = toolchain(version) {
        let named = Named { name: "stdlib".to_owned(), version, content: Fingerprint::default() };
        package(found, path, Manager::Go, named);
    }
    for module in self::modules(unguarded(modules)) {
        package(found, path, Manager::Go, module);
    }
    Ok(())
}

/// Everything from the magic on.
fn block<'a>(content: &[u8], file: &File<'a>) -> Option<&'a [u8]> {
    let named = SECTIONS.iter().filter_map(|name| section(file, name));
    let segments = file.segments().filter_map(|it| it.data().ok());
    // Segments may all be the whole file; those of an honest one do not overlap much.
    let mut left = content.len().saturating_mul(2);
    let fit = segments.take_while(|data| {
        let rest = left.checked_sub(data.len());
        left = rest.unwrap_or_default();
        rest.is_some()
    });
    named.chain(fit).find_map(|data| {
        let at = data.chunks_exact(ALIGN).position(|chunk| chunk.starts_with(MAGIC))?;
        data.get(at.checked_mul(ALIGN)?..)
    })
}

/// The version of the toolchain, and the list of modules.
fn strings<'a>(file: &File<'a>, block: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (&width, &flags) = (block.get(14)?, block.get(15)?);
    if flags & 2 != 0 {
        let mut rest = block.get(BLOCK..)?;
        return Some((counted(&mut rest)?, counted(&mut rest)?));
    }
    let pointers = Pointers { file, width, is_big: flags & 1 != 0 };
    let at = |index: u8| {
        pointers.read(block.get(usize::from(width.checked_mul(index)?)..)?.get(ALIGN..)?)
    };
    let version = pointers.string(at(0)?)?;
    // A binary without modules points nowhere.
    Some((version, at(1).and_then(|it| pointers.string(it)).unwrap_or_default()))
}

/// A string with its length before it, as a varint.
fn counted<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut length = 0_u64;
    let mut shift = 0_u32;
    loop {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        length |= u64::from(byte & 0x7f).checked_shl(shift)?;
        shift = shift.saturating_add(7);
        if byte & 0x80 == 0 {
            break;
        }
    }
    let (string, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(string)
}

/// How a binary from before Go 1.18 points into its own memory.
struct Pointers<'f, 'a> {
    file: &'f File<'a>,
    /// Bytes of a pointer.
    width: u8,
    is_big: bool,
}

impl<'a> Pointers<'_, 'a> {
    /// The number at the beginning of `bytes`.
    fn read(&self, bytes: &[u8]) -> Option<u64> {
        Some(match (self.width, self.is_big) {
            (4, false) => u32::from_le_bytes(*bytes.first_chunk()?).into(),
            (4, true) => u32::from_be_bytes(*bytes.first_chunk()?).into(),
            (8, false) => u64::from_le_bytes(*bytes.first_chunk()?),
            (8, true) => u64::from_be_bytes(*bytes.first_chunk()?),
            _ => return None,
        })
    }

    /// The bytes that lie at `address` when the binary runs.
    fn memory(&self, address: u64, length: u64) -> Option<&'a [u8]> {
        let mut segments = self.file.segments();
        segments.find_map(|it| it.data_range(address, length).ok().flatten())
    }

    /// What a Go string at `address` holds: a pointer and a length.
    fn string(&self, address: u64) -> Option<&'a [u8]> {
        let width = u64::from(self.width);
        let at = self.read(self.memory(address, width)?)?;
        let length = self.read(self.memory(address.checked_add(width)?, width)?)?;
        self.memory(at, length)
    }
}

/// `1.21.5` of `go1.21.5 X:experiment`.
fn toolchain(version: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(version);
    let words = text.split(' ').find(|word| word.starts_with("go"))?;
    Some(words.trim_start_matches("go").to_owned())
}

fn unguarded(modules: &[u8]) -> &[u8] {
    let end = modules.len().saturating_sub(GUARD);
    modules.get(GUARD..end).unwrap_or_default()
}

impl Named {
    /// From `PATH VERSION [CHECKSUM]`.
    fn parse(fields: &[&str]) -> Option<Self> {
        let [name, version, rest @ ..] = fields else { return None };
        let mut content = Fingerprint::default();
        rest.iter().filter(|it| !it.is_empty()).for_each(|it| content.add(it.as_bytes()));
        Some(Self { name: (*name).to_owned(), version: (*version).to_owned(), content })
    }

    /// What replaces a module is what was built, so it stands in its place; but a directory has
    /// neither a name that means anything elsewhere nor a version.
    fn replace(&mut self, new: Self) {
        if new.name.starts_with(['.', '/']) {
            self.content.add(new.name.as_bytes());
        } else {
            *self = new;
        }
    }
}

/// The modules in lines of words with tabs between (Go's `runtime/debug.BuildInfo`). How it was
/// built belongs to the main module, which often has no version that would tell.
fn modules(text: &[u8]) -> Vec<Named> {
    let text = String::from_utf8_lossy(text);
    let mut all: Vec<Named> = Vec::new();
    let mut main = None;
    let mut settings: Vec<&str> = Vec::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields.as_slice() {
            ["mod", rest @ ..] => main = Named::parse(rest),
            ["dep", rest @ ..] => all.extend(Named::parse(rest)),
            ["=>", rest @ ..] => {
                let replaced = if all.is_empty() { main.as_mut() } else { all.last_mut() };
                replaced.zip(Named::parse(rest)).into_iter().for_each(|(it, new)| it.replace(new));
            }
            ["build" | "path", ..] => settings.push(line),
            _ => {}
        }
    }
    if let Some(main) = &mut main {
        settings.iter().for_each(|line| main.content.add(line.as_bytes()));
    }
    all.extend(main);
    all
}
