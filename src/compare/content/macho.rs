//! Programs and libraries of macOS (`mach-o/loader.h`, `mach-o/fat.h`): headers, load commands and
//! sections, and archives of them with one for each architecture.

use std::collections::BTreeMap;

use object::macho;

use super::joined::join;
use super::part::digest;
use super::sectioned::{self, Sectioned, between, slice};
use super::{Broken, Comparator, File, Inside, Inspector, Part};
use crate::digest::hex;
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// Load commands that are read.
const COMMANDS: u64 = 10_000;
/// Architectures in one archive. A Java class begins alike, and has a version of 45 or more there.
const ARCHITECTURES: u64 = 30;

pub(super) struct MachO;

impl Comparator for MachO {
    fn name(&self) -> &'static str {
        "Mach-O file"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        Form::of(file.bytes).is_some()
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        let files = files.try_map(|file| read(file.bytes))?;
        Ok(Inside::of(sectioned::compare(files.as_ref())))
    }
}

pub(super) struct FatMachO;

impl Comparator for FatMachO {
    fn name(&self) -> &'static str {
        "universal Mach-O file"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        let count = number(file.bytes, 4, 4, true);
        let is_fat = matches!(file.bytes, [0xca, 0xfe, 0xba, 0xbe | 0xbf, ..]);
        is_fat && count.is_some_and(|count| (1..=ARCHITECTURES).contains(&count))
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let tables = files.try_map(|file| architectures(file.bytes))?;
        let mut parts = Vec::new();
        for (name, pair) in join(tables.as_ref()) {
            let Sides { left: Some(left), right: Some(right) } = pair else {
                let values = pair.map(|bytes| bytes.map(|bytes| digest(bytes)));
                let part = Part::new("content", values);
                parts.push(part.inside_of(EntryPath::new(name.as_bytes())));
                continue;
            };
            parts.extend(inspector.member(name.as_bytes(), Sides::new(left, right)));
        }
        let rest = files
            .zip(tables.as_ref())
            .map(|(file, table)| between(file.bytes, table.values().copied()));
        if rest.left != rest.right {
            let part = Part::new("content", rest.map(|rest| Some(digest(&rest))));
            parts.push(part.inside_of(EntryPath::new(*b"(outside architectures)")));
        }
        Ok(Inside::of(parts))
    }
}

fn architectures(bytes: &[u8]) -> Result<BTreeMap<String, &[u8]>, Broken> {
    let cut = || Broken::new("the list of architectures is cut short");
    let (size, width) = if bytes.get(3) == Some(&0xbf) { (32, 8) } else { (20, 4) };
    let count = number(bytes, 4, 4, true).ok_or_else(cut)?.min(ARCHITECTURES);
    let mut table = BTreeMap::new();
    for at in 0..count {
        let entry = slice(bytes, at.saturating_mul(size).saturating_add(8), size);
        let entry = entry.ok_or_else(cut)?;
        let field = |place, size| number(entry, place, size, true).ok_or_else(cut);
        let name = cpu(field(0, 4)?, field(4, 4)?);
        let (offset, length) = (field(8, width)?, field(width.saturating_add(8), width)?);
        let content = slice(bytes, offset, length)
            .ok_or_else(|| Broken(format!("{name} ends behind the file")))?;
        if table.insert(name.clone(), content).is_some() {
            return Err(Broken(format!("{name} is there twice")));
        }
    }
    Ok(table)
}

fn cpu(kind: u64, subtype: u64) -> String {
    let kind = macho::CpuType(u32::try_from(kind).unwrap_or_default());
    // The highest byte holds capabilities.
    format!("{kind:?}.{}", subtype & 0x00ff_ffff)
}

/// How words are written.
#[derive(Clone, Copy)]
struct Form {
    is_64: bool,
    is_big: bool,
}

impl Form {
    fn of(bytes: &[u8]) -> Option<Self> {
        let (is_64, is_big) = match bytes {
            [0xfe, 0xed, 0xfa, 0xce, ..] => (false, true),
            [0xfe, 0xed, 0xfa, 0xcf, ..] => (true, true),
            [0xce, 0xfa, 0xed, 0xfe, ..] => (false, false),
            [0xcf, 0xfa, 0xed, 0xfe, ..] => (true, false),
            _ => return None,
        };
        Some(Self { is_64, is_big })
    }

    fn word(self, bytes: &[u8], offset: u64) -> Result<u64, Broken> {
        number(bytes, offset, 4, self.is_big).ok_or_else(|| Broken::new("a header is cut short"))
    }

    /// A word as wide as an address.
    fn wide(self, bytes: &[u8], offset: u64) -> Result<u64, Broken> {
        let size = if self.is_64 { 8 } else { 4 };
        number(bytes, offset, size, self.is_big).ok_or_else(|| Broken::new("a header is cut short"))
    }
}

fn number(bytes: &[u8], offset: u64, size: u64, is_big: bool) -> Option<u64> {
    let bytes = slice(bytes, offset, size)?;
    let push = |number: u64, byte: &u8| (number << 8) | u64::from(*byte);
    Some(if is_big { bytes.iter().fold(0, push) } else { bytes.iter().rev().fold(0, push) })
}

fn read(bytes: &[u8]) -> Result<Sectioned<'_>, Broken> {
    let form = Form::of(bytes).ok_or_else(|| Broken::new("there is no magic number"))?;
    let mut file = Sectioned::new(bytes);
    let text = |number: u64| Value::Text(format!("{number:#x}"));
    let part = |offset, size| slice(bytes, offset, size).unwrap_or_default();
    let kind = cpu(form.word(bytes, 4)?, form.word(bytes, 8)?);
    file.field("macho.cpu", Value::Text(kind), part(4, 8));
    file.field("macho.type", text(form.word(bytes, 12)?), part(12, 4));
    file.field("macho.flags", text(form.word(bytes, 24)?), part(24, 4));
    let count = form.word(bytes, 16)?;
    if count > COMMANDS {
        return Err(Broken(format!("more than {COMMANDS} load commands")));
    }
    let mut offset: u64 = if form.is_64 { 32 } else { 28 };
    for _ in 0..count {
        let size = form.word(bytes, offset.saturating_add(4))?;
        let command = slice(bytes, offset, size).filter(|_| size >= 8);
        let command = command.ok_or_else(|| Broken::new("a load command is cut short"))?;
        add_command(&mut file, form, command)?;
        offset = offset.saturating_add(size);
    }
    Ok(file)
}

/// `LC_REQ_DYLD` only says that the linker must know the command.
const REQUIRED: u64 = 0x8000_0000;

fn add_command<'a>(file: &mut Sectioned<'a>, form: Form, bytes: &'a [u8]) -> Result<(), Broken> {
    let rest = bytes.get(8..).unwrap_or_default();
    let text = |bytes: &[u8]| Value::Text(String::from_utf8_lossy(bytes).into_owned());
    match form.word(bytes, 0)? & !REQUIRED {
        // LC_SEGMENT, LC_SEGMENT_64
        0x1 | 0x19 => add_sections(file, form, bytes)?,
        // LC_UUID
        0x1b => file.field("macho.uuid", Value::Text(hex(rest)), rest),
        // LC_MAIN
        0x28 => {
            let entry = number(rest, 0, 8, form.is_big).unwrap_or_default();
            file.field("macho.entry", Value::Text(format!("{entry:#x}")), rest);
        }
        // LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB
        0xc | 0x18 | 0x1f => {
            let name = string(form, bytes)?;
            file.field("macho.needed", text(name), name);
        }
        // LC_ID_DYLIB
        0xd => {
            let name = string(form, bytes)?;
            file.field("macho.id", text(name), name);
        }
        // LC_RPATH
        0x1c => {
            let name = string(form, bytes)?;
            file.field("macho.rpath", text(name), name);
        }
        // LC_CODE_SIGNATURE
        0x1d => {
            file.section(b"(code signature)", form.word(bytes, 8)?, form.word(bytes, 12)?)?;
        }
        _ => {}
    }
    Ok(())
}

/// The text a command ends with, which begins where its first word says.
fn string(form: Form, bytes: &[u8]) -> Result<&[u8], Broken> {
    let start = usize::try_from(form.word(bytes, 8)?).unwrap_or(usize::MAX);
    let text = bytes.get(start..).ok_or_else(|| Broken::new("a name is cut short"))?;
    let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
    Ok(text.get(..end).unwrap_or_default())
}

fn add_sections(file: &mut Sectioned<'_>, form: Form, bytes: &[u8]) -> Result<(), Broken> {
    // Places of fields of `segment_command`, `section` and their siblings for 64 bits.
    let (file_place, file_size, counted, table, each) =
        if form.is_64 { (40, 48, 64, 72, 80) } else { (32, 36, 48, 56, 68) };
    let (size, offset, flags) = if form.is_64 { (40, 48, 64) } else { (36, 40, 56) };
    let count = form.word(bytes, counted)?;
    if count == 0 {
        let name = padded(slice(bytes, 8, 16));
        return file.section(name, form.wide(bytes, file_place)?, form.wide(bytes, file_size)?);
    }
    for at in 0..count {
        let place = at.saturating_mul(each).saturating_add(table);
        let header =
            slice(bytes, place, each).ok_or_else(|| Broken::new("a section is cut short"))?;
        let (section, segment) = (padded(slice(header, 0, 16)), padded(slice(header, 16, 16)));
        // S_ZEROFILL, S_GB_ZEROFILL, S_THREAD_LOCAL_ZEROFILL
        let is_empty = matches!(form.word(header, flags)? & 0xff, 0x1 | 0xc | 0x12);
        let size = if is_empty { 0 } else { form.wide(header, size)? };
        let offset = if is_empty { 0 } else { form.word(header, offset)? };
        file.section(&[segment, b",", section].concat(), offset, size)?;
    }
    Ok(())
}

fn padded(name: Option<&[u8]>) -> &[u8] {
    let name = name.unwrap_or_default();
    let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
    name.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::content::testing::{self, told};

    const REAL: &[u8] = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/corpus/formats/macho/markupsafe-3.0.2-arm64.so"
    ));
    const OLDER: &[u8] = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/corpus/formats/macho/markupsafe-3.0.1-arm64.so"
    ));
    const FAT: &[u8] = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/corpus/formats/macho/markupsafe-2.1.5-universal2.so"
    ));

    #[test]
    fn files_are_known_by_their_magic() {
        let file = |bytes| File { name: b"x", bytes };
        assert!(MachO.recognises(file(REAL)) && !MachO.recognises(file(FAT)));
        assert!(FatMachO.recognises(file(FAT)) && !FatMachO.recognises(file(REAL)));
        assert!(!FatMachO.recognises(file(b"\xca\xfe\xba\xbe\0\0\0\x34")));
    }

    #[test]
    fn a_real_library_of_another_version() {
        let parts = told(&MachO, OLDER, REAL);
        for part in ["(header) macho.uuid", "(code signature) section", "__TEXT,__text section"] {
            assert!(parts.contains(&part.into()), "{part} is not in {parts:?}");
        }
        let at = REAL.windows(10).position(|bytes| bytes == b"/usr/lib/l").unwrap_or_default();
        let mut other = REAL.to_vec();
        other[at + 9] ^= 1;
        assert_eq!(told(&MachO, REAL, &other), ["(header) macho.needed"]);
        assert_eq!(told(&MachO, REAL, REAL), Vec::<String>::new());
    }

    #[test]
    fn architectures_are_told_apart() {
        let at = FAT.windows(8).position(|bytes| bytes == b"__html__").unwrap_or_default();
        let mut other = FAT.to_vec();
        other[at] ^= 1;
        assert_eq!(
            told(&FatMachO, FAT, &other),
            ["CPU_TYPE_X86_64.3 content", "CPU_TYPE_X86_64.3 __TEXT,__cstring section"]
        );
        let mut other = FAT.to_vec();
        other[11] ^= 1;
        assert_eq!(
            told(&FatMachO, FAT, &other),
            ["16777222.3 content", "CPU_TYPE_X86_64.3 content", "(outside architectures) content"]
        );
        let longer = [FAT, b"x"].concat();
        assert_eq!(told(&FatMachO, FAT, &longer), ["(outside architectures) content"]);
    }

    #[test]
    fn damage_is_refused_and_never_fatal() {
        assert!(testing::compare(&MachO, "x", REAL, &REAL[..0x500]).is_err());
        assert!(testing::compare(&FatMachO, "x", FAT, &FAT[..0x500]).is_err());
        testing::torture(&FatMachO, "x", &FAT[..0x100]);
        let mut header = REAL[..32].to_vec();
        header[16] = 1;
        let segment = [&[0x19, 0, 0, 0, 72, 0, 0, 0][..], &[0; 64]].concat();
        testing::torture(&MachO, "x", &[header, segment].concat());
    }
}
