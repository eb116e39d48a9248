//! A database opened so that it can do nothing but be read.

use std::io::Read as _;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, Result};

use crate::compare::content::Broken;

/// Instructions of its virtual machine that SQLite may spend on one database, counted so that the
/// result does not depend on the machine: several times what the rows of the largest need.
const STEPS: u64 = 100_000_000;
/// Instructions between two counts.
const STRIDE: i32 = 1_000;
/// Bytes of one statement of the schema.
const SQL: i32 = 1 << 20;

/// Copies `bytes` into memory and opens them there.
pub(super) fn open(bytes: &[u8]) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_in_memory_with_flags(flags)?;
    restrict(&mut connection, bytes.len())?;
    connection.deserialize_read_exact("main", &mut journalled(bytes), bytes.len(), true)?;
    connection.authorizer(Some(authorize))?;
    Ok(connection)
}

/// The bytes, with the versions in the header (bytes 18 and 19) that ask for a write-ahead log
/// replaced: a database in memory cannot have one, and is refused.
fn journalled(bytes: &[u8]) -> impl std::io::Read {
    let (front, back) = bytes.split_at(bytes.len().min(18));
    let (versions, back) = back.split_at(back.len().min(2));
    let versions: Vec<u8> = versions.iter().map(|&it| if it == 2 { 1 } else { it }).collect();
    front.chain(std::io::Cursor::new(versions)).chain(back)
}

fn restrict(connection: &mut Connection, size: usize) -> Result<()> {
    for (setting, value) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false),
        // A name in double quotes is never a string.
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
    ] {
        connection.set_db_config(setting, value)?;
    }
    let largest = i32::try_from(size).unwrap_or(i32::MAX).max(SQL);
    for (limit, value) in [
        (Limit::SQLITE_LIMIT_LENGTH, largest),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, SQL),
        // What it takes to read a definition grows with the square of its columns.
        (Limit::SQLITE_LIMIT_COLUMN, 1_000),
        (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
        (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 10),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        (Limit::SQLITE_LIMIT_TRIGGER_DEPTH, 1),
    ] {
        connection.set_limit(limit, value)?;
    }
    let mut steps = STEPS;
    let count = move || {
        steps = steps.saturating_sub(u64::from(STRIDE.unsigned_abs()));
        steps == 0
    };
    connection.progress_handler(STRIDE, Some(count))?;
    // Nothing is sorted on disk, nothing mapped, and cells are checked when a page is read.
    connection.execute_batch(
        "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;
         PRAGMA query_only = ON;",
    )
}

/// Rows and the list of columns may be read; no function may be called, not even by the schema.
fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select | AuthAction::Read { .. } => Authorization::Allow,
        AuthAction::Pragma { pragma_name: "table_xinfo", .. } => Authorization::Allow,
        _ => Authorization::Deny,
    }
}

pub(super) fn broken(error: rusqlite::Error) -> Broken {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::OperationInterrupted) => {
            Broken(format!("more than {STEPS} steps to read it"))
        }
        _ => Broken::new(error),
    }
}
