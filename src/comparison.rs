//! Two inputs that are open, and what can be done with them.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use walkdir::WalkDir;

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
use crate::workers::Workers;

/// Two inputs that have been opened, and how they are to be compared.
///
/// [`crate::diff`] is all most callers need; this is for those who go on with the files.
pub struct Comparison<'a> {
    bundles: Sides<Bundle>,
    options: &'a Options,
    workers: Workers,
}

impl<'a> Comparison<'a> {
    /// Opens both inputs.
    ///
    /// # Errors
    /// When one cannot be opened, or holds no image.
    pub fn open(inputs: Sides<&OsStr>, options: &'a Options) -> Result<Self> {
        let specs = inputs.try_map(InputSpec::parse)?;
        let bundles = specs.try_map(|spec| load(spec, &options.limits))?;
        Ok(Self { bundles, options, workers: Workers::new(options.threads) })
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
            workers: &self.workers,
            progress,
            look: options.look(),
            merge: options.merge,
            trust_digests: options.trust_digests,
        };
        let bundles = self.bundles.as_ref();
        let mut outcome = compare::compare(bundles, &|it| self.wants(it), means)?;
        let (rules, epoch) = (&options.rules, options.source_date_epoch);
        let judgement = judge::judge(&mut outcome, rules, epoch, &self.workers);
        report::sort(&mut outcome.findings, &self.workers);
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
        crate::extract::extract(&stacks, report, to, &self.options.limits, &self.workers)
    }

    /// Whether writing to `path` would write into what `input` names, through a link or not.
    pub fn reads(input: &OsStr, path: &Path) -> bool {
        let input = InputSpec::parse(input).ok().and_then(|spec| spec.path.canonicalize().ok());
        let Some((input, path)) = input.zip(path.canonicalize().ok()) else { return false };
        path.starts_with(&input) || is_linked(&input, &path)
    }

    fn wants(&self, manifest: &Manifest) -> bool {
        self.options.wants(manifest.platform.as_ref())
    }
}

/// Whether the file `path` has another name that is, or lies in, `input`.
fn is_linked(input: &Path, path: &Path) -> bool {
    let Ok(file) = path.metadata() else { return false };
    let is_it = |known: Metadata| (known.dev(), known.ino()) == (file.dev(), file.ino());
    let names = || WalkDir::new(input).into_iter().filter_map(|name| name.ok()?.metadata().ok());
    file.is_file() && file.nlink() > 1 && names().any(is_it)
}

fn assemble(bundles: Sides<&Bundle>, outcome: Outcome, judgement: Judgement) -> Report {
    let Outcome { images, findings, mut notes, mut packages, chosen, .. } = outcome;
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
