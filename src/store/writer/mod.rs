//! The one writer: a thread that makes a transaction of what has arrived, one that brings it to the disk and only then
//! answers, while the next is being made, and one that lets the data file catch up meanwhile.
//!
//! A write that arrives when there is no other is made and brought to the disk by who has it, since changes of threads cost
//! nearly as much as the sync: unless syncs take long, or the data file would have to be waited for.

mod job;
mod making;
mod syncing;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::sync::{Semaphore, oneshot};

use super::apply::Write;
use super::db::{Batch, Db};
use super::error::Fault;
use super::removals::Removals;
use super::request::Response;
use super::watch::Hub;
use job::{Arrival, Job, Reply, Together};
use making::{Maker, Thread};
use syncing::Syncing;

/// The most requests that wait or are being written.
const MAX_WAITING: usize = 4096;
/// Seconds since the epoch.
pub(super) fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Clients show milliseconds; more digits would only cost bytes.
    (since.as_secs_f64() * 1000.0).round() / 1000.0
}

/// The way to the writer's threads, which end when this is closed.
pub(super) struct Writer {
    open: RwLock<Option<Open>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    room: Arc<Semaphore>,
    counts: Arc<Counts>,
}

/// What there is until the writer is closed.
struct Open {
    inbox: Sender<Arrival>,
    maker: Arc<Maker>,
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
        let syncing = Arc::new(Syncing::new(Arc::clone(&db), hub, Arc::clone(&counts)));
        let (keeper, due) = channel();
        let kept = Arc::clone(&db);
        let maker = Arc::new(Maker::new(db, Arc::clone(&syncing)));
        let writing = Thread { maker: Arc::clone(&maker), syncer, keeper };
        let threads = vec![
            named("store-writer", move || writing.run(&jobs))?,
            named("store-syncer", move || syncing.run(&made))?,
            named("store-keeper", move || catch_up(&kept, &due))?,
        ];
        let open = RwLock::new(Some(Open { inbox, maker }));
        Ok(Self { open, threads: Mutex::new(threads), room, counts })
    }

    pub(super) fn counts(&self) -> &Counts {
        &self.counts
    }

    fn send(&self, arrival: Arrival) -> Result<(), Fault> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().and_then(|open| open.inbox.send(arrival).ok()).ok_or(Fault::Closed)
    }

    /// Does a write and answers once it is on disk. Once it has begun, a caller that goes away does not stop it.
    ///
    /// `alone` says that nobody waits for this thread meanwhile: it may do the write itself, which blocks for the time of a
    /// short sync.
    pub(super) async fn write(&self, write: Box<Write>, alone: bool) -> Result<Response, Fault> {
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(|_| Fault::Closed)?;
        let (reply, answer) = oneshot::channel();
        let job = Job::Write { write, reply: Reply::Alone(reply), _permit: permit };
        let left = if alone { self.at_once(job) } else { Some(job) };
        if let Some(job) = left {
            self.send(Arrival::One(job))?;
        }
        let (response, _write) = answer.await.map_err(|_| Fault::Closed)?;
        Ok(response)
    }

    /// Does a job that has one permit if there is no other, or hands it back.
    fn at_once(&self, job: Job) -> Option<Job> {
        // Held until the end: closing waits for it.
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let is_only = self.room.available_permits() == MAX_WAITING - 1;
        match &*open {
            Some(open) if is_only => open.maker.at_once(job),
            _ => Some(job),
        }
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
        let answers = answers.await.map_err(|_| Fault::Closed)?;
        Ok(answers.into_iter().map(|(response, _write)| response).collect())
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
        drop(self.open.write().unwrap_or_else(PoisonError::into_inner).take());
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

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
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
