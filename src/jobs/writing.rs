//! What is written onto a claimed job, in the form that lies on the store.
//!
//! Owns which members each write has. Each is put down as text once, so that it can be repeated as it is and costs no
//! tree of values; must not send anything.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::FinalList;
use super::claim::Claimed;
use crate::model::{
    AGAIN_STATUS, Attempt, Claim, FINISHED_META, JobStatus, Members, STARTED_META, Update, new_key, now_text,
};

/// A write onto a claimed job. May be repeated: all keys in it are fixed.
#[derive(Clone, Debug)]
pub struct JobWrite {
    /// JSON.
    pub(super) body: Bytes,
    /// Whether the job does not run any more after it, and nobody holds it.
    pub(super) gives_back: bool,
}

impl JobWrite {
    fn of(write: impl FnOnce(&mut Members<'_>)) -> Self {
        Self { body: Members::write(write).into(), gives_back: false }
    }

    /// Adds updates, from [`keyed`].
    #[must_use]
    pub fn updates(updates: &Map<String, Value>) -> Self {
        Self::of(|job| job.value("updates", updates))
    }

    /// Gives a claimed job back: pending again, its attempt not spent.
    #[must_use]
    pub fn release(why: &str, said: &Map<String, Value>) -> Self {
        Self { body: release_body(why, said, None), gives_back: true }
    }

    /// Goes on to the next attempt of the same worker, which keeps the claim and counts it up.
    #[must_use]
    pub fn next_attempt(
        claimed: &mut Claimed,
        ended: &Attempt,
        said: &Map<String, Value>,
        pause: Duration,
    ) -> Self {
        let attempt = claimed.claim.attempt;
        claimed.claim.attempt += 1;
        let meta = json!({ "attempt": attempt, "error": ended.error, "pause_seconds": pause.as_secs_f64() });
        Self::of(|job| {
            push_attempt(job, attempt, ended);
            push_claim(job, &claimed.claim);
            push_updates(job, said, (AGAIN_STATUS, &now_text()), |last| last.value("meta", &meta));
        })
    }

    /// Ends a job: status, result, the record of its last run and the last update.
    #[must_use]
    pub fn finish(claimed: &Claimed, finish: &Finish) -> Self {
        let Finish { list, result, attempt, updates } = finish;
        let status = list.as_str();
        Self::of(|job| {
            push_attempt(job, claimed.claim.attempt, attempt);
            job.value("result", result);
            job.text("status", status);
            push_updates(job, updates, (status, &attempt.ended), |last| last.text("meta", FINISHED_META));
        })
    }
}

/// How a job ends.
#[derive(Clone, Debug)]
pub struct Finish {
    /// The list, and with it the status.
    pub list: FinalList,
    /// The job's `result`.
    pub result: Map<String, Value>,
    /// The record of this run, with the day of the list.
    pub attempt: Attempt,
    /// What the handler said last, from [`keyed`].
    pub updates: Map<String, Value>,
}

/// What claims a job.
pub(super) fn claim_body(claim: &Claim, crashed: Option<(u32, &Attempt)>, takes_result_away: bool) -> Bytes {
    let body = Members::write(|job| {
        if let Some((number, attempt)) = crashed {
            push_attempt(job, number, attempt);
        }
        push_claim(job, claim);
        if takes_result_away {
            job.value("result", &Value::Null);
        }
        job.text("status", JobStatus::Running.as_str());
        push_updates(job, &Map::new(), ("started", &claim.at), |last| last.text("meta", STARTED_META));
    });
    body.into()
}

/// What gives a job back, or takes it away from a worker whose run then counts as crashed.
pub(super) fn release_body(why: &str, said: &Map<String, Value>, crashed: Option<(u32, &Attempt)>) -> Bytes {
    let body = Members::write(|job| {
        if let Some((number, attempt)) = crashed {
            push_attempt(job, number, attempt);
        }
        job.value("claim", &Value::Null);
        job.text("status", JobStatus::Pending.as_str());
        push_updates(job, said, ("released", &now_text()), |last| last.text("meta", why));
    });
    body.into()
}

/// The record of a run whose worker died.
pub(super) fn crashed(claim: &Claim) -> Attempt {
    Attempt {
        worker: claim.worker.clone(),
        started: claim.at.clone(),
        ended: now_text(),
        outcome: "crashed".to_owned(),
        ..Attempt::default()
    }
}

/// Updates under keys of their own, in their order.
#[must_use]
pub fn keyed(updates: impl IntoIterator<Item = Update>) -> Map<String, Value> {
    let to_value = |update: &Update| serde_json::to_value(update).unwrap_or_default();
    updates.into_iter().map(|update| (new_key(), to_value(&update))).collect()
}

/// `attempts` with one of them. They are written as part of a body, never by path, so a key of digits is safe
/// (`oada-protocol.md` Q9).
fn push_attempt(job: &mut Members<'_>, number: u32, attempt: &Attempt) {
    let Attempt { worker, started, ended, outcome, day, error_type, error } = attempt;
    job.object("attempts", |attempts| {
        attempts.object_at(&number.to_string(), |members| {
            for (name, value) in
                [("worker", worker), ("started", started), ("ended", ended), ("outcome", outcome)]
            {
                members.text(name, value);
            }
            for (name, value) in [("day", day), ("error_type", error_type), ("error", error)] {
                if let Some(value) = value {
                    members.text(name, value);
                }
            }
        });
    });
}

fn push_claim(job: &mut Members<'_>, claim: &Claim) {
    let Claim { worker, nonce, attempt, at } = claim;
    job.object("claim", |members| {
        members.text("worker", worker);
        members.text("nonce", nonce);
        members.value("attempt", attempt);
        members.text("at", at);
    });
}

/// `updates` that end with one of our own.
fn push_updates(
    job: &mut Members<'_>,
    said: &Map<String, Value>,
    (status, time): (&str, &str),
    meta: impl FnOnce(&mut Members<'_>),
) {
    job.object("updates", |updates| {
        said.iter().for_each(|(key, update)| updates.value_at(key, update));
        updates.object_at(&new_key(), |last| {
            last.text("status", status);
            last.text("time", time);
            meta(last);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ResourceId;

    fn value(member: &impl serde::Serialize) -> Value {
        serde_json::to_value(member).unwrap()
    }

    fn read(body: &Bytes) -> Value {
        serde_json::from_slice(body).unwrap()
    }

    fn claim() -> Claim {
        Claim { worker: "w".into(), nonce: "n".into(), attempt: 2, at: "2026-01-02T03:04:05.678Z".into() }
    }

    /// The members of `updates`, whose keys are new each time.
    fn updates(body: &Value) -> Vec<Value> {
        body["updates"].as_object().unwrap().values().cloned().collect()
    }

    #[test]
    fn a_claim_says_who_and_takes_an_earlier_result_away() {
        let body = read(&claim_body(&claim(), None, false));
        let members: Vec<_> = body.as_object().unwrap().keys().collect();
        assert_eq!(members, ["claim", "status", "updates"]);
        assert_eq!(body["claim"], value(&claim()));
        let started = json!({"status": "started", "time": claim().at, "meta": "Runner started"});
        assert_eq!((body["status"].as_str(), updates(&body)), (Some("running"), vec![started]));

        let crashed = crashed(&claim());
        let body = read(&claim_body(&claim(), Some((1, &crashed)), true));
        assert_eq!((&body["result"], &body["attempts"]), (&Value::Null, &json!({"1": value(&crashed)})));
    }

    #[test]
    fn an_end_has_what_was_said_before_its_last_update() {
        let claimed = Claimed::of_test(ResourceId::from_key("k"), claim());
        let said = keyed([Update::now("info", "one"), Update::now("info", "two")]);
        let attempt = Attempt { ended: "2026-01-02T03:04:06.000Z".into(), ..Attempt::default() };
        let result = Map::from_iter([("a".to_owned(), json!(1))]);
        let finish = Finish { list: FinalList::Success, result, attempt, updates: said };
        let write = JobWrite::finish(&claimed, &finish);
        let body = read(&write.body);
        assert_eq!((body["status"].as_str(), &body["result"]), (Some("success"), &json!({"a": 1})));
        assert_eq!(body["attempts"], json!({"2": value(&finish.attempt)}));
        let metas: Vec<_> = updates(&body).iter().map(|update| update["meta"].clone()).collect();
        assert_eq!(metas, ["one", "two", "Runner finshed"]);
        assert!(!write.gives_back);
    }

    #[test]
    fn the_next_attempt_counts_the_claim_up_and_a_release_gives_it_up() {
        let mut claimed = Claimed::of_test(ResourceId::from_key("k"), claim());
        let ended = Attempt { error: Some("no".into()), ..Attempt::default() };
        let write = JobWrite::next_attempt(&mut claimed, &ended, &Map::new(), Duration::from_secs(5));
        let body = read(&write.body);
        assert_eq!((&body["claim"]["attempt"], &body["attempts"]), (&json!(3), &json!({"2": value(&ended)})));
        assert_eq!(updates(&body)[0]["meta"], json!({"attempt": 2, "error": "no", "pause_seconds": 5.0}));

        let write = JobWrite::release("tired", &Map::new());
        let body = read(&write.body);
        assert_eq!((&body["claim"], &body["status"]), (&Value::Null, &json!("pending")));
        assert!(write.gives_back);
    }
}
