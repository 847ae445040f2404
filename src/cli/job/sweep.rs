//! Walking over all jobs that may fit: those that have not ended, newest first, then those that have, newest day
//! first and within a day newest first.
//!
//! Owns reading lists as late and as little as possible, and fetching bodies a bounded number at a time.

use std::collections::VecDeque;

use futures_util::{StreamExt, stream};
use jiff::civil::Date;

use super::filters::Filters;
use crate::cli::connect::Store;
use crate::cli::error::Failure;
use crate::jobs::{FinalList, FinishedDay, Found, JobEntries, Listed, finished_days, pending_lists};
use crate::model::{Job, Path};
use crate::oada::Document;

/// How many bodies are fetched at a time.
const PARALLEL: usize = 32;

/// A job that fits the filters.
pub(super) struct Fitting {
    pub(super) listed: Listed,
    /// The day under which it is filed; `None` where it has not ended.
    pub(super) day: Option<Date>,
    /// What was read, where bodies were asked for.
    pub(super) body: Option<Body>,
}

/// What stands where a job should.
pub(super) enum Body {
    Job(Box<Found>),
    /// No job; the reason why.
    Invalid(String),
    /// The link leads nowhere.
    Missing,
}

/// Whether more jobs are wanted.
pub(super) enum More {
    Yes,
    No,
}

/// Lists read together.
struct Group {
    lists: Vec<Path>,
    day: Option<Date>,
}

/// Calls `each` for every job that fits, until it wants no more. Bodies are fetched if `bodies`, or if the filters need
/// them.
///
/// Returns whether jobs were left out because no more were wanted.
///
/// # Errors
/// When the store refuses or cannot be reached, or `each` fails.
pub(super) async fn sweep(
    store: &Store,
    filters: &Filters,
    bodies: bool,
    mut each: impl FnMut(Fitting) -> Result<More, Failure>,
) -> Result<bool, Failure> {
    let bodies = bodies || filters.need_bodies();
    let mut groups = groups(store, filters).await?;
    while let Some(Group { lists, day }) = groups.pop_front() {
        let jobs = read(store, &lists).await?;
        let count = jobs.len();
        let mut fetched = stream::iter(jobs)
            .map(async |listed| {
                let body = if bodies { Some(store.client.find(&listed.id.path()).await) } else { None };
                (listed, body)
            })
            .buffered(PARALLEL);
        let mut seen = 0;
        while let Some((listed, found)) = fetched.next().await {
            seen += 1;
            let body = found.transpose().map_err(Failure::from)?.map(|found| body_of(&listed, found));
            let fits = match &body {
                None => true,
                Some(Body::Job(found)) => filters.fits(&listed.key, &found.job, &found.document),
                Some(_) => !filters.need_bodies(),
            };
            if fits && matches!(each(Fitting { listed, day, body })?, More::No) {
                return Ok(seen < count || !groups.is_empty());
            }
        }
    }
    Ok(false)
}

fn body_of(listed: &Listed, found: Option<Document>) -> Body {
    let Some(document) = found else { return Body::Missing };
    match Job::from_value(&document.value) {
        Ok(job) => Body::Job(Box::new(Found {
            key: listed.key.clone(),
            id: listed.id.clone(),
            rev: document.rev,
            etag: document.etag,
            job,
            document: document.value,
        })),
        Err(reason) => Body::Invalid(reason.to_string()),
    }
}

async fn groups(store: &Store, filters: &Filters) -> Result<VecDeque<Group>, Failure> {
    let mut groups = VecDeque::new();
    if filters.want_unfinished() {
        let lists = pending_lists(&store.client, &store.root).await?;
        groups.push_back(Group { lists: lists.into_iter().map(|list| list.path).collect(), day: None });
    }
    let mut days: Vec<FinishedDay> = Vec::new();
    for list in [FinalList::Success, FinalList::Failure] {
        if filters.want_finished(list) {
            days.extend(finished_days(&store.client, &store.root, list).await?);
        }
    }
    days.retain(|day| filters.want_day(day.day));
    days.sort_by_key(|day| std::cmp::Reverse(day.day));
    let by_day = days.chunk_by(|a, b| a.day == b.day);
    groups.extend(by_day.map(|days| Group {
        lists: days.iter().map(|day| day.path.clone()).collect(),
        day: days.first().map(|day| day.day),
    }));
    Ok(groups)
}

/// The jobs of some lists, newest first.
async fn read(store: &Store, lists: &[Path]) -> Result<Vec<Listed>, Failure> {
    let mut jobs = Vec::new();
    for list in lists {
        let Some(mut entries) = JobEntries::open(&store.client, list).await? else { continue };
        while let Some(job) = entries.next().await? {
            jobs.push(job);
        }
    }
    jobs.sort_by(|a, b| b.key.cmp(&a.key));
    Ok(jobs)
}
