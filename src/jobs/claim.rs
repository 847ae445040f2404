//! Claims: taking a job, writing onto it while it is ours, finishing it and giving it back.
//!
//! Owns the fence: nothing is written onto a claimed job but by whoever holds its nonce (`design.md` 3, A job's
//! life). Must not decide what a run came to.

use std::time::Duration;

use jiff::civil::Date;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::{Error, FinalList, Found};
use crate::model::{
    AGAIN_STATUS, Attempt, Claim, Job, JobStatus, ResourceId, STARTED_META, Update, new_key, now_text,
};
use crate::oada::Client;

/// The content type of writes onto a job: that of the Node workers. The job's `_type` stays what it was.
const WRITE_TYPE: &str = "application/json";

/// How long a store whose write topic has several partitions may take until all have seen a write: two writes under
/// one condition can both be accepted within it, and the later one stands (`design.md` 3, Workers).
pub const SETTLED_AFTER: Duration = Duration::from_millis(250);

/// An answer that took longer than this may be old news: the worker may have been taken for dead in the meantime.
const BELIEVED_FOR: Duration = Duration::from_secs(10);

/// A job that this process holds.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The job's resource.
    pub id: ResourceId,
    /// What stands on it.
    pub claim: Claim,
    etag: String,
}

/// How a job ends.
#[derive(Clone, Debug)]
pub struct Finish {
    /// The list, and with it the status.
    pub list: FinalList,
    /// The day of that list.
    pub day: Date,
    /// The job's `result`.
    pub result: Map<String, Value>,
    /// The record of this run.
    pub attempt: Attempt,
    /// What the handler said last, from [`keyed`].
    pub updates: Map<String, Value>,
}

/// Claims a job that was read as `job` under `etag`.
///
/// One conditional PUT writes the claim, `status` and the `started` update. An earlier run that did not end is
/// recorded as crashed, and an earlier result is taken away, since a PUT would merge the next one into it. With
/// `verify` the job is read back after [`SETTLED_AFTER`] before the claim is believed, for stores that may accept two;
/// likewise when the answer took long, or tells of a write in between.
///
/// # Errors
/// [`Error::ClaimLost`] when somebody else was faster, or the errors of the store.
pub async fn claim(
    client: &Client,
    id: &ResourceId,
    etag: &str,
    job: &Job,
    (worker, attempt): (&str, u32),
    verify: bool,
) -> Result<Claimed, Error> {
    let claim = Claim { worker: worker.to_owned(), nonce: new_key(), attempt, at: now_text() };
    let started = Update {
        status: "started".into(),
        time: claim.at.clone(),
        meta: Some(STARTED_META.into()),
        day: None,
    };
    let mut body = Map::new();
    body.insert("status".into(), JobStatus::Running.as_str().into());
    body.insert("claim".into(), to_value(&claim));
    body.insert("updates".into(), keyed([started]).into());
    if job.result.is_some() {
        body.insert("result".into(), Value::Null);
    }
    if let Some(previous) = job.claim.as_ref().filter(|previous| previous.attempt < attempt)
        && job.status() == JobStatus::Running
        && !job.attempts.contains_key(&previous.attempt)
    {
        body.insert("attempts".into(), attempts(previous.attempt, &crashed(previous)));
    }
    let mut claimed = Claimed { id: id.clone(), claim, etag: etag.to_owned() };
    let asked = Instant::now();
    match client.put(&id.path(), WRITE_TYPE, &Value::Object(body), Some(etag)).await {
        Ok(written) => claimed.etag = written.etag,
        // Our own write may have taken effect although its reply was lost: the nonce tells.
        Err(error) if error.is_precondition_failed() => return Box::pin(claimed.confirmed(client)).await,
        Err(error) => return Err(error.into()),
    }
    if !verify && asked.elapsed() < BELIEVED_FOR && follows(etag, &claimed.etag) {
        return Ok(claimed);
    }
    tokio::time::sleep(SETTLED_AFTER).await;
    Box::pin(claimed.confirmed(client)).await
}

/// The record of a run whose worker died.
fn crashed(claim: &Claim) -> Attempt {
    Attempt {
        worker: claim.worker.clone(),
        started: claim.at.clone(),
        ended: now_text(),
        outcome: "crashed".to_owned(),
        ..Attempt::default()
    }
}

/// What stands on a job for the holder of a claim.
enum Standing {
    Ours,
    /// Finished, and by this claim.
    FinishedByUs,
    GivenBack,
    Lost(String),
}

impl Claimed {
    async fn read(&mut self, client: &Client) -> Result<Standing, Error> {
        let Some(document) = client.find(&self.id.path()).await? else {
            return Ok(Standing::Lost("nobody: it was deleted".to_owned()));
        };
        let Ok(job) = Job::from_value(&document.value) else {
            return Ok(Standing::Lost("nobody: it was overwritten".to_owned()));
        };
        Ok(match &job.claim {
            Some(claim) if claim.nonce == self.claim.nonce => match job.status() {
                JobStatus::Running => {
                    // That of a job that is not ours would let through whatever is still written in the belief that it is.
                    self.etag = document.etag;
                    Standing::Ours
                }
                // Where two writes are accepted, one that does not hold the claim may have ended the job.
                status if status.is_final() && !job.attempts.contains_key(&claim.attempt) => {
                    Standing::Lost(format!("nobody: it has ended as {}", status.as_str()))
                }
                status if status.is_final() => Standing::FinishedByUs,
                _ => Standing::GivenBack,
            },
            Some(claim) => Standing::Lost(format!("worker {}", claim.worker)),
            None if job.status() == JobStatus::Pending => Standing::GivenBack,
            None => Standing::Lost(format!("nobody: its status is {}", job.status().as_str())),
        })
    }

    fn lost(&self, by: impl Into<String>) -> Error {
        Error::ClaimLost { id: self.id.to_string(), by: by.into() }
    }

    async fn confirmed(mut self, client: &Client) -> Result<Self, Error> {
        match self.read(client).await? {
            Standing::Ours => Ok(self),
            Standing::FinishedByUs | Standing::GivenBack => Err(self.lost("nobody")),
            Standing::Lost(by) => Err(self.lost(by)),
        }
    }

    fn done_by(&self, standing: Standing, gives_back: bool) -> Result<bool, Error> {
        match standing {
            Standing::Ours => Ok(false),
            Standing::FinishedByUs => Ok(true),
            Standing::GivenBack if gives_back => Ok(true),
            Standing::GivenBack => Err(self.lost("nobody: it was released")),
            Standing::Lost(by) => Err(self.lost(by)),
        }
    }
}

/// Writes onto a claimed job while the claim holds. May be repeated: all keys in `body` are fixed beforehand.
///
/// # Errors
/// [`Error::ClaimLost`] when the claim does not hold any more, or the errors of the store.
pub async fn write(client: &Client, claimed: &mut Claimed, body: &Value) -> Result<(), Error> {
    let gives_back = body.get("status").and_then(Value::as_str) == Some(JobStatus::Pending.as_str());
    loop {
        match client.put(&claimed.id.path(), WRITE_TYPE, body, Some(&claimed.etag)).await {
            Ok(written) if follows(&claimed.etag, &written.etag) => {
                claimed.etag = written.etag;
                return Ok(());
            }
            Ok(_) => {
                // Somebody else's write was accepted under the same condition as ours. Its tag is not taken over unseen:
                // if the job cannot be read now, a repetition must fail.
                let standing = Box::pin(claimed.read(client)).await?;
                claimed.done_by(standing, gives_back)?;
                return Ok(());
            }
            Err(error) if error.is_precondition_failed() => {
                let standing = Box::pin(claimed.read(client)).await?;
                if claimed.done_by(standing, gives_back)? {
                    return Ok(());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether the second of two entity tags is of the very next rev, as it is when nobody wrote in between. Tags of
/// another form tell nothing.
fn follows(before: &str, after: &str) -> bool {
    let rev = |etag: &str| etag.trim_matches('"').rsplit('/').next()?.parse::<u64>().ok();
    match (rev(before), rev(after)) {
        (Some(before), Some(after)) => after == before + 1,
        _ => true,
    }
}

/// Asks whether a claim still holds.
///
/// # Errors
/// [`Error::ClaimLost`] when it does not, or the errors of the store.
pub async fn verify(client: &Client, claimed: &Claimed) -> Result<(), Error> {
    claimed.clone().confirmed(client).await.map(drop)
}

/// The write that ends a job. Made once, so that it can be repeated until it lands.
impl Finish {
    /// The body of the PUT: status, result, attempt record and the last update.
    #[must_use]
    pub fn body(&self, claimed: &Claimed) -> Value {
        let mut updates = self.updates.clone();
        let attempt = Attempt { day: Some(self.day.to_string()), ..self.attempt.clone() };
        updates.extend(keyed([Update::finished(self.list.as_str(), &self.attempt.ended)]));
        json!({
            "status": self.list.as_str(),
            "result": self.result,
            "updates": updates,
            "attempts": attempts(claimed.claim.attempt, &attempt),
        })
    }
}

/// The write that gives a claimed job back: pending again, its attempt not spent.
#[must_use]
pub fn release_body(why: &str, said: &Map<String, Value>) -> Value {
    let mut updates = said.clone();
    updates.extend(keyed([Update::now("released", why)]));
    json!({ "status": JobStatus::Pending.as_str(), "claim": null, "updates": updates })
}

/// Takes a claim away from the worker that holds it: the job is pending again, and the run counts as one that
/// crashed. A worker that lives after all finds its claim gone and writes nothing more.
///
/// # Errors
/// [`Error::ClaimLost`] when the job changed since it was read as `found`, or nobody holds it; the errors of the store.
pub async fn take_back(client: &Client, found: &Found, why: &str) -> Result<(), Error> {
    let lost = |by: &str| Error::ClaimLost { id: found.id.to_string(), by: by.to_owned() };
    let running = found.job.status() == JobStatus::Running;
    let Some(claim) = found.job.claim.as_ref().filter(|_| running) else {
        return Err(lost("nobody: it does not run"));
    };
    let mut body = release_body(why, &Map::new());
    if !found.job.attempts.contains_key(&claim.attempt) {
        body["attempts"] = attempts(claim.attempt, &crashed(claim));
    }
    match client.put(&found.id.path(), WRITE_TYPE, &body, Some(&found.etag)).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_precondition_failed() => Err(lost("somebody else, who was faster")),
        Err(error) => Err(error.into()),
    }
}

/// The write between two attempts of one worker, which keeps the claim and counts it up.
#[must_use]
pub fn next_attempt_body(
    claimed: &mut Claimed,
    ended: &Attempt,
    said: &Map<String, Value>,
    pause: Duration,
) -> Value {
    let attempt = claimed.claim.attempt;
    claimed.claim.attempt += 1;
    let mut updates = said.clone();
    let meta = json!({ "attempt": attempt, "error": ended.error, "pause_seconds": pause.as_secs_f64() });
    updates.extend(keyed([Update::now(AGAIN_STATUS, meta)]));
    json!({ "claim": to_value(&claimed.claim), "updates": updates, "attempts": attempts(attempt, ended) })
}

/// Updates under keys of their own, in their order.
#[must_use]
pub fn keyed(updates: impl IntoIterator<Item = Update>) -> Map<String, Value> {
    updates.into_iter().map(|update| (new_key(), to_value(&update))).collect()
}

fn attempts(number: u32, attempt: &Attempt) -> Value {
    json!({ number_key(number): to_value(attempt) })
}

/// Attempts are written as part of a body, never by path, so a key of digits is safe (`oada-protocol.md` Q9).
fn number_key(number: u32) -> String {
    number.to_string()
}

/// Our own types always have string keys and finite numbers.
fn to_value(of_ours: &impl serde::Serialize) -> Value {
    serde_json::to_value(of_ours).unwrap_or_default()
}
