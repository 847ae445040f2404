//! The database file: two tables, transactions, and the format's version. No other file names the database.

use std::ops::Deref;
use std::path::Path;

use redb::{AccessGuard, Durability, ReadOnlyTable, ReadableDatabase, ReadableTable, TableDefinition};

use super::error::{Error, Fault};

/// The format that this version reads and writes.
pub(super) const FORMAT: u64 = 1;

const ROWS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("rows");
const SYSTEM: TableDefinition<&str, &[u8]> = TableDefinition::new("system");
const FORMAT_KEY: &str = "format";

macro_rules! database_faults {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Fault {
            fn from(error: $kind) -> Self {
                Self::Database(error.to_string())
            }
        })*
    };
}
database_faults!(redb::StorageError, redb::TableError, redb::TransactionError, redb::CommitError);

/// Reads rows, of a snapshot or of a transaction that is being written.
pub(super) trait Rows {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault>;
    /// The rows from `from` on, up to but not including `until`.
    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault>;
}

/// The bytes of a key or a value, borrowed from the database.
pub(super) struct Bytes<'a>(AccessGuard<'a, &'static [u8]>);

impl Deref for Bytes<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0.value()
    }
}

/// An iterator over rows.
pub(super) struct Scan<'a>(redb::Range<'a, &'static [u8], &'static [u8]>);

impl<'a> Iterator for Scan<'a> {
    type Item = Result<(Bytes<'a>, Bytes<'a>), Fault>;
    fn next(&mut self) -> Option<Self::Item> {
        Some(self.0.next()?.map(|(key, value)| (Bytes(key), Bytes(value))).map_err(Fault::from))
    }
}

impl DoubleEndedIterator for Scan<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        Some(self.0.next_back()?.map(|(key, value)| (Bytes(key), Bytes(value))).map_err(Fault::from))
    }
}

/// The open database.
pub(super) struct Db {
    database: redb::Database,
}

impl Db {
    /// Opens the file, or makes it.
    pub(super) fn open(file: &Path, cache_bytes: usize) -> Result<Self, Error> {
        let damaged = |reason: String| Error::Damaged { file: file.to_owned(), reason };
        let database =
            redb::Builder::new().set_cache_size(cache_bytes).create(file).map_err(|error| match error {
                redb::DatabaseError::Storage(redb::StorageError::Io(source)) => {
                    Error::io("open", file)(source)
                }
                other => damaged(other.to_string()),
            })?;
        let db = Self { database };
        match db.format().map_err(|fault| damaged(fault.to_string()))? {
            Some(FORMAT) => {}
            Some(found) if found > FORMAT => {
                return Err(Error::Newer { file: file.to_owned(), found, supported: FORMAT });
            }
            Some(found) => return Err(damaged(format!("format {found} is unknown"))),
            None => db.write(true, |batch| batch.put_system(FORMAT_KEY, &FORMAT.to_be_bytes()))?,
        }
        Ok(db)
    }

    fn format(&self) -> Result<Option<u64>, Fault> {
        let transaction = self.database.begin_read()?;
        let table = match transaction.open_table(SYSTEM) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let found = ReadableTable::get(&table, FORMAT_KEY)?;
        let bytes = found.map(|value| value.value().try_into().map_err(|_| Fault::Damage("format")));
        Ok(bytes.transpose()?.map(u64::from_be_bytes))
    }

    /// The state as of the last commit, for as long as the snapshot lives.
    pub(super) fn snapshot(&self) -> Result<Snapshot, Fault> {
        let transaction = self.database.begin_read()?;
        Ok(Snapshot { table: transaction.open_table(ROWS)? })
    }

    /// The rows that are about the store itself.
    pub(super) fn system(&self) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        let transaction = self.database.begin_read()?;
        let table = transaction.open_table(SYSTEM)?;
        let mut rows = Vec::new();
        for row in ReadableTable::iter(&table)? {
            let (key, value) = row?;
            rows.push((key.value().to_owned(), value.value().to_vec()));
        }
        Ok(rows)
    }

    /// Runs `work` in a transaction and returns once it is on disk; nothing of it is kept if `work` fails.
    ///
    /// With `quick_repair` the next opening after a crash need not walk the file, for a second sync.
    pub(super) fn write<T>(
        &self,
        quick_repair: bool,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut transaction = self.database.begin_write()?;
        transaction
            .set_durability(Durability::Immediate)
            .map_err(|error| Fault::Database(error.to_string()))?;
        transaction.set_quick_repair(quick_repair);
        let done = {
            let mut batch =
                Batch { rows: transaction.open_table(ROWS)?, system: transaction.open_table(SYSTEM)? };
            work(&mut batch)
        };
        match done {
            Ok(value) => {
                transaction.commit()?;
                Ok(value)
            }
            Err(fault) => {
                transaction.abort()?;
                Err(fault)
            }
        }
    }
}

/// A state of the rows that does not change.
pub(super) struct Snapshot {
    table: ReadOnlyTable<&'static [u8], &'static [u8]>,
}

impl Snapshot {
    /// A scan that may outlive the snapshot.
    pub(super) fn owned_scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'static>, Fault> {
        Ok(Scan(self.table.range::<&[u8]>(from..until)?))
    }
}

impl Rows for Snapshot {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        Ok(ReadableTable::get(&self.table, key)?.map(Bytes))
    }

    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault> {
        Ok(Scan(ReadableTable::range::<&[u8]>(&self.table, from..until)?))
    }
}

/// The rows of a transaction that is being written.
pub(super) struct Batch<'t> {
    rows: redb::Table<'t, &'static [u8], &'static [u8]>,
    system: redb::Table<'t, &'static str, &'static [u8]>,
}

impl Rows for Batch<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        Ok(self.rows.get(key)?.map(Bytes))
    }

    fn scan(&self, from: &[u8], until: &[u8]) -> Result<Scan<'_>, Fault> {
        Ok(Scan(self.rows.range::<&[u8]>(from..until)?))
    }
}

impl Batch<'_> {
    /// Writes a row and hands back what stood there.
    pub(super) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        Ok(self.rows.insert(key, value)?.map(Bytes))
    }

    /// Removes a row and hands back what stood there.
    pub(super) fn remove(&mut self, key: &[u8]) -> Result<Option<Bytes<'_>>, Fault> {
        Ok(self.rows.remove(key)?.map(Bytes))
    }

    /// Removes a range of rows, showing each to `seen` first.
    pub(super) fn remove_range(
        &mut self,
        from: &[u8],
        until: &[u8],
        mut seen: impl FnMut(&[u8], &[u8]),
    ) -> Result<(), Fault> {
        self.rows.retain_in::<&[u8], _>(from..until, |key, value| {
            seen(key, value);
            false
        })?;
        Ok(())
    }

    pub(super) fn put_system(&mut self, key: &str, value: &[u8]) -> Result<(), Fault> {
        self.system.insert(key, value)?;
        Ok(())
    }

    pub(super) fn remove_system(&mut self, key: &str) -> Result<(), Fault> {
        self.system.remove(key)?;
        Ok(())
    }
}
