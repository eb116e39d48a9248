//! The members of the container: what each holds, what its name claims, and whether anybody refers
//! to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::Case;
use super::documents::descriptors;
use super::ledger::Ledger;
use crate::compare::Means;
use crate::compare::blobs::Blobs;
use crate::compare::queue::largest_first;
use crate::digest::{Algorithm, Digest, Hasher};
use crate::image::{Bundle, DOCKER_MANIFEST, Document, Form, Image, Layer, Listed, digest_in};
use crate::limits::{Limits, SCALE};
use crate::report::{Checksum, Location, Scope, Severity};
use crate::source::Blob;

const CHUNK: usize = 256 << 10;

/// Everything that lies in the container.
pub(super) struct Members {
    /// In the order of the container.
    held: Vec<Member>,
    by_name: BTreeMap<String, u64>,
    /// Members that are no readable files, with the reason.
    refused: Vec<String>,
    /// Those somebody refers to, by where their bytes lie.
    used: BTreeSet<Address>,
    blobs: BTreeSet<Address>,
}

struct Member {
    name: String,
    address: Address,
    sha256: Digest,
    /// What the name claims to be the digest, and what it is.
    claim: Option<(Digest, Digest)>,
}

/// Where the bytes of a member lie in memory; links share it with what they lead to.
type Address = (usize, usize);

fn address(blob: &Blob) -> Address {
    let bytes = blob.bytes();
    (bytes.as_ptr().addr(), bytes.len())
}

/// Bytes to be hashed, and under which algorithms.
struct Task<'a> {
    blob: &'a Blob,
    algorithms: BTreeSet<Algorithm>,
    digests: OnceLock<BTreeMap<Algorithm, Digest>>,
}

impl Members {
    /// Hashes every member of `bundle` that was not read as one of `layers`.
    pub(super) fn read<'a>(
        bundle: &Bundle,
        layers: impl Iterator<Item = &'a Layer>,
        blobs: &Blobs<'_>,
        means: Means<'_>,
    ) -> Self {
        let mut files = Vec::new();
        let mut refused = Vec::new();
        for name in bundle.source.names() {
            match bundle.source.get(&name) {
                Ok(Some(blob)) => files.push((name, blob)),
                Ok(None) => refused.push(format!("{name}: leads to nothing")),
                Err(error) => refused.push(error.to_string()),
            }
        }
        let known: BTreeMap<Address, Digest> = layers
            .filter_map(|layer| {
                Some((address(layer.blob.as_ref()?), blobs.get(layer)?.digest.clone()?))
            })
            .collect();
        let digests = digests(&files, &known, means);
        let held = files.iter().filter_map(|(name, blob)| Member::new(name, blob, &digests));
        let mut members = Self {
            held: held.collect(),
            by_name: files.iter().map(|(name, blob)| (name.clone(), blob.len())).collect(),
            refused,
            used: BTreeSet::new(),
            blobs: BTreeSet::new(),
        };
        members.find_used(bundle, means.limits);
        members
    }

    fn find_used(&mut self, bundle: &Bundle, limits: &Limits) {
        for name in blob_names(bundle, limits) {
            if let Ok(Some(blob)) = bundle.source.get(&name) {
                self.used.insert(address(&blob));
                self.blobs.insert(address(&blob));
            }
        }
        for image in &bundle.images {
            for layer in image.manifests.iter().flat_map(|manifest| &manifest.layers) {
                self.used.extend(layer.blob.as_ref().map(address));
                self.blobs.extend(layer.blob.as_ref().map(address));
            }
        }
        let named = self.held.iter().filter(|it| it.claim.is_some()).map(|it| it.address);
        self.blobs.extend(named);
        for member in self.held.iter().filter(|member| is_structural(bundle.form, &member.name)) {
            self.used.insert(member.address);
        }
    }

    /// Bytes of the first of `names` that is there.
    pub(super) fn size_of(&self, names: &[String]) -> Option<u64> {
        names.iter().find_map(|name| self.by_name.get(name)).copied()
    }

    /// What every blob should hash to. The name of a blob in a layout is a claim; where there is
    /// none, the computed value stands.
    pub(super) fn checksums(&self) -> Vec<Checksum> {
        let blobs = self.held.iter().filter(|member| self.blobs.contains(&member.address));
        let mut list: Vec<Checksum> = blobs
            .map(|member| {
                let claimed = member.claim.as_ref().map(|(claimed, _)| claimed);
                let claimed = claimed.filter(|it| it.algorithm() == Algorithm::Sha256);
                let sha256 = claimed.unwrap_or(&member.sha256).hex();
                Checksum { name: member.name.clone(), sha256 }
            })
            .collect();
        list.sort();
        list
    }
}

impl Member {
    fn new(
        name: &str,
        blob: &Blob,
        digests: &BTreeMap<Address, BTreeMap<Algorithm, Digest>>,
    ) -> Option<Self> {
        let address = address(blob);
        let digests = digests.get(&address)?;
        let claim = claim(name).and_then(|claimed| {
            Some((claimed.clone(), digests.get(&claimed.algorithm())?.clone()))
        });
        Some(Self {
            name: name.to_owned(),
            address,
            sha256: digests.get(&Algorithm::Sha256)?.clone(),
            claim,
        })
    }
}

/// Names below `blobs/` are digests (`image-layout.md#blobs`); elsewhere digits may mean anything.
fn claim(name: &str) -> Option<Digest> {
    let (algorithm, hex) = name.strip_prefix("blobs/")?.split_once('/')?;
    format!("{algorithm}:{hex}").parse().ok()
}

fn digests(
    files: &[(String, Blob)],
    known: &BTreeMap<Address, Digest>,
    means: Means<'_>,
) -> BTreeMap<Address, BTreeMap<Algorithm, Digest>> {
    let mut tasks: BTreeMap<Address, Task<'_>> = BTreeMap::new();
    for (name, blob) in files {
        let algorithms = BTreeSet::from([Algorithm::Sha256]);
        let digests = OnceLock::new();
        let task = tasks.entry(address(blob)).or_insert(Task { blob, algorithms, digests });
        task.algorithms.extend(claim(name).map(|claimed| claimed.algorithm()));
    }
    for (address, digest) in known {
        if let Some(task) = tasks.get_mut(address) {
            task.algorithms.remove(&digest.algorithm());
        }
    }
    let mut queue: Vec<&Task<'_>> =
        tasks.values().filter(|task| !task.algorithms.is_empty()).collect();
    largest_first(&mut queue, |task| task.blob.len(), means, |task, _| task.hash(means));
    let mut digests = BTreeMap::new();
    for (address, task) in tasks {
        let mut all = task.digests.into_inner().unwrap_or_default();
        all.extend(known.get(&address).map(|digest| (digest.algorithm(), digest.clone())));
        digests.insert(address, all);
    }
    digests
}

impl Task<'_> {
    fn hash(&self, means: Means<'_>) {
        let mut hashers: Vec<(Algorithm, Hasher)> =
            self.algorithms.iter().map(|&it| (it, Hasher::new(it))).collect();
        for chunk in self.blob.bytes().chunks(CHUNK) {
            for (_, hasher) in &mut hashers {
                hasher.update(chunk);
            }
            means.progress.advance(chunk.len() as u64);
        }
        let digests = hashers.into_iter().map(|(algorithm, it)| (algorithm, it.finish()));
        self.digests.get_or_init(|| digests.collect());
    }
}

/// Names of the members that documents of the input refer to.
fn blob_names(bundle: &Bundle, limits: &Limits) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut refer = |digest: Option<&str>| {
        if let Some(digest) = digest.and_then(|text| text.parse().ok()) {
            names.extend(bundle.blob_names(&digest));
        }
    };
    for image in &bundle.images {
        refer(image.descriptor.as_ref().and_then(|raw| raw.get("digest")?.as_str()));
        for document in documents(image) {
            for (_, raw) in descriptors(&document.value) {
                refer(raw.get("digest").and_then(|digest| digest.as_str()));
            }
        }
    }
    if !matches!(bundle.form, Form::DockerV1 | Form::SkopeoDir)
        && let Ok(Some(blob)) = bundle.source.get(DOCKER_MANIFEST)
        && let Ok(list) = Document::parse(blob.bytes(), Algorithm::Sha256, limits)
    {
        for entry in Listed::all(&list.value) {
            names.extend(entry.config.into_iter().chain(entry.layers));
        }
    }
    names
}

fn documents(image: &Image) -> impl Iterator<Item = &Document> {
    let manifests = image.manifests.iter().filter_map(|manifest| manifest.document.as_ref());
    image.indexes.iter().chain(manifests)
}

/// What a form holds beside blobs. `ID/json` and `ID/VERSION` are what docker wrote for readers older
/// than `manifest.json`.
fn is_structural(form: Form, name: &str) -> bool {
    let legacy = || {
        name.split_once('/')
            .is_some_and(|(id, part)| matches!(part, "json" | "VERSION") && digest_in(id).is_some())
    };
    match form {
        Form::OciLayout | Form::OciArchive | Form::DockerHybrid => {
            matches!(name, "oci-layout" | "index.json" | DOCKER_MANIFEST | "repositories")
        }
        // Docker 25 saved layouts whose index lists nothing.
        Form::DockerArchive => {
            matches!(name, "oci-layout" | "index.json" | DOCKER_MANIFEST | "repositories")
                || legacy()
        }
        Form::DockerV1 => name == "repositories" || legacy(),
        Form::SkopeoDir => name == DOCKER_MANIFEST || name == "version",
    }
}

pub(super) fn check(case: &Case<'_>, ledger: &mut Ledger) {
    let (members, at) = (&case.members, Location::default());
    for reason in &members.refused {
        ledger.say(Severity::Warning, Scope::Archive, &at, "special-member", reason.clone());
    }
    if members.held.len() >= case.means.limits.archive_members {
        let limit = case.means.limits.archive_members;
        let message = format!("more than {limit} members{SCALE}");
        ledger.lie(Scope::Archive, &at, "limit", message);
    }
    check_names(case, ledger);
    for member in members.held.iter().filter(|it| !members.used.contains(&it.address)) {
        if case.is_whole() {
            let message = unreferenced(member);
            ledger.say(Severity::Note, Scope::Archive, &at, "unreferenced", message);
        }
    }
    check_duplicates(members, ledger);
}

fn unreferenced(member: &Member) -> String {
    let Member { name, address: (_, size), sha256, claim } = member;
    match claim {
        Some((claimed, actual)) if claimed == actual => {
            format!("{name}: nothing refers to it, {size} bytes")
        }
        _ => format!("{name}: nothing refers to it, {size} bytes, {sha256}"),
    }
}

/// The name of a blob in use is checked by those who use it.
fn check_names(case: &Case<'_>, ledger: &mut Ledger) {
    let layers: BTreeSet<Address> = case
        .manifests()
        .flat_map(|(manifest, _)| &manifest.layers)
        .filter_map(|layer| layer.blob.as_ref().map(address))
        .collect();
    let told: BTreeSet<Digest> = case.images.iter().flat_map(|it| told(it.image)).collect();
    for member in &case.members.held {
        if let Some((claimed, actual)) = member.claim.as_ref().filter(|it| it.0 != it.1)
            && !layers.contains(&member.address)
            && !told.contains(claimed)
        {
            let message = format!("blob {claimed}: bytes have digest {actual}");
            ledger.lie(Scope::Archive, &Location::default(), "digest", message);
        }
    }
}

/// Digests of documents that were found not to have them.
fn told(image: &Image) -> impl Iterator<Item = Digest> {
    let wrong = image.damage.iter().filter(|damage| damage.kind == "digest");
    let words = wrong.flat_map(|damage| damage.message.split([' ', ',']));
    words.filter_map(|word| word.trim_end_matches(':').parse().ok())
}

/// Blobs that hold the same bytes in two places. An empty one is not worth a word.
fn check_duplicates(members: &Members, ledger: &mut Ledger) {
    let mut first: BTreeMap<&Digest, &Member> = BTreeMap::new();
    for member in members.held.iter().filter(|it| members.blobs.contains(&it.address)) {
        let earlier = *first.entry(&member.sha256).or_insert(member);
        if earlier.address != member.address && member.address.1 > 0 {
            let message = format!("{}: the same bytes as {}", member.name, earlier.name);
            let at = Location::default();
            ledger.say(Severity::Note, Scope::Archive, &at, "duplicate-blob", message);
        }
    }
}
