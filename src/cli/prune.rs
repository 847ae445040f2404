//! `prune`: taking old jobs out of the day lists.

use std::num::NonZeroU32;
use std::pin::pin;
use std::time::Duration;

use clap::Args;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::connect::{App, Store};
use super::error::{Exit, Failure};
use super::output::Column;
use super::time::duration;
use super::work::{Verb, Work, rate};
use crate::jobs::{self, FinalList, FinishedDay, JobEntries};
use crate::model::Path;

/// Remove whole days of finished jobs, the oldest first
///
/// Goes on after a failure, and ends with 7; the day of a job that could not be deleted is left for the next time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs prune --success-older-than 30d --failure-older-than 90d --dry-run
  oada-jobs prune --success-older-than 30d --resources --rate 100 --yes
  oada-jobs prune --keep 10000 --dry-run")]
pub(super) struct PruneArgs {
    /// Removes successes of days that ended longer ago
    #[arg(long, value_name = "DURATION", value_parser = duration, required_unless_present_any = ["failure_older_than", "keep"])]
    success_older_than: Option<Duration>,

    /// Removes failures of days that ended longer ago
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    failure_older_than: Option<Duration>,

    /// Keeps the newest so many of each list, however old: only days before those that hold them are removed. Without an age,
    /// all of these are
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    keep: Option<u64>,

    /// Deletes also the jobs themselves, not their links alone
    #[arg(long)]
    resources: bool,

    /// Deletes no more than so many jobs a second
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<NonZeroU32>,

    /// Shows what would be done, and does nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
}

const COLUMNS: [Column; 4] = [
    Column::new("LIST", "list"),
    Column::new("DAY", "day"),
    Column::new("JOBS", "jobs"),
    Column::new("DONE", "done"),
];

/// How many days are read at a time.
const DAYS: usize = 8;

pub(super) async fn prune(args: PruneArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store_over_socket().await?;
    let is_by_count = args.success_older_than.is_none() && args.failure_older_than.is_none();
    let mut days = Vec::new();
    let limits =
        [(FinalList::Success, args.success_older_than), (FinalList::Failure, args.failure_older_than)];
    for (list, limit) in limits {
        let last = match limit {
            Some(limit) => day_before(limit, app)?,
            None if is_by_count => Date::MAX,
            None => continue,
        };
        let mut found = jobs::finished_days(&store.client, &store.root, list).await?;
        if let Some(keep) = args.keep {
            found = beyond(&store, found, keep).await?;
        }
        // A day that lies partly within the limit stays.
        days.extend(found.into_iter().filter(|day| day.day < last).rev());
    }
    let plan: Vec<_> = reading(&store, days).try_collect().await?;
    let total: usize = plan.iter().map(|(_, keys)| keys.len()).sum();
    let agreed = args.dry_run
        || plan.is_empty()
        || app.ui.confirm(&format!("Remove {total} jobs of {} days?", plan.len()))?;
    if !agreed {
        app.ui.note("nothing was done");
        return Ok(Exit::Ok);
    }
    let nothing = if is_by_count { "there are no more" } else { "nothing is that old" };
    let row = |day: &FinishedDay, jobs: &[jobs::Listed], done: &str| json!({"list": day.list.as_str(), "day": day.day.to_string(), "jobs": jobs.len(), "done": done});
    if args.dry_run {
        let mut listing = app.ui.listing(&COLUMNS);
        for (day, jobs) in &plan {
            listing.push(&day.day.to_string(), &row(day, jobs, "would be removed"))?;
        }
        listing.finish(nothing)?;
        return Ok(Exit::Ok);
    }
    let verb = Verb { does: "remove", did: "removed" };
    let mut work = Work::new(app, (verb, &COLUMNS), total, args.rate);
    for (day, jobs) in &plan {
        let failed = work.failed();
        if args.resources {
            work.on(
                jobs,
                |job| &job.key,
                async |job| {
                    store.client.delete(&job.id.path(), None).await?;
                    Ok(None)
                },
            )
            .await?;
        }
        if work.is_lost() {
            break;
        }
        // A job that could not be deleted is found again in its list.
        if work.failed() > failed {
            work.show(&day.day.to_string(), &row(day, jobs, "left"))?;
            continue;
        }
        match unlist(&store, day).await {
            Ok(()) => {
                if !args.resources {
                    work.pass(jobs.len());
                }
                work.show(&day.day.to_string(), &row(day, jobs, "removed"))?;
            }
            Err(failure) => {
                work.fail(failure.context(format_args!("cannot remove the list {}", day.path)));
                work.show(&day.day.to_string(), &row(day, jobs, "left"))?;
            }
        }
        if work.is_lost() {
            break;
        }
    }
    work.end(nothing, Vec::new(), false)
}

/// The day that lies so far back.
fn day_before(limit: Duration, app: &App) -> Result<Date, Failure> {
    let limit = SignedDuration::try_from(limit).map_err(|error| Failure::usage(error.to_string()))?;
    let last = Timestamp::now().checked_sub(limit).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(last.to_zoned(app.ui.zone.clone()).date())
}

/// The days before those that hold the newest so many jobs. Days are given newest first.
async fn beyond(store: &Store, days: Vec<FinishedDay>, keep: u64) -> Result<Vec<FinishedDay>, Failure> {
    let (mut held, mut last, mut older) = (0, Date::MAX, Vec::new());
    let mut reading = pin!(reading(store, days));
    while let Some((day, jobs)) = reading.try_next().await? {
        // A day that lies in several lists is kept or removed as a whole.
        if held >= keep && day.day != last {
            older.push(day);
        } else {
            held += jobs.len() as u64;
            last = day.day;
        }
    }
    Ok(older)
}

/// Days with their jobs, in their order.
fn reading(
    store: &Store,
    days: Vec<FinishedDay>,
) -> impl Stream<Item = Result<(FinishedDay, Vec<jobs::Listed>), Failure>> {
    let read = async |day: FinishedDay| {
        let jobs = read(store, &day).await?;
        Ok((day, jobs))
    };
    stream::iter(days).map(read).buffered(DAYS)
}

async fn read(store: &Store, day: &FinishedDay) -> Result<Vec<jobs::Listed>, Failure> {
    let mut jobs = Vec::new();
    if let Some(mut entries) = JobEntries::open(&store.client, &day.path).await? {
        while let Some(job) = entries.next().await? {
            jobs.push(job);
        }
    }
    Ok(jobs)
}

/// The further lists of a day of failures, one for each type of failure, in the current layout.
async fn typed_days(store: &Store, day: &FinishedDay) -> Result<Vec<Path>, Failure> {
    let typed = store.root.jobs().join("typed-failure");
    if day.list != FinalList::Failure || !day.path.segments().starts_with(store.root.jobs().segments()) {
        return Ok(Vec::new());
    }
    let Some(types) = store.client.find(&typed).await? else { return Ok(Vec::new()) };
    let types = types.value.as_object().cloned().unwrap_or_default();
    let names = types.keys().filter(|name| !name.starts_with('_'));
    Ok(names.map(|name| typed.join(name).join("day-index").join(&day.day.to_string())).collect())
}

/// Takes a day out of the lists. Interrupted before, it is found again, and what is deleted is deleted once more.
async fn unlist(store: &Store, day: &FinishedDay) -> Result<(), Failure> {
    for typed in typed_days(store, day).await? {
        store.client.delete(&typed, None).await?;
    }
    store.client.delete(&day.path, None).await?;
    Ok(())
}
