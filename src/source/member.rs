//! Names of members, brought to one form.

/// `name` relative to the root, without `.` parts and with `..` parts resolved; `None` when it
/// points above the root or names the root itself.
pub(super) fn normalize(name: &str) -> Option<String> {
    resolve("", name)
}

/// What a link at `directory` that says `target` points at; absolute targets count from the root
/// of the archive.
pub(super) fn resolve(directory: &str, target: &str) -> Option<String> {
    let base = if target.starts_with('/') { "" } else { directory };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The directory part of a normalized name.
pub(super) fn parent(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(directory, _)| directory)
}
