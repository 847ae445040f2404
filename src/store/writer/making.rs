//! From what has arrived to transactions.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::job::{Arrival, Job, Outcome};
use super::now;
use super::syncing::{Made, Syncing};
use crate::store::changes::Event;
use crate::store::db::{Batch, Db};
use crate::store::error::Fault;

/// The most requests in one transaction.
const MAX_BATCH: usize = 512;
/// How long nothing must arrive before the data file catches up with its journal.
const IDLE: Duration = Duration::from_secs(1);

/// The most transactions that are on their way to the disk: while one is being synced the next is made, and those after it
/// are better made together.
const MAX_UNDER_WAY: usize = 2;

/// What makes the transactions.
pub(super) struct Maker {
    db: Arc<Db>,
    syncing: Arc<Syncing>,
    /// Held while a transaction is made, until it is known who brings it to the disk: that is done in the order in which
    /// they are made.
    pen: Mutex<Pen>,
    /// Whether the thread will let the data file catch up when nothing has been written for a while.
    settles: AtomicBool,
}

#[derive(Default)]
struct Pen {
    /// Set by the first fault of the database: from then on nothing is written, since what is on disk is not known.
    failed: Option<Fault>,
}

impl Pen {
    fn fail(&mut self, fault: Fault) {
        tracing::error!(%fault, "the store can write no more");
        self.failed = Some(fault);
    }
}

/// How a transaction is made of jobs.
struct Attempt {
    outcomes: std::thread::Result<Result<Vec<Outcome>, Fault>>,
    events: Vec<Event>,
    /// At which job it ended; the number of all if that was after the last.
    at: usize,
}

impl Maker {
    pub(super) fn new(db: Arc<Db>, syncing: Arc<Syncing>) -> Self {
        Self { db, syncing, pen: Mutex::default(), settles: AtomicBool::new(false) }
    }

    fn pen(&self) -> MutexGuard<'_, Pen> {
        self.pen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does a write if nothing is being written, or hands it back.
    pub(super) fn at_once(&self, job: Job) -> Option<Job> {
        let (Ok(mut pen), Ok(telling)) = (self.pen.try_lock(), self.syncing.telling.try_lock()) else {
            return Some(job);
        };
        let settled = self.settles.load(Ordering::Relaxed) || !self.db.wants_to_settle();
        if pen.failed.is_some() || !settled || !self.syncing.pace.is_short() || *self.syncing.under_way() > 0
        {
            return Some(job);
        }
        let jobs = [job];
        let Attempt { outcomes, events, at } = self.attempt(&jobs, true);
        let [job] = jobs;
        let outcome = match outcomes {
            Ok(Ok(mut outcomes)) => outcomes.pop(),
            // The thread tries it again, and finds the same fault.
            Ok(Err(_)) => None,
            Err(_) => {
                if at > 0 {
                    pen.fail(Fault::Database("a commit panicked".to_owned()));
                }
                None
            }
        };
        let Some(outcome) = outcome else { return Some(job) };
        self.syncing.add();
        // The thread may make the next meanwhile.
        drop(pen);
        self.syncing.settle(telling, vec![Made { jobs: vec![(job, outcome)], events }]);
        None
    }

    fn attempt(&self, jobs: &[Job], at_once: bool) -> Attempt {
        let (mut at, mut events) = (0, Vec::new());
        let outcomes = catch_unwind(AssertUnwindSafe(|| {
            let work = |batch: &mut Batch<'_>| {
                let now = now();
                let mut outcomes = Vec::with_capacity(jobs.len());
                for job in jobs {
                    at = outcomes.len();
                    outcomes.push(job.run(batch, now, &mut events)?);
                }
                at = outcomes.len();
                Ok(outcomes)
            };
            if at_once { self.db.stage_at_once(work) } else { self.db.stage(work) }
        }));
        Attempt { outcomes, events, at }
    }

    /// Makes one transaction of all jobs. One that fails on its own is answered and left out, and the others are
    /// tried again.
    fn make(&self, pen: &mut Pen, mut jobs: Vec<Job>) -> Option<Made> {
        while !jobs.is_empty() {
            if let Some(fault) = &pen.failed {
                for job in jobs {
                    job.fail(fault.clone());
                }
                return None;
            }
            let Attempt { outcomes, events, at } = self.attempt(&jobs, false);
            match outcomes {
                Ok(Ok(outcomes)) => {
                    let jobs = jobs.into_iter().zip(outcomes).collect();
                    return Some(Made { jobs, events });
                }
                Ok(Err(Fault::Damage(what))) if at < jobs.len() => {
                    jobs.remove(at).fail(Fault::Damage(what));
                }
                Err(_) if at < jobs.len() => {
                    jobs.remove(at).fail(Fault::Database("a write panicked".to_owned()));
                }
                Ok(Err(fault)) => pen.fail(fault),
                Err(_) => pen.fail(Fault::Database("a commit panicked".to_owned())),
            }
        }
        None
    }
}

/// The thread that makes the transactions of what has arrived.
pub(super) struct Thread {
    pub(super) maker: Arc<Maker>,
    pub(super) syncer: Sender<Made>,
    /// Is told when the data file should catch up.
    pub(super) keeper: Sender<()>,
}

impl Thread {
    pub(super) fn run(self, jobs: &Receiver<Arrival>) {
        let syncing = &self.maker.syncing;
        let mut next = None;
        while let Some(first) = next.take().or_else(|| self.wait(jobs)) {
            syncing.wait_below(MAX_UNDER_WAY);
            let mut batch = Vec::new();
            first.join(&mut batch);
            while batch.len() < MAX_BATCH
                && let Ok(next) = jobs.try_recv()
            {
                next.join(&mut batch);
            }
            let mut pen = self.maker.pen();
            if let Some(made) = self.maker.make(&mut pen, batch) {
                if self.maker.db.is_due() {
                    // Without it, it is done here, later.
                    let _ = self.keeper.send(());
                }
                next = jobs.try_recv().ok();
                self.bring_to_disk(pen, made, next.is_some());
            }
        }
    }

    /// The next job; `None` when there are to be no more.
    fn wait(&self, jobs: &Receiver<Arrival>) -> Option<Arrival> {
        let Maker { db, syncing, settles, .. } = &*self.maker;
        let written = || syncing.counts.writes.load(Ordering::Relaxed);
        while self.maker.pen().failed.is_none() && db.wants_to_settle() {
            settles.store(true, Ordering::Relaxed);
            let before = written();
            match jobs.recv_timeout(IDLE) {
                Ok(job) => return Some(job),
                // Others write, without this thread.
                Err(RecvTimeoutError::Timeout) if written() != before => {}
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(fault) = db.settle() {
                        self.maker.pen().fail(fault);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        settles.store(false, Ordering::Relaxed);
        jobs.recv().ok()
    }

    fn bring_to_disk(&self, pen: MutexGuard<'_, Pen>, made: Made, others_wait: bool) {
        let syncing = &self.maker.syncing;
        if syncing.add() == 1 && !others_wait {
            drop(pen);
            // There is nothing else to do meanwhile.
            return syncing.settle(syncing.telling(), vec![made]);
        }
        if let Err(lost) = self.syncer.send(made) {
            syncing.settle(syncing.telling(), vec![lost.0]);
        }
    }
}
