//! The one writer: a thread that gathers what has arrived into a transaction, syncs it, and only then answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::apply::{self, Write};
use super::changes::Event;
use super::db::{Batch, Db};
use super::error::Fault;
use super::request::{Refusal, Response};
use super::watch::Hub;

/// The most requests in one transaction.
const MAX_BATCH: usize = 512;
/// The most requests that wait or are being written.
const MAX_WAITING: usize = 4096;
/// How long nothing must arrive before the data file catches up with its journal.
const IDLE: Duration = Duration::from_secs(1);

/// How long the next request may be in coming while others that were there with the last ones are awaited, and how
/// long that may take in all.
const GATHER_GAP: Duration = Duration::from_micros(200);
const GATHER_TIME: Duration = Duration::from_millis(2);

/// Seconds since the epoch.
pub(super) fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Clients show milliseconds; more digits would only cost bytes.
    (since.as_secs_f64() * 1000.0).round() / 1000.0
}

type Work = Box<dyn Fn(&mut Batch<'_>) -> Result<(), Fault> + Send>;

enum Job {
    Write { write: Box<Write>, reply: oneshot::Sender<Response>, _permit: OwnedSemaphorePermit },
    Task { work: Work, reply: SyncSender<Result<(), Fault>> },
}

/// The way to the writer's thread, which ends when this is closed.
#[derive(Debug)]
pub(super) struct Writer {
    inbox: Mutex<Option<Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    room: Arc<Semaphore>,
    counts: Arc<Counts>,
}

/// What the writer has done since it was started.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) writes: AtomicU64,
    pub(super) commits: AtomicU64,
}

impl Writer {
    pub(super) fn start(db: Arc<Db>, hub: Arc<Hub>) -> std::io::Result<Self> {
        let (inbox, jobs) = channel();
        let room = Arc::new(Semaphore::new(MAX_WAITING));
        let counts = Arc::new(Counts::default());
        let (seats, counted) = (Arc::clone(&room), Arc::clone(&counts));
        let writing = Thread { db, hub, room: seats, counts: counted, failed: None, expected: 0 };
        let thread =
            std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || writing.run(&jobs))?;
        Ok(Self { inbox: Mutex::new(Some(inbox)), thread: Mutex::new(Some(thread)), room, counts })
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    fn send(&self, job: Job) -> Result<(), Fault> {
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.as_ref().and_then(|inbox| inbox.send(job).ok()).ok_or(Fault::Closed)
    }

    /// Does a write and answers once it is on disk. Once it has begun, a caller that goes away does not stop it.
    pub(super) async fn write(&self, write: Box<Write>) -> Result<Response, Fault> {
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(|_| Fault::Closed)?;
        let (reply, answer) = oneshot::channel();
        self.send(Job::Write { write, reply, _permit: permit })?;
        answer.await.map_err(|_| Fault::Closed)
    }

    /// Runs `work`, which may run more than once, and returns once it is on disk. Blocks for that long.
    pub(super) fn run(
        &self,
        work: impl Fn(&mut Batch<'_>) -> Result<(), Fault> + Send + 'static,
    ) -> Result<(), Fault> {
        let (reply, answer) = sync_channel(1);
        self.send(Job::Task { work: Box::new(work), reply })?;
        answer.recv().map_err(|_| Fault::Closed)?
    }

    /// Writes what has arrived and ends the thread.
    pub(super) fn close(&self) {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the thread has been answered as a failed write already.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

struct Thread {
    db: Arc<Db>,
    hub: Arc<Hub>,
    room: Arc<Semaphore>,
    counts: Arc<Counts>,
    /// How many requests were under way when the last commit was done: those that were answered are likely to be
    /// followed by as many, and one sync does for all.
    expected: usize,
    /// Set by the first fault of the database: from then on nothing is written, since what is on disk is not known.
    failed: Option<Fault>,
}

/// What one job came to.
enum Outcome {
    Answered(Response),
    Done,
}

impl Thread {
    fn run(mut self, jobs: &Receiver<Job>) {
        loop {
            let first = if self.failed.is_none() && self.db.wants_to_settle() {
                match jobs.recv_timeout(IDLE) {
                    Ok(job) => job,
                    Err(RecvTimeoutError::Timeout) => {
                        if let Err(fault) = self.db.settle() {
                            self.fail(fault);
                        }
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            } else {
                match jobs.recv() {
                    Ok(job) => job,
                    Err(_) => break,
                }
            };
            let batch = self.gather(first, jobs);
            self.commit(batch);
        }
    }

    /// Takes what has arrived, and waits a moment for what is likely to come.
    fn gather(&self, first: Job, jobs: &Receiver<Job>) -> Vec<Job> {
        let started = Instant::now();
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH {
            if let Ok(job) = jobs.try_recv() {
                batch.push(job);
            } else if batch.len() < self.expected
                && started.elapsed() < GATHER_TIME
                && let Ok(job) = jobs.recv_timeout(GATHER_GAP)
            {
                batch.push(job);
            } else {
                break;
            }
        }
        batch
    }

    fn fail(&mut self, fault: Fault) {
        tracing::error!(%fault, "the store can write no more");
        self.failed = Some(fault);
    }

    /// Writes all jobs in one transaction. One that fails on its own is answered and left out, and the others are
    /// tried again.
    fn commit(&mut self, mut jobs: Vec<Job>) {
        while !jobs.is_empty() {
            if let Some(fault) = &self.failed {
                for job in jobs {
                    job.fail(fault.clone());
                }
                return;
            }
            let mut at = 0;
            let mut events = Vec::new();
            let written = catch_unwind(AssertUnwindSafe(|| {
                self.db.write(|batch| {
                    let now = now();
                    let mut outcomes = Vec::with_capacity(jobs.len());
                    for job in &jobs {
                        at = outcomes.len();
                        outcomes.push(job.run(batch, now, &mut events)?);
                    }
                    at = outcomes.len();
                    Ok(outcomes)
                })
            }));
            match written {
                Ok(Ok(outcomes)) => {
                    self.expected = MAX_WAITING - self.room.available_permits();
                    self.counts.writes.fetch_add(outcomes.len() as u64, Ordering::Relaxed);
                    self.counts.commits.fetch_add(1, Ordering::Relaxed);
                    for (job, outcome) in jobs.into_iter().zip(outcomes) {
                        job.answer(outcome);
                    }
                    self.hub.announce(&events);
                    return;
                }
                Ok(Err(Fault::Damage(what))) if at < jobs.len() => {
                    jobs.remove(at).fail(Fault::Damage(what));
                }
                Err(_) if at < jobs.len() => {
                    jobs.remove(at).fail(Fault::Database("a write panicked".to_owned()));
                }
                Ok(Err(fault)) => self.fail(fault),
                Err(_) => self.fail(Fault::Database("a commit panicked".to_owned())),
            }
        }
    }
}

impl Job {
    fn run(&self, batch: &mut Batch<'_>, now: f64, events: &mut Vec<Event>) -> Result<Outcome, Fault> {
        match self {
            Self::Write { write, .. } => apply::apply(batch, write, now, events).map(Outcome::Answered),
            Self::Task { work, .. } => work(batch).map(|()| Outcome::Done),
        }
    }

    /// Nobody may be waiting any more; the write stands all the same.
    fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (Self::Write { reply, .. }, Outcome::Answered(response)) => drop(reply.send(response)),
            (Self::Task { reply, .. }, _) => drop(reply.send(Ok(()))),
            (Self::Write { .. }, Outcome::Done) => {}
        }
    }

    fn fail(self, fault: Fault) {
        match self {
            Self::Write { reply, .. } => drop(reply.send(Refusal::internal().at(None))),
            Self::Task { reply, .. } => drop(reply.send(Err(fault))),
        }
    }
}
