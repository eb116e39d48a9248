//! Pictures: PNG by chunks (W3C, "Portable Network Graphics", 5 and 11), JPEG by segments (ITU-T
//! T.81, annex B). What the picture shows is told by its bytes.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::joined::{capped, differing};
use super::part::digest;
use super::{Broken, Comparator, File, Inside, Inspector, Part};
use crate::report::{EntryPath, Timestamp, Value};
use crate::sides::Sides;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Chunks or segments that are read.
const PIECES: usize = 100_000;
/// Characters of a text that are shown.
const LONGEST: usize = 2_000;

pub(super) struct Png;

impl Comparator for Png {
    fn name(&self) -> &'static str {
        "PNG picture"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        file.bytes.starts_with(PNG)
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        Ok(parts(files.try_map(|file| read_png(file.bytes))?))
    }
}

pub(super) struct Jpeg;

impl Comparator for Jpeg {
    fn name(&self) -> &'static str {
        "JPEG picture"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        file.bytes.starts_with(b"\xff\xd8\xff")
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        Ok(parts(files.try_map(|file| read_jpeg(file.bytes))?))
    }
}

/// What a picture says: values by the piece that says them and field.
type Picture = BTreeMap<(String, &'static str), Value>;

fn parts(pictures: Sides<Picture>) -> Inside {
    let parts = differing(pictures.as_ref()).map(|((piece, field), values)| {
        let part = Part::new(*field, values.map(|value| value.cloned()));
        part.inside_of(EntryPath::new(piece.as_bytes()))
    });
    Inside::of(capped("content", "(other pieces)", parts))
}

/// Adds a value; pieces of one name are told apart by a number.
fn add(picture: &mut Picture, piece: &str, field: &'static str, value: Value) {
    let mut key = (piece.to_owned(), field);
    if picture.contains_key(&key) {
        key.0 = format!("{piece}#{}", picture.len());
    }
    picture.insert(key, value);
}

fn text(bytes: &[u8]) -> Value {
    Value::Text(String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(bytes)).into_owned())
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Broken> {
    let (head, tail) = rest
        .split_at_checked(length)
        .ok_or_else(|| Broken::new("a piece of it ends behind the file"))?;
    *rest = tail;
    Ok(head)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, &byte| (number << 8) | u64::from(byte))
}

fn read_png(bytes: &[u8]) -> Result<Picture, Broken> {
    let mut rest = bytes.strip_prefix(PNG).ok_or_else(|| Broken::new("no signature"))?;
    let mut picture = Picture::new();
    let mut pixels = Sha256::new();
    for _ in 0..PIECES {
        if rest.is_empty() {
            break;
        }
        let length = usize::try_from(number(take(&mut rest, 4)?)).map_err(Broken::new)?;
        let kind = take(&mut rest, 4)?;
        let data = take(&mut rest, length)?;
        take(&mut rest, 4)?;
        match kind {
            b"IDAT" => pixels.update(data),
            b"IEND" => {
                if !rest.is_empty() {
                    add(&mut picture, "(after the end)", "content", digest(rest));
                }
                break;
            }
            _ => add_chunk(&mut picture, kind, data),
        }
    }
    add(&mut picture, "IDAT", "content", Value::Sha256(pixels.finalize().into()));
    Ok(picture)
}

fn add_chunk(picture: &mut Picture, kind: &[u8], data: &[u8]) {
    let name = String::from_utf8_lossy(kind);
    match (kind, data) {
        (b"IHDR", data) if data.len() == 13 => {
            for (field, place, length) in [
                ("png.width", 0, 4),
                ("png.height", 4, 4),
                ("png.bit-depth", 8, 1),
                ("png.color-type", 9, 1),
                ("png.compression", 10, 1),
                ("png.filter", 11, 1),
                ("png.interlace", 12, 1),
            ] {
                let value = data.get(place..).and_then(|rest| rest.get(..length));
                add(picture, &name, field, Value::Number(number(value.unwrap_or_default())));
            }
        }
        (b"tIME", &[high, low, month, day, hour, minute, second]) => {
            let date = (u16::from_be_bytes([high, low]).into(), month.into(), day.into());
            let time = Timestamp::from_utc(date, (hour.into(), minute.into(), second.into()));
            add(picture, &name, "png.time", time.map_or_else(|| digest(data), Value::Time));
        }
        (b"tEXt" | b"zTXt" | b"iTXt", _) => {
            let (key, rest) = data.split_at(data.iter().position(|it| *it == 0).unwrap_or(0));
            let piece = format!("{name} {}", String::from_utf8_lossy(key));
            let rest = rest.get(1..).unwrap_or_default();
            match kind {
                b"tEXt" => add(picture, &piece, "png.text", text(rest)),
                _ => add(picture, &piece, "content", digest(rest)),
            }
        }
        _ => add(picture, &name, "content", digest(data)),
    }
}

fn read_jpeg(bytes: &[u8]) -> Result<Picture, Broken> {
    let mut rest = bytes.strip_prefix(b"\xff\xd8").ok_or_else(|| Broken::new("no signature"))?;
    let mut picture = Picture::new();
    for _ in 0..PIECES {
        // Fill bytes may come before any marker.
        while rest.starts_with(b"\xff\xff") {
            take(&mut rest, 1)?;
        }
        let &[0xff, marker] = take(&mut rest, 2)? else {
            return Err(Broken::new("a marker is missing"));
        };
        if marker == 0xd9 {
            break;
        }
        let length = usize::try_from(number(take(&mut rest, 2)?)).map_err(Broken::new)?;
        let length = length.checked_sub(2).ok_or_else(|| Broken::new("a length is below 2"))?;
        add_segment(&mut picture, marker, take(&mut rest, length)?);
        if marker == 0xda {
            break;
        }
    }
    add(&mut picture, "(scans)", "content", digest(rest));
    Ok(picture)
}

fn add_segment(picture: &mut Picture, marker: u8, data: &[u8]) {
    match marker {
        // Frame headers: all of 0xc0 to 0xcf but DHT, JPG and DAC.
        0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
            let frame = format!("SOF{}", marker & 0xf);
            for (field, place) in [("jpeg.height", 1_usize), ("jpeg.width", 3)] {
                let value = data.get(place..).and_then(|rest| rest.get(..2));
                add(picture, &frame, field, Value::Number(number(value.unwrap_or_default())));
            }
            add(picture, &frame, "content", digest(data));
        }
        0xe0..=0xef => {
            let end = data.iter().position(|&byte| byte == 0).unwrap_or(0);
            let owner = String::from_utf8_lossy(data.get(..end).unwrap_or_default());
            let name = format!("APP{} {owner}", marker & 0xf);
            add(picture, name.trim_end(), "content", digest(data));
        }
        0xfe => add(picture, "COM", "jpeg.comment", text(data)),
        0xdb => add(picture, "DQT", "content", digest(data)),
        0xc4 => add(picture, "DHT", "content", digest(data)),
        0xdd => add(picture, "DRI", "content", digest(data)),
        0xda => add(picture, "SOS", "content", digest(data)),
        _ => add(picture, &format!("segment {marker:#04x}"), "content", digest(data)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::content::testing::{self, told};

    const REAL_PNG: &[u8] =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/png/python.png"));
    const REAL_JPEG: &[u8] =
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/jpeg/python.jpg"));

    fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let header: &[u8] = &[0, 0, 0, 2, 0, 0, 0, 3, 8, 2, 0, 0, 0];
        let all = [(b"IHDR", header)].into_iter().chain(chunks.iter().copied());
        let all = all.chain([(b"IEND", &b""[..])]);
        let chunk = |(kind, data): (&[u8; 4], &[u8])| {
            [&(data.len() as u32).to_be_bytes()[..], kind, data, b"sum!"].concat()
        };
        [PNG.to_vec(), all.flat_map(chunk).collect()].concat()
    }

    #[test]
    fn chunks_are_told() {
        let left = png(&[(b"tIME", &[7, 232, 1, 2, 3, 4, 5]), (b"IDAT", b"ab"), (b"IDAT", b"c")]);
        let cases: [(Vec<u8>, &[&str]); 4] = [
            (png(&[(b"tIME", &[7, 232, 1, 2, 3, 4, 6]), (b"IDAT", b"abc")]), &["tIME png.time"]),
            (
                png(&[(b"IDAT", b"abc"), (b"tEXt", b"Key\0x")]),
                &["tEXt Key png.text", "tIME png.time"],
            ),
            (png(&[(b"tIME", &[7, 232, 1, 2, 3, 4, 5]), (b"IDAT", b"abd")]), &["IDAT content"]),
            ([&left[..], b"x"].concat(), &["(after the end) content"]),
        ];
        for (right, expected) in cases {
            assert_eq!(told(&Png, &left, &right), expected);
        }
        let mut wider = left.clone();
        wider[19] = 9;
        assert_eq!(told(&Png, &left, &wider), ["IHDR png.width"]);
    }

    #[test]
    fn segments_are_told() {
        let jpeg = |comment: &[u8], width: u8, scan: &[u8]| {
            let comment = [b"\xff\xfe\0", &[comment.len() as u8 + 2][..], comment].concat();
            let frame = [0xff, 0xff, 0xc0, 0, 8, 8, 0, 9, 0, width, 3];
            [b"\xff\xd8", &comment[..], &frame, b"\xff\xda\0\x03s", scan, b"\xff\xd9"].concat()
        };
        let left = jpeg(b"one", 1, b"scan");
        assert_eq!(told(&Jpeg, &left, &jpeg(b"two", 1, b"scan")), ["COM jpeg.comment"]);
        assert_eq!(
            told(&Jpeg, &left, &jpeg(b"one", 2, b"scan")),
            ["SOF0 content", "SOF0 jpeg.width"]
        );
        assert_eq!(told(&Jpeg, &left, &jpeg(b"one", 1, b"skin")), ["(scans) content"]);
    }

    #[test]
    fn real_pictures() {
        let file = |bytes| File { name: b"x", bytes };
        assert!(Png.recognises(file(REAL_PNG)) && !Png.recognises(file(REAL_JPEG)));
        assert!(Jpeg.recognises(file(REAL_JPEG)) && !Jpeg.recognises(file(REAL_PNG)));
        let pixels = REAL_PNG.windows(4).position(|bytes| bytes == b"IDAT").unwrap_or_default();
        for (format, real, at, piece) in [
            (&Png as &dyn Comparator, REAL_PNG, pixels + 9, "IDAT content"),
            (&Jpeg, REAL_JPEG, REAL_JPEG.len() - 40, "(scans) content"),
        ] {
            let mut other = real.to_vec();
            other[at] ^= 1;
            assert_eq!(told(format, real, &other), [piece]);
        }
    }

    #[test]
    fn damage_is_refused_and_never_fatal() {
        assert!(testing::compare(&Png, "x", REAL_PNG, &REAL_PNG[..30]).is_err());
        assert!(testing::compare(&Jpeg, "x", REAL_JPEG, &REAL_JPEG[..15]).is_err());
        testing::torture(&Png, "x", &png(&[(b"tEXt", b"Key\0text"), (b"IDAT", b"abc")]));
        testing::torture(&Jpeg, "x", &REAL_JPEG[..250]);
    }
}
