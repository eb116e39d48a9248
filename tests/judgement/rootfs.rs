//! The merged file system: against a model that is as simple as can be, and what it says of what
//! lies unseen in lower layers.

use std::collections::{BTreeMap, BTreeSet};

use imagekit::{Entry, Layer};
use ocidiff::digest::Algorithm;
use ocidiff::layer::{Hashed, LayerScan, PathHasher, RootFs, ScanRequest, Whiteout, scan};
use ocidiff::limits::Limits;
use ocidiff::progress::Silent;
use ocidiff::report::EntryKind;
use ocidiff::workers::Idle;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sha2::{Digest, Sha256};

use crate::support::{Pair, set};

/// One entry of a layer, as the model understands it.
#[derive(Clone, Debug)]
enum Op {
    File(&'static str, u8),
    Dir(&'static str),
    Symlink(&'static str),
    Fifo(&'static str),
    Hardlink(&'static str, &'static str),
    Whiteout(&'static str),
    Opaque(&'static str),
    /// A leftover that hides nothing.
    Leftover,
    /// A whiteout and a leftover that are hard links, as AUFS makes them.
    LinkedWhiteout(&'static str, &'static str),
    LinkedLeftover(&'static str),
}

impl Op {
    fn entry(&self) -> Entry {
        match *self {
            Self::File(path, content) => Entry::file(path, [content]),
            Self::Dir(path) => Entry::dir(path),
            Self::Symlink(path) => Entry::symlink(path, "a"),
            Self::Fifo(path) => Entry::fifo(path),
            Self::Hardlink(path, target) => Entry::hardlink(path, target),
            Self::Whiteout(path) => Entry::whiteout(path),
            Self::Opaque(path) => Entry::opaque(path),
            Self::Leftover => Entry::file(".wh..wh.plnk", ""),
            Self::LinkedWhiteout(path, target) => {
                let path = match path.rsplit_once('/') {
                    Some((directory, name)) => format!("{directory}/.wh.{name}"),
                    None => format!(".wh.{path}"),
                };
                Entry::hardlink(path, target)
            }
            Self::LinkedLeftover(target) => Entry::hardlink(".wh..wh.plnk", target),
        }
    }
}

/// What the model has at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fact {
    layer: usize,
    kind: EntryKind,
    content: Option<u8>,
    /// Names of one file share it.
    file: usize,
}

type Model = BTreeMap<String, Fact>;

fn lies_below(path: &str, directory: &str) -> bool {
    directory.is_empty() && !path.is_empty()
        || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

fn feed(model: &mut Model, layer: usize, ops: &[Op], files: &mut usize) {
    for op in ops {
        match *op {
            Op::Whiteout(gone) | Op::LinkedWhiteout(gone, _) => {
                model.retain(|path, _| path != gone && !lies_below(path, gone))
            }
            Op::Opaque(directory) => model.retain(|path, _| !lies_below(path, directory)),
            _ => {}
        }
    }
    for op in ops {
        *files += 1;
        let new = |kind, content| Fact { layer, kind, content, file: *files };
        let (path, fact) = match *op {
            Op::File(path, content) => (path, new(EntryKind::File, Some(content))),
            Op::Dir(path) => (path, new(EntryKind::Directory, None)),
            Op::Symlink(path) => (path, new(EntryKind::Symlink, None)),
            Op::Fifo(path) => (path, new(EntryKind::Fifo, None)),
            Op::Hardlink(path, target) => {
                make_way(model, path, true);
                let file = model.get(target).filter(|fact| fact.kind != EntryKind::Directory);
                let fact = file.map(|file| Fact { layer, ..file.clone() });
                (path, fact.unwrap_or_else(|| new(EntryKind::File, None)))
            }
            Op::Whiteout(_)
            | Op::LinkedWhiteout(..)
            | Op::Opaque(_)
            | Op::Leftover
            | Op::LinkedLeftover(_) => continue,
        };
        make_way(model, path, fact.kind != EntryKind::Directory);
        model.insert(path.to_owned(), fact);
    }
}

/// Nothing stays above a path that is no way there, nor below one that is no directory.
fn make_way(model: &mut Model, path: &str, empty: bool) {
    model.retain(|other, fact| {
        let way = matches!(fact.kind, EntryKind::Directory | EntryKind::Symlink);
        let blocks = lies_below(path, other) && !other.is_empty() && !way;
        !(blocks || empty && lies_below(other, path))
    });
}

const PATHS: [&str; 9] = ["a", "b", "d", "d/a", "d/e", "d/e/a", "d/e/b", "d.x", "d0"];

fn op() -> impl Strategy<Value = Op> {
    let path = || select(PATHS.to_vec());
    prop_oneof![
        4 => (path(), 0..4_u8).prop_map(|(path, content)| Op::File(path, content)),
        3 => path().prop_map(Op::Dir),
        1 => path().prop_map(Op::Symlink),
        1 => path().prop_map(Op::Fifo),
        3 => (path(), path()).prop_map(|(path, target)| Op::Hardlink(path, target)),
        2 => path().prop_map(Op::Whiteout),
        1 => select(vec!["", "d", "d/e", "a"]).prop_map(Op::Opaque),
        1 => Just(Op::Leftover),
        1 => (path(), path()).prop_map(|(path, target)| Op::LinkedWhiteout(path, target)),
        1 => path().prop_map(Op::LinkedLeftover),
    ]
}

fn scanned(ops: &[Op]) -> LayerScan {
    let tar = ops.iter().map(Op::entry).collect::<Layer>().tar();
    let request = ScanRequest {
        bytes: &tar,
        blob_algorithm: Algorithm::Sha256,
        diff_id_algorithm: Algorithm::Sha256,
        contents: true,
    };
    scan(request, &Idle::default(), &Limits::default(), &Silent)
}

fn digest(content: Option<u8>) -> Option<Vec<u8>> {
    content.map(|byte| Sha256::digest([byte]).to_vec())
}

/// The same paths with the same kinds, layers, contents and shared files.
fn agrees(tree: &RootFs<'_>, model: &Model) -> Result<(), TestCaseError> {
    let paths: Vec<&[u8]> = tree.iter().map(|(path, _)| path).collect();
    let expected: Vec<&[u8]> = model.keys().map(String::as_bytes).collect();
    prop_assert_eq!(paths, expected);
    let mut inodes = BTreeMap::new();
    let mut files = BTreeMap::new();
    for (path, fact) in model {
        let node = tree.get(path.as_bytes()).unwrap();
        prop_assert_eq!((node.kind(), node.layer), (fact.kind, fact.layer), "{}", path);
        let content = node.content.as_ref().map(|it| it.as_slice().to_vec());
        prop_assert_eq!(content, digest(fact.content), "{}", path);
        prop_assert_eq!(node.size, u64::from(fact.content.is_some()), "{}", path);
        prop_assert_eq!(*inodes.entry(fact.file).or_insert(node.inode), node.inode, "{}", path);
        prop_assert_eq!(*files.entry(node.inode).or_insert(fact.file), fact.file, "{}", path);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn equals_the_model(stack in vec(vec(op(), 0..7), 1..5)) {
        let scans: Vec<LayerScan> = stack.iter().map(|ops| scanned(ops)).collect();
        let (mut tree, mut model, mut files) = (RootFs::default(), Model::new(), 0);
        for (layer, (scan, ops)) in scans.iter().zip(&stack).enumerate() {
            let before = model.clone();
            let touched = tree.apply(layer, &scan.entries);
            feed(&mut model, layer, ops, &mut files);
            agrees(&tree, &model)?;
            for path in before.keys().chain(model.keys()) {
                let changed = before.get(path) != model.get(path);
                prop_assert!(!changed || touched.contains(&path.as_bytes()), "{} untouched", path);
            }
            for path in model.keys() {
                let buried = tree.buried(path.as_bytes());
                prop_assert!(buried.is_none_or(|it| it.deleted_by.is_none()), "{}", path);
            }
        }
    }
}

/// Everything that asks what lies above, below or at one path.
fn told(scans: &[LayerScan], stack: &[Vec<&ocidiff::layer::Entry>]) -> Vec<String> {
    let mut tree = RootFs::default();
    let mut told = Vec::new();
    for (layer, (scan, entries)) in scans.iter().zip(stack).enumerate() {
        let hidden = scan.entries.iter().filter_map(|entry| match Whiteout::of(&entry.path)? {
            Whiteout::Explicit(path) => Some(path),
            _ => None,
        });
        told.extend(hidden.map(|path| format!("{layer}: below {path:?} {}", tree.holds(&path))));
        tree.apply(layer, entries.iter().copied());
        let targets = scan.entries.iter().filter_map(|entry| entry.hardlink_target());
        let found = targets.map(|path| format!("{path:?} {:?}", tree.get(path).map(|it| it.layer)));
        told.extend(found);
    }
    let files = scans.iter().flat_map(|scan| &scan.entries);
    for file in files.filter(|entry| entry.kind != EntryKind::Directory) {
        let buried = tree.buried(&file.path);
        let node = buried.map(|_| tree.get(&file.path).map(|node| (node.layer, node.kind())));
        told.push(format!("{:?} {buried:?} {node:?}", file.path));
    }
    told
}

fn entangled(scans: &[LayerScan]) -> Vec<Vec<&ocidiff::layer::Entry>> {
    let hasher = PathHasher::default();
    let stack: Vec<_> = scans.iter().map(|scan| Hashed::new(&scan.entries, &hasher)).collect();
    ocidiff::layer::entangled(&stack.iter().collect::<Vec<_>>(), &hasher)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn the_entangled_entries_tell_what_all_do(stack in vec(vec(op(), 0..7), 1..5)) {
        let scans: Vec<LayerScan> = stack.iter().map(|ops| scanned(ops)).collect();
        let all: Vec<Vec<_>> = scans.iter().map(|scan| scan.entries.iter().collect()).collect();
        prop_assert_eq!(told(&scans, &all), told(&scans, &entangled(&scans)));
    }

    #[test]
    fn paths_that_repeat_are_known(ops in vec(op(), 0..7)) {
        let scan = scanned(&ops);
        let paths: BTreeSet<&[u8]> = scan.entries.iter().map(|entry| &*entry.path).collect();
        let hashed = Hashed::new(&scan.entries, &PathHasher::default());
        prop_assert_eq!(hashed.may_repeat(), paths.len() < scan.entries.len());
    }
}

#[test]
fn layers_that_only_add_are_not_entangled() {
    let scans = [
        scanned(&[Op::Dir("a"), Op::File("a/b", 1)]),
        scanned(&[Op::Dir("a"), Op::File("a/c", 1), Op::Symlink("b")]),
        scanned(&[Op::Whiteout("b")]),
    ];
    assert!(entangled(&scans[..2]).iter().all(Vec::is_empty));
    let paths: Vec<Vec<&[u8]>> = entangled(&scans)
        .iter()
        .map(|layer| layer.iter().map(|entry| &*entry.path).collect())
        .collect();
    assert_eq!(paths, [vec![], vec![&b"b"[..]], vec![b".wh.b"]]);
}

fn note(left: &[&[Entry]], right: &[&[Entry]], finding: &str) -> Option<String> {
    let layers =
        |stack: &[&[Entry]]| crate::support::image(stack.iter().map(|entries| entries.to_vec()));
    let report = Pair::new(&layers(left), &layers(right)).report(&["--rootfs"]);
    report.finding(finding)["note"].as_str().map(str::to_owned)
}

#[test]
fn shadowed_layers_are_named() {
    let (one, two, three) = (Entry::file("a", "1"), Entry::file("a", "2"), Entry::file("a", "3"));
    let (one, two, three) = (&[one][..], &[two][..], &[three][..]);
    assert_eq!(note(&[one], &[two], "/a content"), None);
    let text = note(&[one], &[one, two], "/a content");
    assert_eq!(text.as_deref(), Some("right: shadows layer 0"));
    let text = note(&[one, two], &[one, two, three], "/a content");
    assert_eq!(text.as_deref(), Some("left: shadows layer 0; right: shadows layers 0, 1"));
}

#[test]
fn deleted_paths_name_who_deleted_them_and_who_still_has_them() {
    let base = &[Entry::dir("d"), Entry::file("d/secret", "s")][..];
    let gone = &[Entry::whiteout("d/secret")][..];
    let text = note(&[base], &[base, gone], "/d/secret entry");
    assert_eq!(text.as_deref(), Some("right: deleted by layer 1, still in layer 0"));
    for other in [Entry::whiteout("d"), Entry::opaque("d"), Entry::file("d", "")] {
        let text = note(&[base], &[base, &[other]], "/d/secret entry");
        assert_eq!(text.as_deref(), Some("right: deleted by layer 1, still in layer 0"));
    }
}

#[test]
fn what_comes_back_is_not_deleted() {
    let (old, gone, new) = (Entry::file("a", "1"), Entry::whiteout("a"), Entry::file("a", "2"));
    let (old, gone, new) = (&[old][..], &[gone][..], &[new][..]);
    let text = note(&[old], &[old, gone, new], "/a content");
    assert_eq!(text.as_deref(), Some("right: shadows layer 0"));
}

#[test]
fn hard_links_and_attributes_are_seen_through_all_layers() {
    let base = vec![Entry::file("a", "1"), Entry::file("c", "c")];
    let linked = Pair::of_layers(
        [base.clone(), vec![Entry::hardlink("b", "a")]],
        [[base.clone(), vec![Entry::hardlink("b", "a")]].concat()],
    );
    assert_eq!(linked.judged(&["--rootfs"]).0, 0);
    let copied = Pair::of_layers(
        [base.clone(), vec![Entry::hardlink("b", "a")]],
        [[base.clone(), vec![Entry::file("b", "1")]].concat()],
    );
    let report = copied.report(&["--rootfs"]);
    assert_eq!(report.counted(), set(["/b linkname"]), "{report}");
    let broken = vec![Entry::file("a", "2"), Entry::file("c", "c")];
    let pair = Pair::of_layers(
        [base, vec![Entry::hardlink("b", "a")]],
        [broken, vec![Entry::hardlink("b", "a")]],
    );
    let report = pair.report(&["--rootfs"]);
    assert_eq!(report.counted(), set(["/a content", "/b content"]), "{report}");
}

#[test]
fn a_finding_names_the_layers_it_comes_from() {
    let of = |content: &str| [vec![Entry::file("x", "x")], vec![Entry::file("a", content)]];
    let report = Pair::of_layers(of("1"), of("2")).report(&["--rootfs"]);
    let found = report.finding("/a content");
    assert_eq!(found["scope"], "rootfs");
    assert_eq!(found["at"]["layer"], serde_json::json!({ "left": 1, "right": 1 }));
}
