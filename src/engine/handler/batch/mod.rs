//! Handlers that run several jobs at once.
//!
//! Owns what such a handler is given: jobs of one type from one queue, each of which has an outcome of its own.

mod shell;

use std::future::Future;

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

pub use self::shell::ShellBatchHandler;
use super::{Context, JobError, Outcome};
use crate::model::Job;

/// Runs several jobs of one type at once.
pub trait BatchHandler: Send + Sync + 'static {
    /// Runs the jobs of one batch, and says what each has come to, as soon as that is known, with [`BatchJob::end`].
    /// Returns when nothing of it runs any more. A job that is dropped instead has failed.
    ///
    /// The time of all begins when this is called. When [`Context::cancelled`] of a job resolves, nothing said of that job
    /// counts any more, and it must be ended with [`Outcome::Stopped`]; when all are stopped, the work must end.
    fn run(&self, jobs: Vec<BatchJob>) -> BoxFuture<'_, ()>;
}

/// One job of a batch.
#[derive(Debug)]
pub struct BatchJob {
    job: Job,
    context: Context,
    tell: oneshot::Sender<Outcome>,
}

impl BatchJob {
    /// A job for a batch, and what becomes of it.
    pub fn new(job: Job, context: Context) -> (Self, impl Future<Output = Outcome> + Send + use<>) {
        let (tell, told) = oneshot::channel();
        let outcome = async {
            let unanswered =
                || JobError::typed("crashed", "the batch handler ended and said nothing of this job");
            told.await.unwrap_or_else(|_| Outcome::Failure(unanswered()))
        };
        (Self { job, context, tell }, outcome)
    }

    /// The job.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// What its run is given.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Says what the job has come to.
    pub fn end(self, outcome: Outcome) {
        // Nobody waits for a job whose worker is being dropped.
        let _ = self.tell.send(outcome);
    }
}
