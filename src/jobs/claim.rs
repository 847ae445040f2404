//! Claims: taking a job, writing onto it while it is ours, finishing it and giving it back.
//!
//! Owns the fence: nothing is written onto a claimed job but by whoever holds its nonce (`design.md` 3, A job's
//! life). Must not decide what a run came to.

use std::time::Duration;

use serde_json::Map;

use super::writing::{JobWrite, claim_body, crashed, release_body};
use super::{Error, Found, LostTo};
use crate::model::{Claim, Job, JobStatus, ResourceId, new_key, now_text};
use crate::oada::Client;

/// The content type of writes onto a job: that of the Node workers. The job's `_type` stays what it was.
const WRITE_TYPE: &str = "application/json";

/// How long a store whose write topic has several partitions may take until all have seen a write: two writes under
/// one condition can both be accepted within it, and the later one stands (`design.md` 3, Workers).
pub const SETTLED_AFTER: Duration = Duration::from_millis(250);

/// Waits so long; for no time at all it does not even wait for the next millisecond, as a timer would.
pub(crate) async fn until_settled(after: Duration) {
    if !after.is_zero() {
        tokio::time::sleep(after).await;
    }
}

/// A job that this process holds.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The job's resource.
    pub id: ResourceId,
    /// What stands on it.
    pub claim: Claim,
    etag: String,
}

#[cfg(test)]
impl Claimed {
    pub(super) fn of_test(id: ResourceId, claim: Claim) -> Self {
        Self { id, claim, etag: String::new() }
    }
}

/// Claims a job that was read as `job` under `etag`.
///
/// One conditional PUT writes the claim, `status` and the `started` update. An earlier run that did not end is
/// recorded as crashed, and an earlier result is taken away, since a PUT would merge the next one into it. If `verify`,
/// which is asked when the answer is there, says so, the job is read back after [`SETTLED_AFTER`] before the claim is
/// believed, for stores that may accept two; likewise when the answer tells of a write in between.
///
/// # Errors
/// [`Error::ClaimLost`] when somebody else was faster, or the errors of the store.
pub async fn claim(
    client: &Client,
    id: &ResourceId,
    etag: &str,
    job: &Job,
    (worker, attempt): (&str, u32),
    verify: impl Fn() -> bool,
) -> Result<Claimed, Error> {
    let claim = Claim { worker: worker.to_owned(), nonce: new_key(), attempt, at: now_text() };
    let previous = job.claim.as_ref().filter(|previous| {
        previous.attempt < attempt
            && job.status() == JobStatus::Running
            && !job.attempts.contains_key(&previous.attempt)
    });
    let crashed = previous.map(|previous| (previous.attempt, crashed(previous)));
    let crashed = crashed.as_ref().map(|(number, attempt)| (*number, attempt));
    let body = claim_body(&claim, crashed, job.result.is_some());
    // On one machine with the store, a power cut that takes the claim back ends the run as well.
    let written = client.put_text_ahead(id.path_text(), WRITE_TYPE, body, Some(etag)).await;
    let claimed = |etag| Claimed { id: id.clone(), claim, etag };
    let claimed = match written {
        Ok(after) if !verify() && follows(etag, &after) => return Ok(claimed(after)),
        Ok(after) => claimed(after),
        // Our own write may have taken effect although its reply was lost: the nonce tells.
        Err(error) if error.is_precondition_failed() => {
            return Box::pin(claimed(etag.to_owned()).confirmed(client)).await;
        }
        Err(error) => return Err(error.into()),
    };
    until_settled(SETTLED_AFTER).await;
    Box::pin(claimed.confirmed(client)).await
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

    fn lost(&self, by: impl Into<LostTo>) -> Error {
        Error::ClaimLost { id: self.id.to_string(), by: by.into() }
    }

    async fn confirmed(mut self, client: &Client) -> Result<Self, Error> {
        match self.read(client).await? {
            Standing::Ours => Ok(self),
            Standing::FinishedByUs => Err(self.lost("nobody: it has ended")),
            Standing::GivenBack => Err(self.lost(LostTo::Nobody)),
            Standing::Lost(by) => Err(self.lost(by)),
        }
    }

    fn done_by(&self, standing: Standing, gives_back: bool) -> Result<bool, Error> {
        match standing {
            Standing::Ours => Ok(false),
            Standing::FinishedByUs => Ok(true),
            Standing::GivenBack if gives_back => Ok(true),
            Standing::GivenBack => Err(self.lost(LostTo::Nobody)),
            Standing::Lost(by) => Err(self.lost(by)),
        }
    }
}

/// Writes onto a claimed job while the claim holds. May be repeated.
///
/// # Errors
/// [`Error::ClaimLost`] when the claim does not hold any more, or the errors of the store.
pub async fn write(client: &Client, claimed: &mut Claimed, write: &JobWrite) -> Result<(), Error> {
    let JobWrite { body, gives_back } = write;
    loop {
        let path = claimed.id.path_text();
        match client.put_text(path, WRITE_TYPE, body.clone(), Some(&claimed.etag)).await {
            Ok(etag) if follows(&claimed.etag, &etag) => {
                claimed.etag = etag;
                return Ok(());
            }
            Ok(_) => {
                // Somebody else's write was accepted under the same condition as ours. Its tag is not taken over unseen:
                // if the job cannot be read now, a repetition must fail.
                let standing = Box::pin(claimed.read(client)).await?;
                claimed.done_by(standing, *gives_back)?;
                return Ok(());
            }
            Err(error) if error.is_precondition_failed() => {
                let standing = Box::pin(claimed.read(client)).await?;
                if claimed.done_by(standing, *gives_back)? {
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

/// Takes a claim away from the worker that holds it: the job is pending again, and the run counts as one that
/// crashed. A worker that lives after all finds its claim gone and writes nothing more.
///
/// # Errors
/// [`Error::ClaimLost`] when the job changed since it was read as `found`, or nobody holds it; the errors of the store.
pub async fn take_back(client: &Client, found: &Found, why: &str) -> Result<(), Error> {
    let lost = |by: &str| Error::ClaimLost { id: found.id.to_string(), by: by.into() };
    let running = found.job.status() == JobStatus::Running;
    let Some(claim) = found.job.claim.as_ref().filter(|_| running) else {
        return Err(lost("nobody: it does not run"));
    };
    let crashed = crashed(claim);
    let is_new = !found.job.attempts.contains_key(&claim.attempt);
    let said = Map::new();
    let body = release_body(why, &said, is_new.then_some((claim.attempt, &crashed)));
    match client.put_text(found.id.path_text(), WRITE_TYPE, body, Some(&found.etag)).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_precondition_failed() => Err(lost("somebody else, who was faster")),
        Err(error) => Err(error.into()),
    }
}
