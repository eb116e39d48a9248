//! What became of files that were to be written into a directory.

/// Files that were written for other tools to go on with, and those that were not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extraction {
    /// Files and directories written.
    pub written: u64,
    /// What could not be written as it is, in the order of the layers.
    pub refused: Vec<Refused>,
}

/// Something that is not in the directory although it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The layer, as a path in the directory.
    pub layer: String,
    /// The path in the image, relative to its root, as bytes.
    pub path: Vec<u8>,
    /// Why, as a lower-case fragment.
    pub reason: String,
}
