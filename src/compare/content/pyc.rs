//! Compiled Python modules: what the header says (PEP 552, PEP 3147), and the code behind it.
//!
//! The code itself is a dump in a form that changes with every version of Python, so it is told
//! by its bytes.

use super::part::digest;
use super::{Broken, Comparator, File, Inside, Inspector, Part, bytes};
use crate::digest::hex;
use crate::report::{EntryPath, Timestamp, Value};
use crate::sides::Sides;

pub(super) struct Pyc;

impl Comparator for Pyc {
    fn name(&self) -> &'static str {
        "compiled Python module"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        let named = file.name.ends_with(b".pyc") || file.name.ends_with(b".pyo");
        magic(file.bytes).is_some_and(|magic| named || version(magic).is_some())
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        let modules = files.try_map(|file| Module::read(file.bytes))?;
        let mut parts = header(modules);
        let only_mtime = parts.iter().all(|part| part.field == "pyc.mtime");
        let codes = modules.map(|module| module.code);
        if codes.left != codes.right {
            parts.push(code(codes));
        } else if only_mtime && !parts.is_empty() {
            return Ok(Inside::of(parts).because("pyc-mtime"));
        }
        Ok(Inside::of(parts))
    }
}

#[derive(Clone, Copy)]
struct Module<'a> {
    magic: u16,
    /// Since Python 3.7.
    flags: Option<u32>,
    /// How Python tells that the source has changed since.
    source: Source,
    code: &'a [u8],
}

#[derive(Clone, Copy)]
enum Source {
    Stamped {
        mtime: u32,
        /// Since Python 3.3.
        size: Option<u32>,
    },
    Hashed([u8; 8]),
}

impl<'a> Module<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Broken> {
        let magic = magic(bytes).ok_or_else(|| Broken::new("the magic number is missing"))?;
        let mut rest = bytes.get(4..).unwrap_or_default();
        let (has_flags, has_size) = fields(magic);
        let flags = if has_flags { Some(u32::from_le_bytes(take(&mut rest)?)) } else { None };
        let source = if flags.is_some_and(|flags| flags & 1 != 0) {
            Source::Hashed(take(&mut rest)?)
        } else {
            let mtime = u32::from_le_bytes(take(&mut rest)?);
            let size = if has_size { Some(u32::from_le_bytes(take(&mut rest)?)) } else { None };
            Source::Stamped { mtime, size }
        };
        Ok(Self { magic, flags, source, code: rest })
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Broken> {
    let (head, tail) = rest.split_first_chunk().ok_or_else(|| Broken::new("the header is cut"))?;
    *rest = tail;
    Ok(*head)
}

/// The number all files of one version of Python begin with.
fn magic(bytes: &[u8]) -> Option<u16> {
    match bytes {
        [low, high, b'\r', b'\n', ..] => Some(u16::from_le_bytes([*low, *high])),
        _ => None,
    }
}

/// The version of CPython, by the numbers listed in its `Include/internal/pycore_magic_number.h`.
fn version(magic: u16) -> Option<&'static str> {
    Some(match magic {
        62_131 => "2.5",
        62_161 => "2.6",
        62_211 => "2.7",
        3_180 => "3.2",
        3_230 => "3.3",
        3_310 => "3.4",
        3_350 | 3_351 => "3.5",
        3_379 => "3.6",
        3_390..=3_399 => "3.7",
        3_400..=3_419 => "3.8",
        3_420..=3_429 => "3.9",
        3_430..=3_449 => "3.10",
        3_450..=3_499 => "3.11",
        3_500..=3_549 => "3.12",
        3_550..=3_599 => "3.13",
        3_600..=3_649 => "3.14",
        3_650..=3_699 => "3.15",
        _ => return None,
    })
}

/// Whether the header has flags, and whether it has the size of the source. PyPy counts its own
/// versions from 1, and has always written what CPython 3.7 does since that had to be told apart.
fn fields(magic: u16) -> (bool, bool) {
    match magic {
        3_000..3_210 | 20_121.. => (false, false),
        3_210..3_390 => (false, true),
        _ => (true, true),
    }
}

fn header(modules: Sides<Module<'_>>) -> Vec<Part> {
    let number = |value: Option<u32>| value.map(|value| Value::Number(value.into()));
    let python = |module: Module<'_>| Some(Value::Text(called(module.magic)));
    let fields: [(&'static str, Sides<Option<Value>>); 5] = [
        ("pyc.magic", modules.map(python)),
        ("pyc.flags", modules.map(|module| number(module.flags))),
        ("pyc.mtime", modules.map(|module| module.source.mtime())),
        ("pyc.size", modules.map(|module| number(module.source.size()))),
        ("pyc.hash", modules.map(|module| module.source.hash())),
    ];
    let differing = fields.into_iter().filter(|(_, values)| values.left != values.right);
    let within = EntryPath::new(*b"header");
    differing.map(|(field, values)| Part::new(field, values).inside_of(within.clone())).collect()
}

fn called(magic: u16) -> String {
    match version(magic) {
        Some(version) => format!("Python {version} (magic {magic})"),
        None => format!("magic {magic}"),
    }
}

impl Source {
    fn mtime(self) -> Option<Value> {
        let Self::Stamped { mtime, .. } = self else { return None };
        Some(Value::Time(Timestamp { seconds: mtime.into(), nanoseconds: 0 }))
    }

    fn size(self) -> Option<u32> {
        let Self::Stamped { size, .. } = self else { return None };
        size
    }

    fn hash(self) -> Option<Value> {
        let Self::Hashed(hash) = self else { return None };
        Some(Value::Text(hex(&hash)))
    }
}

fn code(codes: Sides<&[u8]>) -> Part {
    let inside = bytes::compare(codes.map(|bytes| File { name: b"code", bytes }), None);
    let whole = Part::new("content", codes.map(|bytes| Some(digest(bytes))));
    whole.explained_by(&inside).inside_of(EntryPath::new(*b"code"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::content::testing::{self, told};

    const REAL: &[u8] = include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/corpus/formats/pyc/keyword.cpython-311.pyc"
    ));

    fn pyc(magic: u16, header: &[u32], code: &[u8]) -> Vec<u8> {
        let words = header.iter().flat_map(|word| word.to_le_bytes());
        magic.to_le_bytes().into_iter().chain(*b"\r\n").chain(words).chain(code.to_vec()).collect()
    }

    #[test]
    fn modules_are_known_by_their_magic() {
        let known =
            |name: &str, bytes: &[u8]| Pyc.recognises(File { name: name.as_bytes(), bytes });
        assert!(known("x", REAL) && known("x.pyc", &pyc(240, &[], b"")));
        assert!(!known("x", &pyc(240, &[], b"")) && !known("x.pyc", b"import os\n"));
    }

    #[test]
    fn fields_of_the_header_are_told() {
        let left = pyc(3495, &[0, 1, 20], b"code");
        let cases: [(Vec<u8>, &[&str]); 4] = [
            (pyc(3495, &[0, 2, 20], b"code"), &["header pyc.mtime"]),
            (pyc(3495, &[0, 2, 21], b"code"), &["header pyc.mtime", "header pyc.size"]),
            (pyc(3531, &[0, 1, 20], b"codes"), &["header pyc.magic", "code content"]),
            (
                pyc(3495, &[1, 1, 20], b"code"),
                &["header pyc.flags", "header pyc.mtime", "header pyc.size", "header pyc.hash"],
            ),
        ];
        for (right, expected) in cases {
            assert_eq!(told(&Pyc, &left, &right), expected);
        }
    }

    #[test]
    fn a_time_alone_has_a_cause() {
        let stamped = |mtime, code: &[u8]| pyc(3495, &[0, mtime, 20], code);
        let aspect = |left: &[u8], right: &[u8]| {
            testing::compare(&Pyc, "a.pyc", left, right).ok().and_then(|inside| inside.aspect)
        };
        assert_eq!(aspect(&stamped(1, b"x"), &stamped(2, b"x")), Some("pyc-mtime"));
        assert_eq!(aspect(&stamped(1, b"x"), &stamped(2, b"y")), None);
        assert_eq!(aspect(&stamped(1, b"x"), &stamped(1, b"y")), None);
        let python_2 = |mtime| pyc(62_211, &[mtime], b"x");
        assert_eq!(aspect(&python_2(1), &python_2(2)), Some("pyc-mtime"));
    }

    #[test]
    fn a_real_module_with_another_time_and_code() {
        let mut right = REAL.to_vec();
        right[8] ^= 1;
        assert_eq!(told(&Pyc, REAL, &right), ["header pyc.mtime"]);
        right[100] ^= 1;
        assert_eq!(told(&Pyc, REAL, &right), ["header pyc.mtime", "code content"]);
    }

    #[test]
    fn damage_is_refused_and_never_fatal() {
        assert!(testing::compare(&Pyc, "a.pyc", REAL, &REAL[..15]).is_err());
        testing::torture(&Pyc, "a.pyc", &REAL[..600]);
    }
}
