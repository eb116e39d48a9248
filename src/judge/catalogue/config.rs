//! Causes that lie in the configuration.

use super::Known;
use crate::report::Scope;

pub(super) const CAUSES: &[Known] = &[
    Known {
        id: "builder-label",
        title: "the builder labels what it builds",
        noise: true,
        evidence: "labels such as io.buildah.version",
        fix: "pin the builder; buildah: --identity-label=false",
        recognise: |case| {
            case.field_begins(&["labels.io.buildah.version", "labels.com.docker.compose"])
                || case.field_ends(&["annotations.io.buildah.version"])
        },
    },
    Known {
        id: "history-text",
        title: "builders word the history differently",
        noise: true,
        evidence: "created_by, comment and author of history entries, or entries without a layer",
        fix: "pin the builder",
        recognise: |case| {
            case.scope() == Scope::Config
                && (case.field_begins(&["history"]) || matches!(case.field(), "author" | "comment"))
        },
    },
    Known {
        id: "buildinfo",
        title: "the build container left its traces in the configuration",
        noise: true,
        evidence: "container, container_config, Hostname, Image, docker_version, buildinfo",
        fix: "build with BuildKit 0.12 or later, not with docker commit or the classic builder",
        recognise: |case| {
            case.scope() == Scope::Config
                && (matches!(
                    case.field(),
                    "container"
                        | "config.Hostname"
                        | "config.Image"
                        | "docker_version"
                        | "moby.buildkit.buildinfo.v1"
                        | "moby.buildkit.cache.v0"
                        | "id"
                        | "parent"
                        | "throwaway"
                ) || case.field_begins(&["container_config"]))
        },
    },
    Known {
        id: "args-escaped",
        title: "the builder notes how it escaped arguments, which only Windows reads",
        noise: true,
        evidence: "config.ArgsEscaped on one side only",
        fix: "pin the builder",
        recognise: |case| {
            case.scope() == Scope::Config
                && case.field() == "config.ArgsEscaped"
                && !case.is_for_windows()
        },
    },
    Known {
        id: "config-default",
        title: "a default is spelt out on one side and left out on the other",
        noise: true,
        evidence: "absent against empty, false, zero or null",
        fix: "none needed; pin the builder to be rid of it",
        recognise: |case| case.scope() == Scope::Config && case.is_spelt_default(),
    },
];
