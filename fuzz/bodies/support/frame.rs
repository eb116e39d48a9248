//! Writes tar streams whose blocks are where they belong and whose checksums are right.

use std::ops::Range;

use super::mend;

const BLOCK: usize = 512;

/// Where a GNU header keeps its sparse map: four regions, the mark that more follow, the real size.
pub(crate) const SPARSE_MAP: Range<usize> = 386..495;

/// A stream in the making.
#[derive(Default)]
pub(crate) struct Frame(Vec<u8>);

impl Frame {
    /// An extended header.
    pub(crate) fn extension(&mut self, type_flag: u8, content: &[u8]) {
        self.bent(type_flag, b"extension", content.len(), 0, b"");
        self.content(content);
    }

    /// A regular file.
    pub(crate) fn file(&mut self, name: &[u8], content: &[u8]) {
        self.bent(b'0', name, content.len(), 0, b"");
        self.content(content);
    }

    /// A header that has `bytes` at `place`, as far as they fit. GNU's dialect for what only that
    /// has, ustar otherwise.
    pub(crate) fn bent(
        &mut self,
        type_flag: u8,
        name: &[u8],
        size: usize,
        place: usize,
        bytes: &[u8],
    ) {
        let mut block = [0; BLOCK];
        block[..name.len()].copy_from_slice(name);
        block[100..108].copy_from_slice(b"0000644\0");
        block[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
        block[156] = type_flag;
        let magic =
            if matches!(type_flag, b'S' | b'L' | b'K') { b"ustar  \0" } else { b"ustar\x0000" };
        block[257..265].copy_from_slice(magic);
        let bytes = &bytes[..bytes.len().min(BLOCK - place)];
        block[place..place + bytes.len()].copy_from_slice(bytes);
        mend::seal(&mut block);
        self.0.extend_from_slice(&block);
    }

    /// Any one block.
    pub(crate) fn block(&mut self, bytes: &[u8]) {
        self.content(&bytes[..bytes.len().min(BLOCK)]);
    }

    /// Content with its padding.
    pub(crate) fn content(&mut self, content: &[u8]) {
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(BLOCK), 0);
    }

    /// The stream with the end of the archive.
    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&[0; 2 * BLOCK]);
        self.0
    }
}
