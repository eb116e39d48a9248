//! Members of two containers against one another, whatever the format: which are there, what the
//! container says of them, what they hold, and in which order they stand.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::found::{Found, TIMES, is_fleeting};
use super::{Broken, Inside, Inspector, Part, part};
use crate::limits::Limits;
use crate::report::{Change, EntryPath, Value};
use crate::sides::{Side, Sides};

/// The field for bytes of a header that no reader takes in. It is told only where nothing but
/// times differs beside it, for they may follow from any other field.
pub(super) const LEFTOVER: &str = "header";

/// The field for a modification time that the container has in a finer form too, as `mtime`. It is
/// told only where that does not differ.
pub(super) const COARSE_TIME: &str = "mtime.dos";

/// What a container says of a member: a dotted name and a value.
pub(super) type Field = (Cow<'static, str>, Value);

/// One member.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member<'a> {
    pub(super) name: Cow<'a, [u8]>,
    pub(super) fields: Vec<Field>,
    /// Bytes of content, by what the container claims.
    pub(super) size: u64,
    /// The content as it lies in the container.
    pub(super) stored: &'a [u8],
    pub(super) packing: Packing,
}

impl<'a> Member<'a> {
    /// What belongs to the container as a whole, or lies beside its members.
    pub(super) fn beside(name: &'static [u8], fields: Vec<Field>, stored: &'a [u8]) -> Self {
        let size = stored.len() as u64;
        Self { name: Cow::Borrowed(name), fields, size, stored, packing: Packing::default() }
    }
}

/// Members as they are read, no more than is bearable.
#[derive(Debug, Default)]
pub(super) struct Collected<'a> {
    pub(super) members: Vec<Member<'a>>,
    /// Bytes of their names and fields. Formats let many members refer to one long name.
    kept: u64,
}

impl<'a> Collected<'a> {
    /// # Errors
    /// When there are too many by now, or they say too much.
    pub(super) fn push(&mut self, member: Member<'a>, limits: &Limits) -> Result<(), Broken> {
        self.kept = self.kept.saturating_add(kept(&member));
        let over = |most: u64, what| Err(Broken(format!("more than {most} {what}")));
        if member.name.len() > limits.path_bytes {
            return over(limits.path_bytes as u64, "bytes in one name");
        }
        if self.members.len() >= limits.archive_members {
            return over(limits.archive_members as u64, "members");
        }
        if self.kept > limits.entry_bytes {
            return over(limits.entry_bytes, "bytes of names and attributes");
        }
        self.members.push(member);
        Ok(())
    }
}

/// What keeping a member costs.
fn kept(member: &Member<'_>) -> u64 {
    /// What keeping one field costs beside its bytes.
    const FIELD: usize = 64;
    let fields = member.fields.iter().map(|(name, value)| {
        let value = match value {
            Value::Text(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        name.len().saturating_add(value).saturating_add(FIELD)
    });
    fields.fold(member.name.len(), usize::saturating_add) as u64
}

/// How the content of a member is packed; the default stands for "not at all".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Packing {
    /// A number of the format.
    pub(super) method: u16,
    /// CRC-32 of the content, by what the container claims.
    pub(super) crc: u32,
    /// The stored bytes cannot be read without a key.
    pub(super) encrypted: bool,
}

/// Gives the content of a member.
pub(super) type Unpack = for<'a> fn(&Member<'a>, &Inspector<'_>) -> Result<Cow<'a, [u8]>, Broken>;

/// For containers that pack nothing.
pub(super) fn as_stored<'a>(
    member: &Member<'a>,
    _: &Inspector<'_>,
) -> Result<Cow<'a, [u8]>, Broken> {
    Ok(Cow::Borrowed(member.stored))
}

/// What differs between the members of two containers, after what was `found` of them before.
pub(super) fn compare(
    members: Sides<&[Member<'_>]>,
    unpack: Unpack,
    mut found: Found,
    inspector: &Inspector<'_>,
) -> Inside {
    let Sides { left, right } = members.map(Table::new);
    let mut repacked = 0_usize;
    for (key, member) in left.iter() {
        let Some(other) = right.get(key) else {
            found.add(alone(key, Side::Left, member));
            continue;
        };
        let pair = Pair { name: label(key), members: Sides::new(member, other) };
        found.extend(pair.fields());
        found.extend(pair.contents(unpack, inspector, &mut repacked));
    }
    for (key, member) in right.iter().filter(|(key, _)| left.get(*key).is_none()) {
        found.add(alone(key, Side::Right, member));
    }
    found.extend(packing(repacked));
    finish(found, &Sides::new(left.common(&right), right.common(&left)))
}

/// A name, and how many members of that name come before.
type Key<'a> = (&'a [u8], usize);

/// The members of one side, in order and by name.
struct Table<'m, 'a> {
    keys: Vec<Key<'m>>,
    members: &'m [Member<'a>],
    by_key: BTreeMap<Key<'m>, &'m Member<'a>>,
}

impl<'m, 'a> Table<'m, 'a> {
    fn new(members: &'m [Member<'a>]) -> Self {
        let keys = occurrences(members.iter().map(|member| &*member.name));
        let by_key = keys.iter().copied().zip(members).collect();
        Self { keys, members, by_key }
    }

    fn iter(&self) -> impl Iterator<Item = (Key<'m>, &'m Member<'a>)> {
        self.keys.iter().copied().zip(self.members)
    }

    fn get(&self, key: Key<'_>) -> Option<&'m Member<'a>> {
        self.by_key.get(&key).copied()
    }

    /// In the order of this one.
    fn common(&self, other: &Self) -> Vec<Key<'m>> {
        self.keys.iter().copied().filter(|key| other.get(*key).is_some()).collect()
    }
}

/// Numbers the names that come more than once.
fn occurrences<'a, T: ?Sized + Ord>(names: impl Iterator<Item = &'a T>) -> Vec<(&'a T, usize)> {
    let mut seen: BTreeMap<&T, usize> = BTreeMap::new();
    let mut number = |name| {
        let count = seen.entry(name).or_default();
        let before = *count;
        *count = count.saturating_add(1);
        (name, before)
    };
    names.map(&mut number).collect()
}

/// What a member is called in the output: a second of one name must not be taken for the first.
fn label((name, before): Key<'_>) -> Cow<'_, [u8]> {
    match before {
        0 => Cow::Borrowed(name),
        _ => {
            let number = format!(" (number {} of that name)", before.saturating_add(1));
            Cow::Owned([name, number.as_bytes()].concat())
        }
    }
}

/// A member that only one side has.
fn alone(key: Key<'_>, side: Side, member: &Member<'_>) -> Part {
    let value = Value::Text(summary(member));
    Part::new("entry", Sides::only(side, value)).inside_of(EntryPath::new(&*label(key)))
}

/// `file 0644 0:0 12 B`, as far as the format knows these.
fn summary(member: &Member<'_>) -> String {
    let field = |name: &str| {
        let value = member.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value);
        value.and_then(plain)
    };
    let owner = field("uid").zip(field("gid")).map(|(uid, gid)| format!("{uid}:{gid}"));
    let size = Some(format!("{} B", member.size));
    let words = [field("type"), field("mode"), owner, size];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Mode(mode) => Some(format!("{mode:04o}")),
        _ => None,
    }
}

/// Two members of one name.
struct Pair<'p, 'a> {
    name: Cow<'p, [u8]>,
    members: Sides<&'p Member<'a>>,
}

impl Pair<'_, '_> {
    fn fields(&self) -> Vec<Part> {
        let fields = self.members.map(|member| &member.fields);
        if fields.left == fields.right {
            return Vec::new();
        }
        let mut table: BTreeMap<(&str, usize), Sides<Option<&Value>>> = BTreeMap::new();
        for (key, (_, value)) in named(fields.left).into_iter().zip(fields.left) {
            table.entry(key).or_default().left = Some(value);
        }
        for (key, (_, value)) in named(fields.right).into_iter().zip(fields.right) {
            table.entry(key).or_default().right = Some(value);
        }
        table.retain(|_, values| values.left != values.right);
        if table.keys().any(|(field, _)| *field != LEFTOVER && !is_fleeting(field)) {
            table.retain(|(field, _), _| *field != LEFTOVER);
        }
        if table.keys().any(|(field, _)| *field == "mtime") {
            table.retain(|(field, _), _| *field != COARSE_TIME);
        }
        table.into_iter().map(|((field, _), values)| self.field(field, values)).collect()
    }

    fn field(&self, field: &str, values: Sides<Option<&Value>>) -> Part {
        let mut part = Part::new(field.to_owned(), values.map(Option::<&Value>::cloned));
        // The member is on both sides; only this field of it may be on one.
        part.change = Change::Changed;
        part.inside_of(EntryPath::new(&*self.name))
    }

    /// Contents are unpacked only when what is stored differs, and not kept.
    fn contents(
        &self,
        unpack: Unpack,
        inspector: &Inspector<'_>,
        repacked: &mut usize,
    ) -> Vec<Part> {
        let stored = self.members.map(|member| (member.stored, member.packing, member.size));
        if stored.left == stored.right {
            return Vec::new();
        }
        match self.members.try_map(|member| unpack(member, inspector)) {
            Ok(Sides { left, right }) if left == right => {
                *repacked = repacked.saturating_add(1);
                Vec::new()
            }
            Ok(contents) => inspector.member(&self.name, contents.as_ref().map(|it| &**it)),
            Err(Broken(reason)) => vec![self.unreadable(reason)],
        }
    }

    fn unreadable(&self, reason: String) -> Part {
        let values = self.members.map(|member| Some(part::digest(member.stored)));
        let mut part = Part::new("stored", values).inside_of(EntryPath::new(&*self.name));
        part.change = Change::Changed;
        part.note = Some(reason);
        part
    }
}

fn named(fields: &[Field]) -> Vec<(&str, usize)> {
    occurrences(fields.iter().map(|(name, _)| &**name))
}

/// The part that says so when contents are the same but not as they are stored.
fn packing(repacked: usize) -> Option<Part> {
    let note = match repacked {
        0 => return None,
        1 => "1 member holds the same content packed in another way".to_owned(),
        _ => format!("{repacked} members hold the same content packed in another way"),
    };
    let mut part = Part::new("packing", Sides::default());
    part.note = Some(note);
    Some(part.inside_of(EntryPath::new(*b"(packing)")))
}

/// Adds whether the members that both have stand in another order.
fn finish(mut found: Found, common: &Sides<Vec<Key<'_>>>) -> Inside {
    const NOTE: &str = "members in another order";
    let pairs = common.left.iter().zip(&common.right);
    let first = pairs.into_iter().find(|(left, right)| left != right);
    let Some((left, right)) = first else { return found.into_inside() };
    if found.is_empty() {
        return Inside::noted(NOTE).because(TIMES);
    }
    let names = Sides::new(*left, *right).map(|key| Some(Value::Bytes(label(key).into())));
    let mut part = Part::new("order", names).inside_of(EntryPath::new(*b"(order)"));
    part.note = Some(format!("{NOTE}, first here"));
    found.add(part);
    found.into_inside()
}

#[cfg(test)]
mod tests;
