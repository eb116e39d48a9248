//! Keys that one object of a document has twice. Which of the values counts, readers decide; this
//! program takes the last, Go makes one of both.

use super::ImageCase;
use crate::image::Document;
use crate::report::{Finding, Location, Note, Scope};
use crate::sides::Side;

/// What the documents of one side repeat: damage where it decides what is read, else a note.
pub(super) fn keys(case: &ImageCase<'_>, side: Side) -> (Vec<Finding>, Vec<Note>) {
    let (mut findings, mut notes) = (Vec::new(), Vec::new());
    for (document, scope, at) in documents(case, side) {
        let name = format!("{} {}", scope.name(), document.digest);
        let say = |key: &str| format!("{name}: key {key:?} is given twice in one object");
        let grave: Vec<&str> = document.ambiguous_keys().collect();
        let messages = grave.iter().map(|key| say(key));
        findings.extend(
            messages.map(|it| Finding::damage(scope, at.clone(), side, "repeated-key", it)),
        );
        let others = document.repeated.iter().filter(|key| !grave.contains(&key.as_str()));
        notes.extend(others.map(|key| Note { side: Some(side), message: say(key) }));
    }
    (findings, notes)
}

/// Every document of one side, with what it is.
fn documents<'a>(
    case: &'a ImageCase<'_>,
    side: Side,
) -> impl Iterator<Item = (&'a Document, Scope, &'a Location)> {
    let indexes = case.images.get(side).indexes.iter().map(|it| (it, Scope::Index, &case.at));
    let manifests = case.manifests.iter().flat_map(move |pair| {
        let manifest = *pair.manifests.get(side);
        let document = manifest.and_then(|it| it.document.as_ref());
        let config = manifest.and_then(|it| it.config.as_ref());
        let document = document.map(|it| (it, Scope::Manifest, &pair.at));
        document.into_iter().chain(config.map(|it| (it, Scope::Config, &pair.at)))
    });
    indexes.chain(manifests)
}
