//! Python distributions: `NAME.dist-info` with `METADATA` and `RECORD` (PEP 376, PEP 627), and the
//! older `NAME.egg-info`, a directory with `PKG-INFO` or a file that is one.

use std::ops::Not as _;

use super::fields::{self, Paragraph};
use super::fingerprint::Fingerprint;
use super::found::{Found, content};
use super::paths::{Paths, normal, parent, split};
use super::{Files, Manager, Package};

const MASKED: [&str; 2] = ["Name", "Version"];

/// Files that say how a distribution was installed, not what (PEP 610, PEP 627).
const OF_INSTALLING: [&[u8]; 4] = [b"INSTALLER", b"REQUESTED", b"RECORD", b"direct_url.json"];

/// What the place of a metadata file says of its form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `NAME.dist-info/METADATA`.
    Wheel,
    /// `NAME.egg-info/PKG-INFO`, beside the packages.
    EggInfo,
    /// `NAME.egg/EGG-INFO/PKG-INFO`: everything lies in `NAME.egg`.
    Egg,
    /// `NAME.egg-info` as a file, by distutils.
    File,
}

fn form(path: &[u8]) -> Option<Form> {
    let (directory, name) = split(path);
    match name {
        b"METADATA" if directory.ends_with(b".dist-info") => Some(Form::Wheel),
        b"PKG-INFO" if directory.ends_with(b".egg-info") => Some(Form::EggInfo),
        b"PKG-INFO" if directory.ends_with(b".egg/EGG-INFO") => Some(Form::Egg),
        _ if name.len() > b".egg-info".len() && name.ends_with(b".egg-info") => Some(Form::File),
        _ => None,
    }
}

pub(super) fn is_part(path: &[u8]) -> bool {
    let (directory, name) = split(path);
    let lists = match name {
        b"RECORD" => directory.ends_with(b".dist-info"),
        b"top_level.txt" | b"installed-files.txt" => directory.ends_with(b".egg-info"),
        _ => false,
    };
    lists || form(path).is_some()
}

pub(super) fn read(files: &Files, found: &mut Found) {
    for (path, text) in files {
        if let Some(form) = form(path) {
            one(files, path, text, form, found);
        }
    }
}

fn one(files: &Files, source: &[u8], text: &[u8], form: Form, found: &mut Found) {
    let metadata = fields::first(text);
    let (Some(name), Some(version)) = (metadata.text("Name"), metadata.text("Version")) else {
        return found.problem(source, "a distribution without name or version");
    };
    let record = beside(files, source, b"RECORD");
    let mut paths = found.paths();
    let mut directories = match form {
        Form::Wheel => recorded(source, record, &mut paths),
        Form::EggInfo => egg_info(files, source, &mut paths),
        Form::Egg => vec![parent(parent(source)).into()],
        Form::File => Vec::new(),
    };
    directories.sort();
    paths.add(source);
    let files = paths.finish();
    found.push(Package {
        manager: Manager::Pip,
        name,
        version,
        architecture: None,
        files,
        directories,
        fingerprint: fingerprint(&metadata, record),
        source: source.into(),
    });
}

/// The file called `name` in the same directory.
fn beside<'a>(files: &'a Files, source: &[u8], name: &[u8]) -> &'a [u8] {
    content(files, &[parent(source), b"/", name].concat())
}

/// Paths of a `RECORD`, which are relative to the directory that `NAME.dist-info` lies in.
fn recorded(source: &[u8], record: &[u8], paths: &mut Paths<'_>) -> Vec<Box<[u8]>> {
    let site = parent(parent(source));
    for line in fields::lines(record) {
        let path = path(line);
        match path.first() {
            Some(b'/') => paths.add(&path),
            Some(_) => paths.add_below(site, &path),
            None => {}
        }
    }
    vec![parent(source).into()]
}

/// The first field of a line of comma-separated values.
fn path(line: &[u8]) -> Vec<u8> {
    let Some(quoted) = line.strip_prefix(b"\"") else {
        return line.split(|&byte| byte == b',').next().unwrap_or_default().to_vec();
    };
    let mut path = Vec::new();
    let mut bytes = quoted.iter().peekable();
    while let Some(&byte) = bytes.next() {
        // A quote in a quoted field is doubled (RFC 4180, 2.7).
        if byte == b'"' && bytes.next_if_eq(&&b'"').is_none() {
            break;
        }
        path.push(byte);
    }
    path
}

/// What an `.egg-info` directory owns: the files it lists, else the packages it names.
fn egg_info(files: &Files, source: &[u8], paths: &mut Paths<'_>) -> Vec<Box<[u8]>> {
    let own = parent(source);
    let listed = beside(files, source, b"installed-files.txt");
    fields::lines(listed).for_each(|path| paths.add_below(own, path));
    let mut directories: Vec<Box<[u8]>> = vec![own.into()];
    let tops = beside(files, source, b"top_level.txt");
    for top in fields::lines(tops).filter(|_| listed.is_empty()) {
        let package = [parent(own), b"/", top].concat();
        paths.add(&[&package, &b".py"[..]].concat());
        directories.extend(normal(&package));
    }
    directories
}

/// The metadata, and the digests of all files that are of the distribution itself.
fn fingerprint(metadata: &Paragraph<'_>, record: &[u8]) -> [u8; 32] {
    let counts = |line: &&[u8]| {
        // Scripts outside of the site directory name the interpreter of this installation.
        let outside = line.starts_with(b"../") || line.starts_with(b"/");
        outside.not() && !OF_INSTALLING.contains(&split(&path(line)).1) && !is_compiled(line)
    };
    let mut lines: Vec<&[u8]> = fields::lines(record).filter(counts).collect();
    lines.sort_unstable();
    Fingerprint::of(metadata.without(&MASKED).chain(lines))
}

/// Whether the line tells of a file that the installer compiled.
fn is_compiled(line: &[u8]) -> bool {
    path(line).ends_with(b".pyc")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, names, paths};
    use super::*;

    const METADATA: &str = "Metadata-Version: 2.1\nName: six\nVersion: 1.17.0\n\nSix.\n";

    fn wheel(record: &str) -> Package {
        let all = super::super::read(&files(&[
            ("usr/lib/python3/six-1.17.0.dist-info/METADATA", METADATA),
            ("usr/lib/python3/six-1.17.0.dist-info/RECORD", record),
        ]));
        assert_eq!(names(&all), ["pip six 1.17.0"]);
        all.packages[0].clone()
    }

    #[test]
    fn a_wheel_owns_what_its_record_says() {
        let package =
            wheel("six.py,sha256=abc,10\n../../bin/six,,\n\"a,\"\"b\"\".py\",,\n/etc/x,,\n");
        let expected = [
            "etc/x",
            "usr/bin/six",
            "usr/lib/python3/a,\"b\".py",
            "usr/lib/python3/six-1.17.0.dist-info/METADATA",
            "usr/lib/python3/six.py",
        ];
        assert_eq!(paths(&package.files), expected);
        assert_eq!(paths(&package.directories), ["usr/lib/python3/six-1.17.0.dist-info"]);
    }

    #[test]
    fn what_the_installer_wrote_is_not_part_of_the_fingerprint() {
        let plain = wheel("six.py,sha256=abc,10\n").fingerprint;
        let installed = "six-1.17.0.dist-info/INSTALLER,sha256=x,4\n__pycache__/six.pyc,,\n\
             ../../bin/six,sha256=y,9\nsix.py,sha256=abc,10\n";
        assert_eq!(wheel(installed).fingerprint, plain);
        assert_ne!(wheel("six.py,sha256=abd,10\n").fingerprint, plain);
    }

    #[test]
    fn an_egg_info_directory_names_its_packages() {
        let all = super::super::read(&files(&[
            ("opt/site/x.egg-info/PKG-INFO", "Name: x\nVersion: 1\n"),
            ("opt/site/x.egg-info/top_level.txt", "x\n_x\n"),
            ("opt/site/y-2.egg/EGG-INFO/PKG-INFO", "Name: y\nVersion: 2\n"),
            ("opt/site/z.egg-info", "Name: z\nVersion: 3\n"),
        ]));
        assert_eq!(names(&all), ["pip x 1", "pip y 2", "pip z 3"]);
        let [x, y, z] = all.packages.as_slice() else { unreachable!("three packages") };
        assert_eq!(paths(&x.directories), ["opt/site/_x", "opt/site/x", "opt/site/x.egg-info"]);
        assert_eq!(paths(&y.directories), ["opt/site/y-2.egg"]);
        assert_eq!(paths(&z.files), ["opt/site/z.egg-info"]);
    }

    #[test]
    fn metadata_without_a_name_is_a_problem() {
        let all = super::super::read(&files(&[("x.dist-info/METADATA", "Version: 1\n")]));
        assert_eq!(all.problems, ["x.dist-info/METADATA: a distribution without name or version"]);
    }

    #[test]
    fn only_metadata_is_a_part() {
        for path in ["a/x.dist-info/RECORD", "a/x.egg-info", "a/x.egg-info/top_level.txt"] {
            assert!(is_part(path.as_bytes()), "{path}");
        }
        for path in ["METADATA", "a/x.dist-info/LICENSE", "a/.egg-info", "a/RECORD"] {
            assert!(!is_part(path.as_bytes()), "{path}");
        }
    }
}
