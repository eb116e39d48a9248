//! Tests of what is told of certificates and keys.

use super::*;
use crate::compare::content::testing::{self, told};

const ONE: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/pem/GTS_Root_R4.crt"));
const TWO: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/pem/ISRG_Root_X2.crt"));
const LARGE: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/pem/GTS_Root_R1.crt"));

const SUBJECT: &str = "C=US, O=Google Trust Services LLC, CN=GTS Root R4";

/// The binary form of the first certificate in a file.
fn der(pem: &[u8]) -> Vec<u8> {
    read(pem).blocks.swap_remove(0).bytes
}

/// The certificate with what is `old` in its binary form replaced.
fn with(old: &[u8], new: &[u8]) -> Vec<u8> {
    let bytes = der(ONE);
    let at = bytes.windows(old.len()).position(|found| found == old).unwrap_or_default();
    let bytes = [&bytes[..at], new, &bytes[at + old.len()..]].concat();
    armoured("CERTIFICATE", &bytes)
}

fn armoured(label: &str, bytes: &[u8]) -> Vec<u8> {
    let body = BASE64.encode(bytes);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").into_bytes()
}

#[test]
fn files_are_known_by_their_armour_or_name() {
    let known = |name: &str, bytes: &[u8]| Pem.recognises(File { name: name.as_bytes(), bytes });
    assert!(known("x", ONE) && known("ca.pem", &[b"# text\n", ONE].concat()));
    assert!(!known("notes", &[b"# text\n", ONE].concat()) && !known("ca.pem", &der(ONE)));
    let known = |name: &str, bytes: &[u8]| Der.recognises(File { name: name.as_bytes(), bytes });
    assert!(known("ca.der", &der(ONE)) && !known("ca.der", ONE) && !known("ca", &der(ONE)));
}

#[test]
fn certificates_are_told_by_subject() {
    let bundle = |parts: &[&[u8]]| parts.concat();
    let (left, right) = (bundle(&[ONE, LARGE]), bundle(&[LARGE, TWO]));
    assert_eq!(
        told(&Pem, &left, &right),
        [
            format!("{SUBJECT} certificate"),
            "C=US, O=Internet Security Research Group, CN=ISRG Root X2 certificate".into(),
        ]
    );
    let again = bundle(&[LARGE, ONE]);
    let note = testing::compare(&Pem, "x", &left, &again).ok().and_then(|inside| inside.note);
    assert_eq!(note, Some("the same blocks, written differently or in another order".into()));
    let commented = bundle(&[b"# one\n", ONE, LARGE]);
    assert_eq!(told(&Pem, &left, &commented), ["(text) content"]);
}

#[test]
fn a_certificate_that_took_the_place_of_another_is_told_by_field() {
    assert_eq!(
        told(&Pem, ONE, &with(b"160622000000Z", b"170622000000Z")),
        [format!("{SUBJECT} cert.not-before")]
    );
    let mut signed = der(ONE);
    let last = signed.len() - 1;
    signed[last] ^= 1;
    assert_eq!(told(&Pem, ONE, &armoured("CERTIFICATE", &signed)), [format!("{SUBJECT} content")]);
    let inside = testing::compare(&Der, "x", &der(ONE), &signed);
    assert_eq!(inside.map(|inside| inside.parts.len()), Ok(1));
}

#[test]
fn private_keys_are_never_shown() {
    let key = |secret: &[u8]| armoured("RSA PRIVATE KEY", secret);
    let (left, right) = (key(b"secret one"), key(b"secret two"));
    assert_eq!(told(&Pem, &left, &right), ["RSA PRIVATE KEY key"]);
    let digests = [&b"secret one"[..], b"secret two"].map(digest);
    for (left, right) in [
        (left.clone(), right.clone()),
        (left[..40].to_vec(), right[..45].to_vec()),
        ([ONE, &left[..]].concat(), [&left[..], ONE].concat()),
        (left.clone(), ONE.to_vec()),
        (key(b"secret one"), b"-----BEGIN RSA PRIVATE KEY-----\n!?\n".to_vec()),
    ] {
        let shown = format!("{:?}", testing::compare(&Pem, "x", &left, &right));
        for text in ["c2VjcmV0", "secret", &format!("{:?}", digests[0])] {
            assert!(!shown.contains(text), "{shown}");
        }
        assert!(shown.starts_with("Ok"), "{shown}");
    }
}

#[test]
fn damage_is_refused_and_never_fatal() {
    assert!(testing::compare(&Der, "x", &der(ONE), &der(ONE)[..100]).is_err());
    testing::torture(&Der, "x", &der(ONE));
    testing::torture(&Pem, "x", ONE);
}
