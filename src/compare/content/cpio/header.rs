//! The header of a member, with name and content, in either of two forms: numbers in eight
//! hexadecimal digits (`newc`, `crc`), or in six or eleven octal ones (`odc`).

/// One member as it stands in the archive.
pub(super) struct Header<'a> {
    pub(super) format: &'static str,
    pub(super) dev: u64,
    pub(super) ino: u64,
    pub(super) mode: u32,
    pub(super) uid: u64,
    pub(super) gid: u64,
    pub(super) nlink: u64,
    pub(super) mtime: u64,
    /// Major and minor number; `odc` has them in one, which is told as the minor one.
    pub(super) device: (u64, u64),
    pub(super) checksum: u32,
    pub(super) name: &'a [u8],
    pub(super) content: &'a [u8],
    /// What name and content are filled up with.
    pub(super) padding: [&'a [u8]; 2],
    /// What follows the member.
    pub(super) rest: &'a [u8],
}

/// Whether `bytes` begin with a header.
pub(super) fn is_magic(bytes: &[u8]) -> bool {
    [b"070701", b"070702", b"070707"].iter().any(|magic| bytes.starts_with(*magic))
}

impl<'a> Header<'a> {
    /// The member that `bytes` begin with, which stand at `offset`.
    pub(super) fn read(bytes: &'a [u8], offset: usize) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<6>()?;
        let mut digits = Digits { rest, offset: offset.checked_add(6)? };
        match magic {
            b"070701" => Self::hexadecimal("newc", &mut digits),
            b"070702" => Self::hexadecimal("crc", &mut digits),
            _ => Self::octal(&mut digits),
        }
    }

    fn hexadecimal(format: &'static str, digits: &mut Digits<'a>) -> Option<Self> {
        let mut numbers = [0_u64; 13];
        for number in &mut numbers {
            *number = digits.number(8, 16)?;
        }
        let [ino, mode, uid, gid, nlink, mtime, size, major, minor, rmajor, rminor, length, check] =
            numbers;
        let (name, first) = (digits.bytes(length)?, digits.align()?);
        let (content, second) = (digits.bytes(size)?, digits.align()?);
        Some(Self {
            format,
            dev: major << 32 | minor,
            ino,
            mode: u32::try_from(mode).ok()?,
            uid,
            gid,
            nlink,
            mtime,
            device: (rmajor, rminor),
            checksum: u32::try_from(check).ok()?,
            name: name.strip_suffix(&[0])?,
            content,
            padding: [first, second],
            rest: digits.rest,
        })
    }

    fn octal(digits: &mut Digits<'a>) -> Option<Self> {
        let mut numbers = [0_u64; 10];
        for (number, width) in numbers.iter_mut().zip([6, 6, 6, 6, 6, 6, 6, 11, 6, 11]) {
            *number = digits.number(width, 8)?;
        }
        let [dev, ino, mode, uid, gid, nlink, rdev, mtime, length, size] = numbers;
        let (name, content) = (digits.bytes(length)?, digits.bytes(size)?);
        Some(Self {
            format: "odc",
            dev,
            ino,
            mode: u32::try_from(mode).ok()?,
            uid,
            gid,
            nlink,
            mtime,
            device: (0, rdev),
            checksum: 0,
            name: name.strip_suffix(&[0])?,
            content,
            padding: [&[], &[]],
            rest: digits.rest,
        })
    }

    pub(super) const fn kind(&self) -> &'static str {
        match self.mode & 0o170_000 {
            0o010_000 => "fifo",
            0o020_000 => "char-device",
            0o040_000 => "directory",
            0o060_000 => "block-device",
            0o100_000 => "file",
            0o120_000 => "symlink",
            0o140_000 => "socket",
            _ => "unknown",
        }
    }
}

/// What is left to be read.
struct Digits<'a> {
    rest: &'a [u8],
    offset: usize,
}

impl<'a> Digits<'a> {
    fn bytes(&mut self, length: u64) -> Option<&'a [u8]> {
        let length = usize::try_from(length).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        self.offset = self.offset.checked_add(length)?;
        Some(bytes)
    }

    fn number(&mut self, width: u64, radix: u32) -> Option<u64> {
        let text = std::str::from_utf8(self.bytes(width)?).ok()?;
        // What reads numbers would take a sign too.
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| u64::from_str_radix(text, radix).ok()).flatten()
    }

    /// Goes on to a multiple of four; the end of the archive may come before.
    fn align(&mut self) -> Option<&'a [u8]> {
        let missing = self.offset.wrapping_neg() % 4;
        self.bytes(missing.min(self.rest.len()) as u64)
    }
}
