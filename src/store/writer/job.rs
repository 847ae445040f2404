//! What is written, and who is told what it came to.

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::store::apply::{self, Write};
use crate::store::changes::Event;
use crate::store::db::Batch;
use crate::store::error::Fault;
use crate::store::removals::{self, Removals};
use crate::store::request::{Refusal, Response};

/// An answer, with the write that it is the answer to: memory is best let go by the thread that had it.
pub(super) type Answer = (Response, Box<Write>);

pub(super) type Work = Box<dyn Fn(&mut Batch<'_>) -> Result<(), Fault> + Send>;

pub(super) enum Job {
    Write { write: Box<Write>, reply: Reply, _permit: OwnedSemaphorePermit },
    Removals { removals: Box<Removals>, reply: oneshot::Sender<Vec<Response>>, _permit: OwnedSemaphorePermit },
    Task { work: Work, reply: SyncSender<Result<(), Fault>> },
}

/// What comes to the writer in one piece.
pub(super) enum Arrival {
    One(Job),
    Several(Vec<Job>),
}

impl Arrival {
    pub(super) fn join(self, batch: &mut Vec<Job>) {
        match self {
            Self::One(job) => batch.push(job),
            Self::Several(jobs) => batch.extend(jobs),
        }
    }
}

/// Who is told what a write came to.
pub(super) enum Reply {
    Alone(oneshot::Sender<Answer>),
    /// One of several that are told together, by its number.
    Together(Arc<Together>, usize),
}

/// Writes whose answers are given together.
pub(super) struct Together(Mutex<Answers>);

struct Answers {
    given: Vec<Option<Answer>>,
    missing: usize,
    reply: Option<oneshot::Sender<Vec<Answer>>>,
}

impl Reply {
    /// Nobody may be waiting any more; the write stands all the same.
    fn send(self, answer: Answer) {
        match self {
            Self::Alone(reply) => drop(reply.send(answer)),
            Self::Together(together, number) => together.give(number, answer),
        }
    }
}

impl Together {
    pub(super) fn new(count: usize, reply: oneshot::Sender<Vec<Answer>>) -> Self {
        let given = std::iter::repeat_with(|| None).take(count).collect();
        Self(Mutex::new(Answers { given, missing: count, reply: Some(reply) }))
    }

    fn give(&self, number: usize, answer: Answer) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.missing -= usize::from(answers.given[number].replace(answer).is_none());
        if answers.missing == 0
            && let Some(reply) = answers.reply.take()
        {
            drop(reply.send(answers.given.drain(..).flatten().collect()));
        }
    }
}

/// What one job came to.
pub(super) enum Outcome {
    Answered(Response),
    AllAnswered(Vec<Response>),
    Done,
}

impl Job {
    pub(super) fn run(
        &self,
        batch: &mut Batch<'_>,
        now: f64,
        events: &mut Vec<Event>,
    ) -> Result<Outcome, Fault> {
        match self {
            Self::Write { write, .. } => apply::apply(batch, write, now, events).map(Outcome::Answered),
            Self::Removals { removals, .. } => {
                removals::apply(batch, removals, now, events).map(Outcome::AllAnswered)
            }
            Self::Task { work, .. } => work(batch).map(|()| Outcome::Done),
        }
    }

    /// Nobody may be waiting any more; the write stands all the same.
    pub(super) fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (Self::Write { write, reply, .. }, Outcome::Answered(response)) => reply.send((response, write)),
            (Self::Removals { reply, .. }, Outcome::AllAnswered(responses)) => drop(reply.send(responses)),
            (Self::Task { reply, .. }, _) => drop(reply.send(Ok(()))),
            (Self::Write { .. } | Self::Removals { .. }, _) => {}
        }
    }

    pub(super) fn fail(self, fault: Fault) {
        match self {
            Self::Write { write, reply, .. } => reply.send((Refusal::internal().at(None), write)),
            Self::Removals { removals, reply, .. } => {
                let refused = || Refusal::internal().at(None);
                drop(reply.send(std::iter::repeat_with(refused).take(removals.count()).collect()));
            }
            Self::Task { reply, .. } => drop(reply.send(Err(fault))),
        }
    }
}
