//! Figures about a service that several commands show: what waits, what failed, who works.

use jiff::Timestamp;

use super::connect::Store;
use super::error::Failure;
use crate::jobs::{self, FinalList, JobEntries, WorkerHost, WorkerRecord};
use crate::model::key_time;

/// A worker, and whether it lives.
pub(super) struct Worker {
    pub(super) record: WorkerRecord,
    pub(super) is_alive: bool,
}

/// After how long a silence a worker counts as dead, as workers judge each other.
const STALE_AFTER: std::time::Duration = std::time::Duration::from_secs(60);

/// The workers of a service, the newest first.
pub(super) async fn workers(store: &Store) -> Result<Vec<Worker>, Failure> {
    let here = WorkerHost::here();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in an f64")]
    let now = Timestamp::now().as_millisecond() as f64 / 1000.0;
    let mut workers: Vec<Worker> = jobs::workers(&store.client, &store.root)
        .await?
        .into_iter()
        .map(|record| Worker { is_alive: !record.is_dead(&here, now, STALE_AFTER), record })
        .collect();
    workers.sort_by(|a, b| b.record.id.cmp(&a.record.id));
    Ok(workers)
}

/// What waits or runs.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unfinished {
    pub(super) count: u64,
    /// When the oldest was posted.
    pub(super) oldest: Option<Timestamp>,
}

/// Counts what waits or runs; no job is read.
pub(super) async fn unfinished(store: &Store) -> Result<Unfinished, Failure> {
    let mut found = Unfinished::default();
    for list in jobs::pending_lists(&store.client, &store.root).await? {
        let Some(mut entries) = JobEntries::open(&store.client, &list.path).await? else { continue };
        while let Some(job) = entries.next().await? {
            found.count += 1;
            if let Some(time) = key_time(&job.key) {
                found.oldest = Some(found.oldest.map_or(time, |oldest| oldest.min(time)));
            }
        }
    }
    Ok(found)
}

/// Counts the jobs that ended on each day, newest first; no job is read.
pub(super) async fn finished(
    store: &Store,
    list: FinalList,
) -> Result<Vec<(jiff::civil::Date, u64)>, Failure> {
    let mut days: Vec<(jiff::civil::Date, u64)> = Vec::new();
    for day in jobs::finished_days(&store.client, &store.root, list).await? {
        let Some(mut entries) = JobEntries::open(&store.client, &day.path).await? else { continue };
        let mut count = 0;
        while entries.next().await?.is_some() {
            count += 1;
        }
        match days.last_mut() {
            Some((last, sum)) if *last == day.day => *sum += count,
            _ => days.push((day.day, count)),
        }
    }
    Ok(days)
}
