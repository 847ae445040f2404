//! From a transaction that has been made to the disk, and to those who are to be told of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Counts;
use super::job::{Job, Outcome};
use crate::store::changes::Event;
use crate::store::db::Db;
use crate::store::error::Fault;
use crate::store::watch::Hub;

/// How long a sync may take for a thread that has other things to do to wait for it.
const SHORT: Duration = Duration::from_micros(500);

/// How long syncs take, in microseconds: as long as the longest of late.
pub(super) struct Pace(AtomicU64);

impl Default for Pace {
    /// Nothing is known yet.
    fn default() -> Self {
        Self(AtomicU64::new(SHORT.as_micros() as u64))
    }
}

impl Pace {
    fn took(&self, took: Duration) {
        let (took, before) = (took.as_micros() as u64, self.0.load(Ordering::Relaxed));
        // One long sync counts for some dozen short ones.
        let now = if took < before { before - (before - took).div_ceil(8) } else { took };
        self.0.store(now, Ordering::Relaxed);
    }

    pub(super) fn is_short(&self) -> bool {
        self.0.load(Ordering::Relaxed) < SHORT.as_micros() as u64
    }
}

/// The jobs of a transaction, and what is to be told of it once it is on the disk.
pub(super) struct Made {
    pub(super) jobs: Vec<(Job, Outcome)>,
    pub(super) events: Vec<Event>,
}

/// What those that make the transactions and those that bring them to the disk know of each other.
pub(super) struct Syncing {
    db: Arc<Db>,
    hub: Arc<Hub>,
    pub(super) counts: Arc<Counts>,
    /// How many transactions have been made and not been answered.
    under_way: Mutex<usize>,
    fewer: Condvar,
    /// Held while transactions are brought to the disk and told of, which is done in the order in which they were made.
    pub(super) telling: Mutex<()>,
    pub(super) pace: Pace,
}

impl Syncing {
    pub(super) fn new(db: Arc<Db>, hub: Arc<Hub>, counts: Arc<Counts>) -> Self {
        Self {
            db,
            hub,
            counts,
            under_way: Mutex::new(0),
            fewer: Condvar::new(),
            telling: Mutex::new(()),
            pace: Pace::default(),
        }
    }

    pub(super) fn under_way(&self) -> MutexGuard<'_, usize> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn telling(&self) -> MutexGuard<'_, ()> {
        self.telling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self) -> usize {
        let mut under_way = self.under_way();
        *under_way += 1;
        *under_way
    }

    pub(super) fn wait_below(&self, most: usize) {
        let waiting = self.fewer.wait_while(self.under_way(), |under_way| *under_way >= most);
        drop(waiting.unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn run(&self, made: &Receiver<Made>) {
        while let Ok(first) = made.recv() {
            let telling = self.telling();
            let mut all = vec![first];
            all.extend(made.try_iter());
            self.settle(telling, all);
        }
    }

    /// Syncs transactions, and answers their jobs.
    pub(super) fn settle(&self, telling: MutexGuard<'_, ()>, all: Vec<Made>) {
        let began = Instant::now();
        let synced = catch_unwind(AssertUnwindSafe(|| self.db.sync()));
        let synced = synced.unwrap_or_else(|_| Err(Fault::Database("a sync panicked".to_owned())));
        *self.under_way() -= all.len();
        self.fewer.notify_one();
        match &synced {
            Ok(has_synced) => {
                if *has_synced {
                    self.pace.took(began.elapsed());
                }
                self.counts.commits.fetch_add(1, Ordering::Relaxed);
            }
            Err(fault) => tracing::error!(%fault, "writes have not come to the disk"),
        }
        for Made { jobs, events } in all {
            if let Err(fault) = &synced {
                Made { jobs, events }.fail(fault);
                continue;
            }
            self.counts.writes.fetch_add(jobs.len() as u64, Ordering::Relaxed);
            for (job, outcome) in jobs {
                job.answer(outcome);
            }
            self.hub.announce(&events);
        }
        drop(telling);
    }
}

impl Made {
    fn fail(self, fault: &Fault) {
        for (job, _) in self.jobs {
            job.fail(fault.clone());
        }
    }
}
