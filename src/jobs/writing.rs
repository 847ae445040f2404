//! What is written onto a claimed job, in the form that lies on the store.
//!
//! Owns which members each write has. Each is put down as text once, so that it can be repeated as it is and costs no
//! tree of values; must not send anything.

use std::time::Duration;

use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use super::FinalList;
use super::claim::Claimed;
use crate::model::{AGAIN_STATUS, Attempt, Claim, JobStatus, STARTED_META, Update, new_key, now_text};

/// A write onto a claimed job. May be repeated: all keys in it are fixed.
#[derive(Clone, Debug)]
pub struct JobWrite {
    pub(super) body: Box<RawValue>,
    /// Whether the job does not run any more after it, and nobody holds it.
    pub(super) gives_back: bool,
}

impl JobWrite {
    fn of(body: &impl Serialize) -> Self {
        // Our own types always have string keys and finite numbers.
        let body = to_raw_value(body).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self { body, gives_back: false }
    }

    /// Adds updates, from [`keyed`].
    #[must_use]
    pub fn updates(updates: &Map<String, Value>) -> Self {
        #[derive(serde::Serialize)]
        struct Body<'a> {
            updates: &'a Map<String, Value>,
        }
        Self::of(&Body { updates })
    }

    /// Gives a claimed job back: pending again, its attempt not spent.
    #[must_use]
    pub fn release(why: &str, said: &Map<String, Value>) -> Self {
        Self { gives_back: true, ..Self::of(&release_body(why, said, None)) }
    }

    /// Goes on to the next attempt of the same worker, which keeps the claim and counts it up.
    #[must_use]
    pub fn next_attempt(
        claimed: &mut Claimed,
        ended: &Attempt,
        said: &Map<String, Value>,
        pause: Duration,
    ) -> Self {
        #[derive(serde::Serialize)]
        struct Body<'a> {
            attempts: Attempts<'a>,
            claim: &'a Claim,
            updates: Updates<'a>,
        }
        let attempt = claimed.claim.attempt;
        claimed.claim.attempt += 1;
        let meta = json!({ "attempt": attempt, "error": ended.error, "pause_seconds": pause.as_secs_f64() });
        Self::of(&Body {
            attempts: Attempts(attempt, ended),
            claim: &claimed.claim,
            updates: Updates::ending_with(said, Update::now(AGAIN_STATUS, meta)),
        })
    }

    /// Ends a job: status, result, the record of its last run and the last update.
    #[must_use]
    pub fn finish(claimed: &Claimed, finish: &Finish) -> Self {
        #[derive(serde::Serialize)]
        struct Body<'a> {
            attempts: Attempts<'a>,
            result: &'a Map<String, Value>,
            status: &'a str,
            updates: Updates<'a>,
        }
        let Finish { list, result, attempt, updates } = finish;
        let status = list.as_str();
        Self::of(&Body {
            attempts: Attempts(claimed.claim.attempt, attempt),
            result,
            status,
            updates: Updates::ending_with(updates, Update::finished(status, &attempt.ended)),
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

/// The members of a claim.
pub(super) fn claim_body<'a>(
    claim: &'a Claim,
    crashed: Option<(u32, &'a Attempt)>,
    takes_result_away: bool,
) -> impl Serialize + Sync + use<'a> {
    #[derive(serde::Serialize)]
    struct Body<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        attempts: Option<Attempts<'a>>,
        claim: &'a Claim,
        #[serde(skip_serializing_if = "Option::is_none")]
        result: Option<Value>,
        status: &'static str,
        updates: Updates<'static>,
    }
    let started = Update {
        status: "started".into(),
        time: claim.at.clone(),
        meta: Some(STARTED_META.into()),
        day: None,
    };
    Body {
        attempts: crashed.map(|(number, attempt)| Attempts(number, attempt)),
        claim,
        result: takes_result_away.then_some(Value::Null),
        status: JobStatus::Running.as_str(),
        updates: Updates { said: None, last: (new_key(), started) },
    }
}

/// The members of a job that is given back, or taken away from a worker whose run then counts as crashed.
pub(super) fn release_body<'a>(
    why: &str,
    said: &'a Map<String, Value>,
    crashed: Option<(u32, &'a Attempt)>,
) -> impl Serialize + Sync + use<'a> {
    #[derive(serde::Serialize)]
    struct Body<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        attempts: Option<Attempts<'a>>,
        claim: (),
        status: &'static str,
        updates: Updates<'a>,
    }
    Body {
        attempts: crashed.map(|(number, attempt)| Attempts(number, attempt)),
        claim: (),
        status: JobStatus::Pending.as_str(),
        updates: Updates::ending_with(said, Update::now("released", why)),
    }
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
struct Attempts<'a>(u32, &'a Attempt);

impl Serialize for Attempts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.0, self.1)])
    }
}

/// `updates` that end with one of our own.
struct Updates<'a> {
    said: Option<&'a Map<String, Value>>,
    last: (String, Update),
}

impl<'a> Updates<'a> {
    fn ending_with(said: &'a Map<String, Value>, last: Update) -> Self {
        Self { said: Some(said), last: (new_key(), last) }
    }
}

impl Serialize for Updates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, update) in self.said.into_iter().flatten() {
            map.serialize_entry(key, update)?;
        }
        map.serialize_entry(&self.last.0, &self.last.1)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ResourceId;

    fn value(body: &impl Serialize) -> Value {
        serde_json::to_value(body).unwrap()
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
        let body = value(&claim_body(&claim(), None, false));
        let members: Vec<_> = body.as_object().unwrap().keys().collect();
        assert_eq!(members, ["claim", "status", "updates"]);
        assert_eq!(body["claim"], value(&claim()));
        let started = json!({"status": "started", "time": claim().at, "meta": "Runner started"});
        assert_eq!((body["status"].as_str(), updates(&body)), (Some("running"), vec![started]));

        let crashed = crashed(&claim());
        let body = value(&claim_body(&claim(), Some((1, &crashed)), true));
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
        let body = value(&write.body);
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
        let body = value(&write.body);
        assert_eq!((&body["claim"]["attempt"], &body["attempts"]), (&json!(3), &json!({"2": value(&ended)})));
        assert_eq!(updates(&body)[0]["meta"], json!({"attempt": 2, "error": "no", "pause_seconds": 5.0}));

        let write = JobWrite::release("tired", &Map::new());
        let body = value(&write.body);
        assert_eq!((&body["claim"], &body["status"]), (&Value::Null, &json!("pending")));
        assert!(write.gives_back);
    }
}
