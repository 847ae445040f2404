//! One batch on its way: jobs come aboard as they are claimed, and depart together.
//!
//! Owns that nothing of a job's time is spent before all are aboard, and that none departs that was lost meanwhile. Each job is
//! claimed, watched and filed by its own runner, as any other.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, oneshot, watch};

use super::doubt::{ask, is_in_doubt};
use super::gate::{Gate, Pass};
use super::handler::{BatchHandler, BatchJob, Context, JobFacts, Outcome};
use super::queue::Queue;
use crate::jobs::Claimed;
use crate::model::Job;

/// A place in a batch. Dropped, it stays empty.
#[derive(Debug)]
pub(super) struct Seat {
    gate: Arc<Gate>,
    board: mpsc::Sender<Aboard>,
}

/// A claimed job that is to travel.
pub(super) struct Passenger {
    pub(super) job: Job,
    pub(super) facts: JobFacts,
    pub(super) handler: Arc<dyn BatchHandler>,
    pub(super) claimed: Claimed,
    /// Tells of silences since the job was looked at, after which others may have taken it.
    pub(super) silence: watch::Receiver<u64>,
}

impl Passenger {
    /// Whether the job is still ours: others may have taken it while it waited in its seat.
    async fn may_depart(&self, queue: &Queue) -> bool {
        !is_in_doubt(queue, &self.silence) || ask(queue, &self.facts.key, &self.claimed).await.is_ok()
    }
}

struct Aboard {
    passenger: Passenger,
    depart: oneshot::Sender<Departed>,
}

/// A job that is being run in a batch.
pub(super) struct Departed {
    pub(super) context: Context,
    pub(super) outcome: BoxFuture<'static, Outcome>,
}

impl Seat {
    pub(super) fn is_of(&self, gate: &Arc<Gate>) -> bool {
        Arc::ptr_eq(&self.gate, gate)
    }

    /// Takes a claimed job aboard and waits for the departure; `None` if it has been left behind.
    pub(super) async fn board(self, passenger: Passenger) -> Option<Departed> {
        let (depart, departed) = oneshot::channel();
        let sent = self.board.send(Aboard { passenger, depart }).await;
        drop(self.board);
        sent.ok()?;
        departed.await.ok()
    }
}

/// A batch that is being put together.
pub(super) struct Batch {
    gate: Arc<Gate>,
    board: mpsc::Sender<Aboard>,
    aboard: mpsc::Receiver<Aboard>,
}

impl Batch {
    /// A batch with no seats yet.
    pub(super) fn new(gate: Arc<Gate>, seats: usize) -> Self {
        let (board, aboard) = mpsc::channel(seats.max(1));
        Self { gate, board, aboard }
    }

    /// One more seat.
    pub(super) fn seat(&self) -> Seat {
        Seat { gate: self.gate.clone(), board: self.board.clone() }
    }

    /// Departs when all seats are taken or given up, and returns when nothing of the batch runs any more. It occupies
    /// one slot, however many jobs it has.
    pub(super) async fn travel(self, queue: Arc<Queue>, (mut pass, slot): (Pass, OwnedSemaphorePermit)) {
        let Self { gate, board, mut aboard } = self;
        drop(board);
        let mut all = Vec::new();
        while let Some(one) = aboard.recv().await {
            all.push(one);
        }
        // Whoever is left behind finds out what became of the job when it gives the job back.
        let ours = join_all(all.into_iter().map(async |one: Aboard| {
            let may = one.passenger.may_depart(&queue).await;
            may.then_some(one)
        }));
        let all: Vec<_> = ours.await.into_iter().flatten().collect();
        let Some(handler) = all.first().map(|one| one.passenger.handler.clone()) else { return };
        pass.use_up();
        let mut jobs = Vec::with_capacity(all.len());
        for Aboard { passenger: Passenger { job, facts, .. }, depart } in all {
            let context =
                Context::new(facts, &queue.service.options.logging).with_client(queue.client.clone());
            let (job, outcome) = BatchJob::new(job, context.clone());
            if depart.send(Departed { context, outcome: outcome.boxed() }).is_ok() {
                jobs.push(job);
            }
        }
        let ended = AssertUnwindSafe(async { handler.run(jobs).await }).catch_unwind().await;
        if ended.is_err() {
            // Its jobs are told by having been dropped.
            tracing::error!(handler = &**gate.name(), "a batch handler panicked");
        }
        drop(slot);
    }
}

/// The jobs in hand that are to be tried again in a batch.
#[derive(Default)]
pub(super) struct Returning {
    /// Bounded by the jobs in hand.
    waiting: Mutex<Vec<SeatWanted>>,
    asked: Notify,
}

/// Somebody wants a seat in the next batch at a gate.
pub(super) type SeatWanted = (Arc<Gate>, oneshot::Sender<Seat>);

impl Returning {
    /// Waits for a seat in the next batch. Never comes when the queue has ended.
    pub(super) async fn seat(&self, gate: &Arc<Gate>) -> Seat {
        let (give, given) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((gate.clone(), give));
        self.asked.notify_one();
        match given.await {
            Ok(seat) => seat,
            Err(_) => std::future::pending().await,
        }
    }

    /// Those who have come to want one.
    pub(super) async fn wanted(&self) -> Vec<SeatWanted> {
        self.asked.notified().await;
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
