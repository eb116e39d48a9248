//! Hand-written tar blocks: the 512-byte header, numbers, PAX records.

/// Size of a tar block.
pub(crate) const BLOCK: usize = 512;

/// Which flavour of tar header an entry is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// No magic at all. Paths and link targets of more than 100 bytes panic.
    V7,
    /// `ustar\0` `00`; a PAX header comes first only when something does not fit.
    Ustar,
    /// `ustar  \0`; long names through `L`/`K` entries, big numbers in base 256.
    Gnu,
    /// Always a PAX header, which repeats path, link, size, owner and time.
    Pax,
}

/// The plain fields of one header block.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) name: &'a [u8],
    pub(crate) prefix: &'a [u8],
    pub(crate) link: &'a [u8],
    pub(crate) flag: u8,
    pub(crate) mode: u32,
    pub(crate) uid: u64,
    pub(crate) gid: u64,
    pub(crate) size: u64,
    pub(crate) mtime: i64,
    pub(crate) uname: &'a [u8],
    pub(crate) gname: &'a [u8],
    pub(crate) device: Option<(u64, u64)>,
}

impl Fields<'_> {
    /// A minimal header, as for `L`, `K`, `x` and `g` entries.
    pub(crate) fn plain(dialect: Dialect, name: &[u8], flag: u8, size: u64) -> Fields<'_> {
        Fields {
            dialect,
            name,
            prefix: b"",
            link: b"",
            flag,
            mode: 0o644,
            uid: 0,
            gid: 0,
            size,
            mtime: 0,
            uname: b"",
            gname: b"",
            device: None,
        }
    }

    /// The block, its checksum still unset: see [`seal`].
    pub(crate) fn block(&self) -> [u8; BLOCK] {
        let gnu = self.dialect == Dialect::Gnu;
        let mut b = [0; BLOCK];
        text(&mut b[0..100], self.name);
        number(&mut b[100..108], i128::from(self.mode), gnu);
        number(&mut b[108..116], i128::from(self.uid), gnu);
        number(&mut b[116..124], i128::from(self.gid), gnu);
        number(&mut b[124..136], i128::from(self.size), gnu);
        number(&mut b[136..148], i128::from(self.mtime), gnu);
        b[156] = self.flag;
        text(&mut b[157..257], self.link);
        if self.dialect == Dialect::V7 {
            return b;
        }
        b[257..265].copy_from_slice(if gnu { b"ustar  \0" } else { b"ustar\x0000" });
        text(&mut b[265..297], self.uname);
        text(&mut b[297..329], self.gname);
        if let Some((major, minor)) = self.device.or((!gnu).then_some((0, 0))) {
            number(&mut b[329..337], i128::from(major), gnu);
            number(&mut b[337..345], i128::from(minor), gnu);
        }
        text(&mut b[345..500], self.prefix);
        b
    }
}

fn text(field: &mut [u8], value: &[u8]) {
    let n = value.len().min(field.len());
    field[..n].copy_from_slice(&value[..n]);
}

/// Whether `value` fits an octal field of `width` bytes with its terminator.
pub(crate) fn octal_fits(value: i128, width: usize) -> bool {
    value >= 0 && value < 1 << (3 * (width - 1))
}

/// Octal with a NUL at the end; base 256 if too big and allowed; else zero (a PAX record tells).
pub(crate) fn number(field: &mut [u8], value: i128, base256: bool) {
    let width = field.len();
    if octal_fits(value, width) || !base256 {
        let value = if octal_fits(value, width) { value } else { 0 };
        let digits = format!("{value:0w$o}", w = width - 1);
        field[..width - 1].copy_from_slice(digits.as_bytes());
        field[width - 1] = 0;
    } else {
        let bytes = value.to_be_bytes();
        field.copy_from_slice(&bytes[bytes.len() - width..]);
        field[0] |= 0x80;
    }
}

/// Writes the checksum, or `lie` in its place.
pub(crate) fn seal(block: &mut [u8; BLOCK], lie: Option<u32>) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&b| u32::from(b)).sum();
    let sum = format!("{:06o}\0 ", lie.unwrap_or(sum));
    block[148..156].copy_from_slice(&sum.as_bytes()[..8]);
}

/// Pads `out` with zeros to a multiple of `n` bytes, counted from `start`.
pub(crate) fn pad(out: &mut Vec<u8>, start: usize, n: usize) {
    let len = out.len() - start;
    out.resize(start + len.next_multiple_of(n), 0);
}

/// One PAX record: `LEN KEY=VALUE\n`, where LEN counts itself.
pub fn pax_record(key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Vec<u8> {
    let (key, value) = (key.as_ref(), value.as_ref());
    let rest = key.len() + value.len() + 3;
    let mut len = rest + 1;
    while rest + len.to_string().len() != len {
        len = rest + len.to_string().len();
    }
    let mut out = len.to_string().into_bytes();
    out.push(b' ');
    out.extend_from_slice(key);
    out.push(b'=');
    out.extend_from_slice(value);
    out.push(b'\n');
    out
}

/// A whole special entry (`x`, `g`, `L`, `K`): header, content, padding.
pub(crate) fn special(dialect: Dialect, name: &[u8], flag: u8, content: &[u8]) -> Vec<u8> {
    let mut block = Fields::plain(dialect, name, flag, content.len() as u64).block();
    seal(&mut block, None);
    let mut out = block.to_vec();
    out.extend_from_slice(content);
    pad(&mut out, 0, BLOCK);
    out
}
