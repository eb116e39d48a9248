//! npm, and whoever else fills `node_modules`: each package lies in a directory of its own and
//! says its name and version in `package.json`.

use serde_json::{Map, Value};

use super::fingerprint::Fingerprint;
use super::found::Found;
use super::paths::parent;
use super::{Files, Manager, Package};

const FILE: &[u8] = b"package.json";

/// Largest `package.json` that is read. Parsed, it takes some thirty times as much.
const BYTES: usize = 4 << 20;

/// Fields that npm 6 and before added, of which these tell what was fetched; the others tell who
/// asked for it and where it was put.
const ADDED: [&str; 2] = ["_integrity", "_shasum"];

/// Whether `path` is `node_modules/NAME/package.json` or `node_modules/@SCOPE/NAME/package.json`:
/// deeper ones are files of a package like any other.
pub(super) fn is_part(path: &[u8]) -> bool {
    let mut parts = path.rsplit(|&byte| byte == b'/');
    let is_name = |it: &[u8]| !it.is_empty() && !it.starts_with(b".");
    let (Some(FILE), Some(name), Some(above)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let directory = if above.starts_with(b"@") { parts.next() } else { Some(above) };
    is_name(name) && !name.starts_with(b"@") && directory == Some(b"node_modules")
}

pub(super) fn read(files: &Files, found: &mut Found) {
    for (path, text) in files.iter().filter(|(path, _)| is_part(path)) {
        match package(path, text) {
            Ok(package) => package.into_iter().for_each(|it| found.push(it)),
            Err(reason) => found.problem(path, &reason),
        }
    }
}

/// `None` for a file that names no version: a link into a workspace, not something installed.
fn package(path: &[u8], text: &[u8]) -> Result<Option<Package>, String> {
    if text.len() > BYTES {
        return Err(format!("larger than {BYTES} bytes"));
    }
    // npm itself lets a byte order mark pass.
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut all: Map<String, Value> =
        serde_json::from_slice(text).map_err(|error| format!("no JSON object: {error}"))?;
    let mut take = |field: &str| match all.remove(field) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    };
    let (Some(version), name) = (take("version"), take("name")) else { return Ok(None) };
    let directory = parent(path);
    all.retain(|field, _| !field.starts_with('_') || ADDED.contains(&field.as_str()));
    Ok(Some(Package {
        manager: Manager::Npm,
        name: name.unwrap_or_else(|| String::from_utf8_lossy(called(directory)).into_owned()),
        version,
        architecture: None,
        files: Vec::new(),
        directories: vec![directory.into()],
        fingerprint: Fingerprint::of([Value::Object(all).to_string().as_bytes()]),
        source: path.into(),
    }))
}

/// What lies after the last `node_modules/`.
fn called(directory: &[u8]) -> &[u8] {
    const ABOVE: &[u8] = b"node_modules/";
    let at = directory.windows(ABOVE.len()).rposition(|window| window == ABOVE);
    at.and_then(|at| directory.get(at.saturating_add(ABOVE.len())..)).unwrap_or(directory)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, names, paths};
    use super::super::{Installed, read};

    fn installed(text: &str) -> Installed {
        read(&files(&[("app/node_modules/@a/b/package.json", text)]))
    }

    #[test]
    fn packages_own_their_directory() {
        let all = read(&files(&[
            ("app/node_modules/@a/b/package.json", r#"{"name":"@a/b","version":"1.0.0"}"#),
            ("app/node_modules/@a/b/node_modules/c/package.json", r#"{"version":"2.0.0"}"#),
            ("app/node_modules/d/package.json", r#"{"name":"d"}"#),
        ]));
        assert_eq!(names(&all), ["npm @a/b 1.0.0", "npm c 2.0.0"]);
        assert_eq!(paths(&all.packages[0].directories), ["app/node_modules/@a/b"]);
        assert!(all.problems.is_empty());
    }

    #[test]
    fn the_fingerprint_is_of_the_values() {
        let of = |text: &str| installed(text).packages[0].fingerprint;
        let plain = of(r#"{"name":"b","version":"1","main":"x.js"}"#);
        assert_eq!(plain, of(r#"{"main": "x.js", "version":"1", "name":"b", "_where": "/tmp"}"#));
        assert_ne!(plain, of(r#"{"name":"b","version":"1","main":"y.js"}"#));
        assert_ne!(plain, of(r#"{"name":"b","version":"1","main":"x.js","_shasum":"00"}"#));
    }

    #[test]
    fn what_is_no_object_is_a_problem() {
        for text in ["", "[]", "{", &"[".repeat(10_000)] {
            let all = installed(text);
            let start = "app/node_modules/@a/b/package.json: no JSON object: ";
            assert!(all.problems.iter().all(|it| it.starts_with(start)), "{:?}", all.problems);
            assert_eq!(all.problems.len(), 1);
        }
        assert!(installed(r#"{"version": 1}"#).packages.is_empty());
    }

    #[test]
    fn only_the_package_itself_is_a_part() {
        for path in ["node_modules/x/package.json", "a/node_modules/@b/c/package.json"] {
            assert!(super::is_part(path.as_bytes()), "{path}");
        }
        for path in [
            "package.json",
            "x/package.json",
            "node_modules/package.json",
            "node_modules/x/dist/package.json",
            "node_modules/.bin/package.json",
            "node_modules/@b/package.json",
        ] {
            assert!(!super::is_part(path.as_bytes()), "{path}");
        }
    }
}
