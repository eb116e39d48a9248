//! Two entries of one path, field by field. All differing fields are reported, not the first.

use std::borrow::Cow;

use crate::digest::Sha256Bytes;
use crate::layer::Entry;
use crate::layer::Extra;
use crate::layer::PERMISSIONS;
use crate::report::{Change, EntryKind, EntryPath, Finding, Location, Scope, Timestamp, Value};
use crate::sides::Sides;
use crate::tar::{Dialect, SparseMap};

/// An entry as it is compared: hard links stand for what they are another name of.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    pub(super) entry: &'a Entry,
    pub(super) kind: EntryKind,
    /// SHA-256 of the content; absent when there is none or it is not known here.
    pub(super) content: Option<Sha256Bytes>,
    /// Bytes of content; absent when not known here.
    pub(super) size: Option<u64>,
    /// Target of a link, hard links from the root of the image.
    pub(super) linkname: Option<&'a [u8]>,
    /// All names of the file, sorted, when the archive gives it several.
    pub(super) names: Option<&'a [&'a [u8]]>,
    /// Which of them carries the content.
    pub(super) primary: &'a [u8],
    /// What that one is, for of a symbolic link or a device there may be several names too.
    pub(super) target: Option<Target<'a>>,
}

/// What several names are the names of, beside its content.
pub(super) type Target<'a> = (EntryKind, Option<&'a [u8]>, Option<(u64, u64)>);

/// What `entry` is, if it has names.
pub(super) fn target(entry: &Entry) -> Target<'_> {
    let device = entry.extra.as_ref().and_then(|extra| extra.device);
    (entry.kind, entry.linkname.as_deref(), device)
}

/// What headers say beyond what a file system keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Compare every header field.
    Archive,
    /// Compare what a container would see.
    FileSystem,
}

static NO_EXTRA: Extra = Extra {
    raw_path: None,
    raw_linkname: None,
    atime: None,
    ctime: None,
    device: None,
    xattrs: Vec::new(),
    pax: Vec::new(),
    sparse: None,
};

fn extra<'a>(view: View<'a>) -> &'a Extra {
    view.entry.extra.as_deref().unwrap_or(&NO_EXTRA)
}

/// Findings for every field in which the two differ.
pub(super) fn compare(
    views: Sides<View<'_>>,
    scope: Scope,
    at: &Location,
    depth: Depth,
) -> Vec<Finding> {
    let mut out = Fields { views, scope, at, findings: Vec::new() };
    out.identity();
    out.owner();
    out.times();
    out.attributes();
    if depth == Depth::Archive {
        out.archive();
    }
    out.findings
}

struct Fields<'a> {
    views: Sides<View<'a>>,
    scope: Scope,
    at: &'a Location,
    findings: Vec<Finding>,
}

impl<'a> Fields<'a> {
    /// Reports `field` if what `get` gives differs.
    fn field<T: PartialEq>(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        get: impl Fn(View<'a>) -> Option<T>,
        value: impl Fn(T) -> Value,
    ) -> Option<&mut Finding> {
        let values = self.views.map(get);
        if values.left == values.right {
            return None;
        }
        let values = values.map(|it| it.map(&value));
        let mut finding = Finding::new(self.scope, self.at.clone(), field, values);
        // The entry is on both sides; only this field of it may be on one.
        finding.change = Change::Changed;
        // The same whichever input is the first.
        finding.kind = Some(self.views.left.kind.min(self.views.right.kind));
        self.findings.push(finding);
        self.findings.last_mut()
    }

    fn identity(&mut self) {
        self.field("mode", |it| Some(it.entry.mode & PERMISSIONS), Value::Mode);
        self.field(
            "device",
            |it| extra(it).device,
            |(major, minor)| Value::Text(format!("{major}:{minor}")),
        );
        self.content();
        if !self.hardlink_primary() {
            self.kind_and_target();
        }
    }

    /// One file under the same names, of which another carries the content. Where the same one
    /// does, types and targets are compared like those of any entry.
    fn hardlink_primary(&mut self) -> bool {
        let Sides { left, right } = self.views;
        let same_names = left.names.is_some() && left.names == right.names;
        if !same_names || left.primary == right.primary || left.target != right.target {
            return false;
        }
        self.field(
            "hardlink-primary",
            |it| Some(it.primary),
            |path| Value::Bytes(EntryPath::absolute(path).as_bytes().into()),
        );
        true
    }

    fn kind_and_target(&mut self) {
        self.field("type", |it| Some(it.kind), |kind| Value::Text(kind.to_string()));
        let target = |it: View<'a>| it.linkname.map(|name| (it.kind != EntryKind::Symlink, name));
        self.field("linkname", target, |(from_root, name)| {
            let path = if from_root { EntryPath::absolute(name) } else { EntryPath::new(name) };
            Value::Bytes(path.as_bytes().into())
        });
    }
    fn content(&mut self) {
        // A hard link whose target lies in a layer below is not known here.
        let known = |it: View<'_>| it.size.is_some();
        if !known(self.views.left) || !known(self.views.right) {
            return;
        }
        let size = |it: View<'a>| {
            let kind = it.target.map_or(it.kind, |(kind, ..)| kind);
            it.size.filter(|_| has_size(kind))
        };
        let same_content = self.views.left.content == self.views.right.content;
        if let Some(finding) = self.field("size", size, Value::Number) {
            finding.derived = !same_content;
        }
        let sizes = self.views.map(|it| it.size.unwrap_or_default());
        if let Some(finding) = self.field("content", |it| it.content, Value::Sha256) {
            finding.sizes = Some(sizes);
        }
        self.field(
            "sparse",
            |it| extra(it).sparse.as_ref(),
            |map| Value::Text(describe_sparse(map)),
        );
    }

    fn owner(&mut self) {
        self.field("uid", |it| Some(it.entry.owner.uid), Value::Number);
        self.field("gid", |it| Some(it.entry.owner.gid), Value::Number);
    }

    fn times(&mut self) {
        self.field("mtime", |it| Some(it.entry.mtime), Value::Time);
    }

    fn attributes(&mut self) {
        self.records("xattr", |it| &extra(it).xattrs);
    }

    /// What only the archive keeps.
    fn archive(&mut self) {
        let type_bits = |it: View<'_>| Some(it.entry.mode & !PERMISSIONS);
        self.field("mode.type-bits", type_bits, |bits| Value::Text(format!("{bits:o}")));
        self.field("uname", |it| Some(it.entry.owner.uname()), |it| Value::Bytes(it.into()));
        self.field("gname", |it| Some(it.entry.owner.gname()), |it| Value::Bytes(it.into()));
        let time = |it: Timestamp| Value::Time(it);
        self.field("atime", |it| extra(it).atime, time);
        self.field("ctime", |it| extra(it).ctime, time);
        self.records("pax", |it| &extra(it).pax);
        self.field(
            "tar-format",
            |it| Some(it.entry.dialect),
            |it| Value::Text(dialect(it).to_owned()),
        );
        self.path_form();
        let link_form = |it: View<'a>| extra(it).raw_linkname.as_deref();
        self.field("linkname-form", link_form, |raw| Value::Bytes(raw.into()));
    }

    /// How the path is written. Where the type differs, the slash that ends the name of a directory
    /// says nothing of its own.
    fn path_form(&mut self) {
        let forms = self.views.map(|it| it.entry.form);
        if forms.left == forms.right && !forms.left.unusual {
            return;
        }
        let same_kind = self.views.left.kind == self.views.right.kind;
        let written = |it: View<'a>| {
            let mut raw = it.entry.raw_path();
            if !same_kind && raw.len() > 1 && raw.ends_with(b"/") {
                raw.pop();
            }
            Some(raw)
        };
        self.field("path-form", written, |raw| Value::Bytes(raw.into()));
    }

    fn records(&mut self, prefix: &str, get: impl Fn(View<'a>) -> &'a [(Vec<u8>, Vec<u8>)]) {
        let records = self.views.map(&get);
        if records.left == records.right {
            return;
        }
        let mut names: Vec<&Vec<u8>> =
            records.left.iter().chain(records.right).map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let field = format!("{prefix}.{}", String::from_utf8_lossy(name));
            let value = |it: View<'a>| {
                let records = get(it);
                let at = records.partition_point(|(other, _)| other < name);
                let (_, value) = records.get(at).filter(|(other, _)| other == name)?;
                Some(value.as_slice())
            };
            self.field(field, value, |bytes| Value::Bytes(bytes.into()));
        }
    }
}

const fn has_size(kind: EntryKind) -> bool {
    matches!(kind, EntryKind::File | EntryKind::Hardlink | EntryKind::Unknown(_))
}

const fn dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V7 => "v7",
        Dialect::Ustar => "ustar",
        Dialect::Gnu => "gnu",
        Dialect::Pax => "pax",
    }
}

fn describe_sparse(map: &SparseMap) -> String {
    let stored: u64 = map.regions.iter().map(|(_, length)| *length).fold(0, u64::saturating_add);
    let few: Vec<String> =
        map.regions.iter().take(4).map(|(at, length)| format!("{length}@{at}")).collect();
    let more = if map.regions.len() > few.len() { ", …" } else { "" };
    let (count, list) = (map.regions.len(), few.join(", "));
    format!("{count} regions, {stored} of {} bytes: {list}{more}", map.real_size)
}
