//! `job count`.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::json;

use super::filters::FilterArgs;
use super::sweep::{Bodies, Body, Fitting, More, sweep};
use super::types::suggest;
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::Column;
use crate::jobs::ListedIn;

/// Count jobs, by status unless told otherwise
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job count
  oada-jobs job count --by type --status failure --since 24h
  oada-jobs job count --by day")]
pub(in crate::cli) struct CountArgs {
    #[command(flatten)]
    filters: FilterArgs,

    /// What they are counted by
    #[arg(long, value_name = "WHAT", default_value = "status")]
    by: By,

    /// Asks the server for finished jobs too that were seen before
    #[arg(long)]
    no_cache: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// The status.
    Status,
    /// The job type.
    Type,
    /// The type of the failure.
    Error,
    /// The day on which they ended.
    Day,
    /// The worker of the last run.
    Worker,
}

const COLUMNS: [Column; 2] = [Column::new("WHAT", "what"), Column::new("COUNT", "count")];

pub(super) async fn count(args: CountArgs, app: &App) -> Result<Exit, Failure> {
    let filters = args.filters.read(&app.ui.zone, Timestamp::now())?;
    let store = app.store_to_look(!args.no_cache).await?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let bodies = match args.by {
        By::Day => Bodies::AsNeeded,
        By::Status => Bodies::Unfinished,
        By::Type | By::Error | By::Worker => Bodies::All,
    };
    sweep(&store, &filters, bodies, |job| {
        *counts.entry(group(&job, args.by)).or_default() += 1;
        Ok(More::Yes)
    })
    .await?;
    let mut listing = app.ui.listing(&COLUMNS);
    let total: u64 = counts.values().sum();
    for (what, count) in &counts {
        listing.push(what, &json!({"what": what, "count": count}))?;
    }
    listing.finish(&format!("no jobs in {}", store.root))?;
    if let (0, Some(job_type)) = (total, args.filters.exact_type()) {
        suggest(app, &store, job_type).await;
    }
    if app.ui.is_for_people() && counts.len() > 1 {
        app.ui.note(&format!("{total} in all"));
    }
    Ok(Exit::Ok)
}

fn group(job: &Fitting, by: By) -> String {
    let none = || "-".to_owned();
    if by == By::Day {
        return job.day().map_or_else(none, |day| day.to_string());
    }
    if let (By::Status, ListedIn::Final(day)) = (by, &*job.list) {
        return day.list.as_str().to_owned();
    }
    let Some(Body::Job(found)) = &job.body else { return "no job".to_owned() };
    let job = &found.job;
    match by {
        By::Type => job.job_type.clone(),
        By::Error => job.error_type().map_or_else(none, str::to_owned),
        By::Worker => job.claim.as_ref().map_or_else(none, |claim| claim.worker.clone()),
        By::Status | By::Day => job.status().as_str().to_owned(),
    }
}
