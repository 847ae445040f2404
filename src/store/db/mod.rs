//! The database: a file with two tables, journals beside it, transactions, and the format's version. Nothing outside
//! this folder names the database.

mod batch;
mod catch_up;
mod commit;
mod head;
mod journal;
mod recent;
mod record;
mod rows;
mod seal;
mod storage;
mod transfer;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{ReadableDatabase, ReadableTable, ReadableTableMetadata as _, StorageBackend, TableDefinition};

use super::error::{Error, Fault};
pub(super) use batch::Batch;
use commit::Books;
use journal::{Files, Mark};
use recent::Recent;
pub(super) use rows::{Rows, Scan, Snapshot};
use seal::Seal;
use storage::{FileStorage, Guarded};

/// The format of a data file that is whole by itself.
pub(super) const FORMAT: u64 = 7;
/// The format of a data file that counts on the journal beside it.
pub(super) const FORMAT_WITH_JOURNAL: u64 = 9;
/// The first format. It and the one after it, its like with a journal, have no packed objects; the two after those have no
/// documents in headers; the two after those no changes that remove several values. 8 is 7 with a journal of the kind that
/// all before had (`head::Sums::Earlier`).
const FIRST_FORMAT: u64 = 1;

const ROWS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("rows");
const SYSTEM: TableDefinition<&str, &[u8]> = TableDefinition::new("system");
const FORMAT_KEY: &str = "format";
const JOURNAL_KEY: &str = "journal";

/// How long the journal gets, in bytes.
pub(super) const JOURNAL_BYTES: u64 = 4 * 1024 * 1024;

macro_rules! database_faults {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Fault {
            fn from(error: $kind) -> Self {
                Self::Database(error.to_string())
            }
        })*
    };
}
database_faults!(
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError,
    redb::CursorError,
    redb::SetDurabilityError
);

/// How a data file is opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    pub(super) cache_bytes: usize,
    /// Check the file from end to end, even if it looks as it was left.
    pub(super) verify: bool,
    /// How large the file may be for that to be done anyway unless it looks exactly as it was left.
    pub(super) walk_bytes: u64,
    /// How many changes of each resource are kept; all without it.
    pub(super) keep_changes: Option<u64>,
    /// How long the journal gets before the data file catches up; 0 for none.
    pub(super) journal_bytes: u64,
}

impl Options {
    pub(super) fn new(cache_bytes: usize) -> Self {
        Self {
            cache_bytes,
            verify: false,
            walk_bytes: u64::MAX,
            keep_changes: None,
            journal_bytes: JOURNAL_BYTES,
        }
    }
}

/// The files of the journals that belong to a data file.
pub(super) fn journals_of(data: &Path) -> [PathBuf; journal::FILES] {
    ["journal", "journal2"].map(|extension| data.with_extension(extension))
}

/// The open database.
pub(super) struct Db {
    // `None` only while it is being dropped.
    database: Option<redb::Database>,
    data: Guarded,
    seal: Option<Arc<Seal>>,
    books: Books,
    /// The state that is read: as of the last commit that is on the disk.
    readable: Mutex<Option<Snapshot>>,
    /// What is being synced, if somebody may read it before that is done.
    ahead: Mutex<Option<Snapshot>>,
    keep_changes: Option<u64>,
    /// Whether the data file was read from end to end when it was opened.
    #[cfg(test)]
    walked: bool,
}

impl Drop for Db {
    fn drop(&mut self) {
        let whole = self.fold();
        drop(self.let_go());
        // Closing writes to the file, and the seal is about the closed file.
        drop(self.database.take());
        match (whole, &self.seal) {
            (Ok(()), Some(seal)) => seal.set(),
            (Ok(()), None) => {}
            (Err(fault), _) => tracing::error!(%fault, "the store was not closed in order"),
        }
    }
}

impl Db {
    /// Opens the file, or makes it. A file that cannot be used is not written to.
    ///
    /// It is checked from end to end if it does not look as it was left, or with `verify`.
    pub(super) fn open(file: &Path, options: &Options) -> Result<Self, Error> {
        let damaged = |reason: &str| Error::Damaged { file: file.to_owned(), reason: reason.to_owned() };
        let seal = Arc::new(Seal::of(file));
        if seal.exists() && std::fs::metadata(file).map_or(0, |data| data.len()) == 0 {
            return Err(damaged("it is empty or gone, although it was in use"));
        }
        let mut opening = OpenOptions::new();
        let opened = opening.read(true).write(true).create(true).truncate(false).mode(0o600).open(file);
        let opened = opened.map_err(Error::io("open", file))?;
        let large = seal.data_bytes() > options.walk_bytes;
        let verify = options.verify || !seal.is_whole(large);
        let storage = FileStorage::sealed(opened, Arc::clone(&seal));
        let journal = |path: &PathBuf| -> Result<Box<dyn StorageBackend>, Error> {
            Ok(Box::new(FileStorage::lazy(path).map_err(Error::io("open", path))?))
        };
        let [first, second] = journals_of(file);
        let options = Options { verify, ..*options };
        Self::on(Box::new(storage), [journal(&first)?, journal(&second)?], file, &options, Some(seal))
    }

    /// Opens what is in `storage` and `journals`, checking it from end to end.
    #[cfg(test)]
    pub(super) fn in_storage(
        storage: Box<dyn StorageBackend>,
        journals: Files,
        file: &Path,
        options: &Options,
    ) -> Result<Self, Error> {
        Self::on(storage, journals, file, options, None)
    }

    /// Opens what is in `storage`; `file` is what to call it.
    fn on(
        storage: Box<dyn StorageBackend>,
        journals: Files,
        file: &Path,
        options: &Options,
        seal: Option<Arc<Seal>>,
    ) -> Result<Self, Error> {
        let damaged = |reason: String| Error::Damaged { file: file.to_owned(), reason };
        let io = |source| Error::io("open", file)(source);
        let guarded = Guarded::new(storage).map_err(io)?;
        let backend = guarded.clone();
        let walked = Arc::new(AtomicBool::new(false));
        let walking = Arc::clone(&walked);
        let Options { cache_bytes, verify, keep_changes, .. } = *options;
        let opening = move || -> Result<(Start, redb::Database), String> {
            let database = redb::Builder::new()
                .set_cache_size(cache_bytes)
                .set_check_integrity_on_open(verify)
                .set_repair_callback(move |_| walking.store(true, Ordering::Relaxed))
                .create_with_backend(backend)
                .map_err(|error| error.to_string())?;
            Ok((Start::read(&database).map_err(|fault| fault.to_string())?, database))
        };
        // Damage that it does not look for makes the database panic.
        let (start, database) = unless_it_panics(opening).map_err(damaged)?;
        match start.format {
            Some(FIRST_FORMAT..=FORMAT_WITH_JOURNAL) | None => {}
            Some(found) if found > FORMAT_WITH_JOURNAL => {
                let supported = FORMAT_WITH_JOURNAL;
                return Err(Error::Newer { file: file.to_owned(), found, supported });
            }
            Some(found) => return Err(damaged(format!("format {found} is unknown"))),
        }
        let records = match &start.mark {
            Some(mark) => journal::read(&journals, mark).map_err(|(which, reason)| {
                let [first, second] = journals_of(file);
                Error::Damaged { file: if which == 0 { first } else { second }, reason }
            })?,
            None => Vec::new(),
        };
        guarded.accept().map_err(io)?;
        if walked.load(Ordering::Relaxed) {
            tracing::info!(file = %file.display(), "the data file was read from end to end");
        }
        let db = Self {
            database: Some(database),
            data: guarded,
            seal,
            books: Books::new(journals, options.journal_bytes),
            readable: Mutex::default(),
            ahead: Mutex::default(),
            keep_changes,
            #[cfg(test)]
            walked: walked.load(Ordering::Relaxed),
        };
        if let Some(seal) = &db.seal {
            // Opening has written to the file, but no commit.
            seal.set();
        }
        if start.mark.is_none() && start.format != Some(FORMAT) {
            // From now on others would not understand it.
            db.found()?;
        } else {
            db.begin(Recent::default())?;
        }
        if start.mark.is_some() {
            let repeating = || db.repeat(&records).map_err(|fault| fault.to_string());
            unless_it_panics(repeating).map_err(damaged)?;
        }
        Ok(db)
    }

    /// Whether the data file was read from end to end when it was opened.
    #[cfg(test)]
    pub(super) fn was_walked(&self) -> bool {
        self.walked
    }

    /// Does what the journal holds once more, after which the data file is whole by itself.
    fn repeat(&self, records: &[Vec<u8>]) -> Result<(), Fault> {
        self.write_through(|batch| {
            for record in records {
                record::read(record, |op| batch.repeat(&op))?;
            }
            batch.remove_system(JOURNAL_KEY)?;
            batch.put_system(FORMAT_KEY, &FORMAT.to_be_bytes())
        })
    }

    fn database(&self) -> Result<&redb::Database, Fault> {
        self.database.as_ref().ok_or(Fault::Closed)
    }

    /// The state as of the last commit that is on the disk, for as long as the snapshot lives.
    pub(super) fn snapshot(&self) -> Result<Snapshot, Fault> {
        self.readable().clone().ok_or(Fault::Closed)
    }

    /// The state that is being synced, if there is one that may be read before; else as [`Db::snapshot`]. Only for who is
    /// lost with this machine: a power cut takes it back.
    pub(super) fn snapshot_ahead(&self) -> Result<Snapshot, Fault> {
        let ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ahead.map_or_else(|| self.snapshot(), Ok)
    }

    fn read_ahead(&self, snapshot: Option<Snapshot>) {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *ahead, snapshot);
        drop(ahead);
        drop(before);
    }

    fn readable(&self) -> MutexGuard<'_, Option<Snapshot>> {
        self.readable.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, snapshot: Snapshot) {
        // The one before it may be the last of its state, which takes a while to let go.
        let before = self.readable().replace(snapshot);
        drop(before);
    }

    /// The number of rows, and the bytes they hold.
    pub(super) fn size(&self) -> Result<(u64, u64), Fault> {
        if self.snapshot()?.recent.bytes() > 0 {
            self.settle()?;
        }
        let transaction = self.database()?.begin_read()?;
        let table = transaction.open_table(ROWS)?;
        Ok((table.len()?, table.stats()?.stored_bytes()))
    }

    /// Copies the state of this moment into a new file, in parts that fit into memory.
    pub(super) fn copy_to(&self, file: &Path) -> Result<(), Error> {
        const PART: usize = 10_000;
        let copy = Self::open(file, &Options { journal_bytes: 0, ..Options::new(16 * 1024 * 1024) })?;
        let mut system = self.system()?;
        let snapshot = self.snapshot()?;
        // The copy is whole by itself.
        system.retain(|(key, _)| ![FORMAT_KEY, JOURNAL_KEY].contains(&key.as_str()));
        copy.write(|batch| system.iter().try_for_each(|(key, value)| batch.put_system(key, value)))?;
        let mut rows = snapshot.owned_scan(&[], &[0xff])?;
        loop {
            let more = copy.write(|batch| {
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
        self.sync()?;
        // Nobody may be reading.
        let recent = self.let_go();
        let database = self.database.as_mut().ok_or(Fault::Closed)?;
        // Each run moves what it can; it says when there is no more to be had.
        while database.compact().map_err(|error| Fault::Database(error.to_string()))? {}
        self.begin(recent)
    }

    /// The rows that are about the store itself.
    pub(super) fn system(&self) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        self.look(|latest| {
            let table = self.database()?.begin_read()?.open_table(SYSTEM)?;
            let mut rows = BTreeMap::new();
            for row in ReadableTable::iter(&table)? {
                let (name, value) = row?;
                rows.insert(name.value().to_owned(), value.value().to_vec());
            }
            latest.recent.system.each(|row| {
                let name = batch::name_of(row)?;
                match row.value() {
                    Some(value) => drop(rows.insert(name.to_owned(), value.to_vec())),
                    None => drop(rows.remove(name)),
                }
                Ok::<_, Fault>(())
            })?;
            Ok(rows.into_iter().collect())
        })
    }
}

/// Lets who waits for this processor have it. The work on the data file is long and nobody waits for it, but the system
/// lets it run on for milliseconds while a thread that has a request to answer waits, even beside an idle processor.
fn give_way() {
    std::thread::yield_now();
}

fn unless_it_panics<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err("the database cannot make sense of it".to_owned()))
}

/// What a data file says about itself.
struct Start {
    /// `None` in a new one.
    format: Option<u64>,
    mark: Option<Mark>,
}

impl Start {
    fn read(database: &redb::Database) -> Result<Self, Fault> {
        let transaction = database.begin_read()?;
        let table = match transaction.open_table(SYSTEM) {
            Ok(table) => table,
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Self { format: None, mark: None }),
            Err(error) => return Err(error.into()),
        };
        let format = ReadableTable::get(&table, FORMAT_KEY)?;
        let format = format.map(|value| value.value().try_into().map_err(|_| Fault::Damage("format")));
        let mark = ReadableTable::get(&table, JOURNAL_KEY)?.map(|value| Mark::from_bytes(value.value()));
        Ok(Self { format: format.transpose()?.map(u64::from_be_bytes), mark: mark.transpose()? })
    }
}
