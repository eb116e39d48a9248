//! dpkg: `var/lib/dpkg/status` with one paragraph for each package and `info/PACKAGE.list` with
//! its paths; distroless images have one file for each package in `status.d` instead.

use std::collections::BTreeMap;

use super::fields::{self, Paragraph};
use super::fingerprint::Fingerprint;
use super::found::{Found, below, content};
use super::{Files, Manager, Package};

const STATUS: &[u8] = b"var/lib/dpkg/status";
const STATUS_D: &[u8] = b"var/lib/dpkg/status.d/";
const INFO: &[u8] = b"var/lib/dpkg/info/";

/// Fields that name the package, or say how the installation stands and not what was installed.
const MASKED: [&str; 8] = [
    "Package",
    "Version",
    "Architecture",
    "Status",
    "Config-Version",
    "Triggers-Pending",
    "Triggers-Awaited",
    "Auto-Installed",
];

pub(super) fn is_part(path: &[u8]) -> bool {
    let is_list = |name: &[u8]| name.ends_with(b".list") || name.ends_with(b".md5sums");
    path == STATUS
        || path.strip_prefix(STATUS_D).is_some_and(|name| !name.is_empty())
        || path.strip_prefix(INFO).is_some_and(is_list)
}

pub(super) fn read(files: &Files, found: &mut Found) {
    let mut lists = Lists(below(files, INFO).collect());
    for paragraph in fields::paragraphs(content(files, STATUS)) {
        if paragraph.get("Status").is_some_and(is_installed) {
            let lists = lists.of(&paragraph);
            one(STATUS, &paragraph, lists, found);
        }
    }
    for (path, text) in below(files, STATUS_D) {
        if !path.ends_with(b".md5sums") {
            let sums = content(files, &[path, b".md5sums"].concat());
            one(path, &fields::first(text), Listed { paths: b"", sums }, found);
        }
    }
}

/// Whether the third word says that its files are there, configured or not (dpkg(1), package
/// states). A build without `/proc` or a terminal often leaves one half configured.
fn is_installed(status: &[u8]) -> bool {
    let state = status.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
    !matches!(state, b"" | b"not-installed" | b"config-files")
}

/// What lies beside the database about one package.
struct Listed<'a> {
    /// Its paths.
    paths: &'a [u8],
    /// Checksums of its files.
    sums: &'a [u8],
}

/// Lists that no package has taken yet. One that a thousand packages share is read once.
struct Lists<'a>(BTreeMap<&'a [u8], &'a [u8]>);

impl<'a> Lists<'a> {
    fn of(&mut self, paragraph: &Paragraph<'_>) -> Listed<'a> {
        let name = paragraph.get("Package").unwrap_or_default();
        let architecture = paragraph.get("Architecture").unwrap_or_default();
        let mut take = |kind: &[u8]| self.take(name, architecture, kind).unwrap_or_default();
        Listed { paths: take(b".list"), sums: take(b".md5sums") }
    }

    /// `NAME:ARCHITECTURE.KIND` for packages that may be installed for several architectures at
    /// once, `NAME.KIND` for others.
    fn take(&mut self, name: &[u8], architecture: &[u8], kind: &[u8]) -> Option<&'a [u8]> {
        let with = [INFO, name, b":", architecture, kind].concat();
        let without = [INFO, name, kind].concat();
        self.0.remove(&*with).or_else(|| self.0.remove(&*without))
    }
}

fn one(source: &[u8], paragraph: &Paragraph<'_>, listed: Listed<'_>, found: &mut Found) {
    let (Some(name), Some(version)) = (paragraph.text("Package"), paragraph.text("Version")) else {
        return found.problem(source, "a package without name or version");
    };
    let Listed { paths: list, sums } = listed;
    let mut paths = found.paths();
    fields::lines(list).for_each(|path| paths.add_either(path));
    if list.is_empty() {
        fields::lines(sums).filter_map(sum_path).for_each(|path| paths.add_either(path));
    }
    let files = paths.finish();
    found.push(Package {
        manager: Manager::Apt,
        name,
        version,
        architecture: paragraph.text("Architecture"),
        files,
        directories: Vec::new(),
        fingerprint: fingerprint(paragraph, sums),
        source: source.into(),
    });
}

/// The path in a line `MD5  PATH` of a list of checksums (deb-md5sums(5)).
fn sum_path(line: &[u8]) -> Option<&[u8]> {
    let blank = line.iter().position(|&byte| byte == b' ')?;
    line.get(blank..).map(<[u8]>::trim_ascii_start)
}

fn fingerprint(paragraph: &Paragraph<'_>, sums: &[u8]) -> [u8; 32] {
    let mut lines: Vec<&[u8]> = fields::lines(sums).collect();
    lines.sort_unstable();
    Fingerprint::of(paragraph.without(&MASKED).chain(lines))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, names, paths};
    use super::*;

    const TWO: &str = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\n\
         Version: 2.36-9\nDescription: C library\n more\n\nPackage: gone\n\
         Status: deinstall ok config-files\nArchitecture: all\nVersion: 1\n";

    fn read_all(list: &[(&str, &str)]) -> super::super::Installed {
        super::super::read(&files(list))
    }

    #[test]
    fn installed_packages_own_what_their_list_says() {
        let list = "/.\n/lib\n/lib/libc.so.6\n/usr/share/doc/libc6\n";
        let all =
            read_all(&[("var/lib/dpkg/status", TWO), ("var/lib/dpkg/info/libc6:amd64.list", list)]);
        assert_eq!(names(&all), ["apt libc6 2.36-9"]);
        let libc = &all.packages[0];
        assert_eq!(libc.architecture.as_deref(), Some("amd64"));
        assert_eq!(
            paths(&libc.files),
            ["lib", "lib/libc.so.6", "usr/lib/libc.so.6", "usr/share/doc/libc6"]
        );
        assert_eq!(all.problems, Vec::<String>::new());
    }

    #[test]
    fn status_d_has_no_state_and_its_checksums_are_the_list() {
        let all = read_all(&[
            (
                "var/lib/dpkg/status.d/base",
                "Package: base-files\nVersion: 12\nArchitecture: amd64\n",
            ),
            ("var/lib/dpkg/status.d/base.md5sums", "00  etc/os-release\n11  usr/x y\n"),
        ]);
        assert_eq!(names(&all), ["apt base-files 12"]);
        assert_eq!(paths(&all.packages[0].files), ["etc/os-release", "usr/x y"]);
    }

    #[test]
    fn the_fingerprint_tells_content_and_not_state() {
        let of = |text: &str, sums: &str| {
            let all = read_all(&[
                ("var/lib/dpkg/status", text),
                ("var/lib/dpkg/info/libc6.md5sums", sums),
            ]);
            all.packages[0].fingerprint
        };
        let held = TWO.replace("install ok installed", "hold ok installed");
        assert_eq!(of(TWO, "00  a\n11  b\n"), of(&held, "11  b\n00  a\n"));
        assert_ne!(of(TWO, "00  a\n"), of(TWO, "01  a\n"));
        assert_ne!(of(TWO, ""), of(&TWO.replace("more", "less"), ""));
    }

    #[test]
    fn a_paragraph_without_version_is_a_problem() {
        let all = read_all(&[("var/lib/dpkg/status", "Package: x\nStatus: a b installed\n")]);
        assert_eq!(all.problems, ["var/lib/dpkg/status: a package without name or version"]);
    }

    #[test]
    fn only_dpkg_files_are_parts() {
        for path in ["var/lib/dpkg/status", "var/lib/dpkg/status.d/x", "var/lib/dpkg/info/a:b.list"]
        {
            assert!(is_part(path.as_bytes()), "{path}");
        }
        for path in
            ["var/lib/dpkg/status-old", "var/lib/dpkg/info/a.postinst", "var/lib/dpkg/status.d/"]
        {
            assert!(!is_part(path.as_bytes()), "{path}");
        }
    }
}
