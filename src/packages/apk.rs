//! apk: `lib/apk/db/installed`, one paragraph for each package, one letter for each field.
//!
//! `F:` names a directory and `R:` a file in it; `Z:` is the file's checksum (apk-tools,
//! apk-v2(5)). In apk 3 the database lies below `usr/lib` but reads the same.

use super::fields;
use super::fingerprint::Fingerprint;
use super::found::{Found, content};
use super::paths::Paths;
use super::{Files, Manager, Package};

const DATABASES: [&[u8]; 2] = [b"lib/apk/db/installed", b"usr/lib/apk/db/installed"];

/// Name, version, architecture; and what tells of the installation: the repository's tag and
/// whether files could not be put in place.
const MASKED: &[u8] = b"PVAsf";

pub(super) fn is_part(path: &[u8]) -> bool {
    DATABASES.contains(&path)
}

pub(super) fn read(files: &Files, found: &mut Found) {
    for path in DATABASES {
        for paragraph in paragraphs(content(files, path)) {
            one(path, paragraph, found);
        }
    }
}

/// Parts of `text` between empty lines.
fn paragraphs(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let end = rest.windows(2).position(|two| two == b"\n\n").unwrap_or(rest.len());
        let (paragraph, after) = rest.split_at_checked(end)?;
        rest = after;
        (!paragraph.is_empty()).then_some(paragraph)
    })
}

fn one(source: &[u8], paragraph: &[u8], found: &mut Found) {
    let field = |letter: u8| {
        let value = letters(paragraph).find(|(it, _)| *it == letter)?.1;
        (!value.is_empty()).then(|| String::from_utf8_lossy(value).into_owned())
    };
    let (Some(name), Some(version)) = (field(b'P'), field(b'V')) else {
        return found.problem(source, "a package without name or version");
    };
    let files = owned(paragraph, found.paths());
    found.push(Package {
        manager: Manager::Apk,
        name,
        version,
        architecture: field(b'A'),
        files,
        directories: Vec::new(),
        fingerprint: fingerprint(paragraph),
        source: source.into(),
    });
}

/// Letter and value of every line.
fn letters(paragraph: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    fields::lines(paragraph).filter_map(|line| match line {
        [letter, b':', value @ ..] => Some((*letter, value)),
        _ => None,
    })
}

fn owned(paragraph: &[u8], mut paths: Paths<'_>) -> Vec<Box<[u8]>> {
    let mut directory: &[u8] = b"";
    for (letter, value) in letters(paragraph) {
        match letter {
            b'F' => {
                directory = value;
                paths.add_either(value);
            }
            b'R' => paths.add_below(directory, value),
            _ => {}
        }
    }
    paths.finish()
}

fn fingerprint(paragraph: &[u8]) -> [u8; 32] {
    let mut all = Fingerprint::default();
    for (letter, value) in letters(paragraph).filter(|(letter, _)| !MASKED.contains(letter)) {
        all.add(&[letter]);
        all.add(value);
    }
    all.finish()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, names, paths};

    const TWO: &str = "C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\nt:1700000000\nF:lib\n\
         R:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1x=\nF:\nR:top\n\nP:empty\nV:1-r0\nA:noarch\n\n";

    #[test]
    fn packages_own_files_and_directories() {
        let all = super::super::read(&files(&[("lib/apk/db/installed", TWO)]));
        assert_eq!(names(&all), ["apk empty 1-r0", "apk musl 1.2.4-r2"]);
        let expected = ["lib", "lib/ld-musl-x86_64.so.1", "top", "usr/lib/ld-musl-x86_64.so.1"];
        assert_eq!(paths(&all.packages[1].files), expected);
        assert_eq!(all.packages[1].architecture.as_deref(), Some("x86_64"));
    }

    #[test]
    fn checksums_and_build_times_count_and_repository_tags_do_not() {
        let of = |text: &str| {
            super::super::read(&files(&[("usr/lib/apk/db/installed", text)])).packages[1]
                .fingerprint
        };
        assert_ne!(of(TWO), of(&TWO.replace("Q1x=", "Q1y=")));
        assert_ne!(of(TWO), of(&TWO.replace("t:17", "t:18")));
        assert_eq!(of(TWO), of(&TWO.replace("t:17", "s:edge\nt:17")));
        assert_eq!(of(TWO), of(&TWO.replace("1.2.4", "1.2.5")));
    }

    #[test]
    fn a_package_without_name_is_a_problem() {
        let all = super::super::read(&files(&[("lib/apk/db/installed", "V:1\n\nP:x\nV:2\n")]));
        assert_eq!(names(&all), ["apk x 2"]);
        assert_eq!(all.problems, ["lib/apk/db/installed: a package without name or version"]);
    }
}
