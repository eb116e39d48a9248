//! RubyGems: `specifications/NAME-VERSION[-PLATFORM].gemspec`, Ruby code that the installer wrote,
//! and the gem itself in `gems/` beside it.

use super::fields;
use super::fingerprint::Fingerprint;
use super::found::Found;
use super::paths::{normal, split};
use super::{Files, Manager, Package};

/// Assignments that name the gem or tell of the installation.
const MASKED: [&str; 7] = [
    "name",
    "version",
    "platform",
    "date",
    "rubygems_version",
    "installed_by_version",
    "original_platform",
];

/// The directory in which `specifications` lies.
fn home(path: &[u8]) -> Option<&[u8]> {
    let (directory, name) = split(path);
    if !name.ends_with(b".gemspec") {
        return None;
    }
    // Gems that come with Ruby itself have a directory of their own.
    let directory = directory.strip_suffix(b"/default").unwrap_or(directory);
    let (home, last) = split(directory);
    (last == b"specifications").then_some(home)
}

pub(super) fn is_part(path: &[u8]) -> bool {
    home(path).is_some()
}

pub(super) fn read(files: &Files, found: &mut Found) {
    for (path, text) in files {
        if let Some(home) = home(path) {
            one(path, home, text, found);
        }
    }
}

fn one(source: &[u8], home: &[u8], text: &[u8], found: &mut Found) {
    let full = split(source).1.strip_suffix(b".gemspec").unwrap_or_default();
    let Some(Spec { name, version, platform }) = stub(text).or_else(|| from_name(full, text))
    else {
        return found.problem(source, "a gem without name or version");
    };
    let below = |place: &str, ending: &str| {
        let parts: [&[u8]; 5] = [home, place.as_bytes(), b"/", full, ending.as_bytes()];
        parts.concat()
    };
    let mut paths = found.paths();
    paths.add(source);
    paths.add(&below("/cache", ".gem"));
    paths.add(&below("/build_info", ".info"));
    let files = paths.finish();
    let directories = ["/doc", "/gems"].iter().filter_map(|place| normal(&below(place, "")));
    let directories = directories.collect();
    found.push(Package {
        manager: Manager::Gem,
        name,
        version,
        architecture: platform.filter(|it| it != "ruby"),
        files,
        directories,
        fingerprint: fingerprint(text),
        source: source.into(),
    });
}

struct Spec {
    name: String,
    version: String,
    platform: Option<String>,
}

/// The comment `# stub: NAME VERSION PLATFORM DIRECTORIES`, which RubyGems puts first so that it
/// need not run the code.
fn stub(text: &[u8]) -> Option<Spec> {
    let line = fields::lines(text).take(3).find_map(|line| line.strip_prefix(b"# stub: "))?;
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
    Some(Spec { name: words.next()?, version: words.next()?, platform: words.next() })
}

/// The name of the file, divided at the dash that a digit follows; the code is only asked where
/// the name alone leaves a choice.
fn from_name(full: &[u8], text: &[u8]) -> Option<Spec> {
    let full = String::from_utf8_lossy(full);
    let (name, rest) = match assigned(text, "name") {
        Some(name) => (name.clone(), full.strip_prefix(&name)?.strip_prefix('-')?.to_owned()),
        None => {
            let digit = |rest: &str| rest.starts_with(|it: char| it.is_ascii_digit());
            let dashes = full.match_indices('-').filter_map(|(at, _)| full.split_at_checked(at));
            let mut divided = dashes.map(|(name, rest)| (name, rest.trim_start_matches('-')));
            let (name, rest) = divided.rfind(|(_, rest)| digit(rest))?;
            (name.to_owned(), rest.to_owned())
        }
    };
    let (version, platform) = match rest.split_once('-') {
        Some((version, platform)) => (version.to_owned(), Some(platform.to_owned())),
        None => (rest, None),
    };
    Some(Spec { name, version, platform })
}

/// The string in a line `s.FIELD = "…"`.
fn assigned(text: &[u8], field: &str) -> Option<String> {
    let value =
        fields::lines(text).filter_map(assignment).find(|(name, _)| *name == field.as_bytes());
    let quoted = value?.1.strip_prefix(b"\"")?;
    let string = quoted.split(|&byte| byte == b'"').next().filter(|it| !it.is_empty())?;
    Some(String::from_utf8_lossy(string).into_owned())
}

/// Field and value of a line `VARIABLE.FIELD = VALUE`.
fn assignment(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = line.windows(3).position(|window| window == b" = ")?;
    let target = line.get(..at)?.trim_ascii();
    let dot = target.iter().position(|&byte| byte == b'.')?;
    Some((target.get(dot.saturating_add(1)..)?, line.get(at.saturating_add(3)..)?.trim_ascii()))
}

/// The code without what RubyGems writes differently from one of its versions to the next.
fn fingerprint(text: &[u8]) -> [u8; 32] {
    let masked = |line: &&[u8]| {
        let field = assignment(line).map(|(field, _)| field);
        MASKED.iter().any(|it| Some(it.as_bytes()) == field) || line.starts_with(b"# stub: ")
    };
    let lines = fields::lines(text).filter(|line| !masked(line));
    let mut all = Fingerprint::default();
    lines.for_each(|line| all.add(String::from_utf8_lossy(line).replace(".freeze", "").as_bytes()));
    all.finish()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, names, paths};
    use super::super::{Installed, read};

    const SPEC: &str = "# -*- encoding: utf-8 -*-\n# stub: a-b 1.2.0 x86_64-linux lib\n\n\
         Gem::Specification.new do |s|\n  s.name = \"a-b\".freeze\n  s.version = \"1.2.0\"\n\
         \x20 s.date = \"2024-01-01\"\n  s.summary = \"x\".freeze\nend\n";

    fn installed(path: &str, text: &str) -> Installed {
        read(&files(&[(path, text)]))
    }

    #[test]
    fn the_stub_line_tells_all() {
        let all = installed("g/3.1.0/specifications/a-b-1.2.0-x86_64-linux.gemspec", SPEC);
        assert_eq!(names(&all), ["gem a-b 1.2.0"]);
        let gem = &all.packages[0];
        assert_eq!(gem.architecture.as_deref(), Some("x86_64-linux"));
        assert_eq!(
            paths(&gem.directories),
            ["g/3.1.0/doc/a-b-1.2.0-x86_64-linux", "g/3.1.0/gems/a-b-1.2.0-x86_64-linux"]
        );
    }

    #[test]
    fn without_it_the_name_of_the_file_does() {
        let code = SPEC.replace("# stub", "# not");
        let path = "g/specifications/default/a-b-1.2.0-x86_64-linux.gemspec";
        assert_eq!(names(&installed(path, &code)), ["gem a-b 1.2.0"]);
        assert_eq!(names(&installed("g/specifications/x-2y-3.0.gemspec", "")), ["gem x-2y 3.0"]);
        let none = installed("g/specifications/x.gemspec", "");
        assert_eq!(none.problems, ["g/specifications/x.gemspec: a gem without name or version"]);
    }

    #[test]
    fn the_date_and_freezing_do_not_count() {
        let of = |text: &str| {
            installed("g/specifications/a-b-1.2.0.gemspec", text).packages[0].fingerprint
        };
        assert_eq!(of(SPEC), of(&SPEC.replace("2024", "2025").replace(".freeze", "")));
        assert_ne!(of(SPEC), of(&SPEC.replace("summary = \"x\"", "summary = \"y\"")));
    }
}
