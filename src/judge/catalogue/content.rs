//! Causes that take a look inside the files that differ.

use super::Known;

pub(super) const CAUSES: &[Known] = &[
    Known {
        id: "shadow-lastchange",
        title: "passwords carry the day of the build",
        noise: true,
        evidence: "the third field of /etc/shadow, and nothing else of an account",
        fix: "set SOURCE_DATE_EPOCH in the environment of the RUN, or chage -d",
        recognise: |case| case.is_of("shadow-lastchange") || case.is_part(&["lastchange"]),
    },
    Known {
        id: "log-times",
        title: "logs carry the time of the build",
        noise: true,
        evidence: "logs that agree line by line once dates and times are masked",
        fix: "remove logs in the RUN that writes them, or mount a tmpfs there",
        recognise: |case| case.is_of("log-times"),
    },
    Known {
        id: "apk-scripts-tar",
        title: "apk packs its scripts with the time of the build",
        noise: true,
        evidence: "lib/apk/db/scripts.tar, in which only times of members differ",
        fix: "set SOURCE_DATE_EPOCH; apk 3 or later",
        recognise: |case| {
            case.path().ends_with("lib/apk/db/scripts.tar")
                && (case.is_of("nested-archive-times") || case.is_part(ARCHIVE_TIMES))
        },
    },
    Known {
        id: "nested-archive-times",
        title: "archives in the image carry the time they were packed, or an order of their own",
        noise: true,
        evidence: "archives whose members are equal but for times and order",
        fix: "strip-nondeterminism; ar D; tar --mtime --sort=name; \
              project.build.outputTimestamp for Maven",
        recognise: |case| case.is_of("nested-archive-times") || case.is_part(ARCHIVE_TIMES),
    },
    Known {
        id: "gzip-header",
        title: "gzip files carry the time and name of what was packed",
        noise: true,
        evidence: "gzip files that unpack to the same bytes and differ in the header",
        fix: "gzip -n",
        recognise: |case| {
            case.is_of("gzip-header")
                || case.is_part(&["gzip.mtime", "gzip.name", "gzip.os", "gzip.flags"])
        },
    },
    Known {
        id: "pyc-mtime",
        title: "compiled Python carries the time of its source",
        noise: true,
        evidence: ".pyc files whose code is equal; the source time in the header differs",
        fix: "set SOURCE_DATE_EPOCH, which makes py_compile write hashes; or pip --no-compile",
        recognise: |case| case.is_of("pyc-mtime") || case.is_part(&["pyc.mtime"]),
    },
    Known {
        id: "elf-build-id",
        title: "binaries carry an identifier of their build",
        noise: true,
        evidence: ".note.gnu.build-id, .gnu_debuglink or .comment differ, and nothing else",
        fix: "-ffile-prefix-map, -trimpath or --remap-path-prefix, and the same toolchain",
        recognise: |case| case.is_of("elf-build-id"),
    },
    Known {
        id: "elf-paths",
        title: "binaries carry paths or dates of the build",
        noise: false,
        evidence: "strings in sections that are equal otherwise",
        fix: "-ffile-prefix-map, -trimpath or --remap-path-prefix; no __DATE__ and __TIME__",
        recognise: |case| case.is_of("elf-paths") || case.is_part(&["elf.strings"]),
    },
    Known {
        id: "json-formatting",
        title: "the same JSON is written in another way",
        noise: true,
        evidence: "equal values; the order of keys or white space differs",
        fix: "sort keys when writing",
        recognise: |case| case.is_of("json-formatting"),
    },
    Known {
        id: "line-order",
        title: "the same lines in another order",
        noise: false,
        evidence: "equal lines once sorted",
        fix: "LC_ALL=C sort",
        recognise: |case| case.is_of("line-order"),
    },
    Known {
        id: "rpm-install-time",
        title: "the rpm database carries the time of installation",
        noise: true,
        evidence: "equal packages; times and identifiers of transactions differ",
        fix: "set SOURCE_DATE_EPOCH; rpmdb --rebuilddb",
        recognise: |case| case.is_of("rpm-install-time"),
    },
    Known {
        id: "package-upgrade",
        title: "packages have other versions",
        noise: false,
        evidence: "what package managers say is installed, and the files they say belong to it",
        fix: "pin versions, or install from a snapshot of the mirror",
        recognise: |case| case.is_of("package-upgrade") || case.is_of_changed_package(),
    },
];

const ARCHIVE_TIMES: &[&str] = &["mtime", "atime", "ctime", "order"];
