//! What changed between two sets of packages.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;

use super::{Manager, Package, versions};
pub use crate::report::PackageChange;
use crate::sides::Sides;

/// One package that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Changed {
    /// Who installed it.
    pub manager: Manager,
    /// What it is called.
    pub name: String,
    /// What it runs on; of the right one, where both are there and do not agree.
    pub architecture: Option<String>,
    /// The version on the left side.
    pub left: Option<String>,
    /// The version on the right side.
    pub right: Option<String>,
    /// What happened.
    pub change: PackageChange,
}

type Versions<'a> = BTreeMap<&'a str, BTreeSet<&'a [u8; 32]>>;
type Architectures<'a> = BTreeMap<Option<&'a str>, Sides<Versions<'a>>>;

/// What changed from `left` to `right`, sorted by manager, name, architecture and versions.
///
/// Several versions of one name may stand side by side (npm, kernels, Go modules of two binaries):
/// those on both sides are set against each other, and what is left is paired, first where the
/// first number is the same, then from the latest down.
pub fn compare(left: &[Package], right: &[Package]) -> Vec<Changed> {
    let mut names: BTreeMap<(Manager, &str), Architectures<'_>> = BTreeMap::new();
    for (side, packages) in [(true, left), (false, right)] {
        for package in packages {
            let architectures = names.entry((package.manager, &package.name)).or_default();
            let both = architectures.entry(package.architecture.as_deref()).or_default();
            let versions = if side { &mut both.left } else { &mut both.right };
            versions.entry(&package.version).or_default().insert(&package.fingerprint);
        }
    }
    let mut all: Vec<Changed> =
        names.into_iter().flat_map(|((manager, name), it)| one(manager, name, it)).collect();
    all.sort();
    all
}

/// What changed of one name.
fn one(manager: Manager, name: &str, architectures: Architectures<'_>) -> Vec<Changed> {
    let mut pairs = Vec::new();
    for (architecture, both) in architectures {
        let found = pair(manager, &both);
        pairs.extend(found.into_iter().map(|versions| (architecture, versions)));
    }
    across(&mut pairs);
    let changed = |(architecture, versions): (Option<&str>, Pair<'_>)| Changed {
        manager,
        name: name.to_owned(),
        architecture: architecture.map(str::to_owned),
        change: change(manager, versions),
        left: versions.left.map(str::to_owned),
        right: versions.right.map(str::to_owned),
    };
    pairs.into_iter().map(changed).collect()
}

/// A version of either side; both where one became the other.
type Pair<'a> = Sides<Option<&'a str>>;

/// Makes one change of a package that went from one architecture to another, as from `all` to
/// `amd64`; not where there is a choice.
fn across(pairs: &mut Vec<(Option<&str>, Pair<'_>)>) {
    if let [(_, a), (architecture, b)] = pairs.as_slice()
        && let (Sides { left: Some(left), right: None }, Sides { left: None, right: Some(right) }) =
            (*a, *b)
    {
        *pairs = vec![(*architecture, Sides::new(Some(left), Some(right)))];
    } else if let [(architecture, a), (_, b)] = pairs.as_slice()
        && let (Sides { left: None, right: Some(right) }, Sides { left: Some(left), right: None }) =
            (*a, *b)
    {
        *pairs = vec![(*architecture, Sides::new(Some(left), Some(right)))];
    }
}

fn change(manager: Manager, versions: Pair<'_>) -> PackageChange {
    let (Some(left), Some(right)) = (versions.left, versions.right) else {
        let is_there = versions.right.is_some();
        return if is_there { PackageChange::Added } else { PackageChange::Removed };
    };
    match versions::compare(manager, left, right) {
        Ordering::Less => PackageChange::Upgraded,
        Ordering::Greater => PackageChange::Downgraded,
        Ordering::Equal => PackageChange::Rebuilt,
    }
}

fn pair<'a>(manager: Manager, both: &Sides<Versions<'a>>) -> Vec<Pair<'a>> {
    let rebuilt = |version: &&'a str| {
        let both = (both.left.get(version), both.right.get(version));
        let (Some(left), Some(right)) = both else { return false };
        // A further copy on one side is no other content.
        !left.is_subset(right) && !right.is_subset(left)
    };
    let same = both.left.keys().copied().filter(rebuilt);
    let mut pairs: Vec<Pair<'a>> = same.map(|it| Sides::new(Some(it), Some(it))).collect();
    let mut rest = Sides::new(only(&both.left, &both.right), only(&both.right, &both.left));
    pairs.extend(alike(manager, &mut rest));
    pairs.extend(zip(manager, rest));
    pairs
}

/// Versions of one side that the other has not.
fn only<'a>(these: &Versions<'a>, those: &Versions<'a>) -> Vec<&'a str> {
    these.keys().copied().filter(|version| !those.contains_key(version)).collect()
}

/// Pairs those whose first number is the same, and leaves the others.
fn alike<'a>(manager: Manager, rest: &mut Sides<Vec<&'a str>>) -> Vec<Pair<'a>> {
    let mut groups: BTreeMap<&str, Sides<Vec<&'a str>>> = BTreeMap::new();
    for version in std::mem::take(&mut rest.left) {
        groups.entry(major(version)).or_default().left.push(version);
    }
    for version in std::mem::take(&mut rest.right) {
        groups.entry(major(version)).or_default().right.push(version);
    }
    let mut pairs = Vec::new();
    for group in groups.into_values() {
        for pair in zip(manager, group) {
            match pair {
                Sides { left: Some(left), right: None } => rest.left.push(left),
                Sides { left: None, right: Some(right) } => rest.right.push(right),
                both => pairs.push(both),
            }
        }
    }
    pairs
}

/// The version up to the first dot or dash, with what may stand before a colon.
fn major(version: &str) -> &str {
    version.split(['.', '-', '+']).next().unwrap_or_default()
}

/// Pairs versions from the latest down; the longer list keeps the rest.
fn zip<'a>(manager: Manager, mut lists: Sides<Vec<&'a str>>) -> Vec<Pair<'a>> {
    lists = lists.map(|list| latest_first(manager, list));
    let count = lists.left.len().max(lists.right.len());
    let at = |list: &[&'a str], at: usize| list.get(at).copied();
    (0..count).map(|it| Sides::new(at(&lists.left, it), at(&lists.right, it))).collect()
}

/// Sorts versions by merging runs of them. Not every manager's order is a total one (`a < b < c < a`
/// can be made of strange versions), which the standard library's sort may answer with a panic.
fn latest_first(manager: Manager, list: Vec<&str>) -> Vec<&str> {
    let mut runs: VecDeque<VecDeque<&str>> = list.into_iter().map(|it| [it].into()).collect();
    while runs.len() > 1 {
        let [one, two] = [runs.pop_front(), runs.pop_front()].map(Option::unwrap_or_default);
        runs.push_back(merge(manager, one, two));
    }
    runs.pop_front().unwrap_or_default().into()
}

fn merge<'a>(
    manager: Manager,
    mut one: VecDeque<&'a str>,
    mut two: VecDeque<&'a str>,
) -> VecDeque<&'a str> {
    let mut all = VecDeque::with_capacity(one.len().saturating_add(two.len()));
    while let (Some(left), Some(right)) = (one.front(), two.front()) {
        let order = versions::compare(manager, left, right).then_with(|| left.cmp(right));
        let later = if order.is_ge() { &mut one } else { &mut two };
        all.extend(later.pop_front());
    }
    all.extend(one);
    all.extend(two);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(manager: Manager, name: &str, architecture: &str, version: &str) -> Package {
        let (version, content) = version.split_once('#').unwrap_or((version, ""));
        Package {
            manager,
            name: name.to_owned(),
            version: version.to_owned(),
            architecture: (!architecture.is_empty()).then(|| architecture.to_owned()),
            files: Vec::new(),
            directories: Vec::new(),
            fingerprint: [content.len() as u8; 32],
            source: Box::default(),
        }
    }

    /// `NAME[:ARCHITECTURE] VERSION[#CONTENT]` on both sides; changes as text.
    fn told(manager: Manager, left: &[&str], right: &[&str]) -> Vec<String> {
        let all = |list: &[&str]| -> Vec<Package> {
            let of = |line: &&str| {
                let (name, version) = line.split_once(' ').unwrap_or((line, ""));
                let (name, architecture) = name.split_once(':').unwrap_or((name, ""));
                package(manager, name, architecture, version)
            };
            list.iter().map(of).collect()
        };
        let text = |it: Changed| {
            let arch = it.architecture.map(|it| format!(":{it}")).unwrap_or_default();
            let [left, right] = [it.left, it.right].map(Option::unwrap_or_default);
            format!("{}{arch} {left} {right} {:?}", it.name, it.change)
        };
        compare(&all(left), &all(right)).into_iter().map(text).collect()
    }

    #[test]
    fn each_change_has_its_name() {
        let left = ["a 1", "b 1", "c 2", "d 1#x", "e 1", "same 1"];
        let right = ["b 2", "c 1", "d 1#yy", "e 1.0", "f 3", "same 1"];
        let expected = [
            "a 1  Removed",
            "b 1 2 Upgraded",
            "c 2 1 Downgraded",
            "d 1 1 Rebuilt",
            "e 1 1.0 Rebuilt",
            "f  3 Added",
        ];
        assert_eq!(told(Manager::Pip, &left, &right), expected);
    }

    #[test]
    fn several_versions_are_paired_by_their_first_number() {
        let left = ["x 1.0.0", "x 2.0.0", "x 4.0.0"];
        assert_eq!(
            told(Manager::Npm, &left, &["x 1.1.0", "x 2.0.0"]),
            ["x 1.0.0 1.1.0 Upgraded", "x 4.0.0  Removed"]
        );
        assert_eq!(
            told(Manager::Npm, &left, &["x 2.0.0", "x 5.0.0", "x 6.0.0"]),
            ["x 1.0.0 5.0.0 Upgraded", "x 4.0.0 6.0.0 Upgraded"]
        );
    }

    #[test]
    fn a_further_copy_of_one_version_is_no_change() {
        assert!(told(Manager::Npm, &["x 1"], &["x 1", "x 1"]).is_empty());
        assert!(told(Manager::Go, &["x 1#a"], &["x 1#a", "x 1#bb"]).is_empty());
        assert_eq!(
            told(Manager::Go, &["x 1#a", "x 1#bb"], &["x 1#a", "x 1#ccc"]),
            ["x 1 1 Rebuilt"]
        );
    }

    #[test]
    fn architectures_stand_for_themselves_but_may_change() {
        let both = ["x:amd64 1", "x:i386 1"];
        assert_eq!(told(Manager::Apt, &both, &["x:amd64 2", "x:i386 1"]), ["x:amd64 1 2 Upgraded"]);
        assert_eq!(told(Manager::Apt, &["x:all 1"], &["x:amd64 2"]), ["x:amd64 1 2 Upgraded"]);
        assert_eq!(told(Manager::Apt, &["x:amd64 1"], &["x:all 1"]), ["x:all 1 1 Rebuilt"]);
        assert_eq!(
            told(Manager::Apt, &both, &["x:arm64 1"]),
            ["x:amd64 1  Removed", "x:arm64  1 Added", "x:i386 1  Removed"]
        );
    }

    #[test]
    fn an_order_that_runs_in_circles_is_survived() {
        let strange =
            |it: usize| ["1.9rc1", "v1.9", "(devel)", "1.9", "x", "v1.9.0-a", "1-"][it % 7];
        let left: Vec<String> = (0..500).map(|it| format!("x {}{it}", strange(it))).collect();
        let left: Vec<&str> = left.iter().map(String::as_str).collect();
        for manager in Manager::all() {
            assert_eq!(told(manager, &left, &["x 1"]).len(), 500);
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter() {
        let left = ["b 1", "a 2", "a 1"];
        let mut turned = left;
        turned.reverse();
        let right = ["a 3"];
        assert_eq!(told(Manager::Gem, &left, &right), told(Manager::Gem, &turned, &right));
    }
}
