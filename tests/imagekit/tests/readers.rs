//! Independent readers: Python's tarfile and GNU tar, where there are any.

use std::io::Write;
use std::process::{Command, Stdio};

use imagekit::{Dialect, Entry, Layer, forms, generate};

/// Runs a program on `input`; `None` if there is no such program.
fn run(program: &str, args: &[&str], input: &[u8]) -> Option<String> {
    let mut child = Command::new(program)
        .args(args)
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let out = child.wait_with_output().unwrap();
    let _ = writer.join();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{program}: {errors}");
    Some(String::from_utf8(out.stdout).unwrap())
}

const LIST: &str = r#"
import hashlib, io, sys, tarfile
t = tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()))
for m in t:
    x = sorted((k, v) for k, v in m.pax_headers.items() if k.startswith("SCHILY"))
    body = hashlib.sha256(t.extractfile(m).read()).hexdigest()[:8] if m.isreg() else "-"
    print(m.name, m.type.decode(), oct(m.mode), m.uid, m.gid, m.uname, m.gname, m.mtime, m.size,
          m.linkname, m.devmajor, m.devminor, body, x, sep="|")
"#;

fn python(tar: &[u8]) -> Option<Vec<String>> {
    run("python3", &["-c", LIST], tar).map(|out| out.lines().map(str::to_owned).collect())
}

fn entries(dialect: Dialect) -> Vec<Entry> {
    let long = format!("{}/{}", "d".repeat(60), "n".repeat(130));
    let far = format!("{}/{}", "e".repeat(140), "m".repeat(80));
    vec![
        Entry::dir("d").mode(0o1777),
        Entry::file("d/f", "hello").uid(1000).gid(100).uname("me").gname("us").mtime(1),
        Entry::file("d/ü", "x").xattr("user.k", "v"),
        Entry::symlink("d/s", "../t"),
        Entry::symlink("d/long", "t".repeat(200)),
        Entry::hardlink("d/h", "d/f"),
        Entry::chardev("d/c", 5, 1),
        Entry::blockdev("d/b", 8, 300),
        Entry::fifo("d/p"),
        Entry::file(long, "long"),
        Entry::file(far, "far"),
        Entry::file("big-ids", "").uid(1 << 31).gid(3_000_000),
        Entry::file("old", "").mtime(-86_400),
        Entry::file("fine", "").mtime_nanos(5, 250_000_000),
    ]
    .into_iter()
    .map(|e| e.dialect(dialect))
    .collect()
}

#[test]
fn python_reads_all_dialects_alike() {
    let read = |d| python(&Layer::new().with_all(entries(d)).tar());
    let Some(ustar) = read(Dialect::Ustar) else { return };
    assert_eq!(ustar.len(), 14);
    assert_eq!(ustar[1], "d/f|0|0o644|1000|100|me|us|1|5||0|0|2cf24dba|[]");
    assert!(ustar[2].ends_with("[('SCHILY.xattr.user.k', 'v')]"), "{}", ustar[2]);
    assert!(ustar[7].contains("|8|300|"), "{}", ustar[7]);
    assert!(ustar[11].contains("|2147483648|3000000|"), "{}", ustar[11]);
    assert!(ustar[12].contains("|-86400"), "{}", ustar[12]);
    assert!(ustar[13].contains("|5.25|"), "{}", ustar[13]);
    for dialect in [Dialect::Gnu, Dialect::Pax] {
        let other = read(dialect).unwrap();
        for (a, b) in ustar.iter().zip(&other) {
            // Python gives times of PAX records as floats.
            let same = |s: &str| s.replace(".0|", "|");
            assert_eq!(same(a), same(b), "{dialect:?}");
        }
    }
}

#[test]
fn v7_reads_too() {
    let layer = Layer::new().with_all([
        Entry::dir("d").dialect(Dialect::V7),
        Entry::file("d/f", "hello").dialect(Dialect::V7),
        Entry::symlink("d/s", "f").dialect(Dialect::V7),
    ]);
    let Some(list) = python(&layer.tar()) else { return };
    assert!(list[1].starts_with("d/f|0|0o644|0|0|||1700000000|5|"), "{}", list[1]);
    assert!(list[2].contains("|2|") && list[2].contains("|f|"), "{}", list[2]);
}

#[test]
fn gnu_tar_lists() {
    for dialect in [Dialect::Ustar, Dialect::Gnu, Dialect::Pax] {
        let tar = Layer::new().with_all(entries(dialect)).record_padding(10240).tar();
        let Some(list) = run("tar", &["--numeric-owner", "-tvf", "-"], &tar) else { return };
        let lines: Vec<&str> = list.lines().collect();
        assert_eq!(lines.len(), 14, "{dialect:?}");
        assert!(lines[0].starts_with("drwxrwxrwt 0/0"), "{}", lines[0]);
        assert!(lines[6].starts_with("crw-r--r-- 0/0"), "{}", lines[6]);
        assert!(lines[6].contains(" 5,1 "), "{}", lines[6]);
        assert!(lines[12].contains("1969-12-31 00:00 old"), "{}", lines[12]);
    }
}

/// 31 regions, so that the GNU form needs two extension blocks.
#[test]
fn sparse_forms_expand_alike() {
    let real = 30 * 4096;
    let mut regions: Vec<(u64, u64)> = (0..30).map(|i| (i * 4096, 512)).collect();
    let data: Vec<u8> = (0..30_u8).flat_map(|i| [b'A' + i; 512]).collect();
    let mut bytes = vec![0; real as usize];
    for (i, &(at, n)) in regions.iter().enumerate() {
        bytes[at as usize..(at + n) as usize].fill(b'A' + i as u8);
    }
    // A hole at the end is told by an empty region there.
    regions.push((real, 0));
    let plain = Layer::new().with(Entry::file("d/sparse", bytes.clone()));
    let Some(want) = python(&plain.tar()) else { return };
    let mut all = vec![("gnu", Entry::sparse_gnu("d/sparse", &regions, real, data.clone()))];
    for version in ["0.0", "0.1", "1.0"] {
        let entry = Entry::sparse_pax(version, "d/sparse", &regions, real, data.clone());
        all.push((version, entry));
    }
    for (what, entry) in all {
        let tar = Layer::new().with(entry).with(Entry::file("after", "x")).tar();
        let got = python(&tar).unwrap();
        assert_eq!(got.len(), 2, "{what}");
        assert_eq!(got[0].replace("|S|", "|0|"), want[0], "{what}");
        // To a file, for GNU tar cannot end a pipe with a hole.
        let dir = std::env::temp_dir().join(format!("imagekit-sparse-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let at = dir.to_str().unwrap();
        let read = run("tar", &["-xf", "-", "-C", at, "--no-same-owner"], &tar)
            .map(|_| std::fs::read(dir.join("d/sparse")).unwrap());
        std::fs::remove_dir_all(&dir).unwrap();
        assert!(read.is_none_or(|read| read == bytes), "{what}");
    }
}

#[test]
fn global_records_reach_the_reader() {
    let layer = Layer::new()
        .global_pax("comment", "hi")
        .global_pax("mtime", "77")
        .with(Entry::file("f", "x"))
        .with(Entry::file("g", "x").pax("mtime", "78"));
    let Some(list) = python(&layer.tar()) else { return };
    assert!(list[0].contains("|77.0|") && list[1].contains("|78.0|"), "{list:?}");
}

#[test]
fn archives_and_generated_layers_read() {
    let image = generate::image(3, 2, 60, 500);
    for layer in image.layers() {
        let Some(list) = python(&layer.tar()) else { return };
        assert_eq!(list.len(), layer.entries().count());
    }
    let archive = forms::docker_legacy([&image, &generate::mutate(&image, 1)]);
    let Some(list) = python(&archive.to_tar()) else { return };
    assert_eq!(list.len(), archive.members().len());
}
