//! The docker half of a hybrid archive against the OCI half.

use super::Case;
use super::container::named;
use super::ledger::Ledger;
use crate::image::{DOCKER_MANIFEST, Listed, hybrid};
use crate::report::{Location, Scope, Severity};

pub(super) fn check(case: &Case<'_>, ledger: &mut Ledger) {
    if !case.is_layout() {
        return;
    }
    let at = Location::default();
    let listed = match named(case, DOCKER_MANIFEST) {
        Ok(Some(document)) => Listed::all(&document.value),
        Ok(None) => return,
        Err(reason) => {
            let message = format!("{DOCKER_MANIFEST}: {reason}");
            return ledger.lie(Scope::Archive, &at, "json", message);
        }
    };
    for (kind, problem) in hybrid::contradictions(&listed, &case.bundle.images) {
        ledger.lie(Scope::Archive, &at, kind, format!("{DOCKER_MANIFEST}: {problem}"));
    }
    for image in hybrid::unlisted(&listed, &case.bundle.images) {
        let name = image.references.first().map_or("without a name", String::as_str);
        let message = format!("image {name} is in index.json and not in {DOCKER_MANIFEST}");
        ledger.say(Severity::Note, Scope::Archive, &at, "unlisted", message);
    }
}
