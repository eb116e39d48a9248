use super::*;
use crate::compare::content::trial::{inspect, told};

fn member(name: &'static str, stored: &'static [u8]) -> Member<'static> {
    Member {
        name: Cow::Borrowed(name.as_bytes()),
        fields: vec![("mode".into(), Value::Mode(0o644))],
        size: stored.len() as u64,
        stored,
        packing: Packing::default(),
    }
}

fn diff(left: &[Member<'_>], right: &[Member<'_>], unpack: Unpack) -> Inside {
    inspect(|inspector| compare(Sides::new(left, right), unpack, Found::default(), inspector))
}

#[test]
fn names_are_paired_by_occurrence() {
    let left = [member("a", b"1"), member("a", b"2")];
    let right = [member("a", b"1"), member("a", b"2"), member("a", b"3")];
    let inside = diff(&left, &right, as_stored);
    assert_eq!(told(&inside), ["a (number 3 of that name) entry: - -> 0644 1 B"]);
}

#[test]
fn repeated_fields_are_all_compared() {
    let with = |second: u64| Member {
        fields: vec![("x".into(), Value::Number(1)), ("x".into(), Value::Number(second))],
        ..member("a", b"")
    };
    let inside = diff(&[with(2)], &[with(3)], as_stored);
    assert_eq!(told(&inside), ["a x: 2 -> 3"]);
}

#[test]
fn the_same_content_packed_otherwise_is_counted() {
    fn upper<'a>(member: &Member<'a>, _: &Inspector<'_>) -> Result<Cow<'a, [u8]>, Broken> {
        Ok(member.stored.to_ascii_uppercase().into())
    }
    let left = [member("a", b"x"), member("b", b"y")];
    let right = [member("a", b"X"), member("b", b"Y")];
    let inside = diff(&left, &right, upper);
    assert_eq!(told(&inside), ["(packing) packing: - -> -"]);
    let note = inside.parts.first().and_then(|part| part.note.as_deref());
    assert_eq!(note, Some("2 members hold the same content packed in another way"));
    assert_eq!(inside.aspect, None);
}

#[test]
fn a_member_that_cannot_be_unpacked_says_why() {
    fn refuse<'a>(_: &Member<'a>, _: &Inspector<'_>) -> Result<Cow<'a, [u8]>, Broken> {
        Err(Broken::new("no key"))
    }
    let inside = diff(&[member("a", b"x")], &[member("a", b"y")], refuse);
    assert_eq!(told(&inside), ["a stored: # -> #"]);
    assert_eq!(inside.parts.first().and_then(|part| part.note.as_deref()), Some("no key"));
}
