//! Sections that hold one thing which is told in full.

use object::Endianness;

use super::BUILD_ID;
use super::image::{Form, Section};
use crate::compare::content::Part;
use crate::digest::hex;
use crate::sides::Sides;

/// Text of a comment that is shown.
const LONGEST: usize = 1_000;

/// Takes a section for what its name says.
type Read = fn(&[u8], Form) -> Option<String>;

/// What two unequal sections of one name differ in, when that can be told in full.
pub(super) fn compare(sections: Sides<&Section<'_>>, forms: Sides<Form>) -> Option<Part> {
    let (field, read): (_, Read) = match &*sections.left.name {
        b".note.gnu.build-id" => ("elf.build-id", |bytes, form| note(bytes, form, b"GNU\0", 3)),
        b".note.go.buildid" => ("elf.build-id", |bytes, form| note(bytes, form, b"Go\0\0", 4)),
        b".gnu_debuglink" => ("elf.debuglink", debug_link),
        b".comment" => ("elf.comment", |bytes, _| comment(bytes)),
        _ => return None,
    };
    let values = Sides::new(
        read(sections.left.bytes, forms.left)?,
        read(sections.right.bytes, forms.right)?,
    );
    let aspect = (field != "elf.comment").then_some(BUILD_ID);
    let part = Part::text(field, values.clone().map(Some));
    (values.left != values.right).then_some(Part { aspect, ..part })
}

/// The description of a section that holds exactly one note of this owner and type.
fn note(bytes: &[u8], form: Form, owner: &[u8; 4], kind: u32) -> Option<String> {
    let (sizes, rest) = bytes.split_first_chunk::<12>()?;
    let words: Vec<u32> = sizes.as_chunks().0.iter().map(|word| number(*word, form)).collect();
    let (found, description) = rest.split_first_chunk::<4>()?;
    let size = usize::try_from(*words.get(1)?).ok()?;
    let is_whole = size == description.len() && words == [4, *words.get(1)?, kind];
    let text = |description: &[u8]| match owner {
        b"Go\0\0" => String::from_utf8_lossy(description).into_owned(),
        _ => hex(description),
    };
    (is_whole && found == owner).then(|| text(description))
}

fn number(word: [u8; 4], form: Form) -> u32 {
    match form.endian {
        Endianness::Little => u32::from_le_bytes(word),
        Endianness::Big => u32::from_be_bytes(word),
    }
}

/// The name of the file with debugging data, padded to four bytes, and its checksum (GDB manual,
/// "Separate Debug Files").
fn debug_link(bytes: &[u8], form: Form) -> Option<String> {
    let name = bytes.get(..bytes.iter().position(|&byte| byte == 0)?)?;
    let (padding, checksum) = bytes.get(name.len()..)?.split_last_chunk::<4>()?;
    let is_whole = padding.len() <= 4 && padding.iter().all(|&byte| byte == 0);
    let checksum = number(*checksum, form);
    let name = String::from_utf8_lossy(name);
    is_whole.then(|| format!("{name} with CRC-32 {checksum:08x}"))
}

/// Who compiled and linked it.
fn comment(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST)?;
    Some(text.trim_end_matches('\0').replace('\0', "; "))
}
