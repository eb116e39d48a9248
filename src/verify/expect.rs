//! Digests the user was promised.

use std::collections::BTreeSet;

use super::Case;
use super::ledger::Ledger;
use crate::digest::Digest;
use crate::image::Form;
use crate::report::{Location, Scope, Severity};

/// Says which of the expected digests nothing that was read has. Only computed digests count: what
/// merely claims one is what the user wants to be told of.
pub(super) fn check(case: &Case<'_>, ledger: &mut Ledger) {
    if case.options.expect.is_empty() {
        return;
    }
    let held = computed(case);
    for wanted in case.options.expect.iter().filter(|wanted| !held.contains(*wanted)) {
        let message = format!(
            "expected {wanted}, which no index, manifest, configuration or layer in it has"
        );
        let at = Location::default();
        ledger.say(Severity::Error, Scope::Archive, &at, "expected-digest", message);
    }
}

fn computed(case: &Case<'_>) -> BTreeSet<Digest> {
    let mut held = BTreeSet::new();
    for image in &case.images {
        held.extend(image.image.indexes.iter().map(|index| index.digest.clone()));
    }
    for (manifest, _) in case.manifests() {
        held.extend(manifest.document.as_ref().map(|it| it.digest.clone()));
        // Docker before 1.10 wrote none, and nobody can expect the one that was made up for it.
        if case.bundle.form != Form::DockerV1 {
            held.extend(manifest.config.as_ref().map(|it| it.digest.clone()));
        }
        for layer in &manifest.layers {
            held.extend(case.blobs.get(layer).and_then(|read| read.digest.clone()));
            let scan = case.blobs.scan(layer);
            held.extend(scan.and_then(|scan| scan.diff_id.clone()).map(|diff_id| diff_id.0));
        }
    }
    held
}
