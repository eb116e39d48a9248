//! Causes recognised by where a file stands.

use super::Known;
use crate::judge::case::Case;
use crate::report::EntryKind;

/// What the path itself tells: paths that are the same, and beginnings and ends of paths.
struct Places {
    exact: &'static [&'static str],
    below: &'static [&'static str],
    endings: &'static [&'static str],
}

impl Places {
    /// Times and formats of such files have causes of their own.
    fn has(&self, case: &Case<'_>) -> bool {
        let path = case.path();
        case.is_about_content()
            && (self.exact.contains(&path)
                || self.below.iter().any(|directory| {
                    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
                })
                || self.endings.iter().any(|ending| path.ends_with(ending)))
    }
}

pub(super) const CAUSES: &[Known] = &[
    Known {
        id: "builder-adds",
        title: "mount points and empty files the builder leaves behind",
        noise: true,
        evidence: "directories /dev, /proc, /sys, /run, empty /etc/hostname, /etc/hosts, \
                   /etc/resolv.conf on one side only",
        fix: "use the same builder for both: BuildKit and podman create what they mount",
        recognise: |case| {
            case.is_one_sided()
                && case.is_empty_entry()
                && (BUILDER_ADDS.has(case) && case.is_harmless_directory()
                    || HOST_FILES.has(case) && case.kind() == Some(EntryKind::File))
        },
    },
    Known {
        id: "host-leak",
        title: "files of the build host got into the image",
        noise: false,
        evidence: "/etc/hostname, /etc/hosts, /etc/resolv.conf, /etc/mailname",
        fix: "exclude them; the runtime writes its own",
        recognise: |case| HOST_FILES.has(case),
    },
    Known {
        id: "machine-identity",
        title: "identities that must be unique to a machine",
        noise: false,
        evidence: "machine-id, random seeds, ssh host keys, snakeoil certificates",
        fix: "remove them in the same RUN and generate them at first boot",
        recognise: |case| {
            MACHINE_IDENTITY.has(case)
                || case.is_about_content()
                    && case.path().starts_with("/etc/ssh/ssh_host_")
                    && case.path().contains("_key")
        },
    },
    Known {
        id: "ldconfig-aux-cache",
        title: "ldconfig's cache holds inode numbers",
        noise: false,
        evidence: "/var/cache/ldconfig/aux-cache",
        fix: "remove it in the same RUN; nothing needs it",
        recognise: |case| LDCONFIG.has(case),
    },
    Known {
        id: "log-file",
        title: "logs of the build",
        noise: false,
        evidence: "files of package managers and installers in /var/log",
        fix: "remove them in the same RUN, or mount a tmpfs on /var/log",
        recognise: |case| {
            LOGS.has(case) || case.is_about_content() && case.path().starts_with("/var/log/dnf")
        },
    },
    Known {
        id: "package-cache",
        title: "caches and backups of package managers",
        noise: false,
        evidence: "apt, dpkg, debconf, dnf, yum, pip and npm caches",
        fix: "use a cache mount, or remove them in the same RUN",
        recognise: |case| PACKAGE_CACHE.has(case),
    },
    Known {
        id: "fontconfig-cache",
        title: "fontconfig's cache holds times",
        noise: false,
        evidence: "/var/cache/fontconfig",
        fix: "regenerate with SOURCE_DATE_EPOCH, or remove it",
        recognise: |case| below(&["/var/cache/fontconfig"]).has(case),
    },
    Known {
        id: "man-db",
        title: "the index of manual pages holds times",
        noise: false,
        evidence: "/var/cache/man",
        fix: "remove it, or do not install manual pages",
        recognise: |case| below(&["/var/cache/man"]).has(case),
    },
    Known {
        id: "cacerts-jks",
        title: "a generated Java key store holds times",
        noise: false,
        evidence: "cacerts, *.jks",
        fix: "regenerate with SOURCE_DATE_EPOCH, or remove it",
        recognise: |case| JKS.has(case),
    },
    Known {
        id: "gtk-icons",
        title: "generated icon, loader and MIME caches",
        noise: false,
        evidence: "icon-theme.cache, loaders.cache, mime.cache",
        fix: "regenerate with SOURCE_DATE_EPOCH, or remove them",
        recognise: |case| GTK.has(case),
    },
    Known {
        id: "tool-droppings",
        title: "caches and leftovers of tools that ran during the build",
        noise: false,
        evidence: ".wget-hsts, _logs, _cacache, .cache, /tmp, hsperfdata",
        fix: "clean up in the same RUN, or use --mount=type=cache",
        recognise: |case| {
            let parts = ["/_logs/", "/_cacache/", "/.cache/", "/hsperfdata_"];
            DROPPINGS.has(case)
                || case.is_about_content() && parts.iter().any(|part| case.path().contains(part))
        },
    },
];

const fn below(directories: &'static [&'static str]) -> Places {
    Places { exact: &[], below: directories, endings: &[] }
}

const BUILDER_ADDS: Places =
    Places { exact: &["/dev", "/proc", "/sys", "/run"], below: &[], endings: &[] };

const HOST_FILES: Places = Places {
    exact: &["/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/etc/mailname"],
    below: &[],
    endings: &[],
};

const MACHINE_IDENTITY: Places = Places {
    exact: &[
        "/etc/machine-id",
        "/var/lib/dbus/machine-id",
        "/var/lib/systemd/random-seed",
        "/var/lib/urandom/random-seed",
        "/etc/ssl/certs/ssl-cert-snakeoil.pem",
        "/etc/ssl/private/ssl-cert-snakeoil.key",
    ],
    below: &[],
    endings: &["/random-seed"],
};

const LDCONFIG: Places =
    Places { exact: &["/var/cache/ldconfig/aux-cache"], below: &[], endings: &[] };

const LOGS: Places = Places {
    exact: &[
        "/var/log/dpkg.log",
        "/var/log/alternatives.log",
        "/var/log/bootstrap.log",
        "/var/log/pacman.log",
        "/var/log/yum.log",
        "/var/log/hawkey.log",
        "/var/log/fontconfig.log",
        "/var/log/lastlog",
        "/var/log/faillog",
        "/var/log/btmp",
        "/var/log/wtmp",
        "/var/log/apk.log",
    ],
    below: &["/var/log/apt", "/var/log/zypp", "/var/log/anaconda"],
    endings: &[],
};

const PACKAGE_CACHE: Places = Places {
    exact: &[
        "/var/lib/dpkg/status-old",
        "/var/lib/dpkg/available-old",
        "/var/lib/dpkg/diversions-old",
        "/var/lib/dpkg/statoverride-old",
        "/var/cache/debconf/config.dat-old",
        "/var/cache/debconf/templates.dat-old",
        "/var/cache/debconf/passwords.dat-old",
    ],
    below: &[
        "/var/cache/apt",
        "/var/lib/apt/lists",
        "/var/cache/dnf",
        "/var/cache/libdnf5",
        "/var/cache/yum",
        "/var/cache/zypp",
        "/var/cache/apk",
        "/var/cache/pacman",
        "/root/.cache/pip",
        "/root/.npm",
    ],
    endings: &[],
};

const JKS: Places = Places {
    exact: &["/etc/ssl/certs/java/cacerts", "/etc/pki/java/cacerts"],
    below: &[],
    endings: &[".jks", "/lib/security/cacerts"],
};

const GTK: Places = Places {
    exact: &[],
    below: &[],
    endings: &["/icon-theme.cache", "/loaders.cache", "/mime/mime.cache", "/giomodule.cache"],
};

const DROPPINGS: Places =
    Places { exact: &["/tmp"], below: &["/tmp", "/var/tmp"], endings: &["/.wget-hsts"] };
