//! What differs inside two contents: the member, the line, the section.
//!
//! One short file for each format. A format is recognised by its first bytes, else by its name;
//! formats nest ([`Inspector::member`]). All work is done in memory on bytes that were captured
//! before, no other program is called, and what a content may cost is bounded ([`Budget`]).
//!
//! Nothing here is an error for the image: a content that is broken is compared byte by byte, with
//! a note that says why, and so are unequal bytes in which a format finds no difference.

mod accounts;
mod ar;
pub(super) mod blocks;
mod budget;
mod bytes;
mod compressed;
mod cpio;
mod elf;
mod encoding;
mod found;
mod image;
mod joined;
mod json;
mod macho;
mod members;
mod mo;
mod part;
mod pe;
mod pem;
mod pyc;
mod rpmdb;
mod sectioned;
mod sqlite;
mod strings;
mod tar;
pub(super) mod text;
mod times;
mod zip;

pub(super) use self::budget::Budget;
use self::encoding::decode;
pub(super) use self::part::{Inside, Part};
use crate::limits::Limits;
use crate::report::EntryPath;
use crate::sides::Sides;

/// A content, and what it is called.
#[derive(Clone, Copy, Debug)]
pub(super) struct File<'a> {
    /// Path or member name, without directories where there are none.
    pub(super) name: &'a [u8],
    pub(super) bytes: &'a [u8],
}

impl<'a> File<'a> {
    /// The last part of the name; empty when it is not UTF-8.
    pub(super) fn base_name(&self) -> &'a str {
        let base = self.name.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        std::str::from_utf8(base).unwrap_or_default()
    }
}

/// Why a content could not be taken for what it seems to be: a lower-case fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) String);

impl Broken {
    pub(super) fn new(reason: impl ToString) -> Self {
        Self(reason.to_string())
    }
}

/// One format.
pub(super) trait Comparator: Sync {
    /// The word for the format in notes: `gzip`, `ELF file`.
    fn name(&self) -> &'static str;

    /// Whether `file` seems to be of this format. Cheap: looks at a few bytes, or the name.
    fn recognises(&self, file: File<'_>) -> bool;

    /// What differs between two contents of this format whose bytes differ. Empty when the format
    /// has no word for what differs; the bytes are compared then.
    ///
    /// # Errors
    /// When either cannot be read to its end. It is compared as bytes then.
    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken>;
}

/// Every format, in the order they are tried.
const COMPARATORS: &[&dyn Comparator] = &[
    &accounts::Accounts,
    &compressed::Compressed,
    &tar::Tar,
    &zip::Zip,
    &ar::Ar,
    &cpio::Cpio,
    &rpmdb::RpmDatabase,
    &sqlite::Sqlite,
    &elf::Elf,
    &pe::Pe,
    &macho::MachO,
    &macho::FatMachO,
    &pyc::Pyc,
    &mo::Mo,
    &image::Png,
    &image::Jpeg,
    &pem::Pem,
    &pem::Der,
    &json::JsonText,
    &text::Plain,
];

/// How contents are compared, at one depth of nesting.
#[derive(Clone, Copy)]
pub(super) struct Inspector<'a> {
    /// Containers that may still be opened inside one another.
    pub(super) depth: usize,
    /// What may still be spent on the file that is looked into.
    pub(super) budget: &'a Budget,
    /// Bounds on what is read, for decompression among others.
    pub(super) limits: &'a Limits,
}

impl<'a> Inspector<'a> {
    /// What differs between two unequal contents. Never empty.
    pub(super) fn compare(&self, files: Sides<File<'_>>) -> Inside {
        let format = COMPARATORS
            .iter()
            .find(|format| format.recognises(files.left) && format.recognises(files.right));
        let Some(format) = format else { return bytes::compare(files, None) };
        let shows_keys = !pem::Pem.recognises(files.left) || !pem::Pem.recognises(files.right);
        let inside = self.compare_as(*format, files);
        if shows_keys && holds_key(files) { without_text(inside) } else { inside }
    }

    fn compare_as(&self, format: &dyn Comparator, files: Sides<File<'_>>) -> Inside {
        match format.compare(files, self) {
            Ok(inside) if inside.is_empty() => {
                let reason = format!("{}: nothing it is made of differs", format.name());
                bytes::compare(files, Some(reason))
            }
            Ok(inside) => inside,
            Err(Broken(reason)) => {
                bytes::compare(files, Some(format!("{}: {reason}", format.name())))
            }
        }
    }

    /// For what lies in a container: one level further in.
    pub(super) fn deeper(&self) -> Self {
        Self { depth: self.depth.saturating_sub(1), ..*self }
    }

    /// What differs between the contents of two members called `name`: nothing when they are equal.
    pub(super) fn member(&self, name: &[u8], contents: Sides<&[u8]>) -> Vec<Part> {
        if contents.left == contents.right {
            return Vec::new();
        }
        let files = contents.map(|bytes| File { name, bytes });
        let inside = if self.depth <= 1 {
            bytes::compare(files, Some("containers are nested deeper than is looked into".into()))
        } else {
            self.deeper().compare(files)
        };
        let values = contents.map(|bytes| Some(part::digest(bytes)));
        let whole = Part::new("content", values).explained_by(&inside);
        let aspect = inside.aspect;
        let inner = inside.parts.into_iter().map(|part| part.of_aspect(aspect));
        let parts = std::iter::once(whole).chain(inner);
        parts.map(|part| part.inside_of(EntryPath::new(name))).collect()
    }
}

/// Whether there is a private key in it that a diff would print (RFC 7468).
fn holds_key(files: Sides<File<'_>>) -> bool {
    const MARK: &[u8] = b"PRIVATE KEY-----";
    let holds = |file: File<'_>| file.bytes.windows(MARK.len()).any(|part| part == MARK);
    decode(files.left.bytes).is_some() && holds(files.left)
        || decode(files.right.bytes).is_some() && holds(files.right)
}

fn without_text(inside: Inside) -> Inside {
    let told = "a private key is in it, so it is not shown".to_owned();
    let note = inside.note.map_or(told.clone(), |note| format!("{note}; {told}"));
    Inside { note: Some(note), unified: None, ..inside }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod trial;
