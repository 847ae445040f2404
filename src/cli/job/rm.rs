//! `job rm`.

use clap::Args;
use serde_json::{Value, json};

use super::bulk::{BulkArgs, Target};
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::Column;
use crate::cli::work::Verb;
use crate::jobs::{ListedIn, Unique, listed_in, unlink};
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
    let store = app.store_over_socket().await?;
    let unique = Unique::of(&store.client, &store.root, None).await?;
    let verb = Verb { does: "remove", did: "removed" };
    let is_running = |target: &Target| target.job().is_some_and(|job| job.status() == JobStatus::Running);
    let wanted = |target: &Target| args.force || !is_running(target);
    args.bulk
        .run(app, &store, (verb, &COLUMNS), wanted, async |target| {
            if is_running(target) && !args.force {
                return Err(Failure::new(Exit::Conflict, format!("job {} is running", target.key))
                    .hint("cancel it with `oada-jobs job cancel`, or remove it all the same with --force"));
            }
            remove(&store, &unique, target, args.resources).await
        })
        .await
}

async fn remove(
    store: &Store,
    unique: &Unique,
    target: &Target,
    resources: bool,
) -> Result<(String, Value), Failure> {
    let found = target.found()?;
    let list = match &target.list {
        Some(list) => Some(ListedIn::clone(list)),
        None => listed_in(&store.client, &store.root, found).await?,
    };
    let list = list.map(|list| match list {
        ListedIn::Pending(list) => list.path,
        ListedIn::Final(day) => day.path,
    });
    if let Some(list) = &list {
        unlink(&store.client, list, &target.key).await?;
    }
    if resources {
        store.client.delete(&target.id.path(), None).await?;
        unique.forget(&store.client, &target.id, &found.document).await?;
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
