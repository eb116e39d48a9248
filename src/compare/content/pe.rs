//! Programs of Windows and of UEFI (Microsoft's "PE Format"): headers and sections.

use object::pe;

use super::sectioned::{self, Sectioned, slice};
use super::{Broken, Comparator, File, Inside, Inspector};
use crate::report::{Timestamp, Value};
use crate::sides::Sides;

pub(super) struct Pe;

impl Comparator for Pe {
    fn name(&self) -> &'static str {
        "PE file"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        file.bytes.starts_with(b"MZ") && headers(file.bytes).is_some()
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        let files = files.try_map(|file| read(file.bytes))?;
        Ok(Inside::of(sectioned::compare(files.as_ref())))
    }
}

/// Where the headers begin that come after the stub for DOS and the signature.
fn headers(bytes: &[u8]) -> Option<u64> {
    let offset = number(bytes, 0x3c, 4)?;
    let is_signed = slice(bytes, offset, 4)? == b"PE\0\0";
    offset.checked_add(4).filter(|_| is_signed)
}

fn number(bytes: &[u8], offset: u64, size: u64) -> Option<u64> {
    let bytes = slice(bytes, offset, size)?;
    Some(bytes.iter().rev().fold(0, |number, &byte| (number << 8) | u64::from(byte)))
}

/// The fields told of the COFF header: their place there and size.
const COFF: [(&str, u64, u64); 3] =
    [("pe.machine", 0, 2), ("pe.timestamp", 4, 4), ("pe.characteristics", 18, 2)];

/// The same of the optional header, where they lie alike in 32 and 64 bits.
const OPTIONAL: [(&str, u64, u64); 6] = [
    ("pe.magic", 0, 2),
    ("pe.linker", 2, 2),
    ("pe.entry", 16, 4),
    ("pe.checksum", 64, 4),
    ("pe.subsystem", 68, 2),
    ("pe.dll-characteristics", 70, 2),
];

fn read(bytes: &[u8]) -> Result<Sectioned<'_>, Broken> {
    let cut = || Broken::new("the headers are cut short");
    let coff = headers(bytes).ok_or_else(|| Broken::new("there is no PE signature"))?;
    let count = number(bytes, coff.saturating_add(2), 2).ok_or_else(cut)?;
    let size = number(bytes, coff.saturating_add(16), 2).ok_or_else(cut)?;
    let optional = coff.saturating_add(20);
    let mut file = Sectioned::new(bytes);
    add_fields(&mut file, bytes, coff, &COFF).ok_or_else(cut)?;
    if size >= 72 {
        add_fields(&mut file, bytes, optional, &OPTIONAL).ok_or_else(cut)?;
    }
    let table = optional.saturating_add(size);
    for at in 0..count {
        let header = slice(bytes, table.saturating_add(at.saturating_mul(40)), 40);
        add_section(&mut file, header.ok_or_else(cut)?)?;
    }
    if let Some((offset, size)) = signature(bytes, optional, size) {
        file.section(b"(signature)", offset, size)?;
    }
    Ok(file)
}

fn add_fields<'a>(
    file: &mut Sectioned<'a>,
    bytes: &'a [u8],
    header: u64,
    fields: &[(&'static str, u64, u64)],
) -> Option<()> {
    for (name, place, size) in fields {
        let place = header.saturating_add(*place);
        let value = number(bytes, place, *size)?;
        file.field(name, shown(name, value), slice(bytes, place, *size)?);
    }
    Some(())
}

fn shown(field: &str, value: u64) -> Value {
    let half = u16::try_from(value).unwrap_or_default();
    match field {
        "pe.timestamp" => Value::Time(Timestamp { seconds: value.cast_signed(), nanoseconds: 0 }),
        "pe.machine" => Value::Text(format!("{:?}", pe::Machine(half))),
        "pe.subsystem" => Value::Text(format!("{:?}", pe::Subsystem(half))),
        "pe.linker" => Value::Text(format!("{}.{}", value & 0xff, value >> 8)),
        _ => Value::Text(format!("{value:#x}")),
    }
}

fn add_section(file: &mut Sectioned<'_>, header: &[u8]) -> Result<(), Broken> {
    let field = |place| number(header, place, 4).unwrap_or_default();
    let name = header.get(..8).unwrap_or_default();
    let end = name.iter().position(|&byte| byte == 0).unwrap_or(name.len());
    file.section(name.get(..end).unwrap_or_default(), field(20), field(16))
}

/// Where the certificates lie: the only data directory that is given by place in the file.
fn signature(bytes: &[u8], optional: u64, size: u64) -> Option<(u64, u64)> {
    let directories: u64 = if number(bytes, optional, 2)? == 0x20b { 112 } else { 96 };
    let place = directories.checked_add(4 * 8)?;
    let is_there = place.checked_add(8)? <= size;
    let place = optional.checked_add(place)?;
    let found = (number(bytes, place, 4)?, number(bytes, place.checked_add(4)?, 4)?);
    (is_there && found.1 > 0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::content::testing::{self, told};

    const REAL: &[u8] = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/corpus/formats/pe/markupsafe-3.0.2-amd64.pyd"
    ));
    const OLDER: &[u8] = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/corpus/formats/pe/markupsafe-3.0.1-amd64.pyd"
    ));
    const NARROW: &[u8] = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/corpus/formats/pe/markupsafe-3.0.2-i386.pyd"
    ));

    #[test]
    fn files_are_known_by_both_signatures() {
        let known = |bytes: &[u8]| Pe.recognises(File { name: b"x", bytes });
        assert!(known(REAL) && known(NARROW));
        assert!(!known(b"MZ") && !known(&[b'M'; 256]));
    }

    #[test]
    fn fields_and_sections_are_told() {
        let coff = usize::try_from(headers(REAL).unwrap_or_default()).unwrap_or_default();
        let with = |place: usize| {
            let mut other = REAL.to_vec();
            other[place] ^= 1;
            told(&Pe, REAL, &other)
        };
        assert_eq!(with(coff + 4), ["(header) pe.timestamp"]);
        assert_eq!(with(coff + 20 + 16), ["(header) pe.entry"]);
        assert_eq!(with(coff + 20 + 28), ["(outside sections) content"]);
        assert_eq!(with(0x402), [".text section"]);
        let longer = [REAL, b"\0"].concat();
        assert_eq!(told(&Pe, REAL, &longer), ["(outside sections) content"]);
    }

    #[test]
    fn real_files_of_another_version_and_machine() {
        let parts = told(&Pe, OLDER, REAL);
        for part in ["(header) pe.entry", "(header) pe.timestamp", ".text section"] {
            assert!(parts.contains(&part.into()), "{part} is not in {parts:?}");
        }
        let parts = told(&Pe, NARROW, REAL);
        for part in ["(header) pe.machine", "(header) pe.magic", ".text section"] {
            assert!(parts.contains(&part.into()), "{part} is not in {parts:?}");
        }
        assert_eq!(told(&Pe, REAL, REAL), Vec::<String>::new());
    }

    #[test]
    fn damage_is_refused_and_never_fatal() {
        assert!(testing::compare(&Pe, "x", REAL, &REAL[..0x500]).is_err());
        testing::torture(&Pe, "x", &REAL[..0x400]);
        let mut small = REAL[..0x400].to_vec();
        let coff = usize::try_from(headers(REAL).unwrap_or_default()).unwrap_or_default();
        small[coff + 2] = 0;
        testing::torture(&Pe, "x", &small);
    }
}
