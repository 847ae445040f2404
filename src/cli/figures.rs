//! Figures about a service that several commands show: what waits, what failed, who works.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

use super::connect::Store;
use super::error::Failure;
use crate::jobs::{self, FinalList, JobEntries, Listed, WorkerHost, WorkerRecord};
use crate::model::{Path, key_time};

/// A worker, and whether it lives.
pub(super) struct Worker {
    pub(super) record: WorkerRecord,
    pub(super) is_alive: bool,
    /// Whether it was asked to claim nothing more.
    pub(super) is_quiet: bool,
    /// How long ago it was last heard.
    pub(super) silent: Duration,
}

impl Worker {
    /// The word for whether it lives.
    pub(super) fn state(&self) -> &'static str {
        match (self.is_alive, self.is_quiet) {
            (false, _) => "dead",
            (true, true) => "quiet",
            (true, false) => "alive",
        }
    }
}

/// After how long a silence a worker counts as dead, as workers judge each other.
const STALE_AFTER: Duration = Duration::from_secs(60);

/// The workers of a service, the newest first, judged by the store's clock: theirs and ours may go wrong.
pub(super) async fn workers(store: &Store) -> Result<Vec<Worker>, Failure> {
    let here = WorkerHost::here();
    let records = jobs::workers(&store.client, &store.root).await?;
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let control = jobs::control(&store.client, &store.root).await?;
    let now = store.client.server_time().await?.unwrap_or_else(Timestamp::now);
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in an f64")]
    let now = now.as_millisecond() as f64 / 1000.0;
    let mut workers: Vec<Worker> = records
        .into_iter()
        .map(|record| Worker {
            is_quiet: control.quiet_workers.contains(&record.id),
            is_alive: !record.is_dead(&here, now, STALE_AFTER),
            // A `Date` header has no parts of a second, so that it may seem to be before the beat.
            silent: Duration::try_from_secs_f64(now - record.modified).unwrap_or_default(),
            record,
        })
        .collect();
    workers.sort_by(|a, b| b.record.id.cmp(&a.record.id));
    Ok(workers)
}

/// What waits or runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Unfinished {
    pub(super) count: u64,
    /// When the oldest was posted.
    pub(super) oldest: Option<Timestamp>,
    /// The key of the oldest.
    pub(super) oldest_key: Option<String>,
    /// How many stand in each list.
    pub(super) lists: Vec<(Path, u64)>,
}

/// Counts what waits or runs; no job is read.
pub(super) async fn unfinished(store: &Store) -> Result<Unfinished, Failure> {
    each_unfinished(store, |_| {}).await
}

/// The same, and shows each.
pub(super) async fn each_unfinished(
    store: &Store,
    mut each: impl FnMut(&Listed),
) -> Result<Unfinished, Failure> {
    let mut found = Unfinished::default();
    for list in jobs::pending_lists(&store.client, &store.root).await? {
        let Some(mut entries) = JobEntries::open(&store.client, &list.path).await? else { continue };
        let mut count = 0;
        while let Some(job) = entries.next().await? {
            count += 1;
            each(&job);
            let Some(time) = key_time(&job.key) else { continue };
            if found.oldest.is_none_or(|oldest| time < oldest) {
                (found.oldest, found.oldest_key) = (Some(time), Some(job.key));
            }
        }
        found.count += count;
        found.lists.push((list.path, count));
    }
    Ok(found)
}

/// Counts the jobs that ended on one day; no job is read.
pub(super) async fn finished_on(store: &Store, list: FinalList, day: Date) -> Result<u64, Failure> {
    let mut count = 0;
    for found in jobs::finished_days(&store.client, &store.root, list).await? {
        if found.day != day {
            continue;
        }
        let Some(mut entries) = JobEntries::open(&store.client, &found.path).await? else { continue };
        while entries.next().await?.is_some() {
            count += 1;
        }
    }
    Ok(count)
}

/// Counts the jobs that ended on each of the last days, newest first, and shows each; no job is read.
pub(super) async fn each_finished(
    store: &Store,
    list: FinalList,
    days: usize,
    mut each: impl FnMut(&Listed),
) -> Result<Vec<(Date, u64)>, Failure> {
    let mut counted: Vec<(Date, u64)> = Vec::new();
    for day in jobs::finished_days(&store.client, &store.root, list).await? {
        let is_new = counted.last().is_none_or(|(last, _)| *last != day.day);
        if is_new && counted.len() == days {
            break;
        }
        let Some(mut entries) = JobEntries::open(&store.client, &day.path).await? else { continue };
        let mut count = 0;
        while let Some(job) = entries.next().await? {
            count += 1;
            each(&job);
        }
        match counted.last_mut() {
            Some((last, sum)) if *last == day.day => *sum += count,
            _ => counted.push((day.day, count)),
        }
    }
    Ok(counted)
}
