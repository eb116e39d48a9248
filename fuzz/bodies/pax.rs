//! Extended headers, global headers, long names and sparse maps in a well-formed frame: lengths
//! and checksums are right, so that a fuzzer gets to what they mean.
//!
//! Input: three sizes of pieces, then parts: a byte that says what it is, one that says how long,
//! and so many bytes.

use imagekit::pax_record;

use super::support::frame::{Frame, SPARSE_MAP};
use super::support::{limits, walked};

/// Builds a stream of the parts in `data` and walks over it.
pub fn run(data: &[u8]) {
    let Some((&sizes, mut rest)) = data.split_first_chunk::<3>() else { return };
    let mut frame = Frame::default();
    while let [what, length, after @ ..] = rest {
        let (bytes, next) = after.split_at(after.len().min(usize::from(*length)));
        part(*what, bytes, &mut frame);
        rest = next;
    }
    frame.file(b"last", b"content");
    let stream = frame.end();
    walked::in_any_chunks(&limits::quick(), &stream, sizes);
    walked::in_any_chunks(&limits::tight(), &stream, sizes);
}

fn part(what: u8, bytes: &[u8], frame: &mut Frame) {
    match what % 11 {
        0 => frame.extension(b'x', bytes),
        1 => frame.extension(b'x', &records(bytes)),
        2 => frame.extension(b'g', bytes),
        3 => frame.extension(b'g', &records(bytes)),
        4 => frame.extension(b'L', bytes),
        5 => frame.extension(b'K', bytes),
        6 => gnu_sparse(bytes, frame),
        7 => frame.block(bytes),
        8 => frame.file(b"file", bytes),
        9 => text_sparse(bytes, frame),
        _ => bent(bytes, frame),
    }
}

/// A record for each line.
fn records(lines: &[u8]) -> Vec<u8> {
    let split = |line: &[u8]| {
        let equals = line.iter().position(|byte| *byte == b'=').unwrap_or(line.len());
        pax_record(&line[..equals], line.get(equals + 1..).unwrap_or_default())
    };
    lines.split(|byte| *byte == b'\n').flat_map(split).collect()
}

/// A GNU sparse file: the map of the header, then the content.
fn gnu_sparse(bytes: &[u8], frame: &mut Frame) {
    let (map, content) = bytes.split_at(bytes.len().min(SPARSE_MAP.len()));
    frame.bent(b'S', b"sparse", content.len(), SPARSE_MAP.start, map);
    frame.content(content);
}

/// A sparse file in format 1.0, whose map goes before three bytes of content.
fn text_sparse(map: &[u8], frame: &mut Frame) {
    frame.extension(b'x', &records(b"GNU.sparse.major=1\nGNU.sparse.minor=0\nGNU.sparse.size=99"));
    let mut content = map.to_vec();
    content.resize(map.len().next_multiple_of(512), 0);
    content.extend_from_slice(b"abc");
    frame.file(b"text", &content);
}

/// A header of any type with anything anywhere in it: type, half the place, the bytes.
fn bent(bytes: &[u8], frame: &mut Frame) {
    if let [type_flag, place, bytes @ ..] = bytes {
        frame.bent(*type_flag, b"bent", 0, usize::from(*place) * 2, bytes);
    }
}
