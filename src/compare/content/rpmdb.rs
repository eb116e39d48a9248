//! Databases of rpm: whether only the time of installation differs. What packages differ stands in
//! a table of its own.

use super::{Broken, Comparator, File, Inside, Inspector, sqlite};
use crate::packages::rpm_differs_only_in_install_time;
use crate::sides::Sides;

/// The three kinds there have been: SQLite, ndb and Berkeley DB.
const NAMES: [&str; 3] = ["rpmdb.sqlite", "Packages.db", "Packages"];

pub(super) struct RpmDatabase;

impl Comparator for RpmDatabase {
    fn name(&self) -> &'static str {
        "rpm database"
    }

    fn recognises(&self, file: File<'_>) -> bool {
        let name = file.base_name();
        NAMES.contains(&name) && file.name.ends_with([b"rpm/", name.as_bytes()].concat().as_slice())
    }

    fn compare(&self, files: Sides<File<'_>>, inspector: &Inspector<'_>) -> Result<Inside, Broken> {
        let Sides { left, right } = files.map(|file| file.bytes);
        if rpm_differs_only_in_install_time(left, right) == Some(true) {
            let note = "the same packages, installed at another time";
            return Ok(Inside::noted(note).because("rpm-install-time"));
        }
        if sqlite::Sqlite.recognises(files.left) && sqlite::Sqlite.recognises(files.right) {
            return sqlite::Sqlite.compare(files, inspector);
        }
        Ok(Inside::default())
    }
}
