//! What goes between a job that waits and the process that it is given to.

use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot};

use crate::engine::handler::RunEnd;
use crate::engine::handler::answer::Status;
use crate::process::Ended;

/// A job that waits for a process.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) id: String,
    pub(super) line: Vec<u8>,
    /// What is said of it meanwhile.
    pub(super) events: mpsc::Sender<Event>,
    /// What became of it.
    pub(super) settle: oneshot::Sender<Settled>,
    /// Resolves when it is to be stopped, or nobody waits for it any more.
    pub(super) stopped: oneshot::Receiver<()>,
}

impl Request {
    /// Says that the job is lost. Whoever has gone need not know.
    pub(super) fn lose(self, lost: Lost) {
        let _ = self.settle.send(Settled::Lost(lost));
    }
}

/// What is said of a job while a process has it.
#[derive(Debug)]
pub(super) enum Event {
    /// A line of standard error.
    Log { bytes: Vec<u8>, cut: usize },
    /// A control line.
    Said(Map<String, Value>),
    /// Something that was meant as a control line.
    Complaint(String),
}

/// What became of a job.
#[derive(Debug)]
pub(super) enum Settled {
    Answered(Status, Map<String, Value>),
    Lost(Lost),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// The job was to be stopped.
    Stopped,
    /// The process ended by itself.
    Crashed,
    /// The process wrote what it must not.
    Protocol(String),
    /// The answer was longer than may be.
    TooLarge,
    /// There is no process to be had.
    Broken(String),
}

/// A job without an answer, and what is known of its process.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) why: Loss,
    pub(super) end: Option<RunEnd>,
    /// How long the process had the job.
    pub(super) duration: Duration,
}

impl Lost {
    pub(super) fn new(why: Loss) -> Self {
        Self { why, end: None, duration: Duration::ZERO }
    }

    pub(super) fn with(why: Loss, ended: Option<&Ended>, since: Instant) -> Self {
        Self { why, end: ended.map(RunEnd::from), duration: since.elapsed() }
    }
}
