//! All that one input holds, whatever its form.

use std::cell::Cell;

use super::document::{Naming, Reader};
use super::select::narrow;
use super::{Image, docker, docker_v1, oci, skopeo_dir};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::source::{Blob, InputSpec, Opened, Remark, Source, Transport, open};

/// How an input keeps its images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// OCI image layout in a directory.
    OciLayout,
    /// OCI image layout in a tar archive.
    OciArchive,
    /// OCI image layout that is a docker archive too, as docker writes since version 25.
    DockerHybrid,
    /// `manifest.json` with layers by member name.
    DockerArchive,
    /// Directories with `json` and `layer.tar` alone.
    DockerV1,
    /// skopeo's `dir:`.
    SkopeoDir,
}

impl Form {
    /// The word used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OciLayout => "oci",
            Self::OciArchive => "oci-archive",
            Self::DockerHybrid => "docker-hybrid",
            Self::DockerArchive => "docker-archive",
            Self::DockerV1 => "docker-v1",
            Self::SkopeoDir => "dir",
        }
    }
}

/// One opened and understood input.
pub struct Bundle {
    /// What the user typed.
    pub spec: InputSpec,
    /// How it keeps its images.
    pub form: Form,
    /// Its images, in the order of the input.
    pub images: Vec<Image>,
    /// Defects of the container itself, as lower-case fragments.
    pub faults: Vec<String>,
    /// The input's own bytes; absent for a directory.
    pub bytes: Option<Blob>,
    /// What is odd about the container itself.
    pub remarks: Vec<Remark>,
    /// Its members, for what is read later.
    pub source: Box<dyn Source>,
}

impl Bundle {
    /// Whether the container is an image layout, whatever else it is.
    pub const fn is_layout(&self) -> bool {
        matches!(self.form, Form::OciLayout | Form::OciArchive | Form::DockerHybrid)
    }

    /// Names of members that may be the blob called `digest`.
    pub fn blob_names(&self, digest: &Digest) -> Vec<String> {
        let naming = if self.form == Form::SkopeoDir { Naming::Flat } else { Naming::Layout };
        naming.names(digest)
    }
}

/// Opens and understands the input `spec`.
///
/// # Errors
/// When it cannot be read, or holds nothing that is an image.
pub fn load(spec: InputSpec, limits: &Limits) -> Result<Bundle> {
    let Opened { source, bytes, mut faults, mut remarks } = open(&spec, limits)?;
    faults.extend_from_slice(source.faults());
    remarks.extend_from_slice(source.remarks());
    let (form, mut images) = match understand(&spec, &*source, bytes.is_none(), limits) {
        Ok(understood) => understood,
        Err(error) => return Err(blame(error, &spec, &faults, &remarks)),
    };
    narrow(&mut images, &spec.selector);
    Ok(Bundle { spec, form, images, faults, bytes, remarks, source })
}

/// What cannot be found in a broken archive is missing because it is broken, and in one without an
/// end perhaps because it was cut between two members.
fn blame(error: Error, spec: &InputSpec, faults: &[String], remarks: &[Remark]) -> Error {
    let no_end = || remarks.contains(&Remark::NoEnd).then(|| Remark::NoEnd.to_string());
    match (error, faults.first().cloned().or_else(no_end)) {
        (Error::NotAnImage { reason, hint, .. }, Some(broken)) => Error::NotAnImage {
            input: spec.typed.clone(),
            reason: format!("{broken}; {reason}"),
            hint: match hint.filter(|_| faults.is_empty()) {
                None => Some("the archive is damaged; copy or save it again".into()),
                better => better,
            },
        },
        (error, _) => error,
    }
}

fn understand(
    spec: &InputSpec,
    source: &dyn Source,
    is_directory: bool,
    limits: &Limits,
) -> Result<(Form, Vec<Image>)> {
    let spent = Cell::new(0);
    let reader =
        Reader { source, naming: Naming::Layout, limits, input: &spec.typed, spent: &spent };
    if spec.transport != Transport::Docker
        && spec.transport != Transport::Dir
        && let Some(index) = reader.named("index.json")?
    {
        let images = oci::images(&reader, &index)?;
        let hybrid = source.get(docker::MANIFEST)?.is_some();
        if !images.is_empty() || !hybrid {
            return Ok((oci_form(is_directory, hybrid), images));
        }
    }
    if spec.transport == Transport::Oci {
        return Err(not_an_image(spec, source, "no index.json"));
    }
    if let Some(manifest) = reader.named(docker::MANIFEST)? {
        if skopeo_dir::recognise(&manifest) {
            let reader = Reader { naming: Naming::Flat, ..reader };
            return Ok((Form::SkopeoDir, skopeo_dir::images(&reader, manifest)?));
        }
        return Ok((Form::DockerArchive, docker::images(&reader, &manifest)?));
    }
    if docker_v1::recognise(&reader) {
        return Ok((Form::DockerV1, docker_v1::images(&reader)?));
    }
    Err(not_an_image(spec, source, "no index.json, manifest.json or repositories"))
}

const fn oci_form(is_directory: bool, hybrid: bool) -> Form {
    match (is_directory, hybrid) {
        (true, _) => Form::OciLayout,
        (false, true) => Form::DockerHybrid,
        (false, false) => Form::OciArchive,
    }
}

fn not_an_image(spec: &InputSpec, source: &dyn Source, lacks: &str) -> Error {
    Error::NotAnImage {
        input: spec.typed.clone(),
        reason: format!("no image in it: {lacks}"),
        hint: hint(&source.names()),
    }
}

fn hint(names: &[String]) -> Option<String> {
    let starts = |prefix: &str| names.iter().any(|name| name.starts_with(prefix));
    if starts("etc/") && (starts("usr/") || starts("bin/")) {
        return Some("this is a root file system (docker export?); use docker save".into());
    }
    let nested = names.iter().find_map(|name| {
        let (directory, file) = name.rsplit_once('/')?;
        matches!(file, "index.json" | "manifest.json").then_some(directory)
    })?;
    Some(format!("the image lies in {nested}/ of it; pack or give that directory"))
}
