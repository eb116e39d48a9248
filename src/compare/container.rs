//! What holds the images: its form, its defects, and what its own documents say of one another.

use crate::digest::Algorithm;
use crate::image::{Bundle, DOCKER_MANIFEST, Document, Listed, hybrid};
use crate::limits::Limits;
use crate::report::{Finding, Location, Scope, Value};
use crate::sides::{Side, Sides};
use crate::source::Selector;

/// What is wrong with either container, and whether the two are of one form.
pub(super) fn compare(bundles: Sides<&Bundle>, limits: &Limits) -> Vec<Finding> {
    let mut findings = container_faults(bundles);
    for side in [Side::Left, Side::Right] {
        let bundle = bundles.get(side);
        if bundle.is_layout() {
            let problems = index_problems(bundle, limits).chain(hybrid_problems(bundle, limits));
            findings.extend(problems.map(|(kind, message)| {
                Finding::damage(Scope::Archive, Location::default(), side, kind, message)
            }));
        }
    }
    findings.extend(form(bundles));
    findings
}

/// The index itself is kept by no image.
fn index_problems(
    bundle: &Bundle,
    limits: &Limits,
) -> impl Iterator<Item = (&'static str, String)> {
    let index = named(bundle, "index.json", limits).and_then(Result::ok);
    let keys: Vec<String> =
        index.iter().flat_map(Document::ambiguous_keys).map(str::to_owned).collect();
    keys.into_iter().map(|key| {
        ("repeated-key", format!("index.json: key {key:?} is given twice in one object"))
    })
}

/// Where both halves of a hybrid archive must mean the same: docker before version 25 and podman
/// read the one, everybody else the other. What names there are is no part of the images.
fn hybrid_problems(
    bundle: &Bundle,
    limits: &Limits,
) -> impl Iterator<Item = (&'static str, String)> {
    // Of an image that was chosen by digest the rest is not known any more.
    let is_whole = !matches!(bundle.spec.selector, Selector::Digest(_));
    let listed = named(bundle, DOCKER_MANIFEST, limits).filter(|_| is_whole);
    let problems = match listed {
        Some(Ok(document)) => hybrid::contradictions(&Listed::all(&document.value), &bundle.images),
        Some(Err(reason)) => vec![("json", reason)],
        None => Vec::new(),
    };
    let grave = problems.into_iter().filter(|(kind, _)| *kind != "tags");
    grave.map(|(kind, problem)| (kind, format!("{DOCKER_MANIFEST}: {problem}")))
}

/// A document at the top of the input, if it is there.
fn named(bundle: &Bundle, name: &str, limits: &Limits) -> Option<Result<Document, String>> {
    match bundle.source.get(name) {
        Ok(Some(blob)) => Some(Document::parse(blob.bytes(), Algorithm::Sha256, limits)),
        Ok(None) => None,
        Err(error) => Some(Err(error.to_string())),
    }
}

fn container_faults(bundles: Sides<&Bundle>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for side in [Side::Left, Side::Right] {
        for fault in &bundles.get(side).faults {
            let at = Location::default();
            let finding = Finding::damage(Scope::Archive, at, side, "archive", fault.clone());
            findings.push(
                finding.with_hint(Some("the archive is damaged; copy or save it again".into())),
            );
        }
    }
    findings
}

/// The form of the archive is no part of the images in it, but worth a line.
fn form(bundles: Sides<&Bundle>) -> Option<Finding> {
    let forms = bundles.map(|bundle| bundle.form);
    let values = forms.map(|form| Some(Value::Text(form.name().into())));
    (forms.left != forms.right)
        .then(|| Finding::new(Scope::Archive, Location::default(), "format", values))
}
