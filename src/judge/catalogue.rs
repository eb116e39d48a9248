//! The known causes of images that do not reproduce: what each is called, whether it is noise,
//! and what to do about it. How each is recognised stands in [`super::cause`] and below.

mod config;
mod content;
mod entry;
mod packaging;
mod path;

use super::case::Case;

/// A known cause.
#[derive(Debug)]
pub(super) struct Known {
    /// Stable identifier.
    pub(super) id: &'static str,
    /// What happened, for people.
    pub(super) title: &'static str,
    /// No program behaves differently for it.
    pub(super) noise: bool,
    /// What it is recognised by, for people.
    pub(super) evidence: &'static str,
    /// What to do about it.
    pub(super) fix: &'static str,
    /// Whether a finding belongs to it.
    pub(super) recognise: fn(&Case<'_>) -> bool,
}

/// All causes, in the order they are tried: what is special before what is general.
fn all() -> impl Iterator<Item = &'static Known> {
    [packaging::CAUSES, config::CAUSES, content::CAUSES, path::CAUSES, entry::CAUSES]
        .into_iter()
        .flatten()
}

/// The cause called `id`.
pub(super) fn find(id: &str) -> Option<&'static Known> {
    all().find(|cause| cause.id == id)
}

/// Whether `id` is a cause that is noise.
pub(super) fn is_noise(id: &str) -> bool {
    find(id).is_some_and(|cause| cause.noise)
}

/// The cause a finding belongs to, if it is a known one.
pub(super) fn recognise(case: &Case<'_>) -> Option<&'static Known> {
    all().find(|cause| (cause.recognise)(case))
}
