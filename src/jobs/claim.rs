//! Claims: taking a job, writing onto it while it is ours, finishing it and giving it back.
//!
//! Owns the fence: nothing is written onto a claimed job but by whoever holds its nonce (`design.md` 3, A job's
//! life). Must not decide what a run came to.

use serde_json::{Map, Value, json};

use super::{Error, FinalList};
use crate::model::{
    Attempt, Claim, FINISHED_META, Job, JobStatus, ResourceId, STARTED_META, Update, new_key, now_text,
};
use crate::oada::Client;

/// The content type of writes onto a job: that of the Node workers. The job's `_type` stays what it was.
const WRITE_TYPE: &str = "application/json";

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
    /// The job's `result`.
    pub result: Map<String, Value>,
    /// The record of this run.
    pub attempt: Attempt,
    /// What the handler said last.
    pub updates: Vec<Update>,
}

/// Claims a job that was read as `job` under `etag`.
///
/// One conditional PUT writes the claim, `status` and the `started` update. An earlier run that did not end is
/// recorded as crashed, and an earlier result is taken away, since a PUT would merge the next one into it. With
/// `verify` the job is read back before the claim is believed, for stores that may accept two.
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
    let started =
        Update { status: "started".into(), time: claim.at.clone(), meta: Some(STARTED_META.into()) };
    let mut body = Map::new();
    body.insert("status".into(), JobStatus::Running.as_str().into());
    body.insert("claim".into(), to_value(&claim));
    body.insert("updates".into(), keyed(&[started]));
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
    match client.put(&id.path(), WRITE_TYPE, &Value::Object(body), Some(etag)).await {
        Ok(written) => claimed.etag = written.etag,
        // Our own write may have taken effect although its reply was lost: the nonce tells.
        Err(error) if error.is_precondition_failed() => return claimed.confirmed(client).await,
        Err(error) => return Err(error.into()),
    }
    if verify { claimed.confirmed(client).await } else { Ok(claimed) }
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
        self.etag = document.etag;
        Ok(match &job.claim {
            Some(claim) if claim.nonce == self.claim.nonce => match job.status() {
                JobStatus::Running => Standing::Ours,
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

    /// Writes `body` while the claim holds. Repeating it is harmless, since all its keys are fixed beforehand.
    async fn put(&mut self, client: &Client, body: &Value, done_when_free: bool) -> Result<(), Error> {
        loop {
            match client.put(&self.id.path(), WRITE_TYPE, body, Some(&self.etag)).await {
                Ok(written) => {
                    self.etag = written.etag;
                    return Ok(());
                }
                Err(error) if error.is_precondition_failed() => match self.read(client).await? {
                    Standing::Ours => {}
                    Standing::FinishedByUs => return Ok(()),
                    Standing::GivenBack if done_when_free => return Ok(()),
                    Standing::GivenBack => return Err(self.lost("nobody: it was released")),
                    Standing::Lost(by) => return Err(self.lost(by)),
                },
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Learns the job's present ETag, after others wrote onto it.
///
/// # Errors
/// [`Error::ClaimLost`] when the claim does not hold any more, or the errors of the store.
pub async fn renew_etag(client: &Client, claimed: &Claimed) -> Result<Claimed, Error> {
    claimed.clone().confirmed(client).await
}

/// Adds updates to a claimed job.
///
/// # Errors
/// [`Error::ClaimLost`] when the claim does not hold any more, or the errors of the store.
pub async fn write_updates(client: &Client, claimed: &mut Claimed, updates: &[Update]) -> Result<(), Error> {
    claimed.put(client, &json!({ "updates": keyed(updates) }), false).await
}

/// The write that ends a job. Made once, so that it can be repeated until it lands.
impl Finish {
    /// The body of the PUT: status, result, attempt record and the last update.
    #[must_use]
    pub fn body(&self, claimed: &Claimed) -> Value {
        let mut updates = self.updates.clone();
        updates.push(Update {
            status: self.list.as_str().to_owned(),
            time: self.attempt.ended.clone(),
            meta: Some(FINISHED_META.into()),
        });
        json!({
            "status": self.list.as_str(),
            "result": self.result,
            "updates": keyed(&updates),
            "attempts": attempts(claimed.claim.attempt, &self.attempt),
        })
    }
}

/// Ends a claimed job with a body from [`Finish::body`]. May be repeated.
///
/// # Errors
/// [`Error::ClaimLost`] when the claim does not hold any more, or the errors of the store.
pub async fn finish(client: &Client, claimed: &mut Claimed, body: &Value) -> Result<(), Error> {
    claimed.put(client, body, false).await
}

/// Gives a claimed job back: pending again, its attempt not spent.
///
/// # Errors
/// [`Error::ClaimLost`] when the claim does not hold any more, or the errors of the store.
pub async fn release(
    client: &Client,
    claimed: &mut Claimed,
    why: &str,
    said: &[Update],
) -> Result<(), Error> {
    let mut updates = said.to_vec();
    updates.push(Update::now("released", why));
    let body = json!({
        "status": JobStatus::Pending.as_str(),
        "claim": null,
        "updates": keyed(&updates),
    });
    claimed.put(client, &body, true).await
}

fn keyed(updates: &[Update]) -> Value {
    Value::Object(updates.iter().map(|update| (new_key(), to_value(update))).collect())
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
