//! Causes that lie in the headers of entries and in how layers are put together.

use super::Known;
use crate::report::{EntryKind, Scope};

/// Records that say who may do what with a file, or what it holds.
const PAX_WITH_A_MEANING: [&str; 5] =
    ["pax.SCHILY.acl", "pax.SCHILY.fflags", "pax.RHT.security", "pax.MSWINDOWS", "pax.GNU.sparse"];

pub(super) const CAUSES: &[Known] = &[
    Known {
        id: "unseen-layer",
        title: "a layer whose files nobody sees, on one side only",
        noise: false,
        evidence: "a layer without counterpart that brings files and leaves the merged file system \
                   as it was",
        fix: "look whether what it carries unseen is meant for everybody; do what makes and what \
              removes a file in one RUN",
        recognise: |case| case.is_of("unseen-layer"),
    },
    Known {
        id: "empty-layer",
        title: "a layer that changes nothing, on one side only",
        noise: true,
        evidence: "a layer of directories and whiteouts without counterpart that leaves the merged \
                   file system as it was",
        fix: "none needed: BuildKit writes such a layer for WORKDIR",
        recognise: |case| {
            case.field() == "layer" && case.scope() == Scope::Layer && case.is_one_sided()
        },
    },
    Known {
        id: "opaque-whiteout",
        title: "directories are replaced by an opaque mark on one side, name by name on the other",
        noise: true,
        evidence: "whiteouts on one side only, merged file systems equal there",
        fix: "build both on one snapshotter and file system",
        recognise: |case| case.is_one_sided() && case.is_whiteout() && case.changes_nothing(),
    },
    Known {
        id: "redundant-entry",
        title: "an entry repeats what lies below it, on one side only",
        noise: true,
        evidence: "merged file systems equal at that path",
        fix: "pin the builder: some repeat parent directories, others do not",
        recognise: |case| {
            case.is_one_sided()
                && case.kind() == Some(EntryKind::Directory)
                && case.changes_nothing()
        },
    },
    Known {
        id: "whiteout-mtime",
        title: "whiteouts carry the time of the build",
        noise: true,
        evidence: ".wh.* entries that differ in time, mode or owner only",
        fix: "rewrite-timestamp=true with SOURCE_DATE_EPOCH; older BuildKit: squash the stage \
              with COPY --from=0 / /",
        recognise: |case| {
            case.is_whiteout()
                && matches!(
                    case.field(),
                    "mtime" | "atime" | "ctime" | "mode" | "mode.type-bits" | "uid" | "gid"
                )
        },
    },
    Known {
        id: "time-rounding",
        title: "builders truncate or round parts of seconds",
        noise: true,
        evidence: "times less than a second apart, one of them without a fraction",
        fix: "pin the builder",
        recognise: |case| matches!(case.field(), "mtime" | "atime" | "ctime") && case.is_rounded(),
    },
    Known {
        id: "parent-dir-mtime",
        title: "directories carry the time something in them changed",
        noise: true,
        evidence: "directories that hold changed entries and differ in time only",
        fix: "BuildKit 0.13 or later: --output …,rewrite-timestamp=true with SOURCE_DATE_EPOCH; \
              buildah: --source-date-epoch --rewrite-timestamp",
        recognise: |case| {
            case.field() == "mtime"
                && case.kind() == Some(EntryKind::Directory)
                && case.holds_changes()
        },
    },
    Known {
        id: "file-mtime",
        title: "files carry the time of the build or checkout",
        noise: true,
        evidence: "modification times",
        fix: "BuildKit 0.13 or later: --output …,rewrite-timestamp=true with SOURCE_DATE_EPOCH; \
              buildah: --source-date-epoch --rewrite-timestamp",
        recognise: |case| case.field() == "mtime",
    },
    Known {
        id: "owner-names",
        title: "names of owners come from the builder's own passwd",
        noise: true,
        evidence: "uname or gname differ, uid and gid do not",
        fix: "pin the builder",
        recognise: |case| match case.field() {
            "uname" => !case.also_differs("uid"),
            "gname" => !case.also_differs("gid"),
            _ => false,
        },
    },
    Known {
        id: "tar-dialect",
        title: "builders write tar headers differently",
        noise: true,
        evidence: "USTAR, GNU or PAX; type bits in modes; path prefixes; access times; padding",
        fix: "pin the builder and its version",
        recognise: |case| {
            matches!(
                case.field(),
                "tar-format"
                    | "tar-end"
                    | "tar-encoding"
                    | "mode.type-bits"
                    | "path-form"
                    | "linkname-form"
                    | "atime"
                    | "ctime"
                    | "duplicates"
            ) || case.field_begins(&["pax-global"])
                || case.field_begins(&["pax"]) && !case.field_begins(&PAX_WITH_A_MEANING)
        },
    },
    Known {
        id: "entry-order",
        title: "the same entries in another order",
        noise: true,
        evidence: "the order of directory listings leaked",
        fix: "pin the builder, or sort what is packed (tar --sort=name)",
        recognise: |case| case.field() == "order",
    },
    Known {
        id: "hardlink-primary",
        title: "another name of the same file carries its content",
        noise: true,
        evidence: "equal sets of hard links",
        fix: "pin the builder, or sort what is packed",
        recognise: |case| case.field() == "hardlink-primary",
    },
    Known {
        id: "xattr-host",
        title: "attributes of the build host's file system",
        noise: true,
        evidence: "security.selinux, trusted.overlay.*, user.overlay.*",
        fix: "build on a host without labels",
        recognise: |case| {
            case.field_begins(&[
                "xattr.security.selinux",
                "xattr.trusted.overlay",
                "xattr.user.overlay",
            ])
        },
    },
    Known {
        id: "xattr-capability",
        title: "file capabilities were lost, gained or changed",
        noise: false,
        evidence: "security.capability differs",
        fix: "check that both builders and copies keep extended attributes",
        recognise: |case| case.field_begins(&["xattr.security.capability"]),
    },
    Known {
        id: "builder-drops",
        title: "the builder drops user attributes",
        noise: false,
        evidence: "user.* attributes on one side only",
        fix: "docker and BuildKit drop them; podman, buildah and umoci keep them",
        recognise: |case| case.field_begins(&["xattr.user"]) && case.lacks_a_value(),
    },
    Known {
        id: "base-drift",
        title: "the base image is another one",
        noise: false,
        evidence: "the lowest layers differ while the history says the same",
        fix: "pin FROM by digest",
        recognise: |case| case.is_in_drifted_base(),
    },
];
