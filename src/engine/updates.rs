//! Watching a handler at work: what it says goes onto the job, and a reason to stop goes to it.
//!
//! Owns when updates are written: what a short job says travels with its end, a long one writes at most once a
//! second.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::{FutureExt, poll};
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::doubt::ask;
use super::handler::{Context, JobError, Outcome, StopReason};
use super::queue::Queue;
use crate::jobs::{self, Claimed, JobWrite, LostTo};
use crate::model::Update;

/// The least time between two writes of one job's updates.
const WRITE_EVERY: Duration = Duration::from_secs(1);
/// How long a write under way may hold up the end of a job.
const PATIENCE: Duration = Duration::from_secs(2);

/// A run that is over.
pub(super) struct Watched {
    /// What the handler made of it.
    pub outcome: Outcome,
    /// What it said that may not be written yet; writing it again is harmless.
    pub said: Map<String, Value>,
    /// What became of the job, if its claim was lost meanwhile.
    pub lost: Option<LostTo>,
}

/// Runs a handler to its end, writes what it says, and stops it when its time is over, the job is cancelled, its worker
/// stops or its claim is lost. After each silence that `silence` has not told of yet, whether the claim still holds is asked.
pub(super) async fn run_watched(
    queue: &Queue,
    key: &str,
    context: &Context,
    (claimed, silence): (&mut Claimed, &mut watch::Receiver<u64>),
    handler: impl Future<Output = Outcome>,
) -> Watched {
    let handler = AssertUnwindSafe(handler).catch_unwind();
    let mut handler = pin!(handler.map(|outcome| outcome.unwrap_or_else(|panic| panicked(panic.as_ref()))));
    // One that does not wait for anything needs nobody to watch it.
    if let Poll::Ready(outcome) = poll!(&mut handler) {
        return Watched { outcome, said: take(context), lost: None };
    }
    let ended = CancellationToken::new();
    let handler = async {
        let outcome = handler.await;
        ended.cancel();
        outcome
    };
    let pump = async {
        let pumped = pump(queue, key, context, claimed, silence, &ended).await;
        if pumped.is_err() {
            context.stop(StopReason::ClaimLost);
        }
        pumped
    };
    let (outcome, pumped, ()) = tokio::join!(handler, pump, listen(queue, key, context, &ended));
    let (mut said, lost) = match pumped {
        Ok(said) => (said, None),
        Err(by) => (Map::new(), Some(by)),
    };
    said.extend(take(context));
    Watched { outcome, said, lost }
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Outcome {
    let what = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    Outcome::Failure(JobError::typed("panic", format!("the handler panicked: {what}")))
}

/// Hands the first reason to stop to the handler.
async fn listen(queue: &Queue, key: &str, context: &Context, ended: &CancellationToken) {
    tokio::select! {
        biased;
        () = ended.cancelled() => {}
        () = context.time_is_over() => context.stop(StopReason::Timeout),
        () = queue.control.asked_to_cancel(key) => context.stop(StopReason::Cancelled),
        () = queue.service.stop.kill.cancelled() => context.stop(StopReason::Shutdown),
    }
}

/// Writes updates until the handler ends; returns those of which it is not known that they landed.
///
/// # Errors
/// What became of the job, when its claim is lost.
async fn pump(
    queue: &Queue,
    key: &str,
    context: &Context,
    claimed: &mut Claimed,
    silence: &mut watch::Receiver<u64>,
    ended: &CancellationToken,
) -> Result<Map<String, Value>, LostTo> {
    let mut unwritten = Map::new();
    loop {
        tokio::select! {
            biased;
            () = ended.cancelled() => return Ok(unwritten),
            Ok(()) = silence.changed() => {
                tokio::select! {
                    biased;
                    () = ended.cancelled() => return Ok(unwritten),
                    asked = Box::pin(ask(queue, key, claimed)) => asked?,
                }
                continue;
            }
            () = context.something_said() => {}
            () = tokio::time::sleep(WRITE_EVERY), if !unwritten.is_empty() => {}
        }
        let write_at = Instant::now() + WRITE_EVERY;
        tokio::select! {
            biased;
            () = ended.cancelled() => return Ok(unwritten),
            () = tokio::time::sleep_until(write_at) => {}
        }
        unwritten.extend(take(context));
        let write = JobWrite::updates(&unwritten);
        let written = tokio::select! {
            biased;
            written = Box::pin(jobs::write(&queue.client, claimed, &write)) => written,
            () = async {
                ended.cancelled().await;
                tokio::time::sleep(PATIENCE).await;
            } => return Ok(unwritten),
        };
        match written {
            Ok(()) => unwritten.clear(),
            Err(jobs::Error::ClaimLost { by, .. }) => return Err(by),
            Err(error) => queue.trouble("updates of a job", &error.to_string()),
        }
    }
}

/// What the handler said since it was last asked, keyed.
fn take(context: &Context) -> Map<String, Value> {
    let said = context.take_said();
    if said.is_empty() && said.dropped == 0 {
        return Map::new();
    }
    let dropped = (said.dropped > 0).then(|| {
        Update::now("warning", format!("{} updates were left out: too much was said at once", said.dropped))
    });
    let progress = said.progress.map(|progress| Update::now("progress", progress));
    jobs::keyed(said.updates.into_iter().chain(dropped).chain(progress))
}
