//! Writes archives block by block, with any mistake a test wants.

use std::ops::Range;

use crate::tar::block::{BLOCK, Block, padding};

pub(super) const NAME: usize = 0;
pub(super) const MODE: usize = 100;
pub(super) const UID: usize = 108;
pub(super) const GID: usize = 116;
pub(super) const SIZE: usize = 124;
pub(super) const MTIME: usize = 136;
pub(super) const CHECKSUM: Range<usize> = 148..156;
pub(super) const TYPE: usize = 156;
pub(super) const LINK: usize = 157;
pub(super) const MAGIC: usize = 257;
pub(super) const UNAME: usize = 265;
pub(super) const GNAME: usize = 297;
pub(super) const MAJOR: usize = 329;
pub(super) const MINOR: usize = 337;
pub(super) const PREFIX: usize = 345;

pub(super) const USTAR: &[u8] = b"ustar\x0000";
pub(super) const GNU: &[u8] = b"ustar  \0";

/// A header block.
#[derive(Clone)]
pub(super) struct Head(pub(super) Block);

impl Head {
    /// Ustar, mode 0644, owner 0, time 1.
    pub(super) fn new(type_flag: u8, name: &[u8]) -> Self {
        Self([0; BLOCK])
            .put(NAME, name)
            .put(MODE, b"0000644\0")
            .put(UID, b"0000000\0")
            .put(GID, b"0000000\0")
            .put(MTIME, b"00000000001\0")
            .put(TYPE, &[type_flag])
            .put(MAGIC, USTAR)
            .size(0)
    }

    /// A regular file.
    pub(super) fn file(name: &str, size: u64) -> Self {
        Self::new(b'0', name.as_bytes()).size(size)
    }

    /// Puts `bytes` at offset `at` and makes the checksum right again.
    pub(super) fn put(mut self, at: usize, bytes: &[u8]) -> Self {
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        self.sealed()
    }

    pub(super) fn size(self, size: u64) -> Self {
        self.put(SIZE, format!("{size:011o}\0").as_bytes())
    }

    pub(super) fn sealed(mut self) -> Self {
        seal(&mut self.0);
        self
    }
}

/// Makes the checksum of `block` right.
pub(super) fn seal(block: &mut Block) {
    block[CHECKSUM].fill(b' ');
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    block[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// An archive.
#[derive(Clone, Default)]
pub(super) struct Tar(pub(super) Vec<u8>);

impl Tar {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// A header alone.
    pub(super) fn head(self, head: Head) -> Self {
        self.raw(&head.0)
    }

    /// Content with its padding.
    pub(super) fn body(self, content: &[u8]) -> Self {
        let zeros = padding(content.len() as u64);
        self.raw(content).raw(&vec![0; zeros.try_into().unwrap()])
    }

    /// A regular file with its content.
    pub(super) fn file(self, name: &str, content: &[u8]) -> Self {
        self.head(Head::file(name, content.len() as u64)).body(content)
    }

    /// An extended header of type `x`, `g`, `L` or `K`.
    pub(super) fn extension(self, type_flag: u8, content: &[u8]) -> Self {
        self.head(Head::new(type_flag, b"extension").size(content.len() as u64)).body(content)
    }

    /// A PAX extended header with these records.
    pub(super) fn pax(self, records: &[(&str, &[u8])]) -> Self {
        self.extension(
            b'x',
            &records.iter().flat_map(|(key, value)| record(key, value)).collect::<Vec<_>>(),
        )
    }

    /// Two zero blocks.
    pub(super) fn end(self) -> Vec<u8> {
        self.raw(&[0; 2 * BLOCK]).0
    }
}

/// A well-formed PAX record.
pub(super) fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let bare = key.len() + value.len() + 3;
    let length = (bare + 1..).find(|length| length - length.to_string().len() == bare).unwrap();
    [format!("{length} {key}=").as_bytes(), value, b"\n"].concat()
}
