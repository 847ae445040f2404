//! Handlers: what runs a job, what it is given and what it may come to.
//!
//! Owns the trait between the runner and whatever does the work. Must not write to the store: what a handler says
//! goes into its [`Context`], and the runner stores it.

mod answer;
mod attempt_dir;
mod batch;
mod context;
mod control;
mod ended;
mod error;
mod failure;
mod function;
mod given;
mod log;
mod options;
mod pipes;
mod result;
mod setup;
mod shell;
mod stream;
mod tell;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::model::Job;

pub use batch::{BatchHandler, BatchJob, ShellBatchHandler};
pub use context::{Context, JobFacts, Log, Said, StopReason};
pub use ended::RunEnd;
pub use error::JobError;
pub(crate) use function::Function;
pub use given::CONTRACT_VERSION;
pub(super) use given::marks;
pub use options::{
    ExitMeaning, Orphans, OversizeMode, Program, Resources, ResultMode, SPILL_BYTES, ShellOptions, StdinMode,
    StopSignal, UnknownMeaning,
};
pub use shell::ShellHandler;
pub use stream::{StreamHandler, StreamOptions};
pub use tell::{ControlLine, TellError, tell};

/// Runs jobs of one type.
pub trait Handler: Send + Sync + 'static {
    /// Runs one job to its end.
    ///
    /// When [`Context::cancelled`] resolves, the handler must end its work, leave nothing of it running, and return
    /// [`Outcome::Stopped`]. The runner enforces the time limit through it; nothing the handler says after it counts.
    fn run<'a>(&'a self, job: &'a Job, context: &'a Context) -> BoxFuture<'a, Outcome>;

    /// Ends what the handler keeps running between jobs, since another one takes its place; resolves when that is gone.
    /// Jobs that have it still may run to their end.
    fn retire(self: Arc<Self>) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// What runs the jobs of a type.
#[derive(Clone)]
pub enum HandlerKind {
    /// Each job by itself.
    Each(Arc<dyn Handler>),
    /// Several jobs together, as many as these limits say.
    Batch(Arc<dyn BatchHandler>, BatchLimits),
}

/// How many jobs are run together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    /// At most so many.
    pub size: usize,
    /// How long the first of them waits for company.
    pub wait: Duration,
}

/// What one run came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The job is done, with this result.
    Success(Map<String, Value>),
    /// The job failed.
    Failure(JobError),
    /// It did not work this time, and should be tried again.
    Again {
        /// How long to wait before that, where the handler said so.
        delay: Option<Duration>,
        /// Why, kept if no attempt is left.
        error: JobError,
    },
    /// The handler itself could not be started, which is not the job's fault: the job stays as it was.
    Broken {
        /// What is wrong with the handler.
        reason: String,
    },
    /// The handler was stopped as its context asked; the reason for it decides what becomes of the job.
    Stopped {
        /// What is known of the stopped run, such as the tail of its output: members for the failure's result.
        details: Map<String, Value>,
    },
}
