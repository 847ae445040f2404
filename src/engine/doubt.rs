//! Whether a claim still holds: when that is in doubt, and how it is asked.

use tokio::sync::watch;

use super::queue::Queue;
use super::retry::pauses;
use super::runner::LONGEST_PAUSE;
use crate::jobs::{self, Claimed, LostTo};

/// Whether others may have taken this worker for dead since `silence` was last looked at, and its jobs from it.
pub(super) fn is_in_doubt(queue: &Queue, silence: &watch::Receiver<u64>) -> bool {
    queue.presence.is_suspect() || silence.has_changed().unwrap_or(true)
}

/// Asks whether a claim still holds, until there is an answer.
///
/// # Errors
/// What became of the job, if it is not ours any more.
pub(super) async fn ask(queue: &Queue, key: &str, claimed: &Claimed) -> Result<(), LostTo> {
    let mut pauses = pauses(LONGEST_PAUSE);
    loop {
        match jobs::verify(&queue.client, claimed).await {
            Ok(()) => return Ok(()),
            Err(jobs::Error::ClaimLost { by, .. }) => return Err(by),
            Err(error) => queue.trouble(&format!("the claim of {key}"), &error.to_string()),
        }
        tokio::time::sleep(pauses.next().unwrap_or(LONGEST_PAUSE)).await;
    }
}
