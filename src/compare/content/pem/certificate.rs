//! What a certificate says (RFC 5280, 4.1).

use sha2::{Digest as _, Sha256};
use x509_parser::parse_x509_certificate;
use x509_parser::time::ASN1Time;

use crate::compare::content::Part;
use crate::digest::hex;
use crate::report::{Timestamp, Value};
use crate::sides::Sides;

/// Fields that are told by name. The rest is extensions and the signature.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Certificate {
    pub(super) subject: String,
    issuer: String,
    serial: String,
    not_before: Timestamp,
    not_after: Timestamp,
    /// The algorithm of the key, and the digest of all that is said of it.
    key: String,
    signature_algorithm: String,
}

impl Certificate {
    /// Reads the binary form, and nothing behind it.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (rest, certificate) = parse_x509_certificate(bytes).ok()?;
        let key = certificate.public_key();
        let algorithm = key.algorithm.algorithm.to_id_string();
        let found = Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: certificate.raw_serial_as_string(),
            not_before: time(certificate.validity().not_before),
            not_after: time(certificate.validity().not_after),
            key: format!("{algorithm} sha256:{}", hex(&Sha256::digest(key.raw))),
            signature_algorithm: certificate.signature_algorithm.algorithm.to_id_string(),
        };
        rest.is_empty().then_some(found)
    }

    pub(super) fn text(&self) -> String {
        format!("serial {}, valid from {} to {}", self.serial, self.not_before, self.not_after)
    }
}

fn time(time: ASN1Time) -> Timestamp {
    Timestamp { seconds: time.timestamp(), nanoseconds: 0 }
}

/// The fields in which two differ.
pub(super) fn compare(pair: Sides<&Certificate>) -> Vec<Part> {
    let text = |text: &String| Value::Text(text.clone());
    let fields = [
        ("cert.issuer", pair.map(|it| text(&it.issuer))),
        ("cert.serial", pair.map(|it| text(&it.serial))),
        ("cert.not-before", pair.map(|it| Value::Time(it.not_before))),
        ("cert.not-after", pair.map(|it| Value::Time(it.not_after))),
        ("cert.key", pair.map(|it| text(&it.key))),
        ("cert.signature-algorithm", pair.map(|it| text(&it.signature_algorithm))),
    ];
    let differing = fields.into_iter().filter(|(_, values)| values.left != values.right);
    differing.map(|(field, values)| Part::new(field, values.map(Some))).collect()
}
