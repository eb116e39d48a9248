//! What the user typed for an input: a path, perhaps with a transport before and an image behind.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::error::{Error, Result};

/// An input, parsed but not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputSpec {
    /// As typed, for messages.
    pub typed: String,
    /// How it is to be understood.
    pub transport: Transport,
    /// Where it lies; `-` is standard input.
    pub path: PathBuf,
    /// Which of its images is meant.
    pub selector: Selector,
}

/// How the user wants the input understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// By what it holds.
    Any,
    /// As an OCI image layout, directory or archive.
    Oci,
    /// As a docker archive, also when it is an OCI layout too.
    Docker,
    /// As skopeo's `dir:`.
    Dir,
}

/// Which image of an input is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// All, or the only one.
    All,
    /// The one at this position, counted from 0.
    Position(usize),
    /// The one with this root digest or config digest.
    Digest(Digest),
    /// The one with this name.
    Reference(String),
}

/// Prefixes of local transports. `oci-layout` and the forms of `regctl` and `crane` are aliases.
const LOCAL: [(&str, Transport); 8] = [
    ("oci-layout://", Transport::Oci),
    ("ocidir://", Transport::Oci),
    ("oci-archive:", Transport::Oci),
    ("oci-layout:", Transport::Oci),
    ("oci-dir:", Transport::Oci),
    ("oci:", Transport::Oci),
    ("docker-archive:", Transport::Docker),
    ("dir:", Transport::Dir),
];

/// Prefixes that name a daemon, store or registry, and how to make a file of what they name.
const REMOTE: [(&str, &str); 7] = [
    ("docker://", "skopeo copy docker://{} oci-archive:image.tar"),
    ("registry:", "skopeo copy docker://{} oci-archive:image.tar"),
    ("podman://", "podman save --format oci-archive -o image.tar {}"),
    ("containers-storage:", "skopeo copy containers-storage:{} oci-archive:image.tar"),
    ("containerd://", "ctr images export image.tar {}"),
    ("docker-daemon:", "docker save -o image.tar {}"),
    ("daemon://", "docker save -o image.tar {}"),
];

impl InputSpec {
    /// Understands `typed`. A path that exists as typed is taken as it is; else a part behind `:`
    /// or `@` selects an image.
    ///
    /// # Errors
    /// [`Error::NotLocal`] for daemons, stores and registries.
    pub fn parse(typed: &OsStr) -> Result<Self> {
        let text = typed.to_string_lossy().into_owned();
        if typed == "-" || Path::new(typed).exists() {
            return Ok(Self::whole(text, Transport::Any, typed.to_owned()));
        }
        if let Some(error) = remote(&text) {
            return Err(error);
        }
        for (prefix, transport) in LOCAL {
            if let Some(rest) = text.strip_prefix(prefix) {
                return Ok(Self::local(&text, transport, rest));
            }
        }
        Ok(Self::local(&text, Transport::Any, &text))
    }

    fn whole(typed: String, transport: Transport, path: OsString) -> Self {
        Self { typed, transport, path: path.into(), selector: Selector::All }
    }

    fn local(typed: &str, transport: Transport, rest: &str) -> Self {
        let (path, selector) = split_selector(rest);
        Self { typed: typed.to_owned(), transport, path: path.into(), selector }
    }
}

/// Splits at the first `:` or `@` before which something exists. If nothing does, the whole is a
/// path, so that the error names what was typed.
fn split_selector(text: &str) -> (&str, Selector) {
    if text == "-" || Path::new(text).exists() {
        return (text, Selector::All);
    }
    for (at, mark) in text.match_indices([':', '@']) {
        let (Some(path), Some(behind)) = (text.get(..at), text.get(at.saturating_add(1)..)) else {
            continue;
        };
        if !path.is_empty() && Path::new(path).exists() {
            return (path, selector(mark, behind));
        }
    }
    (text, Selector::All)
}

fn selector(mark: &str, text: &str) -> Selector {
    let text = text.strip_prefix('@').unwrap_or(text);
    if let Ok(digest) = text.parse() {
        return Selector::Digest(digest);
    }
    match text.parse() {
        Ok(position) if mark == "@" => Selector::Position(position),
        _ => Selector::Reference(text.to_owned()),
    }
}

fn remote(text: &str) -> Option<Error> {
    let (prefix, command) = REMOTE.into_iter().find(|(prefix, _)| text.starts_with(prefix))?;
    let name = text.strip_prefix(prefix)?;
    Some(Error::NotLocal {
        input: text.to_owned(),
        scheme: prefix.to_owned(),
        hint: format!("run: {}", command.replace("{}", name)),
    })
}
