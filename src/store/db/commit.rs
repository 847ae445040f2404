//! From a transaction to the disk.
//!
//! A transaction is staged first: committed in the memory of the database, where nobody reads it yet, and put down in a
//! record. A sync writes the records of all that are staged into the journal as one, and only then what they did can
//! be read. So transactions are made while others are being synced, and what is read is what outlives a crash. From time
//! to time a transaction goes through to the data file, which has then caught up with the journal.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::{Durability, StorageBackend, WriteTransaction};

use super::journal::{HEAD, Journal};
use super::record::Record;
use super::rows::{Batch, Snapshot};
use super::{Db, FORMAT, FORMAT_KEY, FORMAT_WITH_JOURNAL, JOURNAL_KEY, SYSTEM};
use crate::store::error::Fault;

/// From which part of the journal on it is worth while to let the data file catch up when there is nothing else to do.
const SETTLE_PART: u64 = 16;

/// What is written besides the data file. Locked in the order of the fields.
pub(super) struct Books {
    /// Held while a transaction is made.
    turn: Mutex<Turn>,
    /// Held while the journal is written.
    journal: Mutex<Keeping>,
    staged: Mutex<Staged>,
    /// How long the journal gets; 0 for none.
    most: u64,
    /// A commit has not come back as it should: what is on the disk is not known.
    broken: AtomicBool,
}

#[derive(Default)]
struct Turn {
    /// Whether anything has been written since the file was opened.
    begun: bool,
}

struct Keeping {
    file: Box<dyn StorageBackend>,
    /// `None` as long as the data file is whole by itself.
    journal: Option<Journal>,
}

/// What has been committed and is not on the disk.
#[derive(Default)]
struct Staged {
    /// With room for a head at its beginning, unless it is empty.
    record: Vec<u8>,
    snapshot: Option<Snapshot>,
    /// How much of the journal is taken once it is there, at most; `None` without one.
    used: Option<u64>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Books {
    pub(super) fn new(file: Box<dyn StorageBackend>, most: u64) -> Self {
        Self {
            turn: Mutex::default(),
            journal: Mutex::new(Keeping { file, journal: None }),
            staged: Mutex::default(),
            most,
            broken: AtomicBool::new(false),
        }
    }

    /// A record that is still empty, and no longer than a good part of the journal.
    fn record(&self) -> Record {
        Record::of_at_most(self.most / 4)
    }

    fn check(&self) -> Result<(), Fault> {
        if self.broken.load(Ordering::Acquire) {
            return Err(Fault::Database("an earlier write failed".to_owned()));
        }
        Ok(())
    }

    /// Whether another record of so many bytes is better kept in the journal than in the data file.
    fn has_room(&self, bytes: usize) -> bool {
        lock(&self.staged).used.is_some_and(|used| used + bytes as u64 <= self.most)
    }
}

/// After whose end, unless it is said to be good, nothing more is written: neither by us, nor by the database when it
/// is closed.
struct Step<'a>(&'a Db);

impl Step<'_> {
    fn done(self) {
        let _ = ManuallyDrop::new(self);
    }
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        self.0.books.broken.store(true, Ordering::Release);
        self.0.data.refuse();
    }
}

impl Db {
    /// Runs `work` in a transaction and returns once it is on disk; nothing of it is kept if `work` fails.
    ///
    /// It is one sync of the journal, unless the data file catches up.
    pub(in crate::store) fn write<T>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let value = self.stage(work)?;
        self.sync()?;
        Ok(value)
    }

    /// Runs `work` in a transaction, which those after it build upon; nothing of it is kept if `work` fails.
    ///
    /// It can be read, and outlives a crash, once [`Db::sync`] has returned.
    pub(in crate::store) fn stage<T>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut turn = lock(&self.books.turn);
        let Made { transaction, value, record } = match self.make(work)? {
            Ok(made) => made,
            Err(value) => return Ok(value),
        };
        match record.into_bytes().filter(|record| self.books.has_room(record.len())) {
            Some(record) => self.commit_in_memory(transaction, &record)?,
            None => {
                self.sync()?;
                self.begin_journal(&mut turn)?;
                self.commit_through(transaction)?;
            }
        }
        Ok(value)
    }

    /// Runs `work` in a transaction that goes through to the data file.
    pub(super) fn write_through<T>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let _turn = lock(&self.books.turn);
        match self.make(work)? {
            Ok(made) => {
                self.sync()?;
                self.commit_through(made.transaction)?;
                Ok(made.value)
            }
            Err(value) => Ok(value),
        }
    }

    /// Does the work of a transaction. The value alone, if nothing was written.
    fn make<T>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault>,
    ) -> Result<Result<Made<T>, T>, Fault> {
        let transaction = self.begin()?;
        let (done, record) = {
            let mut batch = Batch::new(&transaction, self.books.record(), self.keep_changes)?;
            let done = work(&mut batch);
            (done, batch.into_record())
        };
        match done {
            Ok(value) if !record.is_empty() => Ok(Ok(Made { transaction, value, record })),
            // Nothing was written, or is to stay.
            done => {
                transaction.abort()?;
                done.map(Err)
            }
        }
    }

    fn begin(&self) -> Result<WriteTransaction, Fault> {
        self.books.check()?;
        Ok(self.database()?.begin_write()?)
    }

    fn commit_in_memory(&self, mut transaction: WriteTransaction, record: &[u8]) -> Result<(), Fault> {
        transaction.set_durability(Durability::None)?;
        let step = Step(self);
        transaction.commit()?;
        let snapshot = self.latest()?;
        let mut staged = lock(&self.books.staged);
        // Done one after the other they are one transaction.
        let begun = if staged.record.is_empty() { 0 } else { HEAD };
        staged.record.extend_from_slice(&record[begun..]);
        staged.used = staged.used.map(|used| used + record.len() as u64);
        let before = staged.snapshot.replace(snapshot);
        drop(staged);
        drop(before);
        step.done();
        if let Some(seal) = &self.seal {
            // The file may have grown, or taken what the cache did not hold.
            seal.set_again();
        }
        Ok(())
    }

    /// Brings to the disk what is staged, and lets it be read. When it returns, all that was staged before it was
    /// called is there.
    pub(in crate::store) fn sync(&self) -> Result<(), Fault> {
        let mut keeping = lock(&self.books.journal);
        self.books.check()?;
        let (record, snapshot) = {
            let mut staged = lock(&self.books.staged);
            (std::mem::take(&mut staged.record), staged.snapshot.take())
        };
        let Some(snapshot) = snapshot else { return Ok(()) };
        let step = Step(self);
        let Keeping { file, journal } = &mut *keeping;
        let journal = journal.as_mut().ok_or(Fault::Closed)?;
        journal.append(file.as_ref(), record).map_err(journal_fault)?;
        step.done();
        self.publish(snapshot);
        Ok(())
    }

    /// Begins a journal at the second write, as one alone is not worth it.
    fn begin_journal(&self, turn: &mut Turn) -> Result<(), Fault> {
        let mut keeping = lock(&self.books.journal);
        if self.books.most > 0 && turn.begun && keeping.journal.is_none() {
            keeping.journal = Some(Journal::begin(keeping.file.as_ref()).map_err(journal_fault)?);
        }
        turn.begun = true;
        Ok(())
    }

    /// Commits into the data file, which then has all that the journal holds. Whatever its size it opens at once
    /// after that, also if this process is killed. Nothing may be staged.
    fn commit_through(&self, mut transaction: WriteTransaction) -> Result<(), Fault> {
        let mut keeping = lock(&self.books.journal);
        transaction.set_durability(Durability::Immediate)?;
        transaction.set_quick_repair(true);
        if let Some(journal) = &keeping.journal {
            let mut system = transaction.open_table(SYSTEM)?;
            system.insert(JOURNAL_KEY, journal.mark().to_bytes().as_slice())?;
            system.insert(FORMAT_KEY, FORMAT_WITH_JOURNAL.to_be_bytes().as_slice())?;
        }
        let step = Step(self);
        transaction.commit()?;
        step.done();
        if let Some(journal) = &mut keeping.journal {
            journal.rewind();
            lock(&self.books.staged).used = Some(journal.used());
        }
        if let Some(seal) = &self.seal {
            seal.set();
        }
        self.publish(self.latest()?);
        Ok(())
    }

    /// Whether the data file should catch up with the journal when there is nothing else to do.
    pub(in crate::store) fn wants_to_settle(&self) -> bool {
        lock(&self.books.staged).used.is_some_and(|used| used > self.books.most / SETTLE_PART)
    }

    /// Lets the data file catch up with the journal, so that the next opening has little to do.
    pub(in crate::store) fn settle(&self) -> Result<(), Fault> {
        let _turn = lock(&self.books.turn);
        self.sync()?;
        let transaction = self.begin()?;
        self.commit_through(transaction)
    }

    /// Makes the data file whole by itself. What is left to sync, closing it does.
    pub(super) fn fold(&self) -> Result<(), Fault> {
        let _turn = lock(&self.books.turn);
        self.sync()?;
        let mut keeping = lock(&self.books.journal);
        if keeping.journal.is_none() {
            return Ok(());
        }
        let mut transaction = self.begin()?;
        {
            let mut system = transaction.open_table(SYSTEM)?;
            system.remove(JOURNAL_KEY)?;
            system.insert(FORMAT_KEY, FORMAT.to_be_bytes().as_slice())?;
        }
        transaction.set_durability(Durability::None)?;
        let step = Step(self);
        transaction.commit()?;
        step.done();
        keeping.journal = None;
        lock(&self.books.staged).used = None;
        Ok(())
    }
}

/// A transaction that has done its work.
struct Made<T> {
    transaction: WriteTransaction,
    value: T,
    record: Record,
}

fn journal_fault(error: std::io::Error) -> Fault {
    Fault::Database(format!("journal: {error}"))
}
