//! Every producer's archive, damaged in every way: cut at and inside each member, a byte flipped in
//! each structure, each member removed, given twice, swapped with the next.
//!
//! Whatever is done to it, the program ends as documented, says the same twice, and calls nothing
//! sound that does not hold what the undamaged archive held.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use ocidiff::VerifyOptions;
use ocidiff::progress::Silent;
use ocidiff::report::{Finding, Soundness, Verified};

use crate::corpus;
use crate::support::Desk;

/// A member of an archive: its headers, the long-name ones before it included, and its content.
#[derive(Clone, Debug)]
struct Span {
    name: String,
    header: usize,
    content: usize,
    end: usize,
    /// With padding.
    next: usize,
}

fn spans(tar: &[u8]) -> Vec<Span> {
    let mut archive = tar::Archive::new(tar);
    let mut spans: Vec<Span> = Vec::new();
    for entry in archive.entries().expect("a tar").filter_map(Result::ok) {
        let at = |offset: u64| usize::try_from(offset).expect("small");
        let content = at(entry.raw_file_position());
        let end = content + at(entry.size());
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let header = spans.last().map_or(0, |span| span.next);
        spans.push(Span { name, header, content, end, next: end.next_multiple_of(512) });
    }
    spans
}

/// One way to damage an archive, and whether the damage is to the content of a member.
struct Damage {
    what: String,
    bytes: Vec<u8>,
}

fn damages(tar: &[u8]) -> Vec<Damage> {
    let spans = spans(tar);
    let mut all = Vec::new();
    let mut add = |what: String, bytes: Vec<u8>| all.push(Damage { what, bytes });
    let flip = |at: usize| {
        let mut bytes = tar.to_vec();
        bytes[at] ^= 0x20;
        bytes
    };
    for (position, span) in spans.iter().enumerate() {
        let name = &span.name;
        for (place, at) in [
            ("before", span.header),
            ("inside the header of", span.header + 300),
            ("before the content of", span.content),
            ("inside", span.content + (span.end - span.content) / 2),
            ("behind", span.end),
        ] {
            add(format!("cut {place} {name}"), tar[..at].to_vec());
        }
        for (place, at) in [("name", 0), ("mode", 101), ("size", 130), ("sum", 150), ("type", 156)]
        {
            add(format!("flip {place} of {name}"), flip(span.content - 512 + at));
        }
        if span.end > span.content {
            for part in 0..3 {
                let at = span.content + (span.end - span.content - 1) * part / 2;
                add(format!("flip byte {at} in {name}"), flip(at));
            }
        }
        let (before, member, after) =
            (&tar[..span.header], &tar[span.header..span.next], &tar[span.next..]);
        add(format!("remove {name}"), [before, after].concat());
        add(format!("repeat {name}"), [before, member, member, after].concat());
        if let Some(next) = spans.get(position + 1) {
            let other = &tar[next.header..next.next];
            add(format!("swap {name}"), [before, other, member, &tar[next.next..]].concat());
            // The content of one member under the name of the next.
            let bytes =
                [before, &tar[span.header..span.content], &tar[next.content..next.next], after];
            add(format!("replace {name}"), bytes.concat());
        }
    }
    all
}

fn verify(path: &Path, options: &VerifyOptions) -> Result<Verified, String> {
    ocidiff::verify(path.as_os_str(), options, &Silent).map_err(|error| error.to_string())
}

fn told(result: &Result<Verified, String>) -> (Soundness, Vec<String>) {
    match result {
        Ok(verified) => {
            (verified.verdict, verified.findings.iter().map(Finding::message).collect())
        }
        Err(error) => (Soundness::Unreadable, vec![error.clone()]),
    }
}

/// Everything a sound copy must hold.
fn promise(verified: &Verified) -> Vec<ocidiff::digest::Digest> {
    let manifests = verified.manifests.iter();
    let texts = manifests.flat_map(|manifest| {
        let documents = [&manifest.digest, &manifest.config_digest].into_iter().flatten();
        documents.chain(manifest.layers.iter().filter_map(|layer| layer.diff_id.as_ref()))
    });
    texts.map(|text| text.parse().expect("a digest")).collect()
}

fn check_producer(archive: &Path, desk: &Desk) -> usize {
    let tar = fs::read(archive).expect("the corpus");
    let mut options = VerifyOptions { threads: 1, ..VerifyOptions::default() };
    let sound = verify(archive, &options).expect("a sound archive");
    options.expect = promise(&sound);
    assert!(!options.expect.is_empty(), "{}", archive.display());
    let damages = damages(&tar);
    for Damage { what, bytes } in &damages {
        let path = desk.put("damaged.tar", bytes);
        let first = told(&verify(&path, &options));
        let case = format!("{}: {what}: {first:#?}", archive.display());
        assert_eq!(first, told(&verify(&path, &options)), "{case}");
        assert!(first.1.iter().all(|message| !message.is_empty()), "{case}");
        let content = what.starts_with("flip byte") && !what.ends_with("VERSION");
        if content && !what.ends_with("/json") && !unused(&sound, what) {
            assert_ne!(first.0, Soundness::Sound, "{case}");
        }
    }
    damages.len()
}

/// Nobody notices a change in what nobody refers to, unless its name is its digest.
fn unused(sound: &Verified, what: &str) -> bool {
    let name = what.rsplit(' ').next().unwrap_or_default();
    !name.starts_with("blobs/")
        && sound.findings.iter().any(|it| it.field == "unreferenced" && it.message().contains(name))
}

#[test]
fn every_damage_to_every_archive_is_survived() {
    let archives: Vec<_> = corpus::images()
        .into_iter()
        .filter(|path| path.file_name() == Some(OsStr::new("left.tar")))
        .collect();
    assert!(archives.len() > 15);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let cases = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let desk = Desk::new();
                while let Some(archive) =
                    archives.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    let done = check_producer(archive, &desk);
                    cases.fetch_add(done, std::sync::atomic::Ordering::Relaxed);
                }
            });
        }
    });
    assert!(cases.into_inner() > 3000);
}
