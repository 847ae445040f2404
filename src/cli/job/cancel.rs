//! `job cancel`.

use clap::Args;
use serde_json::{Map, Value, json};

use super::bulk::{BulkArgs, Target};
use super::ending::{exit_of, has_ended};
use crate::cli::connect::{App, Store};
use crate::cli::error::{Exit, Failure};
use crate::cli::output::Column;
use crate::cli::work::Verb;
use crate::jobs::{self, FinalList, Settlement, is_waiting};

/// Cancel jobs: those that wait at once, those that run by asking their worker to stop them
///
/// A cancelled job is a failure of type `cancelled`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  oada-jobs job cancel 2Xyz --reason 'wrong address'
  oada-jobs job cancel --status pending --type email --dry-run")]
pub(in crate::cli) struct CancelArgs {
    #[command(flatten)]
    bulk: BulkArgs,

    /// Why, kept with the job
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

const COLUMNS: [Column; 3] =
    [Column::new("KEY", "key"), Column::new("TYPE", "type"), Column::new("DONE", "done")];

pub(super) async fn cancel(args: CancelArgs, app: &App) -> Result<Exit, Failure> {
    let store = app.store_over_socket().await?;
    let verb = Verb { does: "cancel", did: "cancelled" };
    let wanted = |target: &Target| target.job().is_some_and(|job| !job.status().is_final());
    args.bulk
        .run(app, &store, (verb, &COLUMNS), wanted, async |target| {
            cancel_one(app, &store, target, args.reason.as_deref()).await
        })
        .await
}

async fn cancel_one(
    app: &App,
    store: &Store,
    target: &Target,
    reason: Option<&str>,
) -> Result<(String, Value), Failure> {
    let found = target.found()?;
    let done = if exit_of(&found.job) == Exit::JobCancelled {
        "already cancelled"
    } else if found.job.status().is_final() {
        return Err(has_ended(&target.key, &found.job));
    } else if is_waiting(found) {
        let message = reason.unwrap_or("cancelled before it ran");
        let result = failure("cancelled", message);
        let how = Settlement {
            list: FinalList::Failure,
            result,
            error_type: Some("cancelled".to_owned()),
            note: format!("cancelled by hand: {message}"),
        };
        jobs::settle(&store.client, &store.root, found, &how, &app.ui.zone).await?;
        "cancelled"
    } else {
        jobs::ask_to_cancel(&store.client, &store.root, &target.key).await?;
        "asked its worker"
    };
    let record =
        json!({"key": target.key, "id": target.id.as_str(), "type": found.job.job_type, "done": done});
    Ok((target.key.clone(), record))
}

/// The result of a failure by hand, in the form of those of @oada/jobs.
pub(super) fn failure(error_type: &str, message: &str) -> Map<String, Value> {
    let mut result = Map::new();
    for (member, text) in [("name", "Error"), ("message", message), ("JobError", error_type)] {
        result.insert(member.to_owned(), text.into());
    }
    result
}
