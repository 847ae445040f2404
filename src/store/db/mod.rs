//! The database file: two tables, transactions, and the format's version. Nothing outside this folder names the
//! database.

mod seal;
mod storage;

use std::fs::OpenOptions;
use std::ops::Deref;
use std::os::unix::fs::OpenOptionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::{
    AccessGuard, Durability, ReadOnlyTable, ReadableDatabase, ReadableTable, ReadableTableMetadata as _,
    TableDefinition,
};

use super::error::{Error, Fault};
use seal::Seal;
use storage::{FileStorage, Guarded};

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
    // `None` only while it is being dropped.
    database: Option<redb::Database>,
    seal: Option<Seal>,
    /// How many changes of each resource are kept; all without it.
    keep_changes: Option<u64>,
    /// The size of the file from which every commit saves what spares the next opening a walk over the file.
    walk_bytes: u64,
    /// Whether the last commit did, which also closing the file and settling do.
    quick: AtomicBool,
}

impl Drop for Db {
    fn drop(&mut self) {
        // Closing writes to the file, and the seal is about the closed file.
        drop(self.database.take());
        if let Some(seal) = &self.seal {
            seal.set();
        }
    }
}

impl Db {
    /// Opens the file, or makes it. A file that cannot be used is not written to.
    ///
    /// It is checked from end to end if it does not look as it was left, or with `verify`.
    pub(super) fn open(file: &Path, cache_bytes: usize, verify: bool) -> Result<Self, Error> {
        let damaged = |reason: &str| Error::Damaged { file: file.to_owned(), reason: reason.to_owned() };
        let seal = Seal::of(file);
        if seal.exists() && std::fs::metadata(file).map_or(0, |data| data.len()) == 0 {
            return Err(damaged("it is empty or gone, although it was in use"));
        }
        let mut options = OpenOptions::new();
        let opened = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(file);
        let storage = FileStorage(opened.map_err(Error::io("open", file))?);
        let verify = verify || !seal.is_whole();
        Self::on(Box::new(storage), file, cache_bytes, verify, Some(seal))
    }

    /// Opens what is in `storage`, checking it from end to end.
    #[cfg(test)]
    pub(super) fn in_storage(
        storage: Box<dyn redb::StorageBackend>,
        file: &Path,
        cache_bytes: usize,
    ) -> Result<Self, Error> {
        Self::on(storage, file, cache_bytes, true, None)
    }

    /// Opens what is in `storage`; `file` is what to call it.
    fn on(
        storage: Box<dyn redb::StorageBackend>,
        file: &Path,
        cache_bytes: usize,
        verify: bool,
        seal: Option<Seal>,
    ) -> Result<Self, Error> {
        let damaged = |reason: String| Error::Damaged { file: file.to_owned(), reason };
        let io = |source| Error::io("open", file)(source);
        let guarded = Guarded::new(storage).map_err(io)?;
        let backend = guarded.clone();
        let walked = Arc::new(AtomicBool::new(false));
        let walking = Arc::clone(&walked);
        let opening = move || -> Result<(Option<u64>, redb::Database), String> {
            let database = redb::Builder::new()
                .set_cache_size(cache_bytes)
                .set_check_integrity_on_open(verify)
                .set_repair_callback(move |_| walking.store(true, Ordering::Relaxed))
                .create_with_backend(backend)
                .map_err(|error| error.to_string())?;
            Ok((format(&database).map_err(|fault| fault.to_string())?, database))
        };
        // Damage that it does not look for makes the database panic.
        let (format, database) = catch_unwind(AssertUnwindSafe(opening))
            .unwrap_or_else(|_| Err("the database cannot make sense of it".to_owned()))
            .map_err(damaged)?;
        match format {
            Some(FORMAT) | None => {}
            Some(found) if found > FORMAT => {
                return Err(Error::Newer { file: file.to_owned(), found, supported: FORMAT });
            }
            Some(found) => return Err(damaged(format!("format {found} is unknown"))),
        }
        guarded.accept().map_err(io)?;
        let db = Self {
            database: Some(database),
            seal,
            keep_changes: None,
            walk_bytes: u64::MAX,
            quick: AtomicBool::new(!walked.load(Ordering::Relaxed)),
        };
        if let Some(seal) = db.seal.as_ref().filter(|_| db.is_quick()) {
            // Opening has written to the file, but no commit.
            seal.set();
        }
        if format.is_none() {
            db.write(true, |batch| batch.put_system(FORMAT_KEY, &FORMAT.to_be_bytes()))?;
        }
        Ok(db)
    }

    /// From now on keeps only the last so many changes of each resource that is written.
    pub(super) fn keeping(self, changes: Option<u64>) -> Self {
        let mut db = self;
        db.keep_changes = changes;
        db
    }

    /// From now on every commit to a file of more than so many bytes is one after which it opens at once.
    pub(super) fn walking(self, bytes: u64) -> Self {
        let mut db = self;
        db.walk_bytes = bytes;
        db
    }

    /// Whether the file would be opened without a walk over it if this process was killed now.
    pub(super) fn is_quick(&self) -> bool {
        self.quick.load(Ordering::Relaxed)
    }

    fn is_large(&self) -> bool {
        self.walk_bytes < u64::MAX
            && self.seal.as_ref().is_some_and(|seal| seal.data_bytes() > self.walk_bytes)
    }

    fn database(&self) -> Result<&redb::Database, Fault> {
        self.database.as_ref().ok_or(Fault::Closed)
    }

    /// Makes the last commit one after which the file opens at once, also when this process is killed.
    pub(super) fn settle(&self) -> Result<(), Fault> {
        if !self.is_quick() {
            self.write(true, |_| Ok(()))?;
        }
        if let Some(seal) = &self.seal {
            seal.set();
        }
        Ok(())
    }

    /// The state as of the last commit, for as long as the snapshot lives.
    pub(super) fn snapshot(&self) -> Result<Snapshot, Fault> {
        let transaction = self.database()?.begin_read()?;
        Ok(Snapshot { table: transaction.open_table(ROWS)? })
    }

    /// The number of rows, and the bytes they hold.
    pub(super) fn size(&self) -> Result<(u64, u64), Fault> {
        let transaction = self.database()?.begin_read()?;
        let table = transaction.open_table(ROWS)?;
        Ok((table.len()?, table.stats()?.stored_bytes()))
    }

    /// Copies the state of this moment into a new file, in parts that fit into memory.
    pub(super) fn copy_to(&self, file: &Path) -> Result<(), Error> {
        const PART: usize = 10_000;
        let copy = Self::open(file, 16 * 1024 * 1024, false)?;
        let system = self.system()?;
        let snapshot = self.snapshot()?;
        copy.write(true, |batch| system.iter().try_for_each(|(key, value)| batch.put_system(key, value)))?;
        let mut rows = snapshot.owned_scan(&[], &[0xff])?;
        loop {
            let more = copy.write(true, |batch| {
                for _ in 0..PART {
                    let Some(row) = rows.next() else { return Ok(false) };
                    let (key, value) = row?;
                    batch.put(&key, &value)?;
                }
                Ok(true)
            })?;
            if !more {
                break;
            }
        }
        drop(copy);
        // The copy is a file of its own; its seal is of no use to anybody.
        let _ = std::fs::remove_file(file.with_extension("seal"));
        Ok(())
    }

    /// Makes the file as short as it can be.
    pub(super) fn compact(&mut self) -> Result<(), Fault> {
        let database = self.database.as_mut().ok_or(Fault::Closed)?;
        // Each run moves what it can; it says when there is no more to be had.
        while database.compact().map_err(|error| Fault::Database(error.to_string()))? {}
        Ok(())
    }

    /// The rows that are about the store itself.
    pub(super) fn system(&self) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        let transaction = self.database()?.begin_read()?;
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
    /// With `quick_repair`, and always in a large file, the next opening after a crash need not walk the file, for a
    /// second sync.
    pub(super) fn write<T>(
        &self,
        quick_repair: bool,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let large = self.is_large();
        let quick = quick_repair || large;
        let mut transaction = self.database()?.begin_write()?;
        transaction
            .set_durability(Durability::Immediate)
            .map_err(|error| Fault::Database(error.to_string()))?;
        transaction.set_quick_repair(quick);
        // Until this commit is done, the one before it counts.
        if let Some(seal) = self.seal.as_ref().filter(|_| large && self.is_quick()) {
            seal.begin();
        }
        let done = {
            let mut batch = Batch {
                rows: transaction.open_table(ROWS)?,
                system: transaction.open_table(SYSTEM)?,
                keep_changes: self.keep_changes,
            };
            work(&mut batch)
        };
        match done {
            Ok(value) => {
                transaction.commit()?;
                self.quick.store(quick, Ordering::Relaxed);
                Ok(value)
            }
            Err(fault) => {
                transaction.abort()?;
                Err(fault)
            }
        }
    }
}

fn format(database: &redb::Database) -> Result<Option<u64>, Fault> {
    let transaction = database.begin_read()?;
    let table = match transaction.open_table(SYSTEM) {
        Ok(table) => table,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let found = ReadableTable::get(&table, FORMAT_KEY)?;
    let bytes = found.map(|value| value.value().try_into().map_err(|_| Fault::Damage("format")));
    Ok(bytes.transpose()?.map(u64::from_be_bytes))
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
    pub(super) keep_changes: Option<u64>,
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

    pub(super) fn get_system(&self, key: &str) -> Result<Option<Bytes<'_>>, Fault> {
        Ok(self.system.get(key)?.map(Bytes))
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
