//! Keeps the table of modules in ARCHITECTURE.md true, and a few habits with it.

use std::fs;
use std::path::{Path, PathBuf};

/// Small words that every module may use.
const BASE: [&str; 7] = ["digest", "error", "limits", "media_type", "progress", "sides", "workers"];

/// What each module may use beside [`BASE`] and itself: the words in this row, and nothing else.
const TABLE: [(&str, &[&str]); 13] = [
    ("report", &[]),
    ("compress", &[]),
    ("tar", &["report"]),
    ("source", &["report", "tar", "compress"]),
    ("image", &["report", "source", "compress"]),
    ("layer", &["report", "tar", "compress"]),
    ("packages", &["report", "compress"]),
    ("compare", &["report", "source", "tar", "compress", "image", "layer", "packages"]),
    ("judge", &["report", "compare"]),
    ("verify", &["report", "source", "tar", "compress", "image", "layer", "compare"]),
    ("extract", &["report", "tar", "layer", "compare"]),
    ("render", &["report"]),
    ("options", &["compare", "image", "judge", "packages"]),
];

/// What the program may use of the library, beside [`BASE`].
const FACADE: [&str; 14] = [
    "diff",
    "exit_when_a_map_shrinks",
    "Comparison",
    "Error",
    "Merge",
    "Options",
    "Platform",
    "VerifyOptions",
    "verify",
    "extract",
    "judge",
    "packages",
    "render",
    "report",
];

/// Files longer than this have more than one job.
const LINES: usize = 400;

#[test]
fn modules_use_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    for file in sources() {
        let allowed = allowed(&file.module);
        for used in heads(&file.code, "crate") {
            let fine = used == file.module
                || allowed.as_ref().is_none_or(|it| it.contains(&used.as_str()));
            if !fine {
                wrong.push(format!("{}: crate::{used}", file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "against the table in ARCHITECTURE.md: {wrong:#?}");
}

/// `None` for what may use everything.
fn allowed(module: &str) -> Option<Vec<&'static str>> {
    match module {
        "lib" | "comparison" | "main" | "cli" => None,
        _ if BASE.contains(&module) => Some(BASE.to_vec()),
        _ => {
            let row = TABLE.iter().find(|(name, _)| *name == module).map(|(_, uses)| *uses);
            Some(BASE.iter().chain(row.unwrap_or_default()).copied().collect())
        }
    }
}

#[test]
fn every_module_is_in_the_table() {
    let known = |module: &str| is_listed(module) || allowed(module).is_none();
    let unknown: Vec<PathBuf> =
        sources().into_iter().filter(|file| !known(&file.module)).map(|file| file.path).collect();
    assert!(unknown.is_empty(), "not in the table in ARCHITECTURE.md: {unknown:#?}");
}

fn is_listed(module: &str) -> bool {
    BASE.contains(&module) || TABLE.iter().any(|(name, _)| *name == module)
}

#[test]
fn the_program_sees_only_the_facade() {
    let mut wrong = Vec::new();
    for file in sources().into_iter().filter(|file| ["main", "cli"].contains(&&*file.module)) {
        for used in heads(&file.code, "ocidiff") {
            if !FACADE.contains(&used.as_str()) && !BASE.contains(&used.as_str()) {
                wrong.push(format!("{}: ocidiff::{used}", file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "not part of the façade: {wrong:#?}");
}

#[test]
fn unsafe_code_lies_in_two_files() {
    let files: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|file| tokens(&file.code).any(|token| token == "unsafe"))
        .map(|file| file.path)
        .collect();
    assert_eq!(files, [Path::new("digest/pair.rs"), Path::new("source/map.rs")]);
}

#[test]
fn files_are_short() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|file| file.lines > LINES)
        .map(|file| format!("{}: {} lines", file.path.display(), file.lines))
        .collect();
    assert!(long.is_empty(), "more than {LINES} lines: {long:#?}");
}

#[test]
fn paths_are_found_in_every_form() {
    let code = "use crate::a::B; use crate::{c, d::{E, F}, g::h}; crate::i::j(); mycrate::k;";
    assert_eq!(heads(code, "crate"), ["a", "c", "d", "g", "i"]);
}

/// One file below `src`.
struct Source {
    /// Relative to `src`.
    path: PathBuf,
    /// Top-level module.
    module: String,
    /// The text without comments.
    code: String,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(&root).sort_by_file_name();
    let files = files.into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let sources: Vec<Source> = files.filter_map(|file| Source::read(&root, &file)).collect();
    assert!(sources.len() > 50, "sources not found in {}", root.display());
    sources
}

impl Source {
    fn read(root: &Path, file: &Path) -> Option<Self> {
        let path =
            file.strip_prefix(root).ok().filter(|_| file.extension() == Some("rs".as_ref()))?;
        let text = fs::read_to_string(file).ok()?;
        let module = Path::new(path.iter().next()?).with_extension("");
        Some(Self {
            path: path.to_owned(),
            module: module.to_string_lossy().into_owned(),
            code: text.lines().map(without_comment).collect::<Vec<_>>().join("\n"),
            lines: text.lines().count(),
        })
    }
}

/// Text in quotes that holds `//` is cut short, which hides no path of this crate.
fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

fn tokens(code: &str) -> impl Iterator<Item = &str> {
    code.split(|character: char| !is_word(character))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The first names in all paths that start at `root`, as in `root::NAME` and `root::{NAME, NAME}`.
fn heads(code: &str, root: &str) -> Vec<String> {
    let start = format!("{root}::");
    let whole = |at: &usize| !code[..*at].ends_with(|before| is_word(before) || before == ':');
    code.match_indices(&start)
        .map(|(at, _)| at)
        .filter(whole)
        .flat_map(|at| heads_of_tree(&code[at + start.len()..]))
        .collect()
}

fn heads_of_tree(tree: &str) -> Vec<String> {
    let Some(group) = tree.strip_prefix('{') else { return vec![head(tree)] };
    let mut depth = 0_usize;
    let mut parts = vec![String::new()];
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ => {}
        }
        if let Some(part) = parts.last_mut().filter(|_| depth > 0 || character != ',') {
            part.push(character);
        }
    }
    parts.iter().map(|part| head(part.trim())).filter(|head| !head.is_empty()).collect()
}

fn head(path: &str) -> String {
    path.chars().take_while(|character| is_word(*character)).collect()
}
