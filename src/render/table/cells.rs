//! What diffoci would write of one finding.

use crate::digest::hex;
use crate::render::escape;
use crate::render::words::{Form, Pairs, pair, single};
use crate::report::{EntryPath, Finding, Location, Scope, Value};
use crate::sides::Sides;

/// One row, from left to right.
pub(super) type Cells = [String; 4];

pub(super) fn of<'a>(finding: &'a Finding, pairs: &Pairs<'a>) -> Cells {
    let (kind, name) = (kind(finding), name(finding, pairs));
    let Sides { left, right } = inputs(finding);
    [kind.to_owned(), name, left, right]
}

fn kind(finding: &Finding) -> &'static str {
    match finding.scope {
        Scope::Archive => "Desc",
        Scope::Index => "Idx",
        Scope::Manifest => "Mani",
        Scope::Config => "Cfg",
        Scope::Layer | Scope::Rootfs if is_file(finding) => "File",
        Scope::Layer | Scope::Rootfs => "Layer",
    }
}

/// An entry that both inputs have; one that only one of them has is a matter of the layer.
fn is_file(finding: &Finding) -> bool {
    finding.at.path.is_some() && !finding.is_damage() && finding.field != "entry"
}

fn name<'a>(finding: &'a Finding, pairs: &Pairs<'a>) -> String {
    match &finding.at.path {
        Some(path) if is_file(finding) => relative(path),
        _ => format!("ctx:/{}{}", manifest(&finding.at, pairs), context(finding)),
    }
}

/// A path as archives have it.
fn relative(path: &EntryPath) -> String {
    let bytes = path.as_bytes();
    match bytes.strip_prefix(b"/") {
        Some(relative) if !relative.is_empty() => escape(relative).into_owned(),
        _ => escape(bytes).into_owned(),
    }
}

/// The step into one of several manifests.
fn manifest<'a>(at: &'a Location, pairs: &Pairs<'a>) -> String {
    let position = pairs.position(at).filter(|_| pairs.several());
    position.map_or_else(String::new, |at| format!("manifests-{at}/"))
}

fn context(finding: &Finding) -> String {
    let position = finding.at.layer.and_then(|layer| layer.left.or(layer.right));
    match finding.scope {
        Scope::Archive => "desc".into(),
        Scope::Index => "index".into(),
        Scope::Manifest => "manifest".into(),
        Scope::Config => "config/config".into(),
        Scope::Layer | Scope::Rootfs => match position {
            Some(position) => format!("layers-{position}/layer"),
            None => "layer".into(),
        },
    }
}

/// What no input tells.
const UNKNOWN: &str = "?";

/// What an input does not have.
const MISSING: &str = "missing";

fn inputs(finding: &Finding) -> Sides<String> {
    let values = finding.left.as_ref().zip(finding.right.as_ref());
    let values = values.map(|(left, right)| Sides::new(left, right));
    match (values, &finding.at.path) {
        (Some(values), _) => both(finding, values),
        (None, Some(path)) if finding.field == "entry" => only(path, finding),
        (None, _) => one(finding),
    }
}

/// Says which input has the entry, in the first of the two columns.
fn only(path: &EntryPath, finding: &Finding) -> Sides<String> {
    let input = if finding.left.is_some() { 0 } else { 1 };
    let path = relative(path).replace('"', "\\\"");
    Sides::new(format!("name \"{path}\" only appears in input {input}"), String::new())
}

fn one(finding: &Finding) -> Sides<String> {
    let absent = if finding.is_damage() { UNKNOWN } else { MISSING };
    Sides::new(&finding.left, &finding.right).map(|value| match value {
        Some(value) => labelled(finding, single(&finding.field, value, Form::Whole).as_str()),
        None => absent.to_owned(),
    })
}

fn both(finding: &Finding, values: Sides<&Value>) -> Sides<String> {
    if let Sides { left: Some(left), right: Some(right) } = values.map(|it| bare(finding, it)) {
        return Sides::new(left, right);
    }
    pair(&finding.field, values, Form::Plain).map(|value| labelled(finding, value.as_str()))
}

/// Values that diffoci writes in a way of its own.
fn bare(finding: &Finding, value: &Value) -> Option<String> {
    match value {
        Value::Sha256(digest) => Some(hex(digest)),
        Value::Mode(mode) if is_file(finding) => Some(format!("Mode 0x{mode:x}")),
        Value::Time(time) if finding.field == "mtime" => Some(go_time(&time.to_string())),
        Value::Time(time) => Some(labelled(finding, &go_time(&time.to_string()))),
        _ => None,
    }
}

/// A time as Go prints it.
fn go_time(time: &str) -> String {
    time.replace('T', " ").replace('Z', " +0000 UTC")
}

fn labelled(finding: &Finding, value: &str) -> String {
    format!("{} {value}", label(finding))
}

fn label(finding: &Finding) -> String {
    let known = match &*finding.field {
        "linkname" => "Linkname",
        "uid" => "Uid",
        "gid" => "Gid",
        "uname" => "Uname",
        "gname" => "Gname",
        "device" => "Dev",
        "atime" => "Atime",
        "ctime" => "Ctime",
        "tar-format" => "Format",
        other => return escape(other).into_owned(),
    };
    known.to_owned()
}
