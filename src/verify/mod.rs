//! One image against its own claims, and what a forensic reader looks for in it.
//!
//! Every claim is recomputed from the bytes, and all that fail are listed, not the first: what
//! [`crate::image`] already saw while it found its way (`claims`), what descriptors and documents
//! say of one another (`documents`, `config`), what the docker half of a hybrid archive says of the
//! OCI half (`docker`, `repositories`), the layers (`layers`, `entries`, `stack`) and the members of
//! the container itself (`container`, `members`). `ledger` keeps the findings and bounds their
//! number.
//!
//! A failed claim is an error; what two readers may take in two ways, a warning; what honest builders
//! do too, a note. Field names that begin with `damage.` are those a comparison uses for the same
//! lie.

mod claims;
mod config;
mod container;
mod docker;
mod documents;
mod entries;
mod expect;
mod grade;
mod layers;
mod ledger;
mod members;
mod options;
mod repositories;
mod stack;

use std::sync::Arc;

pub use options::VerifyOptions;

use self::ledger::Ledger;
use self::members::Members;
use crate::compare::Means;
use crate::compare::blobs::Blobs;
use crate::error::Result;
use crate::image::{Bundle, Image, Manifest, candidates, refuse};
use crate::report::{self, Location, Verified};
use crate::sides::Side;
use crate::source::Selector;

/// What is being verified: the images that were chosen, and all that was read of them.
struct Case<'a> {
    bundle: &'a Bundle,
    images: Vec<ImageCase<'a>>,
    blobs: Blobs<'a>,
    members: Members,
    options: &'a VerifyOptions,
    means: Means<'a>,
}

/// One image, with those of its manifests that are wanted.
struct ImageCase<'a> {
    image: &'a Image,
    at: Location,
    manifests: Vec<(&'a Manifest, Location)>,
}

/// Verifies the images of `bundle` that its selector and `options` choose.
///
/// # Errors
/// When there is none.
pub(crate) fn verify(
    bundle: &Bundle,
    options: &VerifyOptions,
    means: Means<'_>,
) -> Result<Verified> {
    let images = choose(bundle, options)?;
    let layers = images.iter().flat_map(|case| &case.manifests).flat_map(|it| &it.0.layers);
    // No claim is about the content of a file; only the list of deleted ones shows what it was.
    let contents = options.deleted;
    let blobs = Blobs::read(layers.map(|layer| (Side::Left, layer)), contents, means);
    let layers = images.iter().flat_map(|case| &case.manifests).flat_map(|it| &it.0.layers);
    let members = Members::read(bundle, layers, &blobs, means);
    let case = Case { bundle, images, blobs, members, options, means };
    let mut findings = case.findings();
    report::sort(&mut findings, means.workers);
    let mut verified = Verified {
        manifests: case.computed(),
        blobs: case.members.checksums(),
        findings,
        ..Verified::default()
    };
    verified.judge(options.fail_on);
    case.blobs.release(means);
    Ok(verified)
}

/// Positions of the images that are verified. A container that holds none can be verified too.
pub(crate) fn positions(bundle: &Bundle) -> Result<Vec<usize>> {
    if bundle.images.is_empty() && bundle.spec.selector == Selector::All {
        return Ok(Vec::new());
    }
    candidates(bundle)
}

fn choose<'a>(bundle: &'a Bundle, options: &VerifyOptions) -> Result<Vec<ImageCase<'a>>> {
    let positions = positions(bundle)?;
    let several = positions.len() > 1;
    let images = positions.iter().filter_map(|at| bundle.images.get(*at));
    let cases: Vec<ImageCase<'a>> =
        images.map(|image| ImageCase::new(image, several, options)).collect();
    let has_any = cases.iter().any(|case| !case.image.manifests.is_empty());
    if has_any && cases.iter().all(|case| case.manifests.is_empty()) {
        return Err(refuse(bundle, "holds no image for the platforms asked for"));
    }
    Ok(cases)
}

impl<'a> ImageCase<'a> {
    fn new(image: &'a Image, several: bool, options: &VerifyOptions) -> Self {
        let name = image.references.first().filter(|_| several);
        let at = Location { image: name.map(|name| Arc::from(name.as_str())), ..<_>::default() };
        let wanted = image.manifests.iter().filter(|it| options.wants(it.platform.as_ref()));
        let wanted: Vec<&Manifest> = wanted.collect();
        let one = wanted.len() <= 1;
        let manifests = wanted.into_iter().map(|manifest| {
            let platform = manifest.platform.as_ref().filter(|_| !one);
            let platform = platform.map(|it| Arc::from(it.to_string()));
            (manifest, Location { platform, ..at.clone() })
        });
        Self { image, manifests: manifests.collect(), at }
    }
}

impl<'a> Case<'a> {
    fn findings(&self) -> Vec<report::Finding> {
        let mut ledger = Ledger::default();
        container::check(self, &mut ledger);
        claims::check(self, &mut ledger);
        documents::check(self, &mut ledger);
        config::check(self, &mut ledger);
        docker::check(self, &mut ledger);
        repositories::check(self, &mut ledger);
        members::check(self, &mut ledger);
        let inside = layers::inside(self);
        let known = layers::check(self, &inside, &mut ledger);
        stack::check(self, &known, &mut ledger);
        expect::check(self, &mut ledger);
        ledger.finish()
    }

    /// Whether the container is an image layout, whatever else it is.
    fn is_layout(&self) -> bool {
        self.bundle.is_layout()
    }

    /// The manifests that are verified, with where they lie.
    fn manifests(&self) -> impl Iterator<Item = (&'a Manifest, &Location)> {
        self.images.iter().flat_map(|case| &case.manifests).map(|(manifest, at)| (*manifest, at))
    }

    /// Whether all images of the input are verified, so that what none of them uses is unused.
    fn is_whole(&self) -> bool {
        self.bundle.spec.selector == Selector::All && self.options.platforms.is_empty()
    }

    fn computed(&self) -> Vec<report::Computed> {
        self.manifests().map(|(manifest, _)| config::computed(manifest, &self.blobs)).collect()
    }
}
