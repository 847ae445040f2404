//! From a transaction to the disk.
//!
//! A transaction is staged first: its rows are in memory, where nobody reads them yet, and it is put down in a record. A
//! sync writes the records of all that are staged into the journal as one, and only then what they did can be read. So
//! transactions are made while others are being synced, and what is read is what outlives a crash. What the data file has
//! of it is the concern of [`super::catch_up`]; here it is only begun, by who makes a transaction.

use std::cell::OnceCell;
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Db;
use super::batch::{Batch, Limits};
use super::catch_up::Behind;
use super::head::HEAD;
use super::journal::{Files, Journal};
use super::record::Record;
use super::rows::Snapshot;
use crate::store::error::Fault;

/// What is written besides the data file. Locked in the order of the fields.
pub(super) struct Books {
    /// Held while the data file catches up.
    pub(super) catching_up: Mutex<()>,
    /// Held while a transaction is made.
    pub(super) turn: Mutex<Turn>,
    /// Held while the journal is written.
    pub(super) journal: Mutex<Keeping>,
    pub(super) staged: Mutex<Staged>,
    /// How long a journal gets before the data file begins to catch up; 0 for none.
    pub(super) most: u64,
    /// Whether the data file should begin to.
    pub(super) due: AtomicBool,
    /// A commit has not come back as it should: what is on the disk is not known.
    broken: AtomicBool,
}

#[derive(Default)]
pub(super) struct Turn {
    /// Whether anything has been written since the file was opened.
    pub(super) begun: bool,
    /// The state as of the last transaction, on the disk or not; `None` before the first and after the last.
    pub(super) latest: Option<Snapshot>,
    /// What the data file is catching up with, if it is, and what was written since.
    pub(super) behind: Option<Behind>,
}

pub(super) struct Keeping {
    pub(super) files: Files,
    /// `None` as long as the data file is whole by itself.
    pub(super) journal: Option<Journal>,
}

/// What has been made and is not on the disk.
#[derive(Default)]
pub(super) struct Staged {
    /// With room for a head at its beginning, unless it is empty.
    record: Vec<u8>,
    pub(super) snapshot: Option<Snapshot>,
    /// How much of the journal is taken once it is there, at most; `None` without one.
    pub(super) used: Option<u64>,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Books {
    pub(super) fn new(files: Files, most: u64) -> Self {
        Self {
            turn: Mutex::default(),
            journal: Mutex::new(Keeping { files, journal: None }),
            staged: Mutex::default(),
            most,
            catching_up: Mutex::default(),
            due: AtomicBool::new(false),
            broken: AtomicBool::new(false),
        }
    }

    /// A record that is still empty, and no longer than a good part of the journal.
    fn record(&self) -> Record {
        Record::of_at_most(self.most / 4)
    }

    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.broken.load(Ordering::Acquire) {
            return Err(Fault::Database("an earlier write failed".to_owned()));
        }
        Ok(())
    }

    /// Whether the journal is so long that it may have no room for another record.
    fn is_full(&self) -> bool {
        lock(&self.staged).used.is_some_and(|used| used + self.most / 4 > self.most)
    }

    /// How many bytes the next record may have that is kept in the journal. While the data file catches up with the one
    /// before, a journal may get longer.
    fn room(&self) -> u64 {
        lock(&self.staged).used.map_or(0, |used| (2 * self.most).saturating_sub(used))
    }

    /// The most bytes that rows may take in memory. What is removed by the range takes no room in the journal.
    fn most_in_memory(&self) -> usize {
        4 * self.most as usize
    }
}

/// After whose end, unless it is said to be good, nothing more is written: neither by us, nor by the database when it
/// is closed.
pub(super) struct Step<'a>(pub(super) &'a Db);

impl Step<'_> {
    pub(super) fn done(self) {
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
        if self.is_due() {
            self.catch_up()?;
        }
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
        if !through && turn.behind.is_none() && books.is_full() {
            self.fall_behind(&mut turn)?;
        }
        let since = turn.behind.as_ref().map(|behind| behind.since.clone());
        let limits =
            Limits { record: books.record(), bytes: books.most_in_memory(), changes: self.keep_changes };
        let mut batch = Batch::new(self.database()?, &transaction, self.latest(&turn)?, since, limits);
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
        if let Some((record, rows, since)) = batch.into_staged() {
            if let (Some(behind), Some(since)) = (&mut turn.behind, since) {
                behind.since = since;
            }
            self.keep_in_memory(&mut turn, rows, record);
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
    pub(super) fn latest(&self, turn: &Turn) -> Result<Snapshot, Fault> {
        turn.latest.clone().ok_or(Fault::Closed)
    }

    /// A transaction whose rows are in memory, and which stands in the record.
    fn keep_in_memory(&self, turn: &mut Turn, rows: Snapshot, record: Vec<u8>) {
        turn.latest = Some(rows.clone());
        let mut staged = lock(&self.books.staged);
        staged.used = staged.used.map(|used| used + record.len() as u64);
        if staged.record.is_empty() {
            staged.record = record;
        } else {
            // Done one after the other they are one transaction.
            staged.record.extend_from_slice(&record[HEAD..]);
        }
        let before = staged.snapshot.replace(rows);
        drop(staged);
        drop(before);
    }

    /// Brings to the disk what is staged, and lets it be read. When it returns, all that was staged before it was
    /// called is there.
    pub(in crate::store) fn sync(&self) -> Result<(), Fault> {
        self.bring_to_disk(|_| {})
    }

    /// The same. In between, when what was made outlives this process and only the disk has to be waited for, it can be
    /// read in [`Db::snapshot_ahead`], and `written` is called.
    pub(in crate::store) fn sync_saying(&self, written: impl FnOnce()) -> Result<(), Fault> {
        self.bring_to_disk(|snapshot| {
            self.read_ahead(Some(snapshot.clone()));
            written();
        })
    }

    fn bring_to_disk(&self, written: impl FnOnce(&Snapshot)) -> Result<(), Fault> {
        let mut keeping = lock(&self.books.journal);
        self.books.check()?;
        let (record, snapshot) = {
            let mut staged = lock(&self.books.staged);
            (std::mem::take(&mut staged.record), staged.snapshot.take())
        };
        let Some(snapshot) = snapshot else { return Ok(()) };
        let step = Step(self);
        let Keeping { files, journal } = &mut *keeping;
        let journal = journal.as_mut().ok_or(Fault::Closed)?;
        let appended = journal.append_saying(files, record, || written(&snapshot));
        if appended.is_ok() {
            self.publish(snapshot);
        }
        // From now on the readable state is the newest again.
        self.read_ahead(None);
        appended.map_err(journal_fault)?;
        step.done();
        Ok(())
    }
}

pub(super) fn journal_fault(error: std::io::Error) -> Fault {
    Fault::Database(format!("journal: {error}"))
}
