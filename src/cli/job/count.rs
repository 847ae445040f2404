//! `job count`.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::json;

use super::filters::FilterArgs;
use super::sweep::{Body, Fitting, More, sweep};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::cli::output::Column;

/// Count jobs, by status unless told otherwise
#[derive(Debug, Args)]
pub(in crate::cli) struct CountArgs {
    #[command(flatten)]
    filters: FilterArgs,

    /// What they are counted by
    #[arg(long, value_name = "WHAT", default_value = "status")]
    by: By,
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
    let store = app.store().await?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    // The day is known from the list; all else is in the job.
    let bodies = args.by != By::Day;
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
    if app.ui.is_for_people() && counts.len() > 1 {
        app.ui.note(&format!("{total} in all"));
    }
    Ok(Exit::Ok)
}

fn group(job: &Fitting, by: By) -> String {
    let none = || "-".to_owned();
    if by == By::Day {
        return job.day.map_or_else(none, |day| day.to_string());
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
