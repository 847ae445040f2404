//! The one writer: a thread that makes a transaction of what has arrived, one that brings it to the disk and only then
//! answers, while the next is being made, and one that lets the data file catch up meanwhile.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::apply::{self, Write};
use super::changes::Event;
use super::db::{Batch, Db};
use super::error::Fault;
use super::removals::{self, Removals};
use super::request::{Refusal, Response};
use super::watch::{Hub, Whom};
use crate::model::LookOut;

/// The most requests in one transaction.
const MAX_BATCH: usize = 512;
/// The most requests that wait or are being written.
const MAX_WAITING: usize = 4096;
/// How long nothing must arrive before the data file catches up with its journal.
const IDLE: Duration = Duration::from_secs(1);

/// The most transactions that are on their way to the disk: while one is being synced the next is made, and those after it
/// are better made together.
const MAX_UNDER_WAY: usize = 2;

/// Seconds since the epoch.
pub(super) fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Clients show milliseconds; more digits would only cost bytes.
    (since.as_secs_f64() * 1000.0).round() / 1000.0
}

type Work = Box<dyn Fn(&mut Batch<'_>) -> Result<(), Fault> + Send>;

enum Job {
    Write { write: Box<Write>, reply: Reply, _permit: OwnedSemaphorePermit },
    Removals { removals: Box<Removals>, reply: oneshot::Sender<Vec<Response>>, _permit: OwnedSemaphorePermit },
    Task { work: Work, reply: SyncSender<Result<(), Fault>> },
}

/// What comes to the writer in one piece.
enum Arrival {
    One(Job),
    Several(Vec<Job>),
}

impl Arrival {
    fn join(self, batch: &mut Vec<Job>) {
        match self {
            Self::One(job) => batch.push(job),
            Self::Several(jobs) => batch.extend(jobs),
        }
    }
}

/// Who is told what a write came to.
enum Reply {
    Alone(oneshot::Sender<Response>),
    /// Has been told already.
    Told,
    /// One of several that are told together, by its number.
    Together(Arc<Together>, usize),
}

/// Writes whose answers are given together.
struct Together(Mutex<Answers>);

struct Answers {
    given: Vec<Option<Response>>,
    missing: usize,
    reply: Option<oneshot::Sender<Vec<Response>>>,
}

impl Reply {
    /// Nobody may be waiting any more; the write stands all the same.
    fn send(self, response: Response) {
        match self {
            Self::Alone(reply) => drop(reply.send(response)),
            Self::Told => {}
            Self::Together(together, number) => together.give(number, response),
        }
    }
}

impl Together {
    fn new(count: usize, reply: oneshot::Sender<Vec<Response>>) -> Self {
        let given = std::iter::repeat_with(|| None).take(count).collect();
        Self(Mutex::new(Answers { given, missing: count, reply: Some(reply) }))
    }

    fn give(&self, number: usize, response: Response) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.missing -= usize::from(answers.given[number].replace(response).is_none());
        if answers.missing == 0
            && let Some(reply) = answers.reply.take()
        {
            drop(reply.send(answers.given.drain(..).flatten().collect()));
        }
    }
}

/// The way to the writer's threads, which end when this is closed.
#[derive(Debug)]
pub(super) struct Writer {
    inbox: Mutex<Option<Sender<Arrival>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
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
        let (syncer, made) = channel();
        let syncing = Arc::new(Syncing {
            db: Arc::clone(&db),
            hub,
            counts: Arc::clone(&counts),
            under_way: Mutex::new(0),
            fewer: Condvar::new(),
        });
        let (keeper, due) = channel();
        let kept = Arc::clone(&db);
        let writing = Thread { db, syncing: Arc::clone(&syncing), syncer, keeper, failed: None };
        let threads = vec![
            named("store-writer", move || writing.run(&jobs))?,
            named("store-syncer", move || syncing.run(&made))?,
            named("store-keeper", move || catch_up(&kept, &due))?,
        ];
        Ok(Self { inbox: Mutex::new(Some(inbox)), threads: Mutex::new(threads), room, counts })
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// How many requests wait or are being written.
    pub(super) fn under_way(&self) -> usize {
        MAX_WAITING - self.room.available_permits()
    }

    fn send(&self, arrival: Arrival) -> Result<(), Fault> {
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.as_ref().and_then(|inbox| inbox.send(arrival).ok()).ok_or(Fault::Closed)
    }

    /// Does a write and answers once it is on disk. Once it has begun, a caller that goes away does not stop it.
    pub(super) async fn write(&self, write: Box<Write>) -> Result<Response, Fault> {
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(|_| Fault::Closed)?;
        let (reply, answer) = oneshot::channel();
        self.send(Arrival::One(Job::Write { write, reply: Reply::Alone(reply), _permit: permit }))?;
        answer.await.map_err(|_| Fault::Closed)
    }

    /// Does several writes, like [`Writer::write`]; one that fails does not touch the others.
    #[expect(clippy::vec_box, reason = "a write travels on the heap by itself")]
    pub(super) async fn write_each(&self, writes: Vec<Box<Write>>) -> Result<Vec<Response>, Fault> {
        if writes.is_empty() {
            return Ok(Vec::new());
        }
        let count = writes.len().try_into().unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(count).await;
        let mut room = room.map_err(|_| Fault::Closed)?;
        let (reply, answers) = oneshot::channel();
        let together = Arc::new(Together::new(writes.len(), reply));
        let mut jobs = Vec::with_capacity(writes.len());
        for (number, write) in writes.into_iter().enumerate() {
            let permit = room.split(1).ok_or(Fault::Closed)?;
            let reply = Reply::Together(Arc::clone(&together), number);
            jobs.push(Job::Write { write, reply, _permit: permit });
        }
        drop(together);
        // In one piece, so that they come to the disk together.
        self.send(Arrival::Several(jobs))?;
        answers.await.map_err(|_| Fault::Closed)
    }

    /// Does several removals as one write, like [`Writer::write`].
    pub(super) async fn remove(&self, removals: Box<Removals>) -> Result<Vec<Response>, Fault> {
        let count = removals.count().try_into().unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(count).await;
        let permit = room.map_err(|_| Fault::Closed)?;
        let (reply, answers) = oneshot::channel();
        self.send(Arrival::One(Job::Removals { removals, reply, _permit: permit }))?;
        answers.await.map_err(|_| Fault::Closed)
    }

    /// Runs `work`, which may run more than once, and returns once it is on disk. Blocks for that long.
    pub(super) fn run(
        &self,
        work: impl Fn(&mut Batch<'_>) -> Result<(), Fault> + Send + 'static,
    ) -> Result<(), Fault> {
        let (reply, answer) = sync_channel(1);
        self.send(Arrival::One(Job::Task { work: Box::new(work), reply }))?;
        answer.recv().map_err(|_| Fault::Closed)?
    }

    /// Writes what has arrived and ends the threads.
    pub(super) fn close(&self) {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
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

fn named(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work)
}

/// The thread that lets the data file catch up, whenever it should.
fn catch_up(db: &Db, due: &Receiver<()>) {
    while due.recv().is_ok() {
        let caught_up = catch_unwind(AssertUnwindSafe(|| db.catch_up()));
        if let Err(fault) = caught_up.unwrap_or_else(|_| Err(Fault::Database("a commit panicked".to_owned())))
        {
            tracing::error!(%fault, "the data file cannot catch up with its journal");
        }
    }
}

/// The thread that makes the transactions.
struct Thread {
    db: Arc<Db>,
    syncing: Arc<Syncing>,
    syncer: Sender<Made>,
    /// Is told when the data file should catch up.
    keeper: Sender<()>,
    /// Set by the first fault of the database: from then on nothing is written, since what is on disk is not known.
    failed: Option<Fault>,
}

/// What one job came to.
enum Outcome {
    Answered(Response),
    AllAnswered(Vec<Response>),
    Done,
}

/// The jobs of a transaction, and what is to be told of it once it is on the disk.
struct Made {
    jobs: Vec<(Job, Outcome)>,
    events: Vec<Event>,
}

impl Thread {
    fn run(mut self, jobs: &Receiver<Arrival>) {
        let mut next = None;
        while let Some(first) = next.take().or_else(|| self.wait(jobs)) {
            self.syncing.wait_below(MAX_UNDER_WAY);
            let mut batch = Vec::new();
            first.join(&mut batch);
            while batch.len() < MAX_BATCH
                && let Ok(next) = jobs.try_recv()
            {
                next.join(&mut batch);
            }
            if let Some(made) = self.make(batch) {
                if self.db.is_due() {
                    // Without it, it is done here, later.
                    let _ = self.keeper.send(());
                }
                next = jobs.try_recv().ok();
                self.bring_to_disk(made, next.is_some());
            }
        }
    }

    /// The next job; `None` when there are to be no more.
    fn wait(&mut self, jobs: &Receiver<Arrival>) -> Option<Arrival> {
        // What a job writes comes one after the other, 50 to 200 µs apart.
        let began = Instant::now();
        while began.elapsed() < LookOut::LONGEST {
            match jobs.try_recv() {
                Ok(job) => return Some(job),
                // Whoever has something to do comes first.
                Err(TryRecvError::Empty) => std::thread::yield_now(),
                Err(TryRecvError::Disconnected) => return None,
            }
        }
        while self.failed.is_none() && self.db.wants_to_settle() {
            match jobs.recv_timeout(IDLE) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(fault) = self.db.settle() {
                        self.fail(fault);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        jobs.recv().ok()
    }

    fn fail(&mut self, fault: Fault) {
        tracing::error!(%fault, "the store can write no more");
        self.failed = Some(fault);
    }

    /// Makes one transaction of all jobs. One that fails on its own is answered and left out, and the others are
    /// tried again.
    fn make(&mut self, mut jobs: Vec<Job>) -> Option<Made> {
        while !jobs.is_empty() {
            if let Some(fault) = &self.failed {
                for job in jobs {
                    job.fail(fault.clone());
                }
                return None;
            }
            let mut at = 0;
            let mut events = Vec::new();
            let written = catch_unwind(AssertUnwindSafe(|| {
                self.db.stage(|batch| {
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
                    let jobs = jobs.into_iter().zip(outcomes).collect();
                    return Some(Made { jobs, events });
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
        None
    }

    fn bring_to_disk(&self, made: Made, others_wait: bool) {
        if self.syncing.add() == 1 && !others_wait {
            // There is nothing else to do meanwhile.
            return self.syncing.settle_alone(made);
        }
        if let Err(lost) = self.syncer.send(made) {
            self.syncing.settle(vec![lost.0]);
        }
    }
}

/// What the thread that makes the transactions and the one that brings them to the disk know of each other.
struct Syncing {
    db: Arc<Db>,
    hub: Arc<Hub>,
    counts: Arc<Counts>,
    /// How many transactions have been made and not been answered.
    under_way: Mutex<usize>,
    fewer: Condvar,
}

impl Syncing {
    fn under_way(&self) -> MutexGuard<'_, usize> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self) -> usize {
        let mut under_way = self.under_way();
        *under_way += 1;
        *under_way
    }

    fn wait_below(&self, most: usize) {
        let waiting = self.fewer.wait_while(self.under_way(), |under_way| *under_way >= most);
        drop(waiting.unwrap_or_else(PoisonError::into_inner));
    }

    fn run(&self, made: &Receiver<Made>) {
        while let Ok(first) = made.recv() {
            let mut all = vec![first];
            all.extend(made.try_iter());
            self.settle(all);
        }
    }

    /// Syncs transactions, and answers their jobs.
    fn settle(&self, all: Vec<Made>) {
        let synced = catch_unwind(AssertUnwindSafe(|| self.db.sync()));
        self.answer(all, Whom::All, synced);
    }

    /// The same of one while nothing else is under way. Who need not wait for the sync is told before it: were more under
    /// way, nothing would be gained, since what is answered later comes to the disk with others.
    fn settle_alone(&self, mut made: Made) {
        // What is too long for a journal is on the disk already, and nobody is told ahead.
        let mut whom = Whom::All;
        let tell_ahead = || {
            whom = Whom::Others;
            self.hub.announce(&made.events, Whom::Ahead);
            made.answer_ahead();
        };
        let synced = catch_unwind(AssertUnwindSafe(|| self.db.sync_saying(tell_ahead)));
        self.answer(vec![made], whom, synced);
    }

    /// Answers the jobs of transactions that have been synced, or have not.
    fn answer(&self, all: Vec<Made>, whom: Whom, synced: std::thread::Result<Result<(), Fault>>) {
        let synced = synced.unwrap_or_else(|_| Err(Fault::Database("a sync panicked".to_owned())));
        *self.under_way() -= all.len();
        self.fewer.notify_one();
        match &synced {
            Ok(()) => drop(self.counts.commits.fetch_add(1, Ordering::Relaxed)),
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
            self.hub.announce(&events, whom);
        }
    }
}

impl Made {
    /// Answers the writes that asked for an answer before the sync, as far as they are done.
    fn answer_ahead(&mut self) {
        for (job, outcome) in &mut self.jobs {
            if let (Job::Write { write, reply, .. }, Outcome::Answered(response)) = (&mut *job, &*outcome)
                && write.request.ahead
                && response.status < 300
                && matches!(reply, Reply::Alone(_))
                && let Outcome::Answered(response) = std::mem::replace(outcome, Outcome::Done)
            {
                std::mem::replace(reply, Reply::Told).send(response);
            }
        }
    }

    fn fail(self, fault: &Fault) {
        for (job, _) in self.jobs {
            job.fail(fault.clone());
        }
    }
}

impl Job {
    fn run(&self, batch: &mut Batch<'_>, now: f64, events: &mut Vec<Event>) -> Result<Outcome, Fault> {
        match self {
            Self::Write { write, .. } => apply::apply(batch, write, now, events).map(Outcome::Answered),
            Self::Removals { removals, .. } => {
                removals::apply(batch, removals, now, events).map(Outcome::AllAnswered)
            }
            Self::Task { work, .. } => work(batch).map(|()| Outcome::Done),
        }
    }

    /// Nobody may be waiting any more; the write stands all the same.
    fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (Self::Write { reply, .. }, Outcome::Answered(response)) => reply.send(response),
            (Self::Removals { reply, .. }, Outcome::AllAnswered(responses)) => drop(reply.send(responses)),
            (Self::Task { reply, .. }, _) => drop(reply.send(Ok(()))),
            (Self::Write { .. } | Self::Removals { .. }, _) => {}
        }
    }

    fn fail(self, fault: Fault) {
        match self {
            Self::Write { reply, .. } => reply.send(Refusal::internal().at(None)),
            Self::Removals { removals, reply, .. } => {
                let refused = || Refusal::internal().at(None);
                drop(reply.send(std::iter::repeat_with(refused).take(removals.count()).collect()));
            }
            Self::Task { reply, .. } => drop(reply.send(Err(fault))),
        }
    }
}
