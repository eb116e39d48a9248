//! SQLite, of which RPM uses one table: `Packages(hnum, blob)`.
//!
//! SQLite reads a copy in memory that is of its own making, so nothing is opened or written.

use rusqlite::limits::Limit;
use rusqlite::{Connection, Error, OpenFlags};

use super::Blobs;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// Bytes 18 and 19 are 2 where writes go to a log first, and 1 where they do not (SQLite's
/// "Database File Format", 1.3.3). RPM asks for the log, which a database in memory cannot have.
const FORMATS: std::ops::Range<usize> = 18..20;

/// How many thousand steps of SQLite's machine may be taken for each KiB of the file, and how many
/// at least. To read a table takes some five steps a row; a view in its place could take any number.
const STEPS: usize = 1;
const FEWEST_STEPS: usize = 10_000;

/// A view or a virtual table might make rows without end, and sort them first.
const IS_TABLE: &str =
    "SELECT 1 FROM sqlite_schema WHERE name = 'Packages' AND type = 'table' AND rootpage > 0";

pub(super) fn is_one(content: &[u8]) -> bool {
    content.starts_with(MAGIC)
}

/// Every header in the file.
pub(super) fn blobs(content: &[u8]) -> Result<Blobs, String> {
    let mut connection = open(content).map_err(|error| reason(&error))?;
    read(&mut connection, content.len()).map_err(|error| reason(&error))
}

fn reason(error: &Error) -> String {
    format!("SQLite: {error}")
}

fn open(content: &[u8]) -> Result<Connection, Error> {
    let mut copy = content.to_vec();
    copy.get_mut(FORMATS).unwrap_or_default().fill(1);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_MEMORY;
    let mut connection = Connection::open_in_memory_with_flags(flags)?;
    connection.deserialize_read_exact("main", copy.as_slice(), copy.len(), true)?;
    Ok(connection)
}

fn read(connection: &mut Connection, length: usize) -> Result<Blobs, Error> {
    let steps = (length >> 10).saturating_mul(STEPS).saturating_add(FEWEST_STEPS);
    let mut left = steps;
    connection.progress_handler(
        1000,
        Some(move || {
            left = left.saturating_sub(1);
            left == 0
        }),
    )?;
    // No value can be larger than the file it is in; SQLite would make one that claims to be.
    let largest = i32::try_from(length).unwrap_or(i32::MAX);
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, largest)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.query_row(IS_TABLE, [], |_| Ok(()))?;
    let mut statement = connection.prepare("SELECT blob FROM Packages")?;
    let mut rows = statement.query([])?;
    let mut all = Blobs::default();
    let mut left = length;
    while let Some(row) = rows.next()? {
        let blob = row.get_ref(0)?.as_blob_or_null()?.unwrap_or_default();
        match left.checked_sub(blob.len()) {
            Some(rest) => left = rest,
            None => return Ok(Blobs { problem: Some("headers larger than the file"), ..all }),
        }
        all.blobs.push(blob.to_vec());
    }
    Ok(all)
}
