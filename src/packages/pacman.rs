//! pacman: `var/lib/pacman/local/NAME-VERSION/desc`, and `files` beside it with the paths.
//!
//! Both are sections: a line `%WORD%`, then values, one a line, up to an empty line.

use super::fields;
use super::fingerprint::Fingerprint;
use super::found::{Found, below, content};
use super::paths::{parent, split};
use super::{Files, Manager, Package};

const LOCAL: &[u8] = b"var/lib/pacman/local/";

/// Sections that name the package, or say when, why and how trusted it was installed.
const MASKED: [&[u8]; 6] = [b"NAME", b"VERSION", b"ARCH", b"INSTALLDATE", b"REASON", b"VALIDATION"];

pub(super) fn is_part(path: &[u8]) -> bool {
    path.strip_prefix(LOCAL).is_some_and(|rest| {
        let (directory, name) = split(rest);
        !directory.is_empty() && matches!(name, b"desc" | b"files")
    })
}

pub(super) fn read(files: &Files, found: &mut Found) {
    for (path, text) in below(files, LOCAL).filter(|(path, _)| path.ends_with(b"/desc")) {
        let list = content(files, &[parent(path), b"/files"].concat());
        one(path, text, list, found);
    }
}

fn one(source: &[u8], desc: &[u8], list: &[u8], found: &mut Found) {
    let first = |section: &[u8]| {
        let value = values(desc).find(|(name, _)| *name == section)?.1;
        Some(String::from_utf8_lossy(value).into_owned())
    };
    let (Some(name), Some(version)) = (first(b"NAME"), first(b"VERSION")) else {
        return found.problem(source, "a package without name or version");
    };
    let mut paths = found.paths();
    let owned = values(list).filter(|(section, _)| *section == b"FILES");
    owned.for_each(|(_, path)| paths.add(path));
    let files = paths.finish();
    found.push(Package {
        manager: Manager::Pacman,
        name,
        version,
        architecture: first(b"ARCH"),
        files,
        directories: Vec::new(),
        fingerprint: fingerprint(desc, list),
        source: source.into(),
    });
}

/// Every value with the section it stands in.
fn values(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut section: &[u8] = b"";
    fields::lines(text).filter_map(move |line| {
        match line.strip_prefix(b"%").and_then(|it| it.strip_suffix(b"%")) {
            Some(name) => {
                section = name;
                None
            }
            None => Some((section, line)),
        }
    })
}

/// What `desc` says beside the name, and the digests of configuration files in `files`.
fn fingerprint(desc: &[u8], list: &[u8]) -> [u8; 32] {
    let said = values(desc).chain(values(list)).filter(|(section, _)| !MASKED.contains(section));
    Fingerprint::of(said.flat_map(|(section, value)| [section, value]))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, names, paths};
    use super::super::{Installed, read};

    const DESC: &str = "%NAME%\nbash\n\n%VERSION%\n5.2.015-1\n\n%ARCH%\nx86_64\n\n%BUILDDATE%\n1670000000\n\n\
         %INSTALLDATE%\n1700000000\n\n%DEPENDS%\nreadline\nglibc\n\n";
    const FILES: &str =
        "%FILES%\netc/\netc/bash.bashrc\nusr/bin/bash\n\n%BACKUP%\netc/bash.bashrc\t00\n";

    fn installed(desc: &str, list: &str) -> Installed {
        read(&files(&[
            ("var/lib/pacman/local/bash-5.2.015-1/desc", desc),
            ("var/lib/pacman/local/bash-5.2.015-1/files", list),
        ]))
    }

    #[test]
    fn packages_own_what_their_list_says() {
        let all = installed(DESC, FILES);
        assert_eq!(names(&all), ["pacman bash 5.2.015-1"]);
        assert_eq!(all.packages[0].architecture.as_deref(), Some("x86_64"));
        assert_eq!(paths(&all.packages[0].files), ["etc", "etc/bash.bashrc", "usr/bin/bash"]);
    }

    #[test]
    fn the_date_of_building_counts_and_that_of_installing_does_not() {
        let of = |desc: &str, list: &str| installed(desc, list).packages[0].fingerprint;
        let plain = of(DESC, FILES);
        assert_eq!(plain, of(&DESC.replace("1700000000", "1800000000"), FILES));
        assert_ne!(plain, of(&DESC.replace("1670000000", "1680000000"), FILES));
        assert_ne!(plain, of(DESC, &FILES.replace("\t00", "\t01")));
    }

    #[test]
    fn a_description_without_a_version_is_a_problem() {
        let all = installed("%NAME%\nx\n", "");
        let problem = "var/lib/pacman/local/bash-5.2.015-1/desc: a package without name or version";
        assert_eq!(all.problems, [problem]);
    }

    #[test]
    fn only_descriptions_and_lists_are_parts() {
        assert!(super::is_part(b"var/lib/pacman/local/x-1/files"));
        assert!(!super::is_part(b"var/lib/pacman/local/x-1/mtree"));
        assert!(!super::is_part(b"var/lib/pacman/local/desc"));
    }
}
