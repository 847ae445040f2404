//! A job as it lies on the store: its fields, its states and their legal moves (`jobs-contract.md` 3).
//!
//! ```text
//!             claim                 finish
//!   pending ─────────▶ running ──────────────▶ success | failure
//!      ▲                 │  ▲
//!      └─────────────────┘  └── a stale claim is taken over: running again, next attempt
//!          release
//!   pending ─────────▶ failure      what can never run: an invalid job, a cancelled one
//! ```

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// `meta` of the first update that @oada/jobs writes.
pub const STARTED_META: &str = "Runner started";
/// `status` of the update that is written between two attempts, whose `meta` holds the number of the one that ended as
/// `attempt`, and the pause before the next as `pause_seconds`.
pub const AGAIN_STATUS: &str = "again";
/// `meta` of the last update that @oada/jobs writes, misspelt as it is there: others compare it.
pub const FINISHED_META: &str = "Runner finshed";

/// The time now, as updates hold it: UTC, RFC 3339, with milliseconds.
#[must_use]
pub fn now_text() -> String {
    time_text(Timestamp::now())
}

/// A time as updates hold it.
pub(crate) fn time_text(time: Timestamp) -> String {
    let civil = Offset::UTC.to_datetime(time);
    let (date, clock) = (civil.date(), civil.time());
    // Each job has several.
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let mut put = |at: usize, digits: usize, mut number: i16| {
        for digit in text[at..at + digits].iter_mut().rev() {
            *digit += u8::try_from(number % 10).unwrap_or(0);
            number /= 10;
        }
    };
    put(0, 4, date.year());
    put(5, 2, date.month().into());
    put(8, 2, date.day().into());
    put(11, 2, clock.hour().into());
    put(14, 2, clock.minute().into());
    put(17, 2, clock.second().into());
    put(20, 3, clock.millisecond());
    std::str::from_utf8(&text).unwrap_or_default().to_owned()
}

/// Reads the time of an update: RFC 3339, or seconds since the epoch as old workers left them.
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let seconds: f64 = text.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "checked by from_millisecond, and a cast saturates")]
    Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobStatus {
    /// Waiting: no status, or one that only its poster gave a meaning to.
    Pending,
    /// A worker has claimed it.
    Running,
    /// Done.
    Success,
    /// Ended without success.
    Failure,
}

impl JobStatus {
    /// Reads the `status` field of a job.
    #[must_use]
    pub fn from_field(status: Option<&str>) -> Self {
        match status {
            Some("success") => Self::Success,
            Some("failure") => Self::Failure,
            Some("running") => Self::Running,
            _ => Self::Pending,
        }
    }

    /// The word on the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }

    /// Whether no move leads on from here.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Success | Self::Failure)
    }

    /// Whether a job may go from this state to `next`.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Pending => matches!(next, Self::Running | Self::Failure),
            Self::Running => true,
            Self::Success | Self::Failure => false,
        }
    }
}

/// One entry of a job's `updates`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// What happened: `started`, `info`, `success`, or any word of the handler's.
    pub status: String,
    /// When, as RFC 3339 in UTC.
    pub time: String,
    /// Anything more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Value>,
    /// The day under which the job is filed, if it was ended by hand with this; see [`Attempt::day`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
}

impl Update {
    /// An update of this moment.
    #[must_use]
    pub fn now(status: &str, meta: impl Into<Value>) -> Self {
        Self { status: status.to_owned(), time: now_text(), meta: Some(meta.into()), day: None }
    }

    /// The last update of a job, which says how it ended, and when. It is what @oada/jobs writes, and no more.
    #[must_use]
    pub fn finished(status: &str, time: &str) -> Self {
        Self { status: status.to_owned(), time: time.to_owned(), meta: Some(FINISHED_META.into()), day: None }
    }
}

/// Who is running a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The incarnation id of the worker.
    pub worker: String,
    /// Made afresh for each claim: whoever holds it may finish the job.
    pub nonce: String,
    /// The number of this run, from 1.
    pub attempt: u32,
    /// When it was claimed, as RFC 3339 in UTC.
    pub at: String,
}

/// What became of one run, kept under `attempts/<n>`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// The incarnation id of the worker.
    pub worker: String,
    /// When the handler was started, as RFC 3339 in UTC.
    pub started: String,
    /// When it ended, likewise.
    pub ended: String,
    /// `success`, `failure`, `released`, or `crashed` where the worker died.
    pub outcome: String,
    /// The day under which the job is filed, if it ended with this run: whoever files it must come to the same, whatever
    /// its zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// The failure's type, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    /// The failure's message, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A job.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    /// The service it was posted to.
    pub service: String,
    /// Its type, by which its handler is found.
    pub job_type: String,
    /// What the handler is given.
    pub config: Map<String, Value>,
    /// `status` as it stands; [`Job::status`] reads it.
    pub status_field: Option<String>,
    /// The result, or the error of a failure.
    pub result: Option<Value>,
    /// What happened, by KSUID and so by time.
    pub updates: BTreeMap<String, Update>,
    /// Who is running it.
    pub claim: Option<Claim>,
    /// Earlier runs by number.
    pub attempts: BTreeMap<u32, Attempt>,
    /// All other members that are not the store's own (`_id` and its like).
    pub extra: Map<String, Value>,
}

/// Why a resource is not a job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidJob {
    /// It is a scalar or an array.
    #[error("it is not an object")]
    NotAnObject,
    /// It holds nothing yet, as between the two writes of a tree put.
    #[error("it is empty")]
    Empty,
    /// A member that every job has is absent.
    #[error("{0:?} is missing")]
    Missing(&'static str),
    /// A member has another JSON type than it must.
    #[error("{member:?} must be {expected}")]
    WrongType {
        /// Which member.
        member: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

impl Job {
    /// A job that nobody has run.
    #[must_use]
    pub fn new(service: &str, job_type: &str, config: Map<String, Value>) -> Self {
        Self { service: service.to_owned(), job_type: job_type.to_owned(), config, ..Self::default() }
    }

    /// Reads a job out of a resource. `null` counts as absent, unknown members are kept, and updates that are none
    /// are left out.
    ///
    /// # Errors
    /// Says which rule of `jobs-contract.md` 3.1 is broken.
    pub fn from_value(value: &Value) -> Result<Self, InvalidJob> {
        let map = value.as_object().ok_or(InvalidJob::NotAnObject)?;
        let members = || map.iter().filter(|(key, value)| !key.starts_with('_') && !value.is_null());
        if members().next().is_none() {
            return Err(InvalidJob::Empty);
        }
        let mut job = Self::default();
        let (mut service, mut job_type) = (None, None);
        for (key, value) in members() {
            match key.as_str() {
                "service" => service = Some(text(value, "service")?),
                "type" => job_type = Some(text(value, "type")?),
                "status" => job.status_field = Some(text(value, "status")?),
                "config" => job.config = object(value, "config")?.clone(),
                "result" => job.result = Some(value.clone()),
                "updates" => job.updates = readable(object(value, "updates")?).collect(),
                "claim" => job.claim = Claim::deserialize(value).ok(),
                "attempts" => {
                    job.attempts = value
                        .as_object()
                        .map(readable)
                        .into_iter()
                        .flatten()
                        .filter_map(|(number, attempt)| Some((number.parse().ok()?, attempt)))
                        .collect();
                }
                _ => {
                    job.extra.insert(key.clone(), value.clone());
                }
            }
        }
        job.service = service.ok_or(InvalidJob::Missing("service"))?;
        job.job_type = job_type.ok_or(InvalidJob::Missing("type"))?;
        Ok(job)
    }

    /// The config as a type of the handler's own.
    ///
    /// # Errors
    /// When the config does not have that form.
    pub fn config_as<T: serde::de::DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(Value::Object(self.config.clone()))
    }

    /// Where the job stands.
    #[must_use]
    pub fn status(&self) -> JobStatus {
        JobStatus::from_field(self.status_field.as_deref())
    }

    /// The failure's type, in any of the places where workers have left it.
    #[must_use]
    pub fn error_type(&self) -> Option<&str> {
        if self.status() != JobStatus::Failure {
            return None;
        }
        let result = self.result.as_ref()?;
        let named = |key| result.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        named("JobError").or_else(|| named("type")).or_else(|| match named("name")? {
            "Error" => None,
            "TimeoutError" => Some("timeout"),
            name => Some(name),
        })
    }

    /// When the next attempt of a job begins that is held by a worker between two of them.
    #[must_use]
    pub fn next_attempt(&self) -> Option<Timestamp> {
        let attempt = self.claim.as_ref().filter(|_| self.status() == JobStatus::Running)?.attempt;
        let again = self.updates.values().rfind(|update| update.status == AGAIN_STATUS)?;
        let meta = again.meta.as_ref()?;
        if meta.get("attempt")?.as_u64()? + 1 != u64::from(attempt) {
            return None;
        }
        let pause = SignedDuration::try_from_secs_f64(meta.get("pause_seconds")?.as_f64()?).ok()?;
        parse_time(&again.time)?.checked_add(pause).ok()
    }

    /// When the job ended: the time of the last update that carries its final status.
    #[must_use]
    pub fn finished_at(&self) -> Option<Timestamp> {
        let status = self.status();
        if !status.is_final() {
            return None;
        }
        self.updates
            .values()
            .filter(|update| update.status == status.as_str())
            .filter_map(|update| parse_time(&update.time))
            .max()
    }

    /// The day under which the job is filed, if it was said when the job ended.
    #[must_use]
    pub fn finished_day(&self) -> Option<Date> {
        let by_hand = self.updates.values().rev().find_map(|update| update.day.as_deref());
        let by_worker = self.attempts.values().rev().find_map(|attempt| attempt.day.as_deref());
        // Who ends a job by hand takes the claim away.
        let said = if self.claim.is_none() { by_hand.or(by_worker) } else { by_worker.or(by_hand) };
        said.filter(|_| self.status().is_final())?.parse().ok()
    }
}

fn text(value: &Value, member: &'static str) -> Result<String, InvalidJob> {
    value.as_str().map(str::to_owned).ok_or(InvalidJob::WrongType { member, expected: "a string" })
}

fn object<'a>(value: &'a Value, member: &'static str) -> Result<&'a Map<String, Value>, InvalidJob> {
    value.as_object().ok_or(InvalidJob::WrongType { member, expected: "an object" })
}

/// The entries of a map that can be read as `T`.
fn readable<'a, T: Deserialize<'a>>(map: &'a Map<String, Value>) -> impl Iterator<Item = (String, T)> + 'a {
    map.iter().filter_map(|(key, value)| Some((key.clone(), T::deserialize(value).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_job_is_read_with_what_others_left_on_it() {
        let job = Job::from_value(&json!({
            "_id": "resources/a", "_rev": 3, "_type": "application/json", "_meta": {"_id": "resources/a/_meta"},
            "service": "svc", "type": "email", "config": {"to": "x"}, "status": "failure", "result": {"JobError": "bad"},
            "updates": {
                "k1": {"status": "started", "time": "2024-01-02T03:04:05.678Z", "meta": "Runner started"},
                "k2": {"status": "failure", "time": "1704164645"},
                "k3": "not an update"
            },
            "claim": null, "mine": 1
        }))
        .unwrap();
        assert_eq!(job.status(), JobStatus::Failure);
        assert_eq!(job.error_type(), Some("bad"));
        assert_eq!(job.updates.len(), 2);
        assert_eq!(job.finished_at(), parse_time("2024-01-02T03:04:05Z"));
        assert_eq!(job.extra.keys().collect::<Vec<_>>(), ["mine"]);
    }

    #[test]
    fn a_job_between_two_attempts_has_a_time() {
        let job = |status: &str, attempt: u32| {
            let job = json!({
                "service": "s", "type": "t", "status": status,
                "claim": {"worker": "w", "nonce": "n", "attempt": attempt, "at": "2026-01-02T03:00:00Z"},
                "updates": {
                    "1": {"status": "started", "time": "2026-01-02T03:00:00Z"},
                    "2": {"status": "again", "time": "2026-01-02T03:00:10Z",
                        "meta": {"attempt": 1, "pause_seconds": 5.5}},
                },
            });
            Job::from_value(&job).unwrap().next_attempt()
        };
        assert_eq!(job("running", 2), parse_time("2026-01-02T03:00:15.5Z"));
        assert_eq!(job("running", 3), None, "the next attempt was another worker's");
        assert_eq!(job("pending", 2), None);
    }

    #[test]
    fn the_day_of_filing_is_that_of_who_ended_it() {
        let mut job = json!({
            "service": "s", "type": "t", "status": "success",
            "claim": {"worker": "w", "nonce": "n", "attempt": 2, "at": "2026-01-02T03:00:00Z"},
            "attempts": {"1": {"worker": "v", "started": "", "ended": "", "outcome": "crashed"},
                "2": {"worker": "w", "started": "", "ended": "", "outcome": "success", "day": "2026-01-03"}},
        });
        let day = |job: &Value| Job::from_value(job).unwrap().finished_day().map(|day| day.to_string());
        assert_eq!(day(&job).as_deref(), Some("2026-01-03"));
        job["claim"] = Value::Null;
        job["updates"] =
            json!({"1": {"status": "settled", "time": "2026-01-02T03:00:00Z", "day": "2026-01-02"}});
        assert_eq!(day(&job).as_deref(), Some("2026-01-02"));
        job["status"] = json!("running");
        assert_eq!(day(&job), None);
    }

    #[test]
    fn what_is_no_job_is_named() {
        let reason = |value| Job::from_value(&value).unwrap_err();
        assert_eq!(reason(json!([])), InvalidJob::NotAnObject);
        assert_eq!(reason(json!({"_id": "resources/a", "_rev": 1})), InvalidJob::Empty);
        assert_eq!(reason(json!({"type": "a"})), InvalidJob::Missing("service"));
        assert_eq!(reason(json!({"service": "a"})), InvalidJob::Missing("type"));
        assert_eq!(
            reason(json!({"service": "a", "type": "b", "config": []})).to_string(),
            "\"config\" must be an object"
        );
        assert!(matches!(reason(json!({"service": 1, "type": "b"})), InvalidJob::WrongType { .. }));
    }

    #[test]
    fn final_states_have_no_way_out() {
        use JobStatus::{Failure, Pending, Running, Success};
        for next in [Pending, Running, Success, Failure] {
            assert!(!Success.may_become(next) && !Failure.may_become(next));
            assert!(Running.may_become(next));
        }
        assert!(Pending.may_become(Running) && Pending.may_become(Failure));
        assert!(!Pending.may_become(Success));
    }

    #[test]
    fn times_have_milliseconds_and_a_zulu() {
        let text = now_text();
        assert_eq!(text.len(), "2024-01-02T03:04:05.678Z".len(), "{text}");
        assert!(parse_time(&text).is_some());
        assert_eq!(parse_time("nonsense"), None);
        for time in ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59.999999Z", "9999-12-30T01:02:03.045Z"] {
            let time: Timestamp = time.parse().unwrap();
            assert_eq!(time_text(time), format!("{time:.3}"));
        }
    }
}
