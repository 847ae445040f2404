//! What happens to a job, told from what stands on it before and after.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::record::{error_message, update_record};
use crate::model::{Job, JobStatus, Update};

/// Something that happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum JobEvent {
    /// It has another status, or this one when it was first seen.
    Status(JobStatus),
    /// Its handler said how far it is.
    Progress { fraction: f64, message: Option<String> },
    /// Anything else was added to its updates.
    Update { key: String, update: Update },
    /// It has ended.
    Ended { status: JobStatus, error_type: Option<String>, error: Option<String>, result: Option<Value> },
}

impl JobEvent {
    /// The event as a line of data. The member names are documented in `docs/output.md`.
    pub(super) fn record(&self, key: &str) -> Value {
        match self {
            Self::Status(status) => json!({"event": "status", "key": key, "status": status.as_str()}),
            Self::Progress { fraction, message } => {
                json!({"event": "progress", "key": key, "fraction": fraction, "message": message})
            }
            Self::Update { key: update_key, update } => {
                json!({"event": "update", "key": key, "update": update_record(update_key, update)})
            }
            Self::Ended { status, error_type, error, result } => json!({
                "event": "ended", "key": key, "status": status.as_str(),
                "error_type": error_type, "error": error, "result": result,
            }),
        }
    }
}

/// What was seen of a job so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    status: Option<JobStatus>,
    updates: BTreeSet<String>,
}

impl Seen {
    /// What is new in `job`, oldest first.
    pub(super) fn look(&mut self, job: &Job) -> Vec<JobEvent> {
        let mut events = Vec::new();
        let status = job.status();
        if self.status != Some(status) && !status.is_final() {
            events.push(JobEvent::Status(status));
        }
        for (key, update) in &job.updates {
            if !self.updates.insert(key.clone()) {
                continue;
            }
            match progress_of(update) {
                Some((fraction, message)) => events.push(JobEvent::Progress { fraction, message }),
                None => events.push(JobEvent::Update { key: key.clone(), update: update.clone() }),
            }
        }
        if self.status != Some(status) && status.is_final() {
            events.push(JobEvent::Ended {
                status,
                error_type: job.error_type().map(str::to_owned),
                error: error_message(job),
                result: job.result.clone(),
            });
        }
        self.status = Some(status);
        events
    }
}

fn progress_of(update: &Update) -> Option<(f64, Option<String>)> {
    if update.status != "progress" {
        return None;
    }
    let meta = update.meta.as_ref()?;
    let message = meta.get("message").and_then(Value::as_str).map(str::to_owned);
    Some((meta.get("fraction")?.as_f64()?, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(status: &str, updates: &Value) -> Job {
        let document = json!({"service": "s", "type": "t", "status": status, "updates": updates});
        Job::from_value(&document).unwrap()
    }

    #[test]
    fn each_thing_is_told_once_and_the_end_last() {
        let update = |status: &str, meta: Value| json!({"status": status, "time": "2026-01-02T00:00:00Z", "meta": meta});
        let mut seen = Seen::default();
        assert_eq!(seen.look(&job("", &json!({}))), [JobEvent::Status(JobStatus::Pending)]);
        let mut updates = json!({"a": update("started", "Runner started".into())});
        let events = seen.look(&job("running", &updates));
        assert!(matches!(events.as_slice(), [JobEvent::Status(JobStatus::Running), JobEvent::Update { .. }]));
        updates["b"] = update("progress", json!({"fraction": 0.5, "message": "half"}));
        updates["c"] = update("info", "said".into());
        let events = seen.look(&job("running", &updates));
        assert!(matches!(
            events.as_slice(),
            [JobEvent::Progress { fraction: 0.5, .. }, JobEvent::Update { .. }]
        ));
        assert_eq!(seen.look(&job("running", &updates)), []);
        updates["d"] = update("success", "Runner finshed".into());
        let events = seen.look(&job("success", &updates));
        assert!(matches!(events.as_slice(), [JobEvent::Update { .. }, JobEvent::Ended { .. }]));
        assert_eq!(events[1].record("k")["event"], "ended");
    }
}
