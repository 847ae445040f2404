//! What a finished job means for the exit code.

use clap::Args;

use crate::cli::error::{Exit, Failure};
use crate::model::{Job, JobStatus};

/// Whether it is told by the exit code.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct EndingArgs {
    /// Ends with 0 also when a job failed or was cancelled
    #[arg(long)]
    no_exit_status: bool,
}

impl EndingArgs {
    /// The exit as it is to be told.
    pub(super) fn of(self, exit: Exit) -> Exit {
        match exit {
            Exit::JobFailed | Exit::JobCancelled if self.no_exit_status => Exit::Ok,
            exit => exit,
        }
    }
}

/// The failure for what can be done only to jobs that have not ended.
pub(super) fn has_ended(key: &str, job: &Job) -> Failure {
    Failure::new(Exit::Conflict, format!("job {key} has ended: it is {}", job.status().as_str())).hint(
        format!("see it with `oada-jobs job show {key}`, run it again with `oada-jobs job retry {key}`"),
    )
}

/// The exit for one job that was waited for.
pub(super) fn exit_of(job: &Job) -> Exit {
    match job.status() {
        JobStatus::Failure if job.error_type() == Some("cancelled") => Exit::JobCancelled,
        JobStatus::Failure => Exit::JobFailed,
        _ => Exit::Ok,
    }
}

/// The exit for several: a failure counts more than a cancelled job, and that more than success.
pub(super) fn worst(exits: impl IntoIterator<Item = Exit>) -> Exit {
    exits.into_iter().fold(Exit::Ok, |worst, exit| match (worst, exit) {
        (_, Exit::JobFailed) | (Exit::JobFailed, _) => Exit::JobFailed,
        (Exit::Ok, other) => other,
        (worst, _) => worst,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failure_among_many_counts() {
        assert_eq!(worst([]), Exit::Ok);
        assert_eq!(worst([Exit::Ok, Exit::JobCancelled, Exit::Ok]), Exit::JobCancelled);
        assert_eq!(worst([Exit::JobCancelled, Exit::JobFailed, Exit::Ok]), Exit::JobFailed);
    }
}
