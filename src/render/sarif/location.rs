//! Where a result lies (section 3.28).

use serde::{Serialize, Serializer};
use serde_json::json;

use crate::digest::{Algorithm, Digest};
use crate::render::escape;
use crate::render::words::{Safe, image_part, part, section};
use crate::report::Finding;

pub(super) struct Location<'a> {
    finding: &'a Finding,
    input: Option<&'a str>,
}

impl<'a> Location<'a> {
    pub(super) const fn new(finding: &'a Finding, input: Option<&'a str>) -> Self {
        Self { finding, input }
    }

    /// The path in the image, or a name for the document; GitHub shows nothing that has no file
    /// and line.
    fn uri(&self) -> String {
        match &self.finding.at.path {
            Some(path) => {
                let bytes = path.as_bytes();
                let relative = bytes.strip_prefix(b"/").unwrap_or(bytes);
                if relative.is_empty() { ".".into() } else { encoded(relative) }
            }
            None => encoded(
                part(self.finding).as_str().replace(" ↔ ", "-").replace(' ', "-").as_bytes(),
            ),
        }
    }

    /// From the outside in.
    fn qualified_name(&self) -> String {
        let at = &self.finding.at;
        let input = self.input.map(|name| Safe::escaped(name).then(" ")).unwrap_or_default();
        let outside = input.then(image_part(self.finding));
        let outside = outside.as_str();
        let path = at.path.iter().chain(&at.within).map(|name| escape(name.as_bytes()));
        let inside = path.collect::<Vec<_>>().join("!");
        match inside.as_str() {
            "" => format!("{outside} {}", escape(&*self.finding.field)),
            _ => format!("{outside} {inside}"),
        }
    }
}

impl Serialize for Location<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let artifact = json!({ "uri": self.uri() });
        let physical = json!({ "artifactLocation": artifact, "region": { "startLine": 1 } });
        let logical = json!([{ "fullyQualifiedName": self.qualified_name() }]);
        json!({ "physicalLocation": physical, "logicalLocations": logical }).serialize(serializer)
    }
}

/// Everything but unreserved characters and slashes as `%XX` (RFC 3986, section 2.1).
fn encoded(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in path {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// What makes a result the same in another run: its place and field, not its values; of damage,
/// what it says.
pub(super) fn fingerprint(finding: &Finding, input: Option<&str>) -> String {
    let at = &finding.at;
    let names = [input, at.image.as_deref(), at.platform.as_deref()];
    let mut text: Vec<u8> = Vec::new();
    for name in names {
        push(&mut text, name.unwrap_or_default().as_bytes());
    }
    push(&mut text, section(finding).as_str().as_bytes());
    at.path.iter().chain(&at.within).for_each(|name| push(&mut text, name.as_bytes()));
    push(&mut text, finding.field.as_bytes());
    // Of one kind of damage there may be several at one place.
    push(&mut text, finding.damage_message().map_or("", |(_, message)| message).as_bytes());
    let digest = Digest::of(Algorithm::Sha256, &text).hex();
    format!("{}:1", digest.get(..32).unwrap_or(&digest))
}

fn push(text: &mut Vec<u8>, part: &[u8]) {
    text.extend_from_slice(part);
    text.push(0);
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn paths_are_encoded_byte_by_byte() {
        assert_eq!(encoded("etc/a b%é:#?".as_bytes()), "etc/a%20b%25%C3%A9%3A%23%3F");
        assert_eq!(encoded(b"\xff\n"), "%FF%0A");
    }
}
