//! What a worker tells of itself: all that logs, progress bars, metrics and tests ever see.

use std::time::Duration;

/// Something that happened in a worker.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A queue is listed and watched: its jobs will run.
    QueueStarted {
        /// The queue's name in the queue list.
        queue: String,
        /// The domain of its store.
        domain: String,
    },
    /// A queue cannot be served at present; it is tried again.
    QueueTrouble {
        /// The queue's name.
        queue: String,
        /// What is wrong.
        error: String,
        /// When it is tried again.
        again_in: Duration,
    },
    /// A queue was taken off the list, or the worker stops.
    QueueStopped {
        /// The queue's name.
        queue: String,
    },
    /// An entry of the queue list is none.
    QueueInvalid {
        /// The entry's name.
        queue: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The change feed of a list was interrupted; it is being resumed.
    FeedInterrupted {
        /// The queue's name.
        queue: String,
        /// The list.
        list: String,
        /// What happened.
        reason: String,
    },
    /// A job was claimed and its handler started.
    JobStarted(JobEvent),
    /// A run did not work and will be repeated.
    JobAgain {
        /// The job.
        job: JobEvent,
        /// Why.
        error: String,
        /// When.
        delay: Duration,
    },
    /// A job has its final status and result on the store.
    JobFinished {
        /// The job.
        job: JobEvent,
        /// `success` or `failure`.
        status: &'static str,
        /// How long its handler ran, in this attempt.
        ran: Duration,
        /// The error of a failure.
        error: Option<String>,
    },
    /// A finished job stands in its final list and nowhere else.
    JobFiled(JobEvent),
    /// A job was given back unharmed.
    JobReleased {
        /// The job.
        job: JobEvent,
        /// Why.
        reason: String,
    },
    /// A job was left as it is.
    JobLeftAlone {
        /// The queue's name.
        queue: String,
        /// The job's key.
        key: String,
        /// Why.
        reason: String,
    },
    /// Another worker has a job that this one was running; its handler is stopped and nothing is written.
    ClaimLost {
        /// The job.
        job: JobEvent,
        /// Who has it.
        by: String,
    },
    /// A write that must land is being repeated.
    StoreTrouble {
        /// The queue's name.
        queue: String,
        /// What could not be written.
        what: String,
        /// What is wrong.
        error: String,
    },
    /// A handler cannot be started; its type is paused.
    HandlerBroken {
        /// The job type.
        job_type: String,
        /// What is wrong.
        reason: String,
        /// When it is tried again.
        again_in: Duration,
    },
    /// The worker claims nothing more and waits for what runs.
    Draining {
        /// How many jobs run.
        running: usize,
    },
}

impl Event {
    /// The run of a job that it tells of.
    pub(super) fn into_job(self) -> Option<JobEvent> {
        match self {
            Self::JobStarted(job)
            | Self::JobAgain { job, .. }
            | Self::JobFinished { job, .. }
            | Self::JobFiled(job)
            | Self::JobReleased { job, .. }
            | Self::ClaimLost { job, .. } => Some(job),
            _ => None,
        }
    }
}

/// Which job, and which run of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobEvent {
    /// The queue's name.
    pub queue: String,
    /// The job's key.
    pub key: String,
    /// Its resource.
    pub id: String,
    /// Its type.
    pub job_type: String,
    /// The number of the run, from 1.
    pub attempt: u32,
}

/// Is told what happens. Called from the worker's own tasks: it must be quick and must not block.
pub trait Observer: Send + Sync + 'static {
    /// Takes note of an event.
    fn notice(&self, event: &Event);
}

impl<F: Fn(&Event) + Send + Sync + 'static> Observer for F {
    fn notice(&self, event: &Event) {
        self(event);
    }
}
