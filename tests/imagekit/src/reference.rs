//! Image names.

/// `app` is `app:latest`; a name with a tag or a digest stays.
pub(crate) fn tagged(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    if last.contains([':', '@']) { name.to_owned() } else { format!("{name}:latest") }
}

/// Repository and tag.
pub(crate) fn split(name: &str) -> (String, String) {
    let name = tagged(name);
    match name.rsplit_once(':') {
        Some((repository, tag)) => (repository.to_owned(), tag.to_owned()),
        None => (name, "latest".to_owned()),
    }
}

/// The full name: `app:1` is `docker.io/library/app:1`.
pub(crate) fn full(name: &str) -> String {
    let name = tagged(name);
    match name.split_once('/') {
        None => format!("docker.io/library/{name}"),
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => name,
        Some(_) => format!("docker.io/{name}"),
    }
}

/// The short name, as `docker save` writes it: the reverse of [`full`].
pub(crate) fn familiar(name: &str) -> String {
    let name = tagged(name);
    let short = name.strip_prefix("docker.io/").unwrap_or(&name);
    short.strip_prefix("library/").filter(|_| short != name).unwrap_or(short).to_owned()
}
