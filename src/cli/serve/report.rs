//! The reporter: what the worker does, as a log.

use tracing::{error, info, warn};

use crate::cli::time::show_duration;
use crate::engine::{Event, JobEvent, Observer};

/// Writes each event of the worker as one line, with the job's key and type as fields.
pub(super) struct Report;

impl Observer for Report {
    fn notice(&self, event: &Event) {
        match event {
            Event::QueueStarted { queue, domain } => info!(queue, domain, "queue started"),
            Event::QueueStopped { queue } => info!(queue, "queue stopped"),
            Event::QueueTrouble { queue, error, again_in } => {
                warn!(queue, again_in = show_duration(*again_in), "queue cannot be served: {error}");
            }
            Event::QueueInvalid { queue, reason } => warn!(queue, "queue entry ignored: {reason}"),
            Event::FeedInterrupted { queue, list, reason } => {
                warn!(queue, list, "feed interrupted, resuming: {reason}");
            }
            Event::JobStarted(job) => line(job, |key, job_type| {
                info!(job = key, job_type, queue = job.queue, attempt = job.attempt, "started");
            }),
            Event::JobAgain { job, error, delay } => line(job, |key, job_type| {
                warn!(job = key, job_type, again_in = show_duration(*delay), "did not work: {error}");
            }),
            Event::JobFinished { job, status, ran, error } => line(job, |key, job_type| {
                let ran = show_duration(*ran);
                match error {
                    Some(error) => warn!(job = key, job_type, ran, "{status}: {error}"),
                    None => info!(job = key, job_type, ran, "{status}"),
                }
            }),
            Event::JobFiled(job) => line(job, |key, job_type| {
                tracing::debug!(job = key, job_type, "filed");
            }),
            Event::JobReleased { job, reason } => line(job, |key, job_type| {
                info!(job = key, job_type, "given back: {reason}");
            }),
            Event::JobLeftAlone { queue, key, reason } => warn!(job = key, queue, "left alone: {reason}"),
            Event::ClaimLost { job, by } => line(job, |key, job_type| {
                warn!(job = key, job_type, "claim lost to {by}; its handler is stopped");
            }),
            Event::StoreTrouble { queue, what, error } => warn!(queue, what, "repeating a write: {error}"),
            Event::HandlerBroken { job_type, reason, again_in } => {
                error!(job_type, again_in = show_duration(*again_in), "handler cannot be started: {reason}");
            }
            Event::Draining { running } => info!(running, "waiting for running jobs"),
        }
    }
}

fn line(job: &JobEvent, write: impl Fn(&str, &str)) {
    write(&job.key, &job.job_type);
}
