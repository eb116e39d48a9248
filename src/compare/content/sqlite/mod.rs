//! SQLite databases ("Database File Format"): header fields, schema, rows.
//!
//! SQLite itself reads them, out of memory and under the restrictions it recommends for databases
//! from strangers ("Defense Against The Dark Arts"). Where rows lie, and what pages in no use still
//! hold, is not told.

mod open;
mod pages;
mod rows;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use self::open::{broken, open};
use super::joined::{MOST, capped, counted, differing};
use super::{Broken, Comparator, File, Inside, Inspector, Part};
use crate::report::{EntryPath, Value};
use crate::sides::Sides;

/// Larger databases are not copied into memory.
const LARGEST: usize = 64 << 20;
/// Tables, indexes, views and triggers that are read.
const OBJECTS: u64 = 10_000;

pub(super) struct Sqlite;

impl Comparator for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite database"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        file.bytes.starts_with(b"SQLite format 3\0")
    }

    fn compare(&self, files: Sides<File<'_>>, _: &Inspector<'_>) -> Result<Inside, Broken> {
        if files.left.bytes.len().max(files.right.bytes.len()) > LARGEST {
            return Err(Broken(format!("larger than {} MiB", LARGEST >> 20)));
        }
        let databases = files.try_map(|file| Database::read(file.bytes))?;
        let databases = databases.as_ref();
        let mut parts = header(files);
        parts.extend(schema(databases));
        parts.extend(tables(databases)?);
        Ok(Inside::of(parts))
    }
}

/// An opened database.
struct Database {
    connection: Connection,
    /// SQL by name and type. What SQLite makes for itself has none.
    objects: BTreeMap<(String, String), Option<String>>,
    /// Bytes of the file.
    size: usize,
}

impl Database {
    fn read(bytes: &[u8]) -> Result<Self, Broken> {
        if pages::is_cut(bytes) {
            return Err(Broken::new("shorter than the header says"));
        }
        pages::check_schema(bytes, OBJECTS)?;
        let connection = open(bytes).map_err(broken)?;
        let objects = objects(&connection).map_err(broken)?;
        Ok(Self { connection, objects, size: bytes.len() })
    }

    /// Tables that have rows of their own.
    fn tables(&self) -> impl Iterator<Item = &str> {
        let tables = self.objects.iter().filter(|((_, kind), sql)| {
            let is_virtual = sql.as_ref().is_some_and(|sql| is_virtual(sql));
            kind == "table" && !is_virtual
        });
        tables.map(|((name, _), _)| name.as_str())
    }
}

/// What differs in the rows of the tables both have.
fn tables(databases: Sides<&Database>) -> Result<Vec<Part>, Broken> {
    let mut parts = Vec::new();
    let mut others = 0_usize;
    let right: BTreeSet<&str> = databases.right.tables().collect();
    for name in databases.left.tables().filter(|name| right.contains(name)) {
        let found = rows::compare(databases, name)?;
        if parts.len() >= MOST {
            others = others.saturating_add(found.len());
            continue;
        }
        parts.extend(found.into_iter().map(|it| it.inside_of(EntryPath::new(name.as_bytes()))));
    }
    parts.extend(counted("sqlite.row", "(other tables)", others));
    Ok(parts)
}

/// Its rows lie in other tables, and only a module can read them.
fn is_virtual(sql: &str) -> bool {
    let mut words = sql.split_whitespace();
    let is = |word: Option<&str>, known| word.is_some_and(|it| it.eq_ignore_ascii_case(known));
    is(words.next(), "create") && is(words.next(), "virtual")
}

fn objects(
    connection: &Connection,
) -> rusqlite::Result<BTreeMap<(String, String), Option<String>>> {
    let mut query = connection.prepare("SELECT name, type, sql FROM sqlite_schema")?;
    let rows = query.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    rows.collect()
}

fn schema(databases: Sides<&Database>) -> Vec<Part> {
    let objects = differing(databases.map(|database| &database.objects));
    let parts = objects.map(|((name, kind), sql)| {
        let text = |sql: &Option<String>| match sql {
            Some(sql) => sql.clone(),
            None => format!("{kind} of SQLite"),
        };
        let part = Part::text("sqlite.schema", sql.map(|sql| sql.map(text)));
        part.inside_of(EntryPath::new(name.as_bytes()))
    });
    capped("sqlite.schema", "(other objects)", parts)
}

/// Fields of the header: "Database File Format", 1.3.
const HEADER: [(&str, usize, usize); 11] = [
    ("sqlite.page-size", 16, 2),
    ("sqlite.write-version", 18, 1),
    ("sqlite.read-version", 19, 1),
    ("sqlite.change-counter", 24, 4),
    ("sqlite.schema-cookie", 40, 4),
    ("sqlite.schema-format", 44, 4),
    ("sqlite.auto-vacuum", 52, 4),
    ("sqlite.encoding", 56, 4),
    ("sqlite.user-version", 60, 4),
    ("sqlite.application-id", 68, 4),
    ("sqlite.library-version", 96, 4),
];

fn header(files: Sides<File<'_>>) -> Vec<Part> {
    let fields = HEADER.iter().filter_map(|(name, place, size)| {
        let values = files.map(|file| pages::number(file.bytes, *place, *size).map(Value::Number));
        let part = Part::new(*name, values.clone());
        (values.left != values.right).then(|| part.inside_of(EntryPath::new(*b"(header)")))
    });
    fields.collect()
}
