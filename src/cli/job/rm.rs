//! `job rm`.

use clap::Args;
use serde_json::{Value, json};

use super::bulk::{BulkArgs, Target, Verb};
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::Column;
use crate::jobs::{ListedIn, listed_in, unlink};
use crate::model::JobStatus;

/// Remove jobs from their list; a job that is removed while it waits never runs
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job rm --status pending --all --dry-run
  oada-jobs job rm --status success --until 2026-01-01 --resources --yes")]
pub(in crate::cli) struct RmArgs {
    #[command(flatten)]
    bulk: BulkArgs,

    /// Deletes also the jobs themselves, not their links alone
    #[arg(long)]
    resources: bool,

    /// Removes also jobs that a worker is running
    #[arg(long)]
    force: bool,
}

const COLUMNS: [Column; 3] =
    [Column::new("KEY", "key"), Column::new("LIST", "list"), Column::new("DONE", "done")];

pub(super) async fn rm(args: RmArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store().await?;
    let verb = Verb { does: "remove", did: "removed" };
    let is_running = |target: &Target| target.job().is_some_and(|job| job.status() == JobStatus::Running);
    let wanted = |target: &Target| args.force || !is_running(target);
    args.bulk
        .run(app, &store, (verb, &COLUMNS), wanted, async |target| {
            if is_running(target) && !args.force {
                return Err(Failure::new(Exit::Conflict, format!("job {} is running", target.key))
                    .hint("cancel it with `oada-jobs job cancel`, or remove it all the same with --force"));
            }
            remove(&store, target, args.resources).await
        })
        .await
}

async fn remove(store: &Store, target: &Target, resources: bool) -> Result<(String, Value), Failure> {
    let found = target.found()?;
    let list = match listed_in(&store.client, &store.root, found).await? {
        Some(ListedIn::Pending(list)) => Some(list.path),
        Some(ListedIn::Final(day)) => Some(day.path),
        None => None,
    };
    if let Some(list) = &list {
        unlink(&store.client, list, &target.key).await?;
    }
    if resources {
        store.client.delete(&target.id.path(), None).await?;
    }
    let done = match (&list, resources) {
        (_, true) => "deleted",
        (Some(_), false) => "removed",
        (None, false) => "was in no list",
    };
    let list = list.map(|list| list.to_string());
    let record = json!({"key": target.key, "id": target.id.as_str(), "list": list, "done": done});
    Ok((target.key.clone(), record))
}
