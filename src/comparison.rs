//! Two inputs that are open, and what can be done with them.

use std::ffi::OsStr;
use std::path::Path;

use rayon::ThreadPool;

use crate::compare::{self, Means, Outcome};
use crate::error::Result;
use crate::extract::{Destination, Extent};
use crate::image::{Bundle, Image, Manifest, load};
use crate::judge::{self, Judgement};
use crate::options::Options;
use crate::progress::Progress;
use crate::report::{self, Extraction, ImageSummary, Input, Report, SCHEMA_VERSION, Summary};
use crate::sides::Sides;
use crate::source::InputSpec;

/// Two inputs that have been opened, and how they are to be compared.
///
/// [`crate::diff`] is all most callers need; this is for those who go on with the files.
pub struct Comparison<'a> {
    bundles: Sides<Bundle>,
    options: &'a Options,
    pool: ThreadPool,
}

impl<'a> Comparison<'a> {
    /// Opens both inputs.
    ///
    /// # Errors
    /// When one cannot be opened, or holds no image.
    pub fn open(inputs: Sides<&OsStr>, options: &'a Options) -> Result<Self> {
        let pool = options.pool()?;
        let specs = inputs.try_map(InputSpec::parse)?;
        let bundles = specs.try_map(|spec| load(spec, &options.limits))?;
        Ok(Self { bundles, options, pool })
    }

    /// Compares them.
    ///
    /// # Errors
    /// When an input holds several images and nothing tells which is meant. Images that are
    /// damaged are no error: the report says what is wrong with them.
    pub fn report(&self, progress: &dyn Progress) -> Result<Report> {
        let options = self.options;
        let means = Means {
            limits: &options.limits,
            pool: &self.pool,
            progress,
            look: options.look(),
            merge: options.merge,
            trust_digests: options.trust_digests,
        };
        let bundles = self.bundles.as_ref();
        let mut outcome = compare::compare(bundles, &|it| self.wants(it), means)?;
        let judgement = judge::judge(&mut outcome, &options.rules, options.source_date_epoch);
        Ok(assemble(bundles, outcome, judgement))
    }

    /// Writes the files of both inputs that `report` is about into `destination`.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn extract(
        &self,
        report: &Report,
        destination: &Destination,
        extent: Extent,
    ) -> Result<Extraction> {
        let stacks = compare::stacks(self.bundles.as_ref(), &|it| self.wants(it))?;
        let to = (destination, extent);
        let limits = &self.options.limits;
        self.pool.install(|| crate::extract::extract(&stacks, report, to, limits))
    }

    /// Whether writing to `path` would write into an input.
    pub fn reads(&self, path: &Path) -> bool {
        let Ok(path) = path.canonicalize() else { return false };
        [&self.bundles.left, &self.bundles.right].into_iter().any(|bundle| {
            bundle.spec.path.canonicalize().is_ok_and(|input| path.starts_with(input))
        })
    }

    fn wants(&self, manifest: &Manifest) -> bool {
        self.options.wants(manifest.platform.as_ref())
    }
}

fn assemble(bundles: Sides<&Bundle>, outcome: Outcome, judgement: Judgement) -> Report {
    let Outcome { images, mut findings, mut notes, mut packages, chosen, .. } = outcome;
    report::sort(&mut findings);
    for at in findings.iter().filter_map(|finding| finding.package) {
        if let Some(package) = packages.get_mut(at) {
            package.findings = package.findings.saturating_add(1);
        }
    }
    notes.sort();
    notes.dedup();
    let inputs = Sides::new(
        input(bundles.left, &chosen.iter().map(|pair| pair.left).collect::<Vec<_>>()),
        input(bundles.right, &chosen.iter().map(|pair| pair.right).collect::<Vec<_>>()),
    );
    Report {
        schema_version: SCHEMA_VERSION,
        left: inputs.left,
        right: inputs.right,
        verdict: judgement.verdict,
        summary: Summary::of(&findings),
        causes: judgement.causes,
        rules: judgement.rules,
        packages,
        images,
        notes,
        findings,
    }
}

pub(crate) fn input(bundle: &Bundle, chosen: &[usize]) -> Input {
    let images: Vec<&Image> = chosen.iter().filter_map(|at| bundle.images.get(*at)).collect();
    Input {
        input: bundle.spec.typed.clone(),
        format: bundle.form.name().to_owned(),
        references: images.iter().flat_map(|image| image.references.clone()).collect(),
        image: match images.as_slice() {
            [image] => Some(summary(image)),
            _ => None,
        },
    }
}

fn summary(image: &Image) -> ImageSummary {
    let only = match image.manifests.as_slice() {
        [manifest] => Some(manifest),
        _ => None,
    };
    ImageSummary {
        digest: image.digest.as_ref().map(ToString::to_string),
        media_type: image.media_type.clone(),
        platform: only.and_then(|it| it.platform.as_ref()).map(ToString::to_string),
        config_digest: only.and_then(Manifest::image_id).map(|id| id.to_string()),
    }
}
