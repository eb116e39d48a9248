//! Rows of one table, by rowid where there is one.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Rows, Statement};
use sha2::{Digest as _, Sha256};

use super::Database;
use super::open::broken;
use crate::compare::content::joined::counted;
use crate::compare::content::{Broken, Part};
use crate::digest::{Sha256Bytes, hex};
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// Rows of a table without rowid that are compared.
const ROWS: usize = 500_000;
/// Rows of one table that are listed.
const ROWS_LISTED: usize = 50;
/// Characters of a value that are shown.
const LONGEST: usize = 100;
/// Bytes of a blob that are shown.
const BLOB: usize = 16;
/// What all values of a table may take, in sizes of the file.
const OVERLAP: usize = 4;

/// What differs between two tables of one name.
pub(super) fn compare(databases: Sides<&Database>, table: &str) -> Result<Vec<Part>, Broken> {
    let columns = databases.try_map(|it| columns(&it.connection, table)).map_err(broken)?;
    let shared: Vec<String> =
        columns.left.iter().filter(|name| columns.right.contains(name)).cloned().collect();
    let keyed = databases.left.has_rowid(table, &columns.left)
        && databases.right.has_rowid(table, &columns.right);
    let sql = query(table, &shared, keyed);
    let mut queries = databases.try_map(|it| it.connection.prepare(&sql)).map_err(broken)?;
    let mut found = Found::default();
    let counts = if keyed {
        by_rowid(&mut queries, databases, &shared, &mut found)?
    } else {
        by_content(&mut queries, databases, &shared, &mut found)?
    };
    let mut parts = Vec::new();
    if counts.left != counts.right {
        parts.push(Part::new("sqlite.rows", counts.map(|count| Some(Value::Number(count)))));
    }
    parts.extend(found.parts);
    parts.extend(counted("sqlite.row", "(other rows)", found.others));
    Ok(parts)
}

impl Database {
    /// Whether rows have a number of their own that no column hides.
    fn has_rowid(&self, table: &str, columns: &[String]) -> bool {
        let is_hidden = columns.iter().any(|name| name.eq_ignore_ascii_case("_rowid_"));
        let sql = format!("SELECT _rowid_ FROM {}", quoted(table));
        !is_hidden && self.connection.prepare(&sql).is_ok()
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Columns that are stored. What is generated follows from them, and may cost anything.
fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut query = connection.prepare(&format!("PRAGMA table_xinfo({})", quoted(table)))?;
    let columns = query.query_map([], |row| Ok((row.get(1)?, row.get::<_, i64>(6)?)))?;
    let stored = columns.filter_map(|column| match column {
        Ok((name, 0)) => Some(Ok(name)),
        Ok(_) => None,
        Err(error) => Some(Err(error)),
    });
    stored.collect()
}

fn query(table: &str, columns: &[String], keyed: bool) -> String {
    let key = if keyed { "_rowid_" } else { "0" };
    let columns = columns.iter().map(|name| format!(", {}", quoted(name)));
    let order = if keyed { " ORDER BY _rowid_" } else { "" };
    format!("SELECT {key}{} FROM {}{order}", columns.collect::<String>(), quoted(table))
}

struct Row {
    id: i64,
    values: Vec<Cell>,
}

/// A value; numbers by their bits, so that all are equal to themselves.
#[derive(PartialEq)]
enum Cell {
    Null,
    Integer(i64),
    Real(u64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

/// Parts that are listed, and how many are not.
#[derive(Default)]
struct Found {
    parts: Vec<Part>,
    others: usize,
}

impl Found {
    fn push(&mut self, part: impl FnOnce() -> Part) {
        if self.parts.len() < ROWS_LISTED {
            self.parts.push(part());
        } else {
            self.others = self.others.saturating_add(1);
        }
    }
}

/// Walks over the rows of a query.
struct Cursor<'s> {
    rows: Rows<'s>,
    /// The row that is next.
    current: Option<Row>,
    width: usize,
    count: u64,
    /// Bytes that values may still take: pages may be shared so that there seem to be many more
    /// rows than the file has room for.
    left: usize,
}

impl<'s> Cursor<'s> {
    fn new(query: &'s mut Statement<'_>, database: &Database) -> Result<Self, Broken> {
        let left = database.size.saturating_mul(OVERLAP);
        let width = query.column_count();
        let rows = query.query([]).map_err(broken)?;
        let mut cursor = Self { rows, current: None, width, count: 0, left };
        cursor.current = cursor.read()?;
        Ok(cursor)
    }

    fn next(&mut self) -> Result<Option<Row>, Broken> {
        let Some(row) = self.current.take() else { return Ok(None) };
        self.current = self.read()?;
        Ok(Some(row))
    }

    fn read(&mut self) -> Result<Option<Row>, Broken> {
        let Some(row) = self.rows.next().map_err(broken)? else { return Ok(None) };
        self.count = self.count.saturating_add(1);
        let mut values = Vec::new();
        for at in 1..self.width {
            let value = row.get_ref(at).map_err(broken)?;
            self.left = self
                .left
                .checked_sub(length(value))
                .ok_or_else(|| Broken::new("rows are many times as large as the file"))?;
            values.push(Cell::of(value));
        }
        Ok(Some(Row { id: row.get(0).map_err(broken)?, values }))
    }
}

impl Cell {
    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number.to_bits()),
            ValueRef::Text(bytes) => Self::Text(bytes.to_vec()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }

    /// The value as bytes, behind a number for its type and its length.
    fn feed(&self, hash: &mut Sha256) {
        let (kind, bytes) = match self {
            Self::Null => (0, Vec::new()),
            Self::Integer(number) => (1, number.to_le_bytes().to_vec()),
            Self::Real(bits) => (2, bits.to_le_bytes().to_vec()),
            Self::Text(bytes) => (3, bytes.clone()),
            Self::Blob(bytes) => (4, bytes.clone()),
        };
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }

    fn shown(&self) -> String {
        match self {
            Self::Null => "NULL".into(),
            Self::Integer(number) => number.to_string(),
            Self::Real(bits) => format!("{:?}", f64::from_bits(*bits)),
            Self::Text(bytes) => text(bytes),
            Self::Blob(bytes) => blob(bytes),
        }
    }
}

fn length(value: ValueRef<'_>) -> usize {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len(),
        _ => 0,
    }
}

fn text(bytes: &[u8]) -> String {
    // Four bytes are enough for any character.
    let start = bytes.get(..LONGEST.saturating_mul(4)).unwrap_or(bytes);
    let text = String::from_utf8_lossy(start);
    let shown: String = text.chars().take(LONGEST).collect();
    let rest = if shown.len() < bytes.len() { "…" } else { "" };
    format!("'{shown}{rest}'")
}

fn blob(bytes: &[u8]) -> String {
    match bytes.get(..BLOB) {
        Some(start) if bytes.len() > BLOB => format!("x'{}…' ({} bytes)", hex(start), bytes.len()),
        _ => format!("x'{}'", hex(bytes)),
    }
}

fn by_rowid(
    queries: &mut Sides<Statement<'_>>,
    databases: Sides<&Database>,
    columns: &[String],
    found: &mut Found,
) -> Result<Sides<u64>, Broken> {
    let mut left = Cursor::new(&mut queries.left, databases.left)?;
    let mut right = Cursor::new(&mut queries.right, databases.right)?;
    loop {
        let order = match (&left.current, &right.current) {
            (Some(left), Some(right)) => left.id.cmp(&right.id),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return Ok(Sides::new(left.count, right.count)),
        };
        let one = if order.is_le() { left.next()? } else { None };
        let other = if order.is_ge() { right.next()? } else { None };
        let values = Sides::new(&one, &other).map(|row| row.as_ref().map(|row| &row.values));
        if values.left != values.right {
            let pair = Sides::new(one.as_ref(), other.as_ref());
            found.push(|| part(pair, columns).inside_of(number(pair)));
        }
    }
}

fn number(rows: Sides<Option<&Row>>) -> EntryPath {
    let id = rows.left.or(rows.right).map_or(0, |row| row.id);
    EntryPath::new(format!("row {id}").into_bytes())
}

/// Rows without a number are equal when all they say is.
fn by_content(
    queries: &mut Sides<Statement<'_>>,
    databases: Sides<&Database>,
    columns: &[String],
    found: &mut Found,
) -> Result<Sides<u64>, Broken> {
    let mut seen: BTreeMap<Sha256Bytes, usize> = BTreeMap::new();
    let mut left = Cursor::new(&mut queries.left, databases.left)?;
    while let Some(row) = left.next()? {
        let count = seen.entry(row.digest()).or_default();
        *count = count.saturating_add(1);
        if seen.len() > ROWS {
            return Err(Broken(format!("a table without rowids has more than {ROWS} rows")));
        }
    }
    let counted = left.count;
    drop(left);
    let mut right = Cursor::new(&mut queries.right, databases.right)?;
    while let Some(row) = right.next()? {
        match seen.get_mut(&row.digest()).filter(|count| **count > 0) {
            Some(count) => *count = count.saturating_sub(1),
            None => found.push(|| part(Sides::new(None, Some(&row)), columns)),
        }
    }
    let mut left = Cursor::new(&mut queries.left, databases.left)?;
    while let Some(row) = left.next()? {
        if let Some(count) = seen.get_mut(&row.digest()).filter(|count| **count > 0) {
            *count = count.saturating_sub(1);
            found.push(|| part(Sides::new(Some(&row), None), columns));
        }
    }
    Ok(Sides::new(counted, right.count))
}

impl Row {
    fn digest(&self) -> Sha256Bytes {
        let mut hash = Sha256::new();
        for cell in &self.values {
            cell.feed(&mut hash);
        }
        hash.finalize().into()
    }
}

/// All values of a row that one side has, and those that differ of one that both have.
fn part(rows: Sides<Option<&Row>>, columns: &[String]) -> Part {
    let differs = |at: usize| match (rows.left, rows.right) {
        (Some(left), Some(right)) => left.values.get(at) != right.values.get(at),
        _ => true,
    };
    let text = |row: &Row| {
        let mut out = String::new();
        for (at, (name, cell)) in columns.iter().zip(&row.values).enumerate() {
            if differs(at) {
                let comma = if out.is_empty() { "" } else { ", " };
                write!(out, "{comma}{name} = {}", cell.shown()).ok();
            }
        }
        out
    };
    Part::text("sqlite.row", rows.map(|row| row.map(text)))
}
