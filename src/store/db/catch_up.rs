//! From memory to the data file.
//!
//! When a journal is long enough it is ended, and the data file catches up with it: beside the transactions that are made
//! meanwhile, upon the rows that were in memory then, and put down in the next journal. Once all of the first is in the
//! data file, only what was written since stays in memory. A transaction too long for a journal, or the end, goes through at
//! once, with all that is in memory. In between the data file is not touched.

use std::sync::atomic::Ordering;

use redb::{Durability, WriteTransaction};

use super::batch;
use super::commit::{Step, Turn, journal_fault, lock};
use super::journal::{Journal, Mark};
use super::recent::Recent;
use super::rows::Snapshot;
use super::{Db, FORMAT, FORMAT_KEY, FORMAT_WITH_JOURNAL, JOURNAL_KEY, ROWS, transfer};
use crate::store::error::Fault;

/// From which part of the journal on it is worth while to let the data file catch up when there is nothing else to do.
const SETTLE_PART: u64 = 16;

/// What the data file is catching up with.
pub(super) struct Behind {
    recent: Recent,
    /// What it takes down once it has that.
    mark: Mark,
    /// Whether a transaction of the data file has been begun for it.
    begun: bool,
    /// What was written since.
    pub(super) since: Recent,
}

impl Db {
    /// Ends the journal; the data file is to catch up with it.
    pub(super) fn fall_behind(&self, turn: &mut Turn) -> Result<(), Fault> {
        self.sync()?;
        let recent = self.latest(turn)?.recent;
        let mut keeping = lock(&self.books.journal);
        let journal = keeping.journal.take().ok_or(Fault::Closed)?;
        let step = Step(self);
        let journal = journal.go_on(&keeping.files).map_err(journal_fault)?;
        step.done();
        let mark = journal.mark();
        lock(&self.books.staged).used = Some(journal.used());
        keeping.journal = Some(journal);
        turn.behind = Some(Behind { recent, mark, begun: false, since: Recent::default() });
        self.books.due.store(true, Ordering::Release);
        Ok(())
    }

    /// Whether somebody should call [`Db::catch_up`].
    pub(in crate::store) fn is_due(&self) -> bool {
        self.books.due.load(Ordering::Acquire)
    }

    /// Lets the data file catch up with the journal that was ended, if there is one, while others write on. If nobody does
    /// it in time, who writes does.
    pub(in crate::store) fn catch_up(&self) -> Result<(), Fault> {
        let _one_at_a_time = lock(&self.books.catching_up);
        let mut turn = lock(&self.books.turn);
        self.books.check()?;
        self.books.due.store(false, Ordering::Release);
        let Some(behind) = turn.behind.as_mut().filter(|behind| !behind.begun) else { return Ok(()) };
        // As long as this one lives there is no other, and what was in memory before is not written over.
        let transaction = self.database()?.begin_write()?;
        let step = Step(self);
        behind.begun = true;
        let (recent, mark) = (behind.recent.clone(), behind.mark.clone());
        drop(turn);
        transfer::write_to(&transaction, &recent)?;
        self.commit_durably(transaction, Some(&mark))?;
        step.done();

        let mut state = Snapshot::of(self.database()?, Recent::default())?;
        let mut turn = lock(&self.books.turn);
        // A transaction may have gone through since, with all that was in memory.
        let Some(behind) = turn.behind.take_if(|behind| behind.begun) else { return Ok(()) };
        state.recent = behind.since;
        turn.latest = Some(state.clone());
        // While the journal is written, what is staged is with who writes it.
        let keeping = lock(&self.books.journal);
        let mut staged = lock(&self.books.staged);
        if staged.snapshot.is_some() {
            staged.snapshot = Some(state);
        } else {
            drop(staged);
            self.publish(state);
        }
        drop(keeping);
        Ok(())
    }

    /// Commits a transaction of the data file, which opens at once after that whatever its size, also if this process is
    /// killed.
    fn commit_durably(&self, mut transaction: WriteTransaction, mark: Option<&Mark>) -> Result<(), Fault> {
        transaction.set_durability(Durability::Immediate)?;
        transaction.set_quick_repair(true);
        if let Some(mark) = mark {
            batch::write_system(&transaction, JOURNAL_KEY, Some(&mark.to_bytes()))?;
            batch::write_system(&transaction, FORMAT_KEY, Some(&FORMAT_WITH_JOURNAL.to_be_bytes()))?;
        }
        transaction.commit()?;
        if let Some(seal) = &self.seal {
            seal.set();
        }
        Ok(())
    }

    /// Begins a journal at the second write, as one alone is not worth it.
    pub(super) fn begin_journal(&self, turn: &mut Turn) -> Result<(), Fault> {
        let mut keeping = lock(&self.books.journal);
        if self.books.most > 0 && turn.begun && keeping.journal.is_none() {
            keeping.journal = Some(Journal::begin(&keeping.files, 0).map_err(journal_fault)?);
        }
        turn.begun = true;
        Ok(())
    }

    /// Commits a transaction that has all that is in memory. Nothing may be staged.
    pub(super) fn commit_through(&self, turn: &mut Turn, transaction: WriteTransaction) -> Result<(), Fault> {
        let mut keeping = lock(&self.books.journal);
        let mark = keeping.journal.as_ref().map(Journal::mark);
        let step = Step(self);
        self.commit_durably(transaction, mark.as_ref())?;
        step.done();
        if let Some(journal) = &mut keeping.journal {
            journal.rewind();
            lock(&self.books.staged).used = Some(journal.used());
        }
        self.adopt(turn, Snapshot::of(self.database()?, Recent::default())?);
        Ok(())
    }

    /// From now on this is the state that is read, and that others are made upon.
    fn adopt(&self, turn: &mut Turn, state: Snapshot) {
        turn.behind = None;
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
        let mut turn = lock(&self.books.turn);
        turn.behind = None;
        drop(self.readable().take());
        turn.latest.take().map(|latest| latest.recent).unwrap_or_default()
    }

    /// Looks at the state as of the last transaction while no other is made.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Snapshot) -> Result<T, Fault>) -> Result<T, Fault> {
        look(&self.latest(&lock(&self.books.turn))?)
    }

    /// Whether the data file should catch up with the journal when there is nothing else to do.
    pub(in crate::store) fn wants_to_settle(&self) -> bool {
        lock(&self.books.staged).used.is_some_and(|used| used > self.books.most / SETTLE_PART)
    }

    /// Lets the data file catch up with all that was written, so that the next opening has little to do.
    pub(in crate::store) fn settle(&self) -> Result<(), Fault> {
        let mut turn = lock(&self.books.turn);
        self.sync()?;
        let transaction = self.caught_up(&turn)?;
        self.commit_through(&mut turn, transaction)
    }

    /// A transaction of the data file with all rows that are in memory.
    fn caught_up(&self, turn: &Turn) -> Result<WriteTransaction, Fault> {
        let transaction = self.database()?.begin_write()?;
        transfer::write_to(&transaction, &self.latest(turn)?.recent)?;
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
