//! Tests of what is told of databases.

use rusqlite::serialize::Data;

use super::*;
use crate::compare::content::testing::{self, told};

const REAL: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/sqlite/rustrad.db"));
const SIBLING: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/formats/sqlite/rusle.db"));

fn database(sql: &str) -> Vec<u8> {
    let made = || {
        let mut connection = Connection::open_in_memory()?;
        connection.execute_batch("PRAGMA page_size = 512")?;
        connection.execute_batch(sql)?;
        connection.serialize("main").map(|data| match data {
            Data::Owned(data) => data.to_vec(),
            Data::Shared(data) => data.to_vec(),
        })
    };
    made().unwrap_or_else(|error| error.to_string().into_bytes())
}

/// Without the fields of the header.
fn told_of(left: &str, right: &str) -> Vec<String> {
    let parts = told(&Sqlite, &database(left), &database(right));
    parts.into_iter().filter(|part| !part.starts_with("(header)")).collect()
}

#[test]
fn rows_are_told_by_number() {
    let table = "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z');";
    let other = format!("{table} UPDATE t SET b = 'Y' WHERE a = 2; DELETE FROM t WHERE a = 3;");
    assert_eq!(
        told_of(table, &other),
        ["t sqlite.rows", "t row 2 sqlite.row", "t row 3 sqlite.row"]
    );
    let parts = testing::compare(&Sqlite, "x", &database(table), &database(&other));
    let row = parts.map(|inside| inside.parts).unwrap_or_default();
    let row = row.into_iter().find(|part| part.within.len() == 2).map(|part| part.values);
    let text = |text: &str| Some(Value::Text(text.into()));
    assert_eq!(row, Some(Sides::new(text("b = 'y'"), text("b = 'Y'"))));
}

#[test]
fn rows_without_number_are_told_by_what_they_say() {
    let table = |rows: &str| {
        format!("CREATE TABLE t (a PRIMARY KEY, b) WITHOUT ROWID; INSERT INTO t VALUES {rows};")
    };
    let (left, right) = (table("(1, 2), (3, 4)"), table("(1, 2), (3, 5), (x'00', NULL)"));
    assert_eq!(
        told_of(&left, &right),
        ["t sqlite.rows", "t sqlite.row", "t sqlite.row", "t sqlite.row"]
    );
    let hidden = |value: u8| format!("CREATE TABLE t (_rowid_); INSERT INTO t VALUES ({value});");
    assert_eq!(told_of(&hidden(1), &hidden(2)), ["t sqlite.row", "t sqlite.row"]);
}

#[test]
fn the_schema_is_told() {
    let left = "CREATE TABLE t (a); CREATE VIEW v AS SELECT 1; INSERT INTO t VALUES (1);";
    let right = "CREATE TABLE t (a, b); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1, 2);";
    assert_eq!(told_of(left, right), ["i sqlite.schema", "t sqlite.schema", "v sqlite.schema"]);
    assert_eq!(
        told(&Sqlite, &database("PRAGMA user_version = 1"), &database("PRAGMA user_version = 2")),
        ["(header) sqlite.user-version"]
    );
}

#[test]
fn nothing_a_schema_asks_for_is_done() {
    let table = |value: u8| {
        format!(
            "CREATE TABLE t (a, b AS (hex(zeroblob(100000))));
             CREATE VIEW v AS SELECT load_extension('x') FROM t;
             CREATE VIRTUAL TABLE f USING fts5(x); INSERT INTO f VALUES ('{value}');
             INSERT INTO t VALUES ({value});"
        )
    };
    let parts = told_of(&table(1), &table(2));
    assert!(parts.contains(&"t row 1 sqlite.row".into()), "{parts:?}");
    assert!(parts.iter().any(|part| part.starts_with("f_content row")), "{parts:?}");
}

#[test]
fn a_write_ahead_log_is_not_looked_for() {
    let mut left = database("CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    left[18] = 2;
    left[19] = 2;
    let right = database("CREATE TABLE t (a); INSERT INTO t VALUES (2);");
    assert_eq!(
        told(&Sqlite, &left, &right),
        ["(header) sqlite.write-version", "(header) sqlite.read-version", "t row 1 sqlite.row"]
    );
}

#[test]
fn real_databases() {
    assert!(Sqlite.recognises(File { name: b"x", bytes: REAL }));
    assert!(!Sqlite.recognises(File { name: b"x.db", bytes: b"SQLite" }));
    let parts = told(&Sqlite, REAL, SIBLING);
    assert!(parts.contains(&"ime row 2 sqlite.row".into()), "{parts:?}");
    assert!(parts.ends_with(&["phrases (other rows) sqlite.row".into()]), "{parts:?}");
    assert_eq!(told(&Sqlite, REAL, REAL), Vec::<String>::new());
}

#[test]
fn damage_is_refused_and_never_fatal() {
    let good = database("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'text'), (2, x'0102');");
    assert_eq!(good.len(), 1024);
    for length in [16, 100, 512, 1000] {
        assert!(testing::compare(&Sqlite, "x", &good, &good[..length]).is_err(), "{length}");
    }
    testing::torture(&Sqlite, "x", &good);
}
