//! Compressors for layers and for whole archives.

use std::io::Write;

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    Plain,
    /// RFC 1952.
    Gzip {
        /// 0 to 9.
        level: u32,
        /// The time in every member's header.
        mtime: u32,
        /// Over how many members the input is spread (at least 1).
        members: usize,
    },
    /// RFC 8878.
    Zstd {
        /// 1 to 22.
        level: i32,
        /// Over how many frames the input is spread (at least 1).
        frames: usize,
        /// Whether a skippable frame follows every frame.
        skippable: bool,
    },
    /// `.xz`.
    Xz,
    /// `.bz2`.
    Bzip2,
}

/// Which vendor's media types are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// `application/vnd.oci.…`
    #[default]
    Oci,
    /// `application/vnd.docker.…`
    Docker,
}

impl Compression {
    /// Gzip of level 6, time 0, one member.
    pub fn gzip() -> Self {
        Self::Gzip { level: 6, mtime: 0, members: 1 }
    }

    /// Zstandard of level 3, one frame.
    pub fn zstd() -> Self {
        Self::Zstd { level: 3, frames: 1, skippable: false }
    }

    /// The compressed bytes.
    ///
    /// # Panics
    ///
    /// Panics if the compressor refuses the level.
    pub fn compress(&self, bytes: &[u8]) -> Vec<u8> {
        let done = "compressing into memory works";
        match *self {
            Self::Plain => bytes.to_vec(),
            Self::Gzip { level, mtime, members } => {
                let mut out = Vec::new();
                for part in parts(bytes, members) {
                    let mut member = flate2::GzBuilder::new()
                        .mtime(mtime)
                        .write(&mut out, flate2::Compression::new(level));
                    member.write_all(part).expect(done);
                    member.finish().expect(done);
                }
                out
            }
            Self::Zstd { level, frames, skippable } => {
                let mut out = Vec::new();
                for part in parts(bytes, frames) {
                    out.extend(zstd::bulk::compress(part, level).expect(done));
                    if skippable {
                        out.extend(skippable_frame(b"imagekit"));
                    }
                }
                out
            }
            Self::Xz => {
                let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 6);
                writer.write_all(bytes).expect(done);
                writer.finish().expect(done)
            }
            Self::Bzip2 => {
                let mut writer =
                    bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
                writer.write_all(bytes).expect(done);
                writer.finish().expect(done)
            }
        }
    }

    /// The media type of a layer so compressed. Xz and bzip2 have none; theirs are made up.
    pub fn layer_media_type(&self, family: Family) -> String {
        let suffix = match self {
            Self::Plain => "",
            Self::Gzip { .. } => "gzip",
            Self::Zstd { .. } => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        };
        let (base, joint) = match family {
            Family::Oci => ("application/vnd.oci.image.layer.v1.tar", "+"),
            Family::Docker => ("application/vnd.docker.image.rootfs.diff.tar", "."),
        };
        if suffix.is_empty() { base.to_owned() } else { format!("{base}{joint}{suffix}") }
    }
}

/// A skippable zstd frame, to be put anywhere between frames.
///
/// # Panics
///
/// Panics if there are 4 GiB or more.
pub fn skippable_frame(content: &[u8]) -> Vec<u8> {
    let mut out = vec![0x50, 0x2a, 0x4d, 0x18];
    out.extend(u32::try_from(content.len()).expect("a skippable frame is small").to_le_bytes());
    out.extend_from_slice(content);
    out
}

/// `count` slices of about the same length; empty ones if there are too few bytes.
fn parts(bytes: &[u8], count: usize) -> impl Iterator<Item = &[u8]> {
    let count = count.max(1);
    (0..count).map(move |i| &bytes[bytes.len() * i / count..bytes.len() * (i + 1) / count])
}
