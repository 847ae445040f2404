//! A job as results show it. The field names are documented in `docs/output.md` and stay.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::jobs::successor;
use crate::model::{Job, JobStatus, ResourceId, Update, key_time, parse_time};

/// When a job was posted: the time in its key, or its first update's.
pub(super) fn posted_at(key: &str, job: &Job) -> Option<Timestamp> {
    key_time(key).or_else(|| job.updates.values().filter_map(|update| parse_time(&update.time)).min())
}

/// When its last run began.
pub(in crate::cli) fn started_at(job: &Job) -> Option<Timestamp> {
    let claimed = job.claim.as_ref().and_then(|claim| parse_time(&claim.at));
    let started = || {
        job.updates
            .values()
            .filter(|update| update.status == "started")
            .filter_map(|update| parse_time(&update.time))
            .max()
    };
    claimed.or_else(started)
}

/// The message of a failure.
pub(super) fn error_message(job: &Job) -> Option<String> {
    if job.status() != JobStatus::Failure {
        return None;
    }
    match job.result.as_ref()? {
        Value::String(text) => Some(text.clone()),
        Value::Object(result) if result.is_empty() => None,
        Value::Object(result) => match result.get("message") {
            Some(Value::String(message)) => Some(message.clone()),
            _ => Some(Value::Object(result.clone()).to_string()),
        },
        other => Some(other.to_string()),
    }
}

/// How far it is: the newest progress, from 0 to 1.
pub(super) fn progress(job: &Job) -> Option<(f64, Option<&str>)> {
    let latest = job.updates.values().rfind(|update| update.status == "progress")?;
    let meta = latest.meta.as_ref()?;
    Some((meta.get("fraction")?.as_f64()?, meta.get("message").and_then(Value::as_str)))
}

/// The members that every listing of jobs has.
pub(super) fn brief(key: &str, id: &ResourceId, job: &Job) -> Map<String, Value> {
    let text = |time: Option<Timestamp>| time.map(|time| format!("{time:.3}"));
    let running = job.status() == JobStatus::Running;
    let record = json!({
        "key": key,
        "id": id.as_str(),
        "service": job.service,
        "type": job.job_type,
        "status": job.status().as_str(),
        "posted": text(posted_at(key, job)),
        "started": text(started_at(job)),
        "finished": text(job.finished_at()),
        "attempt": job.claim.as_ref().map(|claim| claim.attempt),
        "next_attempt": text(job.next_attempt()),
        "worker": job.claim.as_ref().map(|claim| claim.worker.as_str()),
        "progress": progress(job).filter(|_| running).map(|(fraction, _)| fraction),
        "error_type": job.error_type(),
        "error": error_message(job),
        "config": job.config,
        "result": job.result,
        "retried_as": successor(job).map(|successor| successor.key),
        "retry_of": job.extra.get("retry_of"),
    });
    match record {
        Value::Object(record) => record,
        _ => Map::new(),
    }
}

/// All that is known of a job; `list` is where it stands.
pub(super) fn full(key: &str, id: &ResourceId, job: &Job, list: Option<&str>) -> Value {
    let mut record = brief(key, id, job);
    record.insert("list".into(), json!(list));
    let updates: Vec<Value> = job.updates.iter().map(|(key, update)| update_record(key, update)).collect();
    record.insert("updates".into(), updates.into());
    let attempts: Vec<Value> = job
        .attempts
        .iter()
        .map(|(number, attempt)| {
            let mut record = json!(attempt);
            record["attempt"] = json!(number);
            record
        })
        .collect();
    record.insert("attempts".into(), attempts.into());
    let known = ["retried", "retry_of"];
    let extra: Map<String, Value> = job
        .extra
        .iter()
        .filter(|(key, _)| !known.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    record.insert("extra".into(), extra.into());
    Value::Object(record)
}

/// One update.
pub(super) fn update_record(key: &str, update: &Update) -> Value {
    json!({"key": key, "time": update.time, "status": update.status, "meta": update.meta})
}

/// A listed resource that is no job, or is not there.
pub(super) fn broken(key: &str, id: &ResourceId, status: &str, problem: &str) -> Map<String, Value> {
    let mut record = brief(key, id, &Job::default());
    for member in ["service", "type", "config"] {
        record.insert(member.to_owned(), Value::Null);
    }
    record.insert("status".to_owned(), status.into());
    record.insert("error".to_owned(), problem.into());
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_the_documented_members() {
        let job = Job::from_value(&json!({
            "service": "svc", "type": "email", "config": {"to": "x"}, "status": "failure",
            "result": {"name": "Error", "message": "no such host", "JobError": "bad-address"},
            "claim": {"worker": "w", "nonce": "n", "attempt": 2, "at": "2026-01-02T03:04:05.678Z"},
            "attempts": {"1": {"worker": "v", "started": "a", "ended": "b", "outcome": "crashed"}},
            "updates": {"u1": {"status": "failure", "time": "2026-01-02T03:05:05.678Z", "meta": "Runner finshed"}},
            "retried": {"as": "resources/next", "at": "x"}, "mine": 1
        }))
        .unwrap();
        let record = full("k", &ResourceId::from_key("k"), &job, Some("/a/b"));
        let documented = include_str!("../../../docs/output.md");
        for (field, _) in record.as_object().unwrap() {
            assert!(documented.contains(&format!("| `{field}` |")), "{field} is not in docs/output.md");
        }
        assert_eq!(record["error"], "no such host");
        assert_eq!(record["error_type"], "bad-address");
        assert_eq!(record["finished"], "2026-01-02T03:05:05.678Z");
        assert_eq!(record["retried_as"], "next");
        assert_eq!(record["attempts"][0]["attempt"], 1);
        assert_eq!(record["extra"], json!({"mine": 1}));
    }
}
