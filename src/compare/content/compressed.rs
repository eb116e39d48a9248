//! Compressed files: what they hold, and the header of gzip (RFC 1952 section 2.3), into which
//! programs write the time and name of what they packed.

mod header;

use std::borrow::Cow;

use self::header::Header;
use super::found::{Found, GZIP_HEADER};
use super::{Broken, Comparator, File, Inside, Inspector, Part};
use crate::compress::{Compression, Decoder};
use crate::report::EntryPath;
use crate::sides::Sides;

const CHUNK: usize = 64 << 10;

pub(super) struct Compressed;

impl Comparator for Compressed {
    fn name(&self) -> &'static str {
        "compressed file"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        Compression::detect(file.bytes) != Compression::Plain
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let streams = files.try_map(|file| unpack(file.bytes, inspector))?;
        let mut found = Found::default();
        found.extend(forms(&streams));
        found.extend(header::compare(streams.as_ref().map(|it| it.header.as_ref())));
        let header_only = is_same_but_for_header(&streams);
        found.extend(inspector.member(b"(trailing)", streams.as_ref().map(|it| it.trailing)));
        let name = payload_name(files.left);
        let contents = streams.as_ref().map(|it| it.content.as_slice());
        found.extend(inspector.member(name.as_bytes(), contents));
        let inside = found.into_inside();
        Ok(match contents.left == contents.right {
            true if header_only => Inside {
                note: Some("only the gzip header differs".to_owned()),
                aspect: Some(GZIP_HEADER),
                ..inside
            },
            true if streams.left.body != streams.right.body => Inside {
                note: Some("the same content, compressed in another way".to_owned()),
                aspect: None,
                ..inside
            },
            _ => inside,
        })
    }
}

/// One compressed file, unpacked.
struct Stream<'a> {
    compression: Compression,
    /// Of the first member, when it is gzip.
    header: Option<Header<'a>>,
    /// The compressed bytes behind that header.
    body: &'a [u8],
    content: Vec<u8>,
    /// What follows the last member or frame.
    trailing: &'a [u8],
}

fn unpack<'a>(bytes: &'a [u8], inspector: &Inspector<'_>) -> Result<Stream<'a>, Broken> {
    let compression = Compression::detect(bytes);
    let broken = |error| Broken(format!("{}: {error}", compression.name()));
    let mut decoder = Decoder::new(compression, bytes, inspector.limits).map_err(broken)?;
    let mut content = Vec::new();
    let mut buffer = vec![0; CHUNK];
    while let Some(chunk) = decoder.next(&mut buffer).map_err(broken)? {
        inspector.budget.spend(chunk.len())?;
        content.extend_from_slice(chunk);
    }
    let trailing = decoder.rest();
    let whole = bytes.get(..bytes.len().saturating_sub(trailing.len())).unwrap_or(bytes);
    let (header, body) = match compression {
        Compression::Gzip => Header::read(whole).map_or((None, whole), |(it, at)| (Some(it), at)),
        _ => (None, whole),
    };
    Ok(Stream { compression, header, body, content, trailing })
}

/// Whether both are gzip and only the first header differs.
fn is_same_but_for_header(streams: &Sides<Stream<'_>>) -> bool {
    let headers = streams.as_ref().map(|it| it.header);
    let rests = streams.as_ref().map(|it| (it.body, it.trailing));
    let both = headers.left.is_some() && headers.right.is_some();
    both && headers.left != headers.right && rests.left == rests.right
}

fn forms(streams: &Sides<Stream<'_>>) -> Option<Part> {
    let forms = streams.as_ref().map(|it| it.compression);
    let names = forms.map(|it| Some(it.name().to_owned()));
    let part = || Part::text("compression", names).inside_of(EntryPath::new(*b"header"));
    (forms.left != forms.right).then(part)
}

/// What the content is called: the name without what the compression added to it.
fn payload_name(file: File<'_>) -> Cow<'_, str> {
    const ENDINGS: [(&str, &str); 12] = [
        (".gz", ""),
        (".zst", ""),
        (".xz", ""),
        (".bz2", ""),
        (".tgz", ".tar"),
        (".tzst", ".tar"),
        (".txz", ".tar"),
        (".tbz2", ".tar"),
        (".tbz", ".tar"),
        (".svgz", ".svg"),
        (".apk", ".tar"),
        (".crate", ".tar"),
    ];
    let name = file.base_name();
    let mut bare = ENDINGS.iter().filter_map(|(packed, plain)| {
        let stem = name.strip_suffix(packed).filter(|stem| !stem.is_empty())?;
        Some(if plain.is_empty() {
            Cow::Borrowed(stem)
        } else {
            Cow::Owned(format!("{stem}{plain}"))
        })
    });
    bare.next().unwrap_or(Cow::Borrowed("content"))
}

#[cfg(test)]
mod tests;
