//! `passwd`, `group`, `shadow` and `gshadow` (passwd(5), group(5), shadow(5)): by user and field.

use std::collections::BTreeMap;

use super::encoding::decode;
use super::{Broken, Comparator, File, Inside, Inspector, Part, text};
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// Accounts that are listed; nobody has that many by hand.
const MOST: usize = 1_000;

const PASSWD: &[&str] = &["name", "password", "uid", "gid", "gecos", "home", "shell"];
const GROUP: &[&str] = &["name", "password", "gid", "members"];
const SHADOW: &[&str] =
    &["name", "password", "lastchange", "min", "max", "warn", "inactive", "expire", "reserved"];
const GSHADOW: &[&str] = &["name", "password", "administrators", "members"];

pub(super) struct Accounts;

impl Comparator for Accounts {
    fn name(&self) -> &'static str {
        "account file"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        fields(file).is_some() && decode(file.bytes).is_some()
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let names = fields(files.left).ok_or_else(|| Broken::new("not an account file"))?;
        let tables = files.try_map(|file| table(file.bytes, names))?;
        let parts = compare(tables, names);
        if parts.is_empty() {
            return text::Plain.compare(files, inspector);
        }
        let only_dates = parts.iter().all(|part| part.field == "lastchange");
        let inside = Inside::of(parts);
        Ok(if only_dates { inside.because("shadow-lastchange") } else { inside })
    }
}

/// What the fields of the file are called.
fn fields(file: File<'_>) -> Option<&'static [&'static str]> {
    let name = file.base_name();
    let is_in_etc = file.name.ends_with([b"/etc/", name.as_bytes()].concat().as_slice());
    let known = match name.trim_end_matches('-') {
        "passwd" => PASSWD,
        "group" => GROUP,
        "shadow" => SHADOW,
        "gshadow" => GSHADOW,
        _ => return None,
    };
    is_in_etc.then_some(known)
}

type Table<'a> = BTreeMap<&'a str, Vec<&'a str>>;

fn table<'a>(bytes: &'a [u8], names: &[&str]) -> Result<Table<'a>, Broken> {
    let text = std::str::from_utf8(bytes).map_err(Broken::new)?;
    let mut table = Table::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let values: Vec<&str> = line.split(':').collect();
        let name = values.first().copied().unwrap_or_default();
        if values.len() > names.len() {
            return Err(Broken(format!("account {name:?} has {} fields", values.len())));
        }
        if table.insert(name, values).is_some() {
            return Err(Broken(format!("account {name:?} is given twice")));
        }
        if table.len() > MOST {
            return Err(Broken(format!("more than {MOST} accounts")));
        }
    }
    Ok(table)
}

fn compare(tables: Sides<Table<'_>>, names: &[&'static str]) -> Vec<Part> {
    let mut accounts: Vec<&str> = tables.left.keys().chain(tables.right.keys()).copied().collect();
    accounts.sort_unstable();
    accounts.dedup();
    let mut parts = Vec::new();
    for account in accounts {
        let lines = tables.as_ref().map(|table| table.get(account));
        let found = match (lines.left, lines.right) {
            (Some(left), Some(right)) => differences(Sides::new(left, right), names),
            _ => vec![Part::text("entry", lines.map(|line| line.map(|line| shown(line))))],
        };
        let name = EntryPath::new(account.as_bytes());
        parts.extend(found.into_iter().map(|part| part.inside_of(name.clone())));
    }
    parts
}

fn differences(lines: Sides<&Vec<&str>>, names: &[&'static str]) -> Vec<Part> {
    let differing = names.iter().enumerate().filter_map(|(at, name)| {
        let values = lines.map(|line| line.get(at).copied());
        (values.left != values.right).then(|| field(name, values))
    });
    differing.collect()
}

fn field(name: &'static str, values: Sides<Option<&str>>) -> Part {
    if name == "password" {
        return Part::text(name, values.map(|value| value.map(|value| kind(value).to_owned())));
    }
    Part::new(name, values.map(|value| value.map(|value| Value::Text(value.to_owned()))))
}

/// What a password field says, without what it keeps secret.
fn kind(password: &str) -> &'static str {
    match password {
        "" => "none is needed",
        "x" => "kept in shadow",
        _ if password.starts_with(['!', '*']) => "locked",
        _ => "a hash that is not shown",
    }
}

fn shown(line: &[&str]) -> String {
    let mut line = line.to_vec();
    if let Some(password) = line.get_mut(1)
        && kind(password) == "a hash that is not shown"
    {
        *password = "(hash)";
    }
    line.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, left: &str, right: &str) -> Vec<String> {
        let names = fields(File { name: name.as_bytes(), bytes: b"" }).unwrap_or_default();
        let tables = Sides::new(left, right).try_map(|text| table(text.as_bytes(), names));
        let parts = tables.map(|tables| compare(tables, names)).unwrap_or_default();
        parts
            .iter()
            .map(|part| {
                let who = part.within.first().map(EntryPath::escaped).unwrap_or_default();
                format!("{who} {}", part.field)
            })
            .collect()
    }

    #[test]
    fn files_are_known_by_their_place() {
        let known = |name: &str| fields(File { name: name.as_bytes(), bytes: b"" }).is_some();
        assert!(known("/etc/passwd") && known("/etc/shadow-") && known("x/etc/group"));
        assert!(!known("/usr/bin/passwd") && !known("passwd"));
    }

    #[test]
    fn accounts_and_fields_are_named() {
        let (left, right) =
            ("root:x:0:0::/:/bin/sh\na:x:1:1:::\n", "root:x:0:0::/:/bin/ash\nb:x:1:1:::\n");
        assert_eq!(told("/etc/passwd", left, right), ["a entry", "b entry", "root shell"]);
        let (left, right) = ("root:*:19675:0:99999:7:::\n", "root:*:19676:0:99999:7:::\n");
        assert_eq!(told("/etc/shadow", left, right), ["root lastchange"]);
    }

    #[test]
    fn hashes_are_not_shown() {
        let parts = format!("{:?}", field("password", Sides::new(Some("$6$secret"), Some("!"))));
        assert!(parts.contains("a hash that is not shown") && !parts.contains("secret"), "{parts}");
        assert_eq!(shown(&["a", "$6$secret", "1"]), "a:(hash):1");
    }

    #[test]
    fn what_is_no_account_file_is_refused() {
        assert!(table(b"a:b:c:d:e:f:g:h\n", PASSWD).is_err());
        assert!(table(b"a:x\na:x\n", PASSWD).is_err());
    }
}
