//! The jobs that run, for a gate that comes to go by another key.
//!
//! Owns that what a job would hold at a pointer which nobody has asked for yet can be told while it runs.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::counts::{Counts, KeyHold};
use crate::model::Job;

/// The jobs that have passed a gate and those before it in its place, and have not ended.
#[derive(Debug, Default)]
pub(super) struct Runs {
    /// Where keys stand.
    pub(super) pointer: Option<String>,
    /// The job, and what is held for it since the pointer is another than when it started. Bounded by the jobs in hand.
    jobs: HashMap<u64, (Arc<Job>, Option<KeyHold>)>,
    begun: u64,
}

impl Runs {
    /// One more. Returns its number.
    pub(super) fn add(&mut self, job: Arc<Job>) -> u64 {
        self.begun += 1;
        self.jobs.insert(self.begun, (job, None));
        self.begun
    }

    pub(super) fn all(&mut self) -> impl Iterator<Item = (&Arc<Job>, &mut Option<KeyHold>)> {
        self.jobs.values_mut().map(|(job, hold)| (&*job, hold))
    }
}

/// What a pointer can lead to of a job in hand.
pub(super) fn document_of(job: &Job) -> Value {
    let mut document = job.extra.clone();
    document.insert("service".to_owned(), json!(job.service));
    document.insert("type".to_owned(), json!(job.job_type));
    document.insert("config".to_owned(), json!(job.config));
    Value::Object(document)
}

/// One job that runs, until this is dropped.
#[derive(Debug)]
pub(super) struct Run {
    counts: Arc<Counts>,
    number: u64,
}

impl Run {
    pub(super) fn new(counts: Arc<Counts>, number: u64) -> Self {
        Self { counts, number }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // What is held for it is let go when nobody is kept from looking.
        let ended = self.counts.runs().jobs.remove(&self.number);
        drop(ended);
    }
}
