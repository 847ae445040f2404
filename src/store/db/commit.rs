//! From a transaction to the disk.
//!
//! A transaction is staged first: its rows are in memory, where nobody reads them yet, and it is put down in a record. A
//! sync writes the records of all that are staged into the journal as one, and only then what they did can be read. So
//! transactions are made while others are being synced, and what is read is what outlives a crash. From time to time a
//! transaction goes through to the data file, which then has all rows that were in memory and has caught up with the
//! journal. In between the data file is not touched.

use std::cell::OnceCell;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redb::{Durability, StorageBackend, WriteTransaction};

use super::batch::{self, Batch, Limits};
use super::journal::{HEAD, Journal};
use super::recent::Recent;
use super::record::Record;
use super::rows::Snapshot;
use super::{Db, FORMAT, FORMAT_KEY, FORMAT_WITH_JOURNAL, JOURNAL_KEY, ROWS};
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
    /// The state as of the last transaction, on the disk or not; `None` before the first and after the last.
    latest: Option<Snapshot>,
}

struct Keeping {
    file: Box<dyn StorageBackend>,
    /// `None` as long as the data file is whole by itself.
    journal: Option<Journal>,
}

/// What has been made and is not on the disk.
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

    /// How many bytes the next record may have that is kept in the journal.
    fn room(&self) -> u64 {
        lock(&self.staged).used.map_or(0, |used| self.most.saturating_sub(used))
    }

    /// The most bytes that rows may take in memory. What is removed by the range takes no room in the journal.
    fn most_in_memory(&self) -> usize {
        2 * self.most as usize
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
        self.make(work, false)
    }

    /// Runs `work` in a transaction that goes through to the data file.
    pub(super) fn write_through<T>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.make(work, true)
    }

    fn make<T>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Result<T, Fault>,
        through: bool,
    ) -> Result<T, Fault> {
        let mut turn = lock(&self.books.turn);
        self.books.check()?;
        let books = &self.books;
        let transaction = OnceCell::new();
        let limits =
            Limits { record: books.record(), bytes: books.most_in_memory(), changes: self.keep_changes };
        let mut batch = Batch::new(self.database()?, &transaction, self.latest(&turn)?, limits);
        if through {
            batch.go_through()?;
        }
        let value = work(&mut batch)?;
        if batch.is_empty() {
            return Ok(value);
        }
        if batch.record_bytes() > books.room() {
            batch.go_through()?;
        }
        if let Some((record, rows)) = batch.into_staged() {
            self.keep_in_memory(&mut turn, rows, &record);
            return Ok(value);
        }
        let transaction = transaction.into_inner().ok_or(Fault::Closed)?;
        self.sync()?;
        if !through {
            self.begin_journal(&mut turn)?;
        }
        self.commit_through(&mut turn, transaction)?;
        Ok(value)
    }

    /// The state as of the last transaction, on the disk or not.
    fn latest(&self, turn: &Turn) -> Result<Snapshot, Fault> {
        turn.latest.clone().ok_or(Fault::Closed)
    }

    /// A transaction whose rows are in memory, and which stands in the record.
    fn keep_in_memory(&self, turn: &mut Turn, rows: Snapshot, record: &[u8]) {
        turn.latest = Some(rows.clone());
        let mut staged = lock(&self.books.staged);
        // Done one after the other they are one transaction.
        let begun = if staged.record.is_empty() { 0 } else { HEAD };
        staged.record.extend_from_slice(&record[begun..]);
        staged.used = staged.used.map(|used| used + record.len() as u64);
        let before = staged.snapshot.replace(rows);
        drop(staged);
        drop(before);
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
    fn commit_through(&self, turn: &mut Turn, mut transaction: WriteTransaction) -> Result<(), Fault> {
        let mut keeping = lock(&self.books.journal);
        transaction.set_durability(Durability::Immediate)?;
        transaction.set_quick_repair(true);
        if let Some(journal) = &keeping.journal {
            batch::write_system(&transaction, JOURNAL_KEY, Some(&journal.mark().to_bytes()))?;
            batch::write_system(&transaction, FORMAT_KEY, Some(&FORMAT_WITH_JOURNAL.to_be_bytes()))?;
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
        self.adopt(turn, Snapshot::of(self.database()?, Recent::default())?);
        Ok(())
    }

    /// From now on this is the state that is read, and that others are made upon.
    fn adopt(&self, turn: &mut Turn, state: Snapshot) {
        turn.latest = Some(state.clone());
        self.publish(state);
    }

    /// Begins with what the data file has, and what was written since.
    pub(super) fn begin(&self, recent: Recent) -> Result<(), Fault> {
        self.adopt(&mut lock(&self.books.turn), Snapshot::of(self.database()?, recent)?);
        Ok(())
    }

    /// Makes the tables where there are none, and gives the data file the present format.
    pub(super) fn found(&self) -> Result<(), Fault> {
        let transaction = self.database()?.begin_write()?;
        drop(transaction.open_table(ROWS)?);
        batch::write_system(&transaction, FORMAT_KEY, Some(&FORMAT.to_be_bytes()))?;
        self.commit_through(&mut lock(&self.books.turn), transaction)
    }

    /// Lets go of the states of the data file that are kept, so that it can be closed or made shorter, and hands back what
    /// it does not have.
    pub(super) fn let_go(&self) -> Recent {
        let latest = lock(&self.books.turn).latest.take();
        drop(self.readable().take());
        latest.map(|latest| latest.recent).unwrap_or_default()
    }

    /// Looks at the state as of the last transaction while no other is made.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Snapshot) -> Result<T, Fault>) -> Result<T, Fault> {
        look(&self.latest(&lock(&self.books.turn))?)
    }

    /// Whether the data file should catch up with the journal when there is nothing else to do.
    pub(in crate::store) fn wants_to_settle(&self) -> bool {
        lock(&self.books.staged).used.is_some_and(|used| used > self.books.most / SETTLE_PART)
    }

    /// Lets the data file catch up with the journal, so that the next opening has little to do.
    pub(in crate::store) fn settle(&self) -> Result<(), Fault> {
        let mut turn = lock(&self.books.turn);
        self.sync()?;
        let transaction = self.caught_up(&turn)?;
        self.commit_through(&mut turn, transaction)
    }

    /// A transaction of the data file with all rows that are in memory.
    fn caught_up(&self, turn: &Turn) -> Result<WriteTransaction, Fault> {
        let transaction = self.database()?.begin_write()?;
        batch::write_to(&transaction, &self.latest(turn)?.recent)?;
        Ok(transaction)
    }

    /// Makes the data file whole by itself. What is left to sync, closing it does.
    pub(super) fn fold(&self) -> Result<(), Fault> {
        let turn = lock(&self.books.turn);
        self.sync()?;
        let mut keeping = lock(&self.books.journal);
        if keeping.journal.is_none() {
            return Ok(());
        }
        let mut transaction = self.caught_up(&turn)?;
        batch::write_system(&transaction, JOURNAL_KEY, None)?;
        batch::write_system(&transaction, FORMAT_KEY, Some(&FORMAT.to_be_bytes()))?;
        transaction.set_durability(Durability::None)?;
        let step = Step(self);
        transaction.commit()?;
        step.done();
        keeping.journal = None;
        lock(&self.books.staged).used = None;
        Ok(())
    }
}

fn journal_fault(error: std::io::Error) -> Fault {
    Fault::Database(format!("journal: {error}"))
}
