//! What an ELF file says of itself, read with every place and size checked.

use std::borrow::Cow;

use object::Endianness;
use object::elf;
use object::pod::bytes_of_slice;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};

use super::dynamic::Linked;
use crate::compare::content::Broken;
use crate::compare::content::sectioned::between;

/// No linker writes that many sections; a file that claims to could make the comparison long.
const SECTIONS: usize = 65_536;
/// Sections may overlap, but not so that all of them are many times the file.
const OVERLAP: usize = 4;
/// A longer name is no name.
const NAME: usize = 4096;

/// An ELF file.
pub(super) struct Image<'a> {
    pub(super) bytes: &'a [u8],
    /// Fields that mean something to a reader, in the order of the header.
    pub(super) header: [(&'static str, String); 7],
    /// The other fields, without those that say where the section headers are.
    pub(super) header_rest: Vec<u64>,
    pub(super) header_bytes: &'a [u8],
    /// The table of program headers.
    pub(super) segments: &'a [u8],
    pub(super) section_headers: &'a [u8],
    /// Or loaded segments.
    pub(super) sections: Vec<Section<'a>>,
    pub(super) linked: Linked<'a>,
    pub(super) form: Form,
}

/// How words are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) is_64: bool,
    pub(super) endian: Endianness,
}

pub(super) struct Section<'a> {
    pub(super) name: Cow<'a, [u8]>,
    pub(super) bytes: &'a [u8],
    pub(super) traits: Traits,
}

/// What a section header says, but for the place in the file and the size there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Traits {
    pub(super) kind: elf::SectionType,
    pub(super) flags: u64,
    pub(super) link: u32,
    pub(super) info: u32,
    pub(super) address: u64,
    pub(super) align: u64,
    pub(super) entry_size: u64,
    /// Size of what is not in the file.
    pub(super) empty_size: Option<u64>,
}

impl<'a> Image<'a> {
    /// Reads a file; what is loaded is divided into segments where there are no sections, or where
    /// it is asked for.
    pub(super) fn read(bytes: &'a [u8], segmented: bool) -> Result<Self, Broken> {
        match bytes.get(4).copied().map(elf::FileClass) {
            Some(elf::ELFCLASS32) => read::<elf::FileHeader32<Endianness>>(bytes, segmented),
            Some(elf::ELFCLASS64) => read::<elf::FileHeader64<Endianness>>(bytes, segmented),
            _ => Err(Broken::new("neither of 32 nor of 64 bits")),
        }
    }

    /// Whether there are section headers. A stripped file may do without.
    pub(super) fn has_sections(&self) -> bool {
        !self.section_headers.is_empty()
    }

    /// What belongs to no header and no section, without the zeros that align what follows.
    pub(super) fn outside(&self) -> Vec<u8> {
        let tables = [self.header_bytes, self.segments, self.section_headers];
        let covers = tables.into_iter().chain(self.sections.iter().map(|section| section.bytes));
        between(self.bytes, covers)
    }
}

fn read<'a, E: FileHeader<Endian = Endianness>>(
    bytes: &'a [u8],
    segmented: bool,
) -> Result<Image<'a>, Broken> {
    let header = E::parse(bytes).map_err(broken)?;
    let endian = header.endian().map_err(broken)?;
    let segments = header.program_headers(endian, bytes).map_err(broken)?;
    let headers = header.section_headers(endian, bytes).map_err(broken)?;
    let sections = if segmented || headers.is_empty() {
        loaded(endian, bytes, segments)?
    } else {
        sections(header, endian, bytes, headers)?
    };
    Ok(Image {
        bytes,
        header: fields(header, endian),
        header_rest: rest(header, endian),
        header_bytes: bytes.get(..size_of::<E>()).unwrap_or_default(),
        segments: bytes_of_slice(segments),
        section_headers: bytes_of_slice(headers),
        sections,
        linked: Linked::read::<E>(endian, bytes, segments),
        form: Form { is_64: header.is_type_64(), endian },
    })
}

fn broken(error: object::read::Error) -> Broken {
    let text = error.to_string();
    Broken(match text.strip_prefix("Invalid ") {
        Some(thing) => format!("invalid {thing}"),
        None => text,
    })
}

fn fields<E: FileHeader>(header: &E, endian: E::Endian) -> [(&'static str, String); 7] {
    let ident = header.e_ident();
    let entry: u64 = header.e_entry(endian).into();
    [
        ("elf.class", format!("{:?}", ident.class)),
        ("elf.data", format!("{:?}", ident.data)),
        ("elf.osabi", format!("{:?}", ident.os_abi)),
        ("elf.type", format!("{:?}", header.e_type(endian))),
        ("elf.machine", format!("{:?}", header.e_machine(endian))),
        ("elf.entry", format!("{entry:#x}")),
        ("elf.flags", format!("{:#x}", header.e_flags(endian))),
    ]
}

fn rest<E: FileHeader>(header: &E, endian: E::Endian) -> Vec<u64> {
    let ident = header.e_ident();
    let counts = [
        header.e_ehsize(endian),
        header.e_phentsize(endian),
        header.e_phnum(endian),
        header.e_shentsize(endian),
        ident.abi_version.into(),
    ];
    let words = [header.e_version(endian).into(), header.e_phoff(endian).into()];
    let padding = ident.padding.iter().copied().map(u64::from);
    words.into_iter().chain(counts.into_iter().map(u64::from)).chain(padding).collect()
}

fn sections<'a, E: FileHeader<Endian = Endianness>>(
    header: &E,
    endian: Endianness,
    bytes: &'a [u8],
    headers: &'a [E::SectionHeader],
) -> Result<Vec<Section<'a>>, Broken> {
    if headers.len() > SECTIONS {
        return Err(Broken(format!("more than {SECTIONS} sections")));
    }
    let names = header.section_strings_index(endian, bytes).ok();
    let names = names.and_then(|index| headers.get(index.0)?.data(endian, bytes).ok());
    let mut left = bytes.len().saturating_mul(OVERLAP);
    let sections = headers.iter().skip(1).map(|header| {
        let section = section::<E>(header, endian, bytes, names.unwrap_or_default())?;
        left = left
            .checked_sub(section.bytes.len())
            .ok_or_else(|| Broken::new("sections lie on top of one another"))?;
        Ok(section)
    });
    sections.collect()
}

fn section<'a, E: FileHeader<Endian = Endianness>>(
    header: &'a E::SectionHeader,
    endian: Endianness,
    bytes: &'a [u8],
    names: &'a [u8],
) -> Result<Section<'a>, Broken> {
    let name = text_at(names, header.sh_name(endian).into()).unwrap_or(b"(no name)");
    let is_empty = header.sh_type(endian) == elf::SHT_NOBITS;
    let traits = Traits {
        kind: header.sh_type(endian),
        flags: header.sh_flags(endian).0,
        link: header.sh_link(endian),
        info: header.sh_info(endian),
        address: header.sh_addr(endian).into(),
        align: header.sh_addralign(endian).into(),
        entry_size: header.sh_entsize(endian).into(),
        empty_size: is_empty.then(|| header.sh_size(endian).into()),
    };
    let lost =
        |_| Broken(format!("section {} ends behind the file", String::from_utf8_lossy(name)));
    let bytes = header.data(endian, bytes).map_err(lost)?;
    Ok(Section { name: name.into(), bytes, traits })
}

/// Loaded segments, in place of sections.
fn loaded<'a, P: ProgramHeader<Endian = Endianness>>(
    endian: Endianness,
    bytes: &'a [u8],
    segments: &'a [P],
) -> Result<Vec<Section<'a>>, Broken> {
    let mut left = bytes.len().saturating_mul(OVERLAP);
    let loaded = segments.iter().enumerate().filter(|(_, it)| it.p_type(endian) == elf::PT_LOAD);
    let segments = loaded.map(|(at, segment)| {
        let lost = |()| Broken(format!("segment {at} ends behind the file"));
        let data = segment.data(endian, bytes).map_err(lost)?;
        left = left
            .checked_sub(data.len())
            .ok_or_else(|| Broken::new("segments lie on top of one another"))?;
        Ok(of_segment(at, segment, endian, data))
    });
    segments.collect()
}

fn of_segment<'a, P: ProgramHeader<Endian = Endianness>>(
    at: usize,
    segment: &P,
    endian: Endianness,
    bytes: &'a [u8],
) -> Section<'a> {
    let runs = segment.p_flags(endian).contains(elf::PF_X);
    let traits = Traits {
        kind: elf::SHT_PROGBITS,
        flags: if runs { elf::SHF_EXECINSTR.0 } else { 0 },
        link: 0,
        info: 0,
        address: segment.p_vaddr(endian).into(),
        align: segment.p_align(endian).into(),
        entry_size: 0,
        empty_size: None,
    };
    Section { name: format!("(segment {at})").into_bytes().into(), bytes, traits }
}

/// The text that ends with a zero at `offset` of a table of strings.
pub(super) fn text_at(strings: &[u8], offset: u64) -> Option<&[u8]> {
    let rest = strings.get(usize::try_from(offset).ok()?..)?;
    let window = rest.get(..NAME).unwrap_or(rest);
    window.get(..window.iter().position(|&byte| byte == 0)?)
}
