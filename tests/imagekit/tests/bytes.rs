//! Fixed bytes: headers, records, compressed streams.

use std::io::Read;

use imagekit::{Algorithm, Compression, Dialect, Entry, Family, Layer, pax_record};

fn field(block: &[u8], from: usize, to: usize) -> String {
    String::from_utf8_lossy(&block[from..to]).into_owned()
}

fn entry(entry: Entry) -> Vec<u8> {
    let mut out = Vec::new();
    entry.write(&mut out, true);
    out
}

#[test]
fn ustar_header_byte_by_byte() {
    let out = entry(Entry::file("a/b.txt", "hello").uname("root").gname("wheel").uid(7).gid(8));
    assert_eq!(out.len(), 1024);
    let mut want = vec![0; 512];
    let mut put = |at: usize, text: &[u8]| want[at..at + text.len()].copy_from_slice(text);
    put(0, b"a/b.txt");
    put(100, b"0000644\0");
    put(108, b"0000007\0");
    put(116, b"0000010\0");
    put(124, b"00000000005\0");
    put(136, b"14524770400\0");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(265, b"root");
    put(297, b"wheel");
    put(329, b"0000000\0");
    put(337, b"0000000\0");
    let sum: u32 = out[..148].iter().chain(&out[156..512]).map(|&b| u32::from(b)).sum();
    put(148, format!("{:06o}\0 ", sum + 8 * 32).as_bytes());
    assert_eq!(out[..512], want);
    assert_eq!(&out[512..517], b"hello");
    assert!(out[517..].iter().all(|&b| b == 0));
}

#[test]
fn gnu_and_v7_headers() {
    let out = entry(Entry::file("f", "").dialect(Dialect::Gnu).mtime(-1).uid(1 << 40).atime(5));
    assert_eq!(&out[257..265], b"ustar  \0");
    assert_eq!(&out[136..148], &[0xff; 12]);
    assert_eq!(&out[108..116], &[0x80, 0, 1, 0, 0, 0, 0, 0]);
    assert_eq!(field(&out, 345, 357), "00000000005\0");
    let out = entry(Entry::dir("d").dialect(Dialect::V7));
    assert_eq!(&out[..3], b"d/\0");
    assert!(out[257..512].iter().all(|&b| b == 0));
}

#[test]
#[should_panic(expected = "V7 header")]
fn v7_refuses_long_paths() {
    entry(Entry::file("x".repeat(101), "").dialect(Dialect::V7));
}

#[test]
fn long_paths() {
    let splits = format!("{}/{}", "d".repeat(120), "f".repeat(90));
    let out = entry(Entry::file(splits.as_str(), ""));
    assert_eq!(out.len(), 512);
    assert_eq!(field(&out, 345, 465), "d".repeat(120));
    let long = "x".repeat(101);
    let out = entry(Entry::file(long.as_str(), ""));
    assert_eq!((out.len(), out[156]), (1536, b'x'));
    let record = pax_record("path", &long);
    assert_eq!(out[512..512 + record.len()], record);
    let out = entry(Entry::symlink(long.as_str(), long.as_str()).dialect(Dialect::Gnu));
    assert_eq!((out[156], out[1024 + 156], out[2048 + 156]), (b'K', b'L', b'2'));
    assert_eq!(field(&out, 124, 136), "00000000146\0");
}

#[test]
fn records_count_their_own_length() {
    assert_eq!(pax_record("a", "b"), b"6 a=b\n");
    for n in 0..2000 {
        let record = pax_record("k", "v".repeat(n));
        let (len, _) = std::str::from_utf8(&record).unwrap().split_once(' ').unwrap();
        assert_eq!(len.parse::<usize>().unwrap(), record.len(), "{n}");
    }
}

#[test]
fn times() {
    let text = |e: Entry| String::from_utf8_lossy(&entry(e)).into_owned();
    assert!(text(Entry::file("f", "").mtime_nanos(1, 500_000_000)).contains("13 mtime=1.5\n"));
    assert!(text(Entry::file("f", "").mtime_nanos(-1, 500_000_000)).contains("mtime=-0.5\n"));
    assert!(text(Entry::file("f", "").mtime(-3)).contains("mtime=-3\n"));
    assert!(text(Entry::file("f", "").mtime_nanos(1, 1)).contains("mtime=1.000000001\n"));
}

#[test]
fn whiteouts() {
    assert_eq!(Entry::whiteout("a/b/c").get_path(), b"a/b/.wh.c");
    assert_eq!(Entry::whiteout("c/").get_path(), b".wh.c");
    assert_eq!(Entry::opaque("a").get_path(), b"a/.wh..wh..opq");
    assert_eq!(Entry::opaque("").get_path(), b".wh..wh..opq");
}

#[test]
fn layer_ends() {
    let layer = || Layer::new().with(Entry::file("f", "abc"));
    assert_eq!(Layer::new().tar(), [0; 1024]);
    assert_eq!(layer().tar().len(), 2048);
    assert_eq!(layer().no_end().tar().len(), 1024);
    assert_eq!(layer().no_padding().tar().len(), 515);
    assert_eq!(layer().record_padding(10240).tar().len(), 10240);
    assert_eq!(layer().record_padding(10240).trailing("xy").tar().len(), 10242);
    assert!(layer().raw("junk").no_end().tar().ends_with(b"junk"));
    // The well-known digest of an empty layer: 1024 zeros.
    let empty = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
    assert_eq!(Layer::new().diff_id(), empty);
}

#[test]
fn known_digests() {
    let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Algorithm::Sha256.digest(b""), empty);
    assert!(Algorithm::Sha512.digest(b"").starts_with("sha512:cf83e1357eefb8bd"));
}

#[test]
fn compressors_round_trip() {
    let input: Vec<u8> = (0..100_000_u32).flat_map(|i| (i / 7).to_le_bytes()).collect();
    let read = |mut reader: Box<dyn Read + '_>| {
        let mut out = Vec::new();
        reader.read_to_end(&mut out).unwrap();
        out
    };
    for members in [1, 3] {
        let out = Compression::Gzip { level: 9, mtime: 0x0102_0304, members }.compress(&input);
        assert_eq!(&out[4..8], &[4, 3, 2, 1]);
        assert_eq!(read(Box::new(flate2::read::MultiGzDecoder::new(&out[..]))), input);
        let first = read(Box::new(flate2::read::GzDecoder::new(&out[..])));
        assert_eq!(first.len(), input.len() / members);
    }
    for skippable in [false, true] {
        let out = Compression::Zstd { level: 5, frames: 4, skippable }.compress(&input);
        assert_eq!(zstd::decode_all(&out[..]).unwrap(), input);
        let marks = out.windows(8).filter(|w| w == b"imagekit").count();
        assert_eq!(marks, if skippable { 4 } else { 0 });
    }
    let out = Compression::Xz.compress(&input);
    assert_eq!(read(Box::new(liblzma::read::XzDecoder::new(&out[..]))), input);
    let out = Compression::Bzip2.compress(&input);
    assert_eq!(read(Box::new(bzip2::read::BzDecoder::new(&out[..]))), input);
    assert_eq!(Compression::Plain.compress(&input), input);
}

#[test]
fn layer_media_types() {
    let both = |c: Compression| [Family::Oci, Family::Docker].map(|f| c.layer_media_type(f));
    let [oci, docker] = both(Compression::Plain);
    assert_eq!(oci, "application/vnd.oci.image.layer.v1.tar");
    assert_eq!(docker, "application/vnd.docker.image.rootfs.diff.tar");
    let [oci, docker] = both(Compression::gzip());
    assert_eq!(oci, "application/vnd.oci.image.layer.v1.tar+gzip");
    assert_eq!(docker, "application/vnd.docker.image.rootfs.diff.tar.gzip");
    assert_eq!(both(Compression::zstd())[0], "application/vnd.oci.image.layer.v1.tar+zstd");
}
