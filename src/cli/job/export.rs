//! `job export`.

use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::filters::FilterArgs;
use super::selectors::{resolve, selectors};
use super::sweep::{Body, More, sweep};
use crate::cli::connect::App;
use crate::cli::error::{Exit, Failure};
use crate::jobs::Found;

/// Write whole jobs as NDJSON, to be kept or imported elsewhere
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job export --status failure > failures.ndjson
  oada-jobs job export --all | oada-jobs job import --data-dir other")]
pub(in crate::cli) struct ExportArgs {
    /// Jobs: a key, the beginning of one, `resources/…`, an absolute path, `@last`, or `-` for some on stdin
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,

    #[command(flatten)]
    filters: FilterArgs,

    /// Takes all jobs
    #[arg(long)]
    all: bool,
}

pub(super) async fn export(args: ExportArgs, app: &App) -> Result<Exit, Failure> {
    if args.jobs.is_empty() && args.filters.is_empty() && !args.all {
        return Err(
            Failure::usage("no jobs to export are named").hint("name some, use filters, or take --all")
        );
    }
    let filters = args.filters.read(&app.ui.zone, Timestamp::now())?;
    let store = app.store().await?;
    for selector in selectors(&args.jobs)? {
        app.ui.say(&whole(&resolve(&store, &selector).await?).to_string())?;
    }
    if args.jobs.is_empty() {
        let mut skipped = 0;
        sweep(&store, &filters, true, |fitting| {
            match fitting.body {
                Some(Body::Job(found)) => app.ui.say(&whole(&found).to_string())?,
                _ => skipped += 1,
            }
            Ok(More::Yes)
        })
        .await?;
        if skipped > 0 {
            app.ui.warn(&format!("{skipped} listed resources were left out: they are no jobs"));
        }
    }
    Ok(Exit::Ok)
}

/// A job with its key, without what the store adds.
fn whole(found: &Found) -> Value {
    let mut job = found.document.clone();
    if let Value::Object(members) = &mut job {
        members.retain(|key, _| !key.starts_with('_'));
    }
    json!({"key": found.key, "job": job})
}
